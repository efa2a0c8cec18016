/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "wirelinkctl doctor" on a directory of files in place of a machine, with a mock NetworkManager.
 */
#include "mock-service.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-check-path.h"

#define NM_PATH "/org/freedesktop/NetworkManager"

typedef struct {
    Fixture fixture;
    char *root;
    const char *version;            /* NetworkManager's, or NULL: it does not answer */
    GVariant *profiles;             /* aa{sa{sv}} */
    const char *const *active_uuid; /* of the active connections */
} Machine;

/* ---- files --------------------------------------------------------------------------------- */

static void
put(const Machine *self, const char *path, const char *text)
{
    g_autofree char *whole = g_build_filename(self->root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(whole);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_file_set_contents(whole, text, -1, &error);
    g_assert_no_error(error);
}

static void
take_away(const Machine *self, const char *path)
{
    g_autofree char *whole = g_build_filename(self->root, path, NULL);

    g_assert_cmpint(g_remove(whole), ==, 0);
}

static void
put_program(const Machine *self, const char *path)
{
    g_autofree char *whole = g_build_filename(self->root, path, NULL);

    put(self, path, "");
    g_assert_cmpint(chmod(whole, 0755), ==, 0);
}

/* Process 1234, called @name, has socket 777. */
static void
put_holder(const Machine *self, const char *name)
{
    g_autofree char *folder = g_build_filename(self->root, "proc/1234/fd", NULL);
    g_autofree char *link = g_build_filename(folder, "7", NULL);

    put(self, "proc/1234/comm", name);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_cmpint(symlink("socket:[777]", link), ==, 0);
}

static const char udp6[] =
    "  sl  local_address                         remote_address                        st tx_queue "
    "rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
    "  181: 000080FE00000000FF565002BD69B1FE:CA6D 00000000000000000000000000000000:0000 07 "
    "00000000:00000000 00:00000000 00000000     0        0 776 2 0000000000000000 0\n"
    "  182: 00000000000000000000000000000000:9C41 00000000000000000000000000000000:0000 07 "
    "00000000:00000000 00:00000000 00000000     0        0 777 2 0000000000000000 0\n";

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) folder =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        remove_tree(child);
    }
    g_assert_cmpint(g_remove(path), ==, 0);
}

/* ---- NetworkManager ------------------------------------------------------------------------ */

static const char manager_xml[] = "<node><interface name='org.freedesktop.DBus.Properties'>"
                                  "<method name='Get'><arg type='s' direction='in'/>"
                                  "<arg type='s' direction='in'/><arg type='v' direction='out'/>"
                                  "</method><method name='GetAll'><arg type='s' direction='in'/>"
                                  "<arg type='a{sv}' direction='out'/></method></interface></node>";

static const char settings_xml[] =
    "<node><interface name='org.freedesktop.NetworkManager.Settings.Connection'>"
    "<method name='GetSettings'><arg type='a{sa{sv}}' direction='out'/></method>"
    "</interface></node>";

static GVariant *
list_paths(const char *kind, gsize n)
{
    GVariantBuilder paths;

    g_variant_builder_init(&paths, G_VARIANT_TYPE("ao"));
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf(NM_PATH "/%s/%u", kind, (guint) i);

        g_variant_builder_add(&paths, "o", path);
    }
    return g_variant_builder_end(&paths);
}

static void
reply_properties(GDBusConnection *connection, const char *sender, const char *path,
                 const char *interface, const char *method, GVariant *parameters,
                 GDBusMethodInvocation *invocation, gpointer user_data)
{
    const Machine *machine = user_data;
    const char *name;

    if (strcmp(method, "GetAll") == 0) {
        gsize number = (gsize) atoi(strrchr(path, '/') + 1);

        g_dbus_method_invocation_return_value(
            invocation, g_variant_new_parsed("({'Uuid': <%s>, 'State': <uint32 2>},)",
                                             machine->active_uuid[number]));
        return;
    }
    g_variant_get(parameters, "(&s&s)", NULL, &name);
    if (strcmp(name, "Version") == 0)
        g_dbus_method_invocation_return_value(
            invocation, g_variant_new("(v)", g_variant_new_string(machine->version)));
    else if (strcmp(name, "Connections") == 0)
        g_dbus_method_invocation_return_value(
            invocation,
            g_variant_new("(v)", list_paths("Settings", g_variant_n_children(machine->profiles))));
    else
        g_dbus_method_invocation_return_value(
            invocation,
            g_variant_new("(v)", list_paths("ActiveConnection",
                                            g_strv_length((char **) machine->active_uuid))));
}

static void
reply_settings(GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *method, GVariant *parameters,
               GDBusMethodInvocation *invocation, gpointer user_data)
{
    const Machine *machine = user_data;
    gsize number = (gsize) atoi(strrchr(path, '/') + 1);
    g_autoptr(GVariant) settings = g_variant_get_child_value(machine->profiles, number);

    g_dbus_method_invocation_return_value(invocation, g_variant_new("(@a{sa{sv}})", settings));
}

