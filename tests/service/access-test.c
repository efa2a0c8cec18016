/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access to the D-Bus objects: reading by root and by the users of the profile, changes with a
 * mock of polkit and without polkit. Each call comes from a process of its own user. Requires
 * root.
 */
#include <signal.h>
#include <stdlib.h>

#include "wl-test-profile.h"

/* Two unprivileged users that exist on every Debian system. */
#define NOBODY 65534u
#define DAEMON 1u

#define HUB_PATH   ROOT "/peer/1"
#define MANAGER    "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define ACTION     "org.freedesktop.NetworkManager.wirelink.control"

/* Bus policy for the mock of polkit, in case polkit is not installed. */
static const char polkit_policy[] =
    "<policy user='root'><allow own='org.freedesktop.PolicyKit1'/></policy>"
    "<policy context='default'><allow send_destination='org.freedesktop.PolicyKit1'/></policy>";

/* ---- asking */

static gboolean
call_as(WlTestBus *bus, guint uid, const char *path, const char *method, const char *arguments,
        char **output)
{
    g_autofree char *command = g_strdup_printf(
        "gdbus call --address unix:path=/run/dbus/system_bus_socket --dest %s --object-path %s "
        "--method %s %s",
        bus->bus_name, path, method, arguments);

    return wl_test_bus_run_as(uid, command, output);
}

static void
assert_allowed(WlTestBus *bus, guint uid, const char *path, const char *method,
               const char *arguments, const char *contains)
{
    g_autofree char *output = NULL;

    if (!call_as(bus, uid, path, method, arguments, &output))
        g_error("%s for %u: %s", method, uid, output);
    if (!strstr(output, contains))
        g_error("%s for %u lacks %s: %s", method, uid, contains, output);
}

static void
assert_denied(WlTestBus *bus, guint uid, const char *path, const char *method,
              const char *arguments, const char *contains)
{
    g_autofree char *output = NULL;

    if (call_as(bus, uid, path, method, arguments, &output))
        g_error("%s is allowed for %u: %s", method, uid, output);
    if (!strstr(output, "AccessDenied") || !strstr(output, contains) || strstr(output, HUB_PUBLIC))
        g_error("%s for %u: %s", method, uid, output);
}

static void
assert_may_read(WlTestBus *bus, guint uid)
{
    assert_allowed(bus, uid, ROOT, MANAGER ".GetManagedObjects", "", HUB_PUBLIC);
    assert_allowed(bus, uid, HUB_PATH, PROPERTIES ".GetAll", PEER, HUB_PUBLIC);
    assert_allowed(bus, uid, HUB_PATH, PROPERTIES ".Get", PEER " PublicKey", HUB_PUBLIC);
    assert_allowed(bus, uid, ROOT "/link", PROPERTIES ".GetAll", LINK, OWN_PUBLIC);
    assert_allowed(bus, uid, ROOT "/link", LINK ".GetFacts", "", HUB_PUBLIC);
    assert_allowed(bus, uid, ROOT "/link", LINK ".GetEvents", "", "up");
}

static void
assert_may_not_read(WlTestBus *bus, guint uid)
{
    const char *sentence = "restricted to other users";

    assert_denied(bus, uid, ROOT, MANAGER ".GetManagedObjects", "", sentence);
    assert_denied(bus, uid, HUB_PATH, PROPERTIES ".GetAll", PEER, sentence);
    assert_denied(bus, uid, HUB_PATH, PROPERTIES ".Get", PEER " State", sentence);
    assert_denied(bus, uid, ROOT "/link", PROPERTIES ".GetAll", LINK, sentence);
    assert_denied(bus, uid, ROOT "/link", PROPERTIES ".Get", LINK " Uuid", sentence);
    assert_denied(bus, uid, ROOT "/link", LINK ".GetFacts", "", sentence);
    assert_denied(bus, uid, ROOT "/link", LINK ".GetEvents", "", sentence);
}

static void
allow_user(NMConnection *connection, const char *name)
{
    nm_setting_connection_add_permission(nm_connection_get_setting_connection(connection), "user",
                                         name, NULL);
}

/* ---- reading */

static void
test_shared(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system("");
    g_autoptr(NMConnection) connection = wl_test_profile_new();

    wl_test_profile_activate(bus, connection);
    assert_may_read(bus, 0);
    assert_may_read(bus, NOBODY);
    assert_may_read(bus, DAEMON);
}

static void
test_private(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system("");
    g_autoptr(NMConnection) connection = wl_test_profile_new();

    allow_user(connection, "nobody");
    wl_test_profile_activate(bus, connection);
    assert_may_read(bus, 0);
    assert_may_read(bus, NOBODY);
    assert_may_not_read(bus, DAEMON);
    assert_may_read(bus, NOBODY);
}

static void
test_two_users(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system("");
    g_autoptr(NMConnection) connection = wl_test_profile_new();

    allow_user(connection, "nobody");
    allow_user(connection, "daemon");
    wl_test_profile_activate(bus, connection);
    assert_may_read(bus, NOBODY);
    assert_may_read(bus, DAEMON);
}

