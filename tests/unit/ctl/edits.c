/* SPDX-License-Identifier: GPL-2.0-or-later */
/* add, remove, rename and set-endpoint: what they store in NetworkManager and in files. */
#include "mock-service.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "wl-section-edit.h"

#define NM_PATH     "/org/freedesktop/NetworkManager"
#define HUB_KEY     "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ="
#define LAPTOP_KEY  "LDgopKv2zoyVwoAhuLI+z7ztQDy3VKJhY407lAQYRnQ="
#define DESKTOP_KEY "dSr1cjH4NwUOMZFfWLw6E4FbvJ0IlUgrs4WPJUlR8CQ="
#define PRIVATE_KEY "xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU="

/* ---- files --------------------------------------------------------------------------------- */

#define HEAD   "# mine\n[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.1/24\n\n"
#define OWN    "[Wirelink]\nRole = router # hub\nName = hub\n\n"
#define LAPTOP "[Peer]\n# the old one\nPublicKey = " LAPTOP_KEY "\nName = laptop\n\n"
#define DESKTOP                                                                                    \
    "[peer]\npublickey=" DESKTOP_KEY " # new\nEndpoint = a:1\nName=desktop\nEndpoint = b:2\n"

static const struct {
    const char *before, *key, *name, *value, *after; /* @name NULL: remove */
} edits[] = {
    {HEAD OWN LAPTOP DESKTOP, LAPTOP_KEY, NULL, NULL, HEAD OWN DESKTOP},
    {HEAD OWN LAPTOP DESKTOP, DESKTOP_KEY, NULL, NULL, HEAD OWN LAPTOP},
    {HEAD OWN LAPTOP, DESKTOP_KEY, NULL, NULL, NULL},
    {HEAD OWN LAPTOP DESKTOP, LAPTOP_KEY, "Name", "nb",
     HEAD OWN "[Peer]\nName = nb\n# the old one\nPublicKey = " LAPTOP_KEY "\n\n" DESKTOP},
    {HEAD OWN LAPTOP DESKTOP, DESKTOP_KEY, "Endpoint", "c:3",
     HEAD OWN LAPTOP "[peer]\nEndpoint = c:3\npublickey=" DESKTOP_KEY " # new\nName=desktop\n"},
    {HEAD OWN LAPTOP, LAPTOP_KEY, "Endpoint", "c:3",
     HEAD OWN "[Peer]\nEndpoint = c:3\n# the old one\nPublicKey = " LAPTOP_KEY
              "\nName = laptop\n\n"},
    {HEAD OWN LAPTOP, NULL, "Name", "nas",
     HEAD "[Wirelink]\nName = nas\nRole = router # hub\n\n" LAPTOP},
    {HEAD OWN LAPTOP, DESKTOP_KEY, "Name", "nas", NULL},
    /* Without a line feed at the end. */
    {"[Peer]\nPublicKey = " LAPTOP_KEY, LAPTOP_KEY, "Name", "a",
     "[Peer]\nName = a\nPublicKey = " LAPTOP_KEY},
    {"[Wirelink]", NULL, "Name", "a", "[Wirelink]\nName = a\n"},
};

static void
test_sections(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(edits); i++) {
        const char *const values[] = {edits[i].value, NULL};
        g_autofree char *after =
            edits[i].name
                ? wl_section_edit_set(edits[i].before, edits[i].key, edits[i].name, values)
                : wl_section_edit_remove(edits[i].before, edits[i].key);

        g_assert_cmpstr(after, ==, edits[i].after);
    }
}

/* ---- a machine with NetworkManager or wirelinkd -----------------------------------------------
 */

typedef struct {
    Fixture fixture;
    char *root;
    GVariant *settings; /* a{sa{sv}} of the only connection */
    GVariant *stored;   /* as Update2 was called, or NULL */
} Machine;

static const char xml[] =
    "<node><interface name='org.freedesktop.DBus.Properties'>"
    "<method name='Get'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='v' direction='out'/></method></interface></node>";