static void export(GDBusConnection *connection, const char *path, const char *xml,
                   const GDBusInterfaceVTable *vtable, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusNodeInfo) info = g_dbus_node_info_new_for_xml(xml, &error);

    g_assert_no_error(error);
    g_dbus_connection_register_object(connection, path, info->interfaces[0], vtable, user_data,
                                      NULL, &error);
    g_assert_no_error(error);
}

/* GVariant's text format of a profile. */
#define PROFILE(id, type, vpn)                                                                     \
    "{'connection': {'id': <'" id "'>, 'uuid': <'0f0e0d0c-" id "'>, 'type': <'vpn'>}, 'vpn': "     \
    "{'service-type': <'org.freedesktop.NetworkManager." type "'>, " vpn "}}"

static void
start_manager(Machine *self, const char *version, const char *profiles,
              const char *const *active_uuid)
{
    static const GDBusInterfaceVTable properties = {.method_call = reply_properties};
    static const GDBusInterfaceVTable settings = {.method_call = reply_settings};
    GDBusConnection *connection =
        fixture_add_owner(&self->fixture, "org.freedesktop.NetworkManager");
    g_autoptr(GError) error = NULL;

    self->version = version;
    self->active_uuid = active_uuid;
    self->profiles = g_variant_parse(G_VARIANT_TYPE("aa{sa{sv}}"), profiles, NULL, NULL, &error);
    g_assert_no_error(error);
    export(connection, NM_PATH, manager_xml, &properties, self);
    export(connection, NM_PATH "/Settings", manager_xml, &properties, self);
    for (gsize i = 0; i < g_variant_n_children(self->profiles); i++) {
        g_autofree char *path = g_strdup_printf(NM_PATH "/Settings/%u", (guint) i);

        export(connection, path, settings_xml, &settings, self);
    }
    for (guint i = 0; active_uuid[i]; i++) {
        g_autofree char *path = g_strdup_printf(NM_PATH "/ActiveConnection/%u", i);

        export(connection, path, manager_xml, &properties, self);
    }
}

/* ---- machines ------------------------------------------------------------------------------ */

/* A machine without problems. */
static void
set_up(Machine *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fixture_set_up(&self->fixture, NULL);
    self->root = g_dir_make_tmp("wirelink-doctor-XXXXXX", &error);
    g_assert_no_error(error);
    put(self, "sys/module/wireguard/initstate", "live\n");
    put(self, "proc/sys/kernel/osrelease", "6.1.0\n");
    put(self, "proc/sys/net/ipv6/conf/all/disable_ipv6", "0\n");
    put(self, "proc/sys/net/ipv6/conf/default/disable_ipv6", "0\n");
    put(self, "proc/net/udp6", udp6);
    put(self, "proc/net/udp", "  sl  local_address rem_address\n");
    put(self, "proc/self/exe", "");
    put(self, "etc/NetworkManager/VPN/nm-wirelink-service.name",
        "[VPN Connection]\nname=wirelink\nprogram=/opt/service\n\n[libnm]\nplugin=/opt/plugin.so\n");
    put(self, "opt/service", "");
    put(self, "opt/plugin.so", "");
}

static void
tear_down(Machine *self, gconstpointer data)
{
    fixture_tear_down(&self->fixture, NULL);
    remove_tree(self->root);
    g_free(self->root);
    g_clear_pointer(&self->profiles, g_variant_unref);
}

static CtlRun *
run_command(const Machine *self, const char *command, const char *first, const char *second)
{
    const char *arguments[] = {command, first, second, NULL};
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                 g_test_dbus_get_bus_address(self->fixture.bus),
                                 "WIRELINK_ROOT",
                                 self->root,
                                 "COLUMNS",
                                 "100",
                                 NULL};

    return ctl_run(arguments, NULL, environment);
}

static CtlRun *
examine(const Machine *self, const char *first, const char *second)
{
    return run_command(self, "doctor", first, second);
}

static const char *const nothing_active[] = {NULL};
static const char *const home_active[] = {"0f0e0d0c-home", "0f0e0d0c-other", NULL};

#define VALID(more)                                                                                \
    "'data': <{'address': '10.77.0.2/24', 'peer-1-public-key': '" HUB_KEY                          \
    "', 'peer-1-name': 'hub'" more "}>"
#define HUB_KEY "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ="
#define ROUTES  ", 'peer-1-allowed-ips': '10.77.0.0/24'"

#define HOME   PROFILE("home", "wirelink", "'persistent': <true>, 'data': <@a{ss} {}>")
#define OTHER  PROFILE("other", "openvpn", "'persistent': <true>")
#define OFFICE PROFILE("office", "wirelink", VALID(ROUTES ", 'listen-port': '40001'"))
#define SHOP   PROFILE("shop", "wirelink", VALID(ROUTES ", 'listen-port': '40002'"))

static void
test_without_problems(Machine *machine, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) json = NULL;

    start_manager(machine, "1.42.4", "[" HOME ", " OTHER "]", home_active);
    fixture_add_network(&machine->fixture, "home");
    run = examine(machine, NULL, NULL);
    g_assert_cmpstr(run->err, ==, "");
    assert_golden("doctor-ok.txt", run->out);
    g_assert_cmpint(run->status, ==, 0);
    json = examine(machine, "home", "--json");
    assert_golden("doctor-ok.json", json->out);
    g_assert_cmpint(json->status, ==, 0);
}