/* Calls that only NetworkManager may make, and calls that are denied to all users. */
static void
test_never(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system("");
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autofree char *output = NULL;

    wl_test_profile_activate(bus, connection);
    assert_denied(bus, NOBODY, NM_VPN_DBUS_PLUGIN_PATH, NM_VPN_DBUS_PLUGIN_INTERFACE ".Disconnect",
                  "", "");
    assert_denied(bus, NOBODY, ROOT "/link", NM_VPN_DBUS_PLUGIN_INTERFACE ".Disconnect", "", "");
    assert_denied(bus, NOBODY, NM_VPN_DBUS_PLUGIN_PATH, PROPERTIES ".GetAll",
                  NM_VPN_DBUS_PLUGIN_INTERFACE, "");
    g_assert_false(
        call_as(bus, NOBODY, HUB_PATH, PROPERTIES ".Set", PEER " Name '<\"x\">'", &output));
    g_assert_nonnull(strstr(output, "not writable"));
    assert_may_read(bus, NOBODY);
}

/* ---- changing */

typedef struct {
    guint asked;
    gboolean authorized, challenge;
    guint flags;
    char *action, *sender;
    GDBusMethodInvocation *kept; /* with keep: no reply yet */
    gboolean keep;
} Polkit;

static const char polkit_xml[] =
    "<node><interface name='org.freedesktop.PolicyKit1.Authority'>"
    "<method name='CheckAuthorization'><arg type='(sa{sv})' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='a{ss}' direction='in'/>"
    "<arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='(bba{ss})' direction='out'/></method></interface></node>";

static void
on_check(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
    Polkit *polkit = user_data;
    g_autoptr(GVariant) subject = NULL;
    const char *kind, *action, *name = NULL;

    g_variant_get(parameters, "((&s@a{sv})&s@a{ss}u&s)", &kind, &subject, &action, NULL,
                  &polkit->flags, NULL);
    g_assert_cmpstr(kind, ==, "system-bus-name");
    g_assert_true(g_variant_lookup(subject, "name", "&s", &name));
    g_free(polkit->action);
    polkit->action = g_strdup(action);
    g_free(polkit->sender);
    polkit->sender = g_strdup(name);
    polkit->asked++;
    if (polkit->keep)
        polkit->kept = invocation;
    else
        g_dbus_method_invocation_return_value(
            invocation, g_variant_new("((bba{ss}))", polkit->authorized, polkit->challenge, NULL));
}

static void
be_polkit(WlTestBus *bus, Polkit *polkit)
{
    static const GDBusInterfaceVTable vtable = {.method_call = on_check};
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(polkit_xml, &error);
    g_autoptr(GVariant) owned = NULL;

    g_assert_no_error(error);
    g_dbus_connection_register_object(bus->connection, "/org/freedesktop/PolicyKit1/Authority",
                                      node->interfaces[0], &vtable, polkit, NULL, &error);
    g_assert_no_error(error);
    owned = g_dbus_connection_call_sync(
        bus->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "RequestName", g_variant_new("(su)", "org.freedesktop.PolicyKit1", 0), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error(error);
}

static void
polkit_clear(Polkit *polkit)
{
    g_free(polkit->action);
    g_free(polkit->sender);
}

static void
test_polkit(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system(polkit_policy);
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    Polkit polkit = {.challenge = TRUE};

    be_polkit(bus, &polkit);
    wl_test_profile_activate(bus, connection);
    assert_denied(bus, NOBODY, ROOT "/link", LINK ".Refresh", "",
                  "requires authentication by an administrator");
    g_assert_cmpuint(polkit.asked, ==, 1);
    g_assert_cmpstr(polkit.action, ==, ACTION);
    g_assert_true(g_str_has_prefix(polkit.sender, ":"));
    g_assert_cmpuint(polkit.flags, ==, 0); /* the caller did not allow interactive authorization */

    polkit.challenge = FALSE;
    assert_denied(bus, NOBODY, ROOT "/link", LINK ".ForgetEndpoint", HUB_PUBLIC " " HUB_ENDPOINT,
                  "polkit denies");
    assert_denied(bus, NOBODY, ROOT "/link", LINK ".UseRouter", HUB_PUBLIC, "polkit denies");
    polkit.authorized = TRUE;
    assert_allowed(bus, NOBODY, ROOT "/link", LINK ".Refresh", "", "()");
    g_assert_cmpuint(polkit.asked, ==, 4);

    /* No check for root. */
    assert_allowed(bus, 0, ROOT "/link", LINK ".Refresh", "", "()");
    g_assert_cmpuint(polkit.asked, ==, 4);
    polkit_clear(&polkit);
}

static void
test_polkit_private(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system(polkit_policy);
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    Polkit polkit = {.authorized = TRUE};

    allow_user(connection, "nobody");
    be_polkit(bus, &polkit);
    wl_test_profile_activate(bus, connection);
    /* A user who may not read a profile may not change it, even if polkit authorizes it. */
    assert_denied(bus, DAEMON, ROOT "/link", LINK ".Refresh", "", "restricted to other users");
    g_assert_cmpuint(polkit.asked, ==, 0);
    assert_allowed(bus, NOBODY, ROOT "/link", LINK ".Refresh", "", "()");
    g_assert_cmpuint(polkit.asked, ==, 1);
    polkit_clear(&polkit);
}

static gboolean
was_asked(gpointer user_data)
{
    return ((Polkit *) user_data)->kept != NULL;
}

/* The profile is deactivated while polkit waits for a password. */
static void
test_polkit_late(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system(polkit_policy);
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    Polkit polkit = {.authorized = TRUE, .keep = TRUE};
    g_autoptr(GSubprocess) caller = NULL;
    g_autoptr(GError) error = NULL;

    be_polkit(bus, &polkit);
    wl_test_profile_activate(bus, connection);
    caller =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "setpriv", "--reuid", "65534",
                         "--regid", "65534", "--clear-groups", "gdbus", "call", "--address",
                         "unix:path=/run/dbus/system_bus_socket", "--dest", bus->bus_name,
                         "--object-path", ROOT "/link", "--method", LINK ".Refresh", NULL);
    g_assert_no_error(error);
    g_assert_true(wl_test_bus_wait(was_asked, &polkit));
    /* Other calls are served meanwhile. */
    assert_allowed(bus, DAEMON, HUB_PATH, PROPERTIES ".Get", PEER " Name", "hub");
    g_subprocess_send_signal(bus->service, SIGTERM);
    wl_test_bus_wait_exit(bus);
    g_assert_cmpint(g_subprocess_get_exit_status(bus->service), ==, 0);
    g_dbus_method_invocation_return_value(polkit.kept,
                                          g_variant_new("((bba{ss}))", TRUE, FALSE, NULL));
    g_assert_true(g_subprocess_wait(caller, NULL, &error));
    g_assert_cmpint(g_subprocess_get_exit_status(caller), !=, 0);
    polkit_clear(&polkit);
}