static const char connection_xml[] =
    "<node><interface name='org.freedesktop.NetworkManager.Settings.Connection'>"
    "<method name='GetSettings'><arg type='a{sa{sv}}' direction='out'/></method>"
    "<method name='GetSecrets'><arg type='s' direction='in'/>"
    "<arg type='a{sa{sv}}' direction='out'/></method>"
    "<method name='Update2'><arg type='a{sa{sv}}' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='a{sv}' direction='out'/></method>"
    "</interface></node>";

static void
reply_property(GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *method, GVariant *parameters,
               GDBusMethodInvocation *invocation, gpointer user_data)
{
    const char *name;

    g_variant_get(parameters, "(&s&s)", NULL, &name);
    g_dbus_method_invocation_return_value(
        invocation,
        g_variant_new("(v)", strcmp(name, "Connections") == 0
                                 ? g_variant_new_parsed("[objectpath '" NM_PATH "/Settings/1']")
                                 : g_variant_new("ao", NULL)));
}

static void
reply_connection(GDBusConnection *connection, const char *sender, const char *path,
                 const char *interface, const char *method, GVariant *parameters,
                 GDBusMethodInvocation *invocation, gpointer user_data)
{
    Machine *self = user_data;

    if (strcmp(method, "GetSettings") == 0) {
        g_dbus_method_invocation_return_value(invocation,
                                              g_variant_new("(@a{sa{sv}})", self->settings));
    } else if (strcmp(method, "GetSecrets") == 0) {
        g_dbus_method_invocation_return_value(
            invocation,
            g_variant_new_parsed("({'vpn': {'secrets': <{'private-key': 'SECRET', "
                                 "'peer-1-preshared-key': 'ONE', 'peer-2-preshared-key': "
                                 "'TWO'}>}},)"));
    } else {
        g_clear_pointer(&self->stored, g_variant_unref);
        self->stored = g_variant_get_child_value(parameters, 0);
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a{sv})", NULL));
    }
}

static void
export_object(Machine *self, GDBusConnection *connection, const char *path, const char *text,
              const GDBusInterfaceVTable *vtable)
{
    g_autoptr(GDBusNodeInfo) info = g_dbus_node_info_new_for_xml(text, NULL);

    g_assert_cmpuint(g_dbus_connection_register_object(connection, path, info->interfaces[0],
                                                       vtable, self, NULL, NULL),
                     >, 0);
}

static void
set_up(Machine *self, gconstpointer data)
{
    fixture_set_up(&self->fixture, NULL);
    self->root = g_dir_make_tmp("wirelink-edits-XXXXXX", NULL);
}

static void
tear_down(Machine *self, gconstpointer data)
{
    g_autofree char *command = g_strdup_printf("rm -r '%s'", self->root);

    fixture_tear_down(&self->fixture, NULL);
    g_assert_cmpint(system(command), ==, 0);
    g_free(self->root);
    g_clear_pointer(&self->settings, g_variant_unref);
    g_clear_pointer(&self->stored, g_variant_unref);
}

#define SETTINGS                                                                                   \
    "{'connection': {'id': <'office'>, 'uuid': <'0f0e0d0c-office'>, 'type': <'vpn'>}, "            \
    "'ipv4': {'method': <'auto'>}, "                                                               \
    "'vpn': {'service-type': <'org.freedesktop.NetworkManager.wirelink'>, 'data': <{"              \
    "'address': '10.77.0.1/24', 'role': 'router', 'member-name': 'hub', "                          \
    "'extra-wirelink-X-Endpoint': 'hub.example.net:51820', "                                       \
    "'peer-1-public-key': '" LAPTOP_KEY "', 'peer-1-name': 'laptop', "                             \
    "'peer-1-allowed-ips': '10.77.0.2/32', "                                                       \
    "'peer-2-public-key': '" DESKTOP_KEY "', 'peer-2-name': 'desktop', "                           \
    "'peer-2-allowed-ips': '10.77.0.3/32'}>}}"