static void
test_with_problems(Machine *machine, gconstpointer data)
{
    g_autofree char *exe = g_build_filename(machine->root, "proc/self/exe", NULL);
    g_autofree char *modules = g_build_filename(machine->root, "sys/module", NULL);
    const struct timespec far[] = {{.tv_sec = 32503680000}, {.tv_sec = 32503680000}};
    g_autoptr(CtlRun) run = NULL;
    g_autofree char *settled = NULL;
    g_autoptr(GRegex) date = g_regex_new("[0-9]{4}-[0-9]{2}-[0-9]{2}", 0, 0, NULL);

    remove_tree(modules);
    take_away(machine, "opt/plugin.so");
    put(machine, "proc/sys/net/ipv6/conf/all/disable_ipv6", "1\n");
    put(machine, "etc/ufw/ufw.conf", "ENABLED=yes\n");
    g_assert_cmpint(utimensat(AT_FDCWD, exe, far, 0), ==, 0);
    put_holder(machine, "dnsm\033asq\n");
    start_manager(machine, "1.30.0", "[" HOME ", " OFFICE ", " SHOP "]", home_active);
    run = examine(machine, NULL, NULL);
    settled = g_regex_replace_literal(date, run->out, -1, 0, "YYYY-MM-DD", 0, NULL);
    assert_golden("doctor-problems.txt", settled);
    g_assert_cmpint(run->status, ==, 1);
}

static void
test_fallbacks(Machine *machine, gconstpointer data)
{
    g_autoptr(CtlRun) userspace = NULL;
    g_autoptr(CtlRun) loadable = NULL;
    g_autoptr(CtlRun) no_plugin = NULL;
    g_autoptr(CtlRun) no_ipv6 = NULL;
    g_autofree char *modules = g_build_filename(machine->root, "sys/module", NULL);

    fixture_add_owner(&machine->fixture, "org.fedoraproject.FirewallD1");
    start_manager(machine, "1.50", "@aa{sa{sv}} []", nothing_active);
    remove_tree(modules);
    put_program(machine, "usr/bin/wireguard-go");
    userspace = examine(machine, NULL, NULL);
    g_assert_cmpint(userspace->status, ==, 0);
    ctl_assert_holds(userspace->out,
                     "warn  the kernel has no WireGuard; /usr/bin/wireguard-go is used instead\n");
    ctl_assert_holds(userspace->out, "warn  firewalld is active\n");
    ctl_assert_holds(userspace->out, "warn  there is no wirelink profile\n");
    put(machine, "lib/modules/6.1.0/modules.dep", "kernel/net/wireguard/wireguard.ko: x\n");
    loadable = examine(machine, NULL, NULL);
    ctl_assert_holds(loadable->out, "ok    the kernel has WireGuard and loads it");
    take_away(machine, "etc/NetworkManager/VPN/nm-wirelink-service.name");
    no_plugin = examine(machine, NULL, NULL);
    g_assert_cmpint(no_plugin->status, ==, 1);
    ctl_assert_holds(no_plugin->out, "fail  NetworkManager does not find the plugin");
    take_away(machine, "proc/sys/net/ipv6/conf/all/disable_ipv6");
    no_ipv6 = examine(machine, NULL, NULL);
    ctl_assert_holds(no_ipv6->out, "fail  the kernel has no IPv6\n");
}

#define PORTS "'persistent': <true>, " VALID(ROUTES ", 'listen-port': '443', 'fact-port': '32767'")
#define PRIVATE                                                                                    \
    "{'connection': {'id': <'ours'>, 'uuid': <'0f0e0d0c-ours'>, 'type': <'vpn'>, 'permissions': "  \
    "<['user:alice:', 'user:bob:']>}, 'vpn': {'service-type': "                                    \
    "<'org.freedesktop.NetworkManager.wirelink'>, 'persistent': <true>, " VALID(ROUTES) "}}"

/* What SELinux keeps from NetworkManager's services, and NetworkManager from several users. */
static void
test_refused_profiles(Machine *machine, gconstpointer data)
{
    g_autofree char *modules = g_build_filename(machine->root, "sys/module", NULL);
    g_autoptr(CtlRun) without = NULL;
    g_autoptr(CtlRun) kernel = NULL;
    g_autoptr(CtlRun) userspace = NULL;
    g_autoptr(CtlRun) wide = NULL;

    start_manager(machine, "1.58.1", "[" PROFILE("home", "wirelink", PORTS) ", " PRIVATE "]",
                  nothing_active);
    put(machine, "sys/fs/selinux/enforce", "0");
    without = examine(machine, NULL, NULL);
    g_assert_null(strstr(without->out, "SELinux"));
    g_assert_cmpint(without->status, ==, 0);
    ctl_assert_holds(without->out, "warn  ours: private to 2 users; NetworkManager 1.58 and newer");
    ctl_assert_holds(without->out, "nmcli connection modify 0f0e0d0c-ours connection.permissions");
    g_assert_null(strstr(without->out, "home: private"));

    put(machine, "sys/fs/selinux/enforce", "1");
    kernel = examine(machine, NULL, NULL);
    g_assert_cmpint(kernel->status, ==, 1);
    ctl_assert_holds(kernel->out, "fail  home: SELinux does not let the service listen on its "
                                  "fact-port, UDP 32767\n");
    ctl_assert_holds(kernel->out,
                     "ok    home: its listen-port, UDP 443, is outside 32768 to 60999");
    remove_tree(modules);
    put_program(machine, "usr/bin/wireguard-go");
    userspace = examine(machine, NULL, NULL);
    ctl_assert_holds(userspace->out, "fail  home: SELinux does not let the service listen on its "
                                     "listen-port, UDP 443\n");
    put(machine, "proc/sys/net/ipv4/ip_local_port_range", "1024\t60999\n");
    wide = examine(machine, NULL, NULL);
    g_assert_null(strstr(wide->out, "fact-port"));
    ctl_assert_holds(wide->out, "listen-port, UDP 443\n");
}