static GSubprocess *
refresh_as(WlTestBus *bus, const char *uid)
{
    g_autoptr(GError) error = NULL;
    GSubprocess *caller = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "setpriv",
        "--reuid", uid, "--regid", uid, "--clear-groups", "gdbus", "call", "--address",
        "unix:path=/run/dbus/system_bus_socket", "--dest", bus->bus_name, "--object-path",
        ROOT "/link", "--method", LINK ".Refresh", NULL);

    g_assert_no_error(error);
    return caller;
}

static gboolean
were_eight_asked(gpointer user_data)
{
    return ((Polkit *) user_data)->asked == 8;
}

/* The questions of one user wait for polkit; those of another are asked. */
static void
test_polkit_flood(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system(polkit_policy);
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    Polkit polkit = {.authorized = TRUE, .keep = TRUE};
    GSubprocess *callers[8];
    g_autofree char *output = NULL;

    be_polkit(bus, &polkit);
    wl_test_profile_activate(bus, connection);
    for (guint i = 0; i < G_N_ELEMENTS(callers); i++)
        callers[i] = refresh_as(bus, "65534");
    g_assert_true(wl_test_bus_wait(were_eight_asked, &polkit));
    g_assert_false(call_as(bus, NOBODY, ROOT "/link", LINK ".Refresh", "", &output));
    g_assert_nonnull(strstr(output, "LimitsExceeded"));
    g_assert_cmpuint(polkit.asked, ==, 8);
    polkit.keep = FALSE;
    assert_allowed(bus, DAEMON, ROOT "/link", LINK ".Refresh", "", "()");
    g_assert_cmpuint(polkit.asked, ==, 9);
    /* reading is no question */
    assert_may_read(bus, NOBODY);
    for (guint i = 0; i < G_N_ELEMENTS(callers); i++) {
        g_subprocess_force_exit(callers[i]);
        g_subprocess_wait(callers[i], NULL, NULL);
        g_object_unref(callers[i]);
    }
    polkit_clear(&polkit);
}

static void
test_no_polkit(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system("");
    g_autoptr(NMConnection) connection = wl_test_profile_new();

    wl_test_profile_activate(bus, connection);
    assert_denied(bus, NOBODY, ROOT "/link", LINK ".Refresh", "", "only root may");
    assert_allowed(bus, 0, ROOT "/link", LINK ".Refresh", "", "()");
}

static void
add_tests(void)
{
    g_test_add_func("/access/profile-without-users", test_shared);
    g_test_add_func("/access/profile-with-one-user", test_private);
    g_test_add_func("/access/profile-with-two-users", test_two_users);
    g_test_add_func("/access/calls-restricted-to-root", test_never);
    g_test_add_func("/access/changes-with-polkit", test_polkit);
    g_test_add_func("/access/changes-with-polkit/private-profile", test_polkit_private);
    g_test_add_func("/access/changes-with-polkit/profile-deactivated", test_polkit_late);
    g_test_add_func("/access/changes-with-polkit/flood", test_polkit_flood);
    g_test_add_func("/access/changes-without-polkit", test_no_polkit);
}

int
main(int argc, char **argv)
{
    return wl_test_bus_main(argc, argv, add_tests);
}