static void
start_manager(Machine *self)
{
    static const GDBusInterfaceVTable properties = {.method_call = reply_property};
    static const GDBusInterfaceVTable connection = {.method_call = reply_connection};
    GDBusConnection *bus = fixture_add_owner(&self->fixture, "org.freedesktop.NetworkManager");
    g_autoptr(GError) error = NULL;

    self->settings = g_variant_parse(G_VARIANT_TYPE("a{sa{sv}}"), SETTINGS, NULL, NULL, &error);
    g_assert_no_error(error);
    export_object(self, bus, NM_PATH, xml, &properties);
    export_object(self, bus, NM_PATH "/Settings", xml, &properties);
    export_object(self, bus, NM_PATH "/Settings/1", connection_xml, &connection);
}

/* What was stored is the connection from here on. */
static void
take_stored(Machine *self)
{
    g_variant_unref(self->settings);
    self->settings = g_steal_pointer(&self->stored);
}

static CtlRun *
change(const Machine *self, const char *const *arguments)
{
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                 g_test_dbus_get_bus_address(self->fixture.bus), "WIRELINK_ROOT",
                                 self->root, NULL};

    return ctl_run(arguments, NULL, environment);
}
#define CHANGE(self, ...) change(self, (const char *const[]){__VA_ARGS__, NULL})

/* vpn.data[@key] as it was stored. */
static char *
stored(const Machine *self, const char *key)
{
    g_autoptr(GVariant) vpn = g_variant_lookup_value(self->stored, "vpn", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) data = g_variant_lookup_value(vpn, "data", G_VARIANT_TYPE("a{ss}"));
    char *value = NULL;

    g_variant_lookup(data, key, "s", &value);
    return value;
}
#define assert_stored(self, key, value)                                                            \
    do {                                                                                           \
        g_autofree char *found = stored(self, key);                                                \
        g_assert_cmpstr(found, ==, value);                                                         \
    } while (0)

static void
test_remove(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) unknown = NULL;
    g_autoptr(CtlRun) last = NULL;
    g_autoptr(GVariant) vpn = NULL;
    g_autoptr(GVariant) secrets = NULL;
    g_autofree char *text = NULL;

    start_manager(self);
    run = CHANGE(self, "remove", "desktop");
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, "Removed desktop from \"office\", which is not active.\n");
    ctl_assert_holds(run->out,
                     "remove it there as well:\n  wirelinkctl remove '" DESKTOP_KEY "'\n");
    assert_stored(self, "peer-2-public-key", NULL);
    assert_stored(self, "peer-2-name", NULL);
    assert_stored(self, "peer-1-public-key", LAPTOP_KEY);
    assert_stored(self, "address", "10.77.0.1/24");
    /* A later peer 2 must not get the secret of this one; the others are kept. */
    vpn = g_variant_lookup_value(self->stored, "vpn", G_VARIANT_TYPE_VARDICT);
    secrets = g_variant_lookup_value(vpn, "secrets", G_VARIANT_TYPE("a{ss}"));
    text = g_variant_print(secrets, FALSE);
    ctl_assert_holds(text, "'private-key': 'SECRET'");
    ctl_assert_holds(text, "'peer-1-preshared-key': 'ONE'");
    g_assert_null(strstr(text, "TWO"));

    g_clear_pointer(&self->stored, g_variant_unref);
    unknown = CHANGE(self, "remove", "phone");
    g_assert_cmpint(unknown->status, ==, 3);
    ctl_assert_holds(unknown->err, "no profile of this machine names a peer \"phone\"");
    last = CHANGE(self, "remove", "desktop", "--profile", "home");
    g_assert_cmpint(last->status, ==, 3);
    g_assert_null(self->stored);
}

static void
test_rename(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) own = NULL;
    g_autoptr(CtlRun) taken = NULL;
    g_autoptr(CtlRun) bad = NULL;

    start_manager(self);
    run = CHANGE(self, "rename", "laptop", "notebook");
    g_assert_cmpstr(run->err, ==, "");
    ctl_assert_holds(run->out, "Renamed to notebook in \"office\".");
    assert_stored(self, "peer-1-name", "notebook");
    assert_stored(self, "peer-2-name", "desktop");
    own = CHANGE(self, "rename", "hub", "server");
    g_assert_cmpint(own->status, ==, 0);
    assert_stored(self, "member-name", "server");
    g_clear_pointer(&self->stored, g_variant_unref);
    taken = CHANGE(self, "rename", "laptop", "Desktop");
    g_assert_cmpint(taken->status, ==, 1);
    ctl_assert_holds(taken->err, "a peer of \"office\" already has the name Desktop");
    bad = CHANGE(self, "rename", "laptop", "a/b");
    g_assert_cmpint(bad->status, ==, 2);
    g_assert_null(self->stored);
}