/* What an activation would refuse, and what is hardly meant. */
static void
test_stored_profiles(Machine *machine, gconstpointer data)
{
    static const struct {
        const char *data, *line, *remedy;
        int status;
    } rows[] = {
        {VALID(ROUTES), NULL, NULL, 0},
        {VALID(ROUTES ", 'peer-1-endpoint': 'hub'"),
         "fail  a: cannot be activated: peer-1-endpoint: ",
         "nmcli connection modify 0f0e0d0c-a +vpn.data KEY=VALUE", 1},
        {VALID(ROUTES ", 'kill-switch': 'yes'"), "fail  a: cannot be activated: kill-switch: ", "",
         1},
        {VALID(ROUTES ", 'peer-1-endpont': 'hub:1'"),
         "warn  a: \"peer-1-endpont\": unknown key, ignored", "", 0},
        {VALID(", 'peer-1-allowed-ips': '0.0.0.0/0'"),
         "warn  a: hub has a default route, but full-tunnel is off: internet traffic goes outside",
         "full-tunnel=yes", 0},
        {VALID(", 'full-tunnel': 'yes', 'peer-1-allowed-ips': '0.0.0.0/0'"),
         "warn  a: the full tunnel has no DNS server: names are asked of those of the network",
         "ipv4.dns ADDRESS", 0},
        {VALID(
             ", 'full-tunnel': 'yes', 'peer-1-allowed-ips': '0.0.0.0/0'") "}, 'ipv4': "
                                                                          "{'dns-data': <['10.77.0.1']>",
         NULL, NULL, 0},
        {VALID(", 'full-tunnel': 'yes', 'peer-1-allowed-ips': '0.0.0.0/0'") "}, 'ipv6': "
                                                                            "{'dns': <[[byte 1]]>",
         NULL, NULL, 0},
        {VALID(", 'peer-1-allowed-ips': '10.77.0.3/32 192.168.6.0/24'"),
         "warn  a: hub routes another network than this one, and may not introduce members",
         "peer-1-trust=Membership", 0},
        {VALID(", 'peer-1-trust': 'Endpoint', 'peer-1-allowed-ips': '192.168.6.0/24'"), NULL, NULL,
         0},
        {VALID(", 'peer-1-allowed-ips': '10.77.0.2/32'"),
         "fail  a: the profile gives the address of this machine, 10.77.0.2, to the peer hub as well",
         "", 1},
    };

    start_manager(machine, "1.42.4", "[" PROFILE("a", "wirelink", VALID(ROUTES)) "]",
                  nothing_active);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *vpn = g_strdup_printf(
            "[{'connection': {'id': <'a'>, 'uuid': <'0f0e0d0c-a'>, 'type': <'vpn'>}, 'vpn': "
            "{'service-type': <'org.freedesktop.NetworkManager.wirelink'>, 'persistent': <true>, "
            "%s}}]",
            rows[i].data);
        g_autoptr(CtlRun) run = NULL;

        g_variant_unref(machine->profiles);
        machine->profiles = g_variant_parse(G_VARIANT_TYPE("aa{sa{sv}}"), vpn, NULL, NULL, NULL);
        g_assert_nonnull(machine->profiles);
        run = examine(machine, NULL, NULL);
        g_test_message("%s", run->out);
        if (rows[i].line) {
            ctl_assert_holds(run->out, rows[i].line);
            ctl_assert_holds(run->out, rows[i].remedy);
        } else {
            g_assert_null(strstr(run->out, "fail"));
            g_assert_null(strstr(run->out, "warn"));
        }
        g_assert_cmpint(run->status, ==, rows[i].status);
    }
}

#define EVENTS "var/lib/NetworkManager/wirelink/0f0e0d0c-shop.events"

/* Why a profile is not active: what the last activation ended with, while it is the last one. */
static void
test_last_activation(Machine *machine, gconstpointer data)
{
    g_autoptr(CtlRun) calm = NULL;
    g_autoptr(CtlRun) failed = NULL;
    g_autoptr(CtlRun) doctor = NULL;
    g_autoptr(CtlRun) json = NULL;
    g_autoptr(CtlRun) since = NULL;
    g_autoptr(CtlRun) peer = NULL;

    start_manager(machine, "1.42.4", "[" SHOP "]", nothing_active);
    calm = run_command(machine, "explain", "shop", NULL);
    g_assert_cmpint(calm->status, ==, 0);
    ctl_assert_holds(calm->out, "ok    shop: nothing is known that prevents its activation\n");
    put(machine, EVENTS,
        "1700000000\tup\t\t\t\t\n1700000001\tfailed\t\t\t\tUDP port 40001 is in\033use\n"
        "1700000002\tpeer\tKEY\thub\tdirect\t\n");
    failed = run_command(machine, "explain", "shop", NULL);
    g_assert_cmpint(failed->status, ==, 0);
    ctl_assert_holds(failed->out, "warn  shop: failed the last time, at 2023-11-1");
    ctl_assert_holds(failed->out, ": UDP port 40001 is in use\n");
    ctl_assert_holds(failed->out, "correct that and run wirelinkctl up shop");
    doctor = examine(machine, NULL, NULL);
    ctl_assert_holds(doctor->out, "warn  shop: failed the last time, at 2023-11-1");
    json = run_command(machine, "explain", "shop", "--json");
    ctl_assert_holds(json->out, "\"check\" : \"activation\"");
    put(machine, EVENTS, "1700000001\tfailed\t\t\t\tno\n1700000002\tup\t\t\t\t\n");
    since = run_command(machine, "explain", "shop", NULL);
    g_assert_null(strstr(since->out, "failed the last time"));
    peer = run_command(machine, "explain", "printer", NULL);
    g_assert_cmpint(peer->status, ==, 3);
}

/* A machine that passes packets on for others, and what a full tunnel needs. */
static void
test_routing(Machine *machine, gconstpointer data)
{
    static const char *const active[] = {"0f0e0d0c-office", NULL};
    static const char router[] = "'Role': <'router'>, ";
    const char *const profiles =
        "[" PROFILE("office", "wirelink",
                    VALID(", 'peer-1-allowed-ips': '0.0.0.0/0', 'full-tunnel': 'yes', "
                          "'forwarding': 'yes'")) "]";
    g_autoptr(CtlRun) right = NULL;
    g_autoptr(CtlRun) wrong = NULL;

    start_manager(machine, "1.42.4", profiles, active);
    fixture_add_mock(&machine->fixture, MOCK_REPLIES,
                     mock_objects_with("office", WL_VERSION, router, ""));
    put(machine, "proc/sys/net/ipv4/conf/nmwl-office/forwarding", "1\n");
    put(machine, "proc/sys/net/ipv4/conf/wlan0/forwarding", "1\n");
    right = examine(machine, NULL, NULL);
    g_assert_cmpint(right->status, ==, 0);
    g_assert_null(strstr(right->out, "forwarding of"));
    ctl_assert_holds(right->out,
                     "warn  office: the full tunnel has no DNS server: names are asked");
    put(machine, "proc/sys/net/ipv4/conf/nmwl-office/forwarding", "0\n");
    put(machine, "proc/sys/net/ipv4/conf/wlan0/forwarding", "0\n");
    wrong = examine(machine, NULL, NULL);
    g_assert_cmpint(wrong->status, ==, 1);
    ctl_assert_holds(wrong->out, "fail  office: this machine passes packets on between members, "
                                 "but forwarding of the tunnel, nmwl-office, is off\n");
    ctl_assert_holds(wrong->out, "warn  office: forwarding of the uplink, wlan0, is off: members");
    ctl_assert_holds(wrong->out, "net.ipv4.conf.wlan0.forwarding=1");
}

/* Something happened later than now, or a handshake did. */
static void
test_clock_back(Machine *machine, gconstpointer data)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *near_future = g_strdup_printf("%" G_GINT64_FORMAT "\tup\t\t\t\t\n", now + 30);
    g_autofree char *far_future =
        g_strdup_printf("%" G_GINT64_FORMAT "\tup\t\t\t\t\n1\tdown\t\t\t\t\n", now + 9000);
    g_autofree char *handshake =
        g_strdup_printf("'LastHandshake': <int64 %" G_GINT64_FORMAT ">, ", now + 9000);
    g_autofree char *peer = mock_peer(1, "hub", "direct", "/", "", handshake);
    g_autoptr(CtlRun) calm = NULL;
    g_autoptr(CtlRun) recorded = NULL;
    g_autoptr(CtlRun) seen = NULL;

    start_manager(machine, "1.42.4", "[" SHOP "]", nothing_active);
    put(machine, EVENTS, near_future);
    calm = examine(machine, NULL, NULL);
    g_assert_null(strstr(calm->out, "the clock went back"));
    put(machine, EVENTS, far_future);
    recorded = examine(machine, NULL, NULL);
    g_assert_cmpint(recorded->status, ==, 1);
    ctl_assert_holds(recorded->out, "fail  shop: the clock went back: it was 2");
    fixture_add_mock(&machine->fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, peer));
    seen = examine(machine, "home", NULL);
    g_assert_cmpint(seen->status, ==, 1);
    ctl_assert_holds(seen->out, "fail  home: the clock went back: it was 2");
}