/* One level turns the automatic ones off: routers keep theirs. */
static void
test_trust(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) second = NULL;
    g_autoptr(CtlRun) unknown = NULL;
    g_autoptr(CtlRun) bad = NULL;

    start_manager(self);
    run = CHANGE(self, "trust", "laptop", "endpoint");
    g_assert_cmpstr(run->err, ==, "");
    ctl_assert_holds(run->out, "laptop has trust Endpoint in \"office\".\n");
    assert_stored(self, "peer-1-trust", "Endpoint");
    assert_stored(self, "peer-2-trust", NULL);
    second = CHANGE(self, "trust", "desktop", "Membership");
    g_assert_cmpint(second->status, ==, 0);
    assert_stored(self, "peer-2-trust", "Membership");
    g_clear_pointer(&self->stored, g_variant_unref);
    unknown = CHANGE(self, "trust", "phone", "Endpoint");
    g_assert_cmpint(unknown->status, ==, 3);
    bad = CHANGE(self, "trust", "laptop", "much");
    g_assert_cmpint(bad->status, ==, 2);
    ctl_assert_holds(bad->err, "use Untrusted, Endpoint, AllowedIPs, Membership or DelegateTrust");
    g_assert_null(self->stored);
}

static void
test_set_endpoint(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) bad = NULL;

    start_manager(self);
    run = CHANGE(self, "set-endpoint", "laptop", "new.example.net");
    g_assert_cmpstr(run->err, ==, "");
    ctl_assert_holds(run->out, "Stored new.example.net:51820 for laptop of \"office\"");
    assert_stored(self, "peer-1-endpoint", "new.example.net:51820");
    g_clear_pointer(&self->stored, g_variant_unref);
    bad = CHANGE(self, "set-endpoint", "laptop", "fd77::1:51820x");
    g_assert_cmpint(bad->status, ==, 2);
    g_assert_null(self->stored);
}

/* The addresses of the hub have IPv4 alone, so its peers get no IPv6 default route. */
static void
test_exit(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) switched = NULL;
    g_autoptr(CtlRun) off = NULL;
    g_autoptr(CtlRun) none = NULL;
    g_autoptr(CtlRun) bad = NULL;

    start_manager(self);
    run = CHANGE(self, "exit", "laptop");
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, "This is stored in \"office\", which is not active.\n"
                               "IPv6 still goes around the tunnel, because this machine has no "
                               "IPv6 address in the network.\nDNS: queries still go to the "
                               "servers of the network around, which can read them");
    assert_stored(self, "peer-1-allowed-ips", "10.77.0.2/32 0.0.0.0/0");
    assert_stored(self, "peer-2-allowed-ips", "10.77.0.3/32");
    assert_stored(self, "full-tunnel", "yes");
    assert_stored(self, "kill-switch", NULL);

    take_stored(self);
    switched = CHANGE(self, "exit", "desktop", "--kill-switch");
    ctl_assert_holds(switched->out, "IPv6 is blocked, because");
    assert_stored(self, "peer-1-allowed-ips", "10.77.0.2/32");
    assert_stored(self, "peer-2-allowed-ips", "10.77.0.3/32 0.0.0.0/0");
    assert_stored(self, "kill-switch", "yes");

    take_stored(self);
    off = CHANGE(self, "exit", "off");
    g_assert_cmpint(off->status, ==, 0);
    assert_stored(self, "peer-2-allowed-ips", "10.77.0.3/32");
    assert_stored(self, "full-tunnel", "no");
    assert_stored(self, "kill-switch", "no");

    take_stored(self);
    none = CHANGE(self, "exit", "off");
    g_assert_cmpstr(none->out, ==, "No profile sends all traffic through a peer.\n");
    bad = CHANGE(self, "exit", "off", "--kill-switch");
    g_assert_cmpint(bad->status, ==, 2);
    g_assert_null(self->stored);
}

/* A peer that has nothing but default routes keeps them. */
static void
test_exit_alone(Machine *self, gconstpointer data)
{
    g_autofree char *folder = g_build_filename(self->root, WL_TEST_CONFIG_DIR, NULL);
    g_autofree char *path = g_build_filename(folder, "vpn.wirelink", NULL);
    g_autofree char *text = NULL;
    g_autoptr(CtlRun) run = NULL;

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(
        path, HEAD OWN "[Peer]\nPublicKey = " LAPTOP_KEY "\nAllowedIPs = 0.0.0.0/0, ::/0\n", -1,
        NULL));
    run = CHANGE(self, "exit", "off");
    g_assert_cmpstr(run->err, ==, "");
    g_file_get_contents(path, &text, NULL, NULL);
    ctl_assert_holds(text, "FullTunnel = no\n");
    ctl_assert_holds(text, "AllowedIPs = 0.0.0.0/0, ::/0\n");
}

static void
test_offers(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) yes = NULL;
    g_autoptr(CtlRun) shared = NULL;
    g_autoptr(CtlRun) removed = NULL;
    g_autoptr(CtlRun) own = NULL;
    g_autoptr(CtlRun) all = NULL;
    g_autoptr(CtlRun) bad = NULL;

    start_manager(self);
    yes = CHANGE(self, "offer-exit", "yes");
    g_assert_cmpstr(yes->err, ==, "");
    g_assert_cmpstr(yes->out, ==, "This is stored in \"office\", which is not active.\n");
    assert_stored(self, "offer-exit", "yes");
    take_stored(self);
    shared = CHANGE(self, "share-lan", "192.168.2.7/24");
    g_assert_cmpint(shared->status, ==, 0);
    assert_stored(self, "shared-networks", "192.168.2.0/24");
    assert_stored(self, "offer-exit", "yes");
    take_stored(self);
    removed = CHANGE(self, "share-lan", "192.168.2.0/24", "--remove");
    g_assert_cmpint(removed->status, ==, 0);
    assert_stored(self, "shared-networks", NULL);
    g_clear_pointer(&self->stored, g_variant_unref);
    own = CHANGE(self, "share-lan", "10.0.0.0/8");
    g_assert_cmpint(own->status, ==, 1);
    ctl_assert_holds(own->err, "10.0.0.0/8 overlaps the network of the members, 10.77.0.1/24");
    all = CHANGE(self, "share-lan", "0.0.0.0/0");
    g_assert_cmpint(all->status, ==, 2);
    ctl_assert_holds(all->err, "wirelinkctl offer-exit yes is for that");
    bad = CHANGE(self, "offer-exit", "maybe");
    g_assert_cmpint(bad->status, ==, 2);
    g_assert_null(self->stored);
}

static void
test_add_lan(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) learned = NULL;
    g_autoptr(CtlRun) removed = NULL;
    g_autoptr(CtlRun) none = NULL;
    g_autofree char *peer = mock_peer(9, "nas", "direct", "/", "", "'Configured': <false>, ");

    start_manager(self);
    run = CHANGE(self, "add-lan", "desktop", "192.168.2.0/24");
    g_assert_cmpstr(run->err, ==, "");
    assert_stored(self, "peer-2-allowed-ips", "10.77.0.3/32 192.168.2.0/24");
    assert_stored(self, "networks", NULL);
    take_stored(self);
    removed = CHANGE(self, "add-lan", "desktop", "192.168.2.0/24", "--remove");
    g_assert_cmpstr(removed->err, ==, "");
    assert_stored(self, "peer-2-allowed-ips", "10.77.0.3/32");
    g_clear_pointer(&self->stored, g_variant_unref);
    none = CHANGE(self, "add-lan", "desktop", "192.168.3.0/24", "--remove");
    g_assert_cmpint(none->status, ==, 3);
    g_assert_null(self->stored);
    /* The default of networks, and this one. */
    fixture_add_mock(
        &self->fixture, MOCK_REPLIES,
        mock_objects_with("office", WL_VERSION, "'Uuid': <'0f0e0d0c-office'>, ", peer));
    learned = CHANGE(self, "add-lan", "nas", "192.168.3.0/24");
    g_assert_nonnull(self->stored);
    assert_stored(self, "networks",
                  "10.77.0.0/24 10.77.0.2/32 10.77.0.3/32 192.168.2.0/24 192.168.3.0/24");
}