/* Of the last day, each peer once, with the latest endpoints. */
static void
test_alternating(Machine *machine, gconstpointer data)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *events =
        g_strdup_printf("1\talternates\tOLD\told\t\tseen long ago\n"
                        "%" G_GINT64_FORMAT "\talternates\tKEY\tlaptop\t\tseen at A and B\n"
                        "%" G_GINT64_FORMAT "\talternates\tKEY\tlaptop\t\tseen at C and D\n",
                        now - 100, now - 50);
    g_autoptr(CtlRun) run = NULL;

    start_manager(machine, "1.42.4", "[" HOME "]", home_active);
    fixture_add_network(&machine->fixture, "home");
    put(machine, "var/lib/NetworkManager/wirelink/0f0e0d0c-home.events", events);
    run = examine(machine, NULL, NULL);
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, "warn  home: laptop: seen at C and D\n");
    g_assert_null(strstr(run->out, "A and B"));
    g_assert_null(strstr(run->out, "long ago"));
}

/* ---- path MTU ------------------------------------------------------------------------------ */

typedef struct {
    guint limit, calls;
} Path;

static gboolean
passes(guint size, gpointer user_data)
{
    Path *path = user_data;

    path->calls++;
    return size <= path->limit;
}

static void
test_path_search(void)
{
    for (guint limit = 1280; limit < 1420; limit++) {
        Path path = {.limit = limit};
        guint found = wl_check_path_search(1280, 1420, passes, &path);

        g_assert_cmpuint(found, <=, limit);
        g_assert_cmpuint(found + 8, >=, limit);
        g_assert_cmpuint(path.calls, <=, 6);
    }
}

/* Nobody is reached: the first thing that a person runs must say so. */
static void
test_unreached(Machine *machine, gconstpointer data)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *last = g_strdup_printf(
        "'ReasonId': <'no-reply'>, 'LastReply': <int64 %" G_GINT64_FORMAT ">, ", now - 200);
    g_autofree char *silent = mock_peer(1, "hub", "connecting", "/", "no reply", last);
    g_autofree char *same = mock_peer(9, "copy", "offline", "/", "no known endpoint", "");
    g_autofree char *peers = g_strconcat(silent, same, NULL);
    g_autoptr(CtlRun) run = NULL;

    start_manager(machine, "1.42.4", "[" HOME "]", home_active);
    fixture_add_mock(&machine->fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, peers));
    run = examine(machine, NULL, NULL);
    g_assert_cmpint(run->status, ==, 1);
    ctl_assert_holds(
        run->out,
        "warn  home: hub has not been reached for 3 min: no reply for 3 min; it may be offline\n");
    ctl_assert_holds(run->out, "wirelinkctl explain hub names the cause");
    ctl_assert_holds(run->out,
                     "warn  home: copy was not reached since the activation: no known endpoint\n");
    ctl_assert_holds(run->out, "fail  home: no member of the network is reached\n");
    ctl_assert_holds(run->out, "fail  home: copy has the address of this machine, 10.77.0.9\n");
}

/* A peer with a network behind it that names members: the question ends with a level, and is not
 * asked about others. */
static const struct {
    const char *prefixes, *source, *reason;
    gboolean asked;
} questions[] = {
    {"'10.77.0.2/32', '192.168.6.0/24'", "known-peer", "trust-too-low-members", TRUE},
    {"'10.77.0.2/32', '192.168.6.0/24'", "config", "trust-too-low-members", FALSE},
    {"'10.77.0.2/32', '192.168.6.0/24'", "known-peer", "trust-too-low-endpoints", FALSE},
    {"'10.77.0.2/32', 'fd77::2/128'", "known-peer", "trust-too-low-members", FALSE},
    {"'10.77.0.2/32', '0.0.0.0/0'", "known-peer", "trust-too-low-members", FALSE},
};

static void
test_trust_question(Machine *machine, gconstpointer data)
{
    start_manager(machine, "1.50", "@aa{sa{sv}} []", nothing_active);
    for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
        g_autofree char *more = g_strdup_printf("'AllowedIPs': <[%s]>, 'Trust': <'Endpoint'>, "
                                                "'TrustSource': <'%s'>, ",
                                                questions[i].prefixes, questions[i].source);
        g_autofree char *peer = mock_peer(2, "desk", "direct", "/", "direct", more);
        g_autofree char *fact = g_strdup_printf(
            "[{'Subject': <'x'>, 'Type': <'member'>, "
            "'Accepted': <false>, 'Source': <'" MOCK_KEY("2") "'>, "
                                                              "'ReasonId': <'%s'>}]",
            questions[i].reason);
        Mock *mock = fixture_add_mock(&machine->fixture, MOCK_REPLIES,
                                      mock_objects("home", WL_VERSION, peer));
        g_autoptr(CtlRun) run = NULL;

        g_variant_unref(mock->facts);
        mock->facts = g_variant_parse(G_VARIANT_TYPE("aa{sv}"), fact, NULL, NULL, NULL);
        run = examine(machine, NULL, NULL);
        g_test_message("%u: %s", i, run->out);
        if (questions[i].asked)
            ctl_assert_holds(
                run->out,
                "warn  home: desk names 1 member, refused because a network behind it "
                "makes it no router of this one\n"
                "      wirelinkctl trust desk Membership accepts them, wirelinkctl trust desk Endpoint "
                "refuses them");
        else
            g_assert_null(strstr(run->out, "wirelinkctl trust"));
        fixture_remove_mock(&machine->fixture, mock);
    }
}

/* The hub of the profile was never reached; somebody else is where it should be. */
static void
test_wrong_key(Machine *machine, gconstpointer data)
{
    static const struct {
        const char *hub, *name,
            *other;         /* properties of the hub; name and properties of the other */
        const char *common; /* NULL: nothing is said */
    } rows[] = {
        {"'Configured': <true>, ", "server", "'AllowedIPs': <['10.77.0.1/32']>, ", "address"},
        {"'Configured': <true>, ", "hub", "", "name"},
        {"'Configured': <true>, 'Candidates': <[('192.0.2.1:51820', 'configured', 'profile', "
         "'no-answer')]>, ",
         "server", "'Endpoint': <'192.0.2.1:51820'>, ", "endpoint"},
        {"'Configured': <true>, ", "server", "'Endpoint': <'192.0.2.1:51820'>, ", NULL},
        {"", "hub", "", NULL},
        {"'Configured': <true>, 'LastHandshake': <int64 1>, ", "hub", "", NULL},
    };

    start_manager(machine, "1.42.4", "[" HOME "]", home_active);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *hub = mock_peer(1, "hub", "connecting", "/", "", rows[i].hub);
        g_autofree char *other = mock_peer(2, rows[i].name, "direct", "/", "", rows[i].other);
        g_autofree char *peers = g_strconcat(hub, other, NULL);
        g_autofree char *expected =
            rows[i].common
                ? g_strdup_printf("fail  home: hub has the key KEY1KEYK… in the profile and was "
                                  "never reached, but a member with another key, " MOCK_KEY(
                                      "2") ", has its %s\n",
                                  rows[i].common)
                : NULL;
        Mock *mock = fixture_add_mock(&machine->fixture, MOCK_REPLIES,
                                      mock_objects("home", WL_VERSION, peers));
        g_autoptr(CtlRun) run = examine(machine, NULL, NULL);

        g_test_message("row %u", i);
        if (expected)
            ctl_assert_holds(run->out, expected);
        else
            g_assert_null(strstr(run->out, "another key"));
        fixture_remove_mock(&machine->fixture, mock);
    }
}

/* A member whose word is wrong again and again, and one that fills the table of facts. */
static void
test_held_back(Machine *machine, gconstpointer data)
{
    g_autofree char *liar =
        mock_peer(2, "liar", "direct", "/", "", "'HeldBack': <{'word': uint64 100}>, ");
    g_autofree char *honest = mock_peer(3, "honest", "direct", "/", "",
                                        "'HeldBack': <{'word': uint64 99, 'rate': 1000}>, ");
    g_autofree char *peers = g_strconcat(liar, honest, NULL);
    g_autoptr(CtlRun) run = NULL;

    start_manager(machine, "1.42.4", "[" HOME "]", home_active);
    fixture_add_mock(&machine->fixture, MOCK_REPLIES,
                     mock_objects_with("home", WL_VERSION,
                                       "'ReceiveCounters': <{'refused-too-many': uint64 101}>, ",
                                       peers));
    run = examine(machine, NULL, NULL);
    ctl_assert_holds(run->out, "warn  home: liar names addresses of other members that do not "
                               "answer: 100 tries at its word were held back");
    ctl_assert_holds(run->out, "set its trust to");
    g_assert_null(strstr(run->out, "honest names"));
    ctl_assert_holds(run->out, "warn  home: 101 facts found no room within the limits");
}

static void
test_service_states(Machine *machine, gconstpointer data)
{
    g_autoptr(CtlRun) other_version = NULL;
    g_autoptr(CtlRun) gone = NULL;
    g_autoptr(CtlRun) denied = NULL;
    g_autoptr(CtlRun) changed = NULL;
    g_autoptr(CtlRun) hidden = NULL;
    g_autoptr(CtlRun) unknown = NULL;
    Mock *mock;

    start_manager(machine, "1.42.4", "[" HOME "]", home_active);
    mock = fixture_add_mock(&machine->fixture, MOCK_REPLIES, mock_objects("home", "0.0.1", ""));
    other_version = examine(machine, NULL, NULL);
    g_assert_cmpint(other_version->status, ==, 1);
    ctl_assert_holds(other_version->out, "fail  home: the service has version 0.0.1, this program");
    fixture_remove_mock(&machine->fixture, mock);
    gone = examine(machine, NULL, NULL);
    g_assert_cmpint(gone->status, ==, 1);
    ctl_assert_holds(gone->out, "fail  home: active according to NetworkManager, but");
    mock = fixture_add_mock(&machine->fixture, MOCK_DENIES, NULL);
    denied = examine(machine, NULL, NULL);
    g_assert_cmpint(denied->status, ==, 0);
    ctl_assert_holds(denied->out,
                     "warn  home: active, details are visible only to root and its users\n");
    fixture_remove_mock(&machine->fixture, mock);
    mock = fixture_add_mock(&machine->fixture, MOCK_REPLIES,
                            mock_objects_with("home", WL_VERSION,
                                              "'PendingKeys': <['mtu']>, "
                                              "'ProfileError': <'address: missing'>, ",
                                              ""));
    changed = examine(machine, NULL, NULL);
    g_assert_cmpint(changed->status, ==, 1);
    ctl_assert_holds(changed->out,
                     "warn  home: changed keys take effect at the next activation: mtu\n");
    ctl_assert_holds(changed->out,
                     "fail  home: the stored profile is invalid, the previous settings stay "
                     "in use: address: missing\n");
    fixture_remove_mock(&machine->fixture, mock);
    mock = fixture_add_mock(&machine->fixture, MOCK_DENIES, NULL);
    /* A profile that its service publishes, but NetworkManager hides. */
    fixture_add_mock(&machine->fixture, MOCK_REPLIES, mock_objects("secret", WL_VERSION, ""));
    hidden = examine(machine, "secret", NULL);
    g_assert_cmpint(hidden->status, ==, 0);
    ctl_assert_holds(hidden->out, "ok    secret: the service runs");
    unknown = examine(machine, "nobody", "--json");
    g_assert_cmpint(unknown->status, ==, 3);
    ctl_assert_holds(unknown->out, "no wirelink profile is named \\\"nobody\\\"");
}