/* A file of wirelinkd: its comments stay. */
static void
test_file(Machine *self, gconstpointer data)
{
    g_autofree char *folder = g_build_filename(self->root, WL_TEST_CONFIG_DIR, NULL);
    g_autofree char *path = g_build_filename(folder, "hub.wirelink", NULL);
    g_autofree char *text = NULL;
    g_autoptr(CtlRun) removed = NULL;
    g_autoptr(CtlRun) renamed = NULL;
    g_autoptr(CtlRun) refused = NULL;
    struct stat status;

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(
        path, HEAD OWN LAPTOP "[Peer]\nPublicKey = " DESKTOP_KEY "\nName = desktop\n", -1, NULL));
    removed = CHANGE(self, "remove", "desktop");
    g_assert_cmpstr(removed->err, ==, "");
    renamed = CHANGE(self, "rename", "laptop", "nb", "--profile", "hub");
    g_assert_cmpstr(renamed->err, ==, "");
    g_file_get_contents(path, &text, NULL, NULL);
    g_assert_cmpstr(text, ==,
                    HEAD OWN "[Peer]\nName = nb\n# the old one\nPublicKey = " LAPTOP_KEY "\n\n");
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 07777, ==, 0600);
    /* A profile without peers is none. */
    refused = CHANGE(self, "remove", "nb");
    g_assert_cmpint(refused->status, ==, 1);
    ctl_assert_holds(refused->err, "\"hub\" stays as it was: ");
    ctl_assert_holds(refused->err, "a profile needs at least one peer");
}

/* The hub is active: no file is needed, and its own peers keep their addresses. */
static void
test_add(Machine *self, gconstpointer data)
{
    g_autofree char *before = g_get_current_dir();
    g_autofree char *text = NULL;
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) none = NULL;

    start_manager(self);
    g_assert_cmpint(g_chdir(self->root), ==, 0);
    none = CHANGE(self, "add", "server");
    g_assert_cmpint(none->status, ==, 1);
    ctl_assert_holds(none->err, "there is no file \"hub.wirelink\" here, and no profile is active");
    fixture_add_mock(&self->fixture, MOCK_REPLIES, mock_objects("office", WL_VERSION, ""));
    run = CHANGE(self, "add", "server");
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    assert_stored(self, "peer-3-name", "server");
    assert_stored(self, "peer-3-allowed-ips", "10.77.0.4/32");
    assert_stored(self, "peer-1-name", "laptop");
    g_assert_true(g_file_get_contents("server.wirelink", &text, NULL, NULL));
    ctl_assert_holds(text, "Address = 10.77.0.4/24\n");
    ctl_assert_holds(text, "Endpoint = hub.example.net:51820\n");
    g_assert_cmpint(g_chdir(before), ==, 0);
}

#define ADD(path, func) g_test_add(path, Machine, NULL, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ctl/edits/sections", test_sections);
    ADD("/ctl/edits/remove", test_remove);
    ADD("/ctl/edits/rename", test_rename);
    ADD("/ctl/edits/trust", test_trust);
    ADD("/ctl/edits/set-endpoint", test_set_endpoint);
    ADD("/ctl/edits/exit", test_exit);
    ADD("/ctl/edits/exit-alone", test_exit_alone);
    ADD("/ctl/edits/offers", test_offers);
    ADD("/ctl/edits/add-lan", test_add_lan);
    ADD("/ctl/edits/file", test_file);
    ADD("/ctl/edits/add", test_add);
    return g_test_run();
}