static void
test_bus_is_missing(Machine *machine, gconstpointer data)
{
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus",
                                 "WIRELINK_ROOT", machine->root, NULL};
    const char *arguments[] = {"doctor", NULL};
    g_autoptr(CtlRun) no_manager = examine(machine, NULL, NULL);
    g_autoptr(CtlRun) no_bus = ctl_run(arguments, NULL, environment);

    g_assert_cmpint(no_manager->status, ==, 1);
    ctl_assert_holds(no_manager->out, "fail  NetworkManager is not running or does not answer\n");
    g_assert_cmpint(no_bus->status, ==, 1);
    ctl_assert_holds(no_bus->out, "ok    IPv6 is enabled\n");
    ctl_assert_holds(no_bus->out, "fail  the system bus does not answer\n");
}

#define AUDIT(exe, call)                                                                           \
    "5,822,31046059870,-;audit: type=1326 audit(1796038124.676:825): auid=1000 uid=0 gid=0 "       \
    "ses=1 pid=25467 comm=\"nm-wirelink-ser\" exe=\"" exe "\" sig=0 arch=c000003e syscall=" call   \
    " compat=0 ip=0x7f5e31cccb97 code=0x50000\n"

/* What the filter of the service refused, and not what that of other programs did. */
static void
test_refused_calls(Machine *machine, gconstpointer data)
{
    g_autoptr(CtlRun) none = NULL;
    g_autoptr(CtlRun) some = NULL;

    start_manager(machine, "1.42.4", "[" PROFILE("home", "wirelink", PORTS) "]", nothing_active);
    put(machine, "dev/kmsg",
        "6,1,2,-;wireguard: loaded\n" AUDIT("/usr/bin/nm-wirelink-service2", "1"));
    none = examine(machine, NULL, NULL);
    g_assert_null(strstr(none->out, "refused"));
    put(machine, "dev/kmsg",
        "6,1,2,-;wireguard: loaded\n" AUDIT("/usr/libexec/nm-wirelink-service", "425")
            AUDIT("/usr/sbin/wirelinkd", "435") AUDIT("/usr/libexec/nm-wirelink-service", "425")
                AUDIT("/usr/bin/chromium", "7") "4,9,9,-;type=1326 exe=\"/x/wirelinkd\" syscall=");
    some = examine(machine, NULL, NULL);
    g_assert_cmpint(some->status, ==, 0);
    ctl_assert_holds(some->out,
                     "warn  the filter of nm-wirelink-service refused system call 425, 2 "
                     "times since the machine started\n");
    ctl_assert_holds(some->out,
                     "warn  the filter of wirelinkd refused system call 435, 1 time since");
    ctl_assert_holds(some->out, "versions of GLib and of the C library");
    g_assert_null(strstr(some->out, "system call 7"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) g_test_add(path, Machine, NULL, set_up, func, tear_down)
    ADD("/ctl/doctor/host-without-problems", test_without_problems);
    ADD("/ctl/doctor/host-with-problems", test_with_problems);
    ADD("/ctl/doctor/host-with-fallbacks", test_fallbacks);
    ADD("/ctl/doctor/refused-profiles", test_refused_profiles);
    ADD("/ctl/doctor/refused-calls", test_refused_calls);
    ADD("/ctl/doctor/stored-profiles", test_stored_profiles);
    ADD("/ctl/doctor/last-activation", test_last_activation);
    ADD("/ctl/doctor/routing", test_routing);
    ADD("/ctl/doctor/clock-back", test_clock_back);
    ADD("/ctl/doctor/alternating", test_alternating);
    g_test_add_func("/ctl/doctor/path-search", test_path_search);
    ADD("/ctl/doctor/unreached", test_unreached);
    ADD("/ctl/doctor/trust-question", test_trust_question);
    ADD("/ctl/doctor/wrong-key", test_wrong_key);
    ADD("/ctl/doctor/service-states", test_service_states);
    ADD("/ctl/doctor/held-back", test_held_back);
    ADD("/ctl/doctor/bus-is-missing", test_bus_is_missing);
    return g_test_run();
}
