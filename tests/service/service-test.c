/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VPN plugin interface of a running service, from Connect to Disconnect, and what remains when
 * its caller, its link or the service itself ends. Requires root.
 */
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>

#include "wl-test-profile.h"

static NMSettingVpn *
vpn_of(NMConnection *connection)
{
    return nm_connection_get_setting_vpn(connection);
}

static gboolean
link_exists(void)
{
    return if_nametoindex(INTERFACE) != 0;
}

static gboolean
link_is_gone(gpointer user_data)
{
    g_main_context_wakeup(NULL);
    return !link_exists();
}

static void
connect_profile(WlTestBus *bus)
{
    g_autoptr(NMConnection) connection = wl_test_profile_new();

    wl_test_profile_activate(bus, connection);
}

static void
test_need_secrets(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GError) error = NULL;
    const char *setting;

    wl_test_bus_start_service(bus);
    g_autoptr(GVariant) enough =
        wl_test_bus_call_plugin(bus, "NeedSecrets", wl_test_profile_parameters(connection), &error);

    g_assert_no_error(error);
    g_variant_get(enough, "(&s)", &setting);
    g_assert_cmpstr(setting, ==, "");

    nm_setting_vpn_remove_secret(vpn_of(connection), "private-key");
    g_autoptr(GVariant) missing =
        wl_test_bus_call_plugin(bus, "NeedSecrets", wl_test_profile_parameters(connection), &error);

    g_assert_no_error(error);
    g_variant_get(missing, "(&s)", &setting);
    g_assert_cmpstr(setting, ==, "vpn");
}

static void
assert_routes(GVariant *config, const char *type, guint n)
{
    g_autoptr(GVariant) routes = g_variant_lookup_value(config, "routes", G_VARIANT_TYPE(type));

    g_assert_nonnull(routes);
    g_assert_cmpuint(g_variant_n_children(routes), ==, n);
}

static void
test_signals(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();

    connect_profile(bus);
    g_assert_cmpint(wl_test_bus_signal_index(bus, "Config"), <,
                    wl_test_bus_signal_index(bus, "Ip4Config"));
    g_assert_cmpint(wl_test_bus_signal_index(bus, "Ip4Config"), <,
                    wl_test_bus_signal_index(bus, "Ip6Config"));

    g_autoptr(GVariant) config_parameters = wl_test_bus_wait_signal(bus, "Config");
    g_autoptr(GVariant) config = g_variant_get_child_value(config_parameters, 0);
    g_autoptr(GVariant) gateway =
        g_variant_lookup_value(config, "gateway", G_VARIANT_TYPE_BYTESTRING);
    const char *tundev;
    guint32 mtu;
    gboolean flag;

    g_assert_true(g_variant_lookup(config, "tundev", "&s", &tundev));
    g_assert_cmpstr(tundev, ==, INTERFACE);
    g_assert_true(g_variant_lookup(config, "mtu", "u", &mtu));
    g_assert_cmpuint(mtu, ==, 1420);
    g_assert_true(g_variant_lookup(config, "can-persist", "b", &flag) && flag);
    g_assert_true(g_variant_lookup(config, "has-ip4", "b", &flag) && flag);
    g_assert_true(g_variant_lookup(config, "has-ip6", "b", &flag) && flag);
    /* fe80::1, for which NetworkManager adds no host route */
    g_assert_cmpmem(g_variant_get_data(gateway), g_variant_get_size(gateway),
                    "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);

    g_autoptr(GVariant) ip4_parameters = wl_test_bus_wait_signal(bus, "Ip4Config");
    g_autoptr(GVariant) ip4 = g_variant_get_child_value(ip4_parameters, 0);
    guint32 address, prefix;

    g_assert_true(g_variant_lookup(ip4, "address", "u", &address));
    g_assert_cmphex(GUINT32_FROM_BE(address), ==, 0x0a4d0002);
    g_assert_true(g_variant_lookup(ip4, "prefix", "u", &prefix));
    g_assert_cmpuint(prefix, ==, 24);
    g_assert_true(g_variant_lookup(ip4, "never-default", "b", &flag) && flag);
    assert_routes(ip4, "aau", 1); /* 10.79.0.0/16; the own subnet needs no route */

    g_autoptr(GVariant) ip6_parameters = wl_test_bus_wait_signal(bus, "Ip6Config");
    g_autoptr(GVariant) ip6 = g_variant_get_child_value(ip6_parameters, 0);

    g_assert_true(g_variant_lookup(ip6, "never-default", "b", &flag) && flag);
    assert_routes(ip6, "a(ayuayu)", 1);
    g_assert_true(link_exists());
}

static void
test_disconnect(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(GError) error = NULL;

    connect_profile(bus);
    g_autoptr(GVariant) reply = wl_test_bus_call_plugin(bus, "Disconnect", NULL, &error);

    g_assert_no_error(error);
    g_assert_false(link_exists());
    wl_test_bus_wait_exit(bus);
    g_assert_cmpint(g_subprocess_get_exit_status(bus->service), ==, 0);
}

/* Started manually with --persist: runs until terminated. */
static void
test_persist(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GVariant) reply = NULL, again = NULL;
    g_autoptr(GError) error = NULL;

    bus->option = "--persist";
    wl_test_profile_activate(bus, connection);
    reply = wl_test_bus_call_plugin(bus, "Disconnect", NULL, &error);
    g_assert_no_error(error);
    g_assert_false(link_exists());
    /* The process is running but rejects a second activation. */
    again = wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), &error);
    g_assert_null(again);
    g_assert_nonnull(strstr(error->message, "start a new one"));
    g_subprocess_send_signal(bus->service, SIGTERM);
    wl_test_bus_wait_exit(bus);
    g_assert_cmpint(g_subprocess_get_exit_status(bus->service), ==, 0);
}

typedef struct {
    WlTestBus *bus;
    const char *name;
} Caller;

static gboolean
is_gone(gpointer user_data)
{
    Caller *caller = user_data;

    g_main_context_wakeup(NULL);
    return !wl_test_bus_has_owner(caller->bus, caller->name);
}

/* The caller disappears without Disconnect, as a killed NetworkManager does. */
static void
connect_and_vanish(WlTestBus *bus)
{
    g_autoptr(NMConnection) profile = wl_test_profile_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) caller = NULL;
    g_autoptr(GVariant) reply = NULL, ip6 = NULL;
    g_autofree char *name = NULL;
    Caller gone;

    wl_test_bus_start_service(bus);
    caller =
        g_dbus_connection_new_for_address_sync(g_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    g_assert_no_error(error);
    name = g_strdup(g_dbus_connection_get_unique_name(caller));
    reply = g_dbus_connection_call_sync(
        caller, bus->bus_name, NM_VPN_DBUS_PLUGIN_PATH, NM_VPN_DBUS_PLUGIN_INTERFACE, "Connect",
        wl_test_profile_parameters(profile), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error(error);
    ip6 = wl_test_bus_wait_signal(bus, "Ip6Config");
    g_assert_true(g_dbus_connection_close_sync(caller, NULL, &error));
    gone = (Caller){bus, name};
    g_assert_true(wl_test_bus_wait(is_gone, &gone));
}

static void
test_caller_gone(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();

    connect_and_vanish(bus);
    wl_test_bus_wait_exit(bus);
    g_assert_false(link_exists());
}

/* Manually, for example with gdbus, which exits after each call. */
static void
test_debug(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(GVariant) objects = NULL, reply = NULL;
    g_autoptr(GError) error = NULL;

    bus->option = "--debug";
    connect_and_vanish(bus);
    objects = wl_test_bus_call(bus, ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
                               NULL, &error);
    g_assert_no_error(error);
    g_assert_true(link_exists());
    reply = wl_test_bus_call_plugin(bus, "Disconnect", NULL, &error);
    g_assert_no_error(error);
    g_assert_false(link_exists());
    g_subprocess_send_signal(bus->service, SIGTERM);
    wl_test_bus_wait_exit(bus);
}

static void
test_terminate(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();

    connect_profile(bus);
    g_subprocess_send_signal(bus->service, SIGTERM);
    wl_test_bus_wait_exit(bus);
    g_assert_false(link_exists());
}

/* The child of the service that is called "sleep"; 0: none. */
static pid_t
find_program(WlTestBus *bus)
{
    const char *pid = g_subprocess_get_identifier(bus->service);
    g_autofree char *path = g_strdup_printf("/proc/%s/task/%s/children", pid, pid);
    g_autofree char *children = NULL, *comm_path = NULL, *comm = NULL;

    if (!g_file_get_contents(path, &children, NULL, NULL) || !*g_strstrip(children))
        return 0;
    comm_path = g_strdup_printf("/proc/%s/comm", children);
    if (!g_file_get_contents(comm_path, &comm, NULL, NULL) || !g_str_equal(comm, "sleep\n"))
        return 0;
    return (pid_t) g_ascii_strtoll(children, NULL, 10);
}

static gboolean
program_runs(gpointer bus)
{
    gboolean runs = find_program(bus) > 0;

    if (!runs) {
        g_usleep(10000);
        g_main_context_wakeup(NULL);
    }
    return runs;
}

/* Terminated while wireguard-go starts; here one that never becomes ready and ignores SIGTERM. */
static void
test_terminate_early(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autofree char *with_ours = g_strconcat("/run:", path, NULL);
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) error = NULL;
    pid_t program;

    g_assert_true(g_file_set_contents_full("/run/wireguard-go",
                                           "#!/bin/sh\ntrap '' TERM\nexec sleep 60\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0755, NULL));
    g_setenv("PATH", with_ours, TRUE);
    g_setenv("WIRELINK_WIREGUARD", "userspace", TRUE);
    wl_test_bus_start_service(bus);
    g_setenv("PATH", path, TRUE);
    g_unsetenv("WIRELINK_WIREGUARD");
    reply = wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), &error);
    g_assert_no_error(error);
    g_assert_true(wl_test_bus_wait(program_runs, bus));
    program = find_program(bus);
    g_subprocess_send_signal(bus->service, SIGTERM);
    wl_test_bus_wait_exit(bus);
    g_assert_cmpint(g_subprocess_get_exit_status(bus->service), ==, 0);
    g_assert_cmpint(kill(program, 0), <, 0);
    g_assert_false(link_exists());
}

static void
test_killed(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(GError) error = NULL;

    connect_profile(bus);
    g_subprocess_force_exit(bus->service);
    wl_test_bus_wait_exit(bus);

    /* Leftovers do not prevent the next activation. */
    connect_profile(bus);
    g_assert_true(link_exists());
    g_autoptr(GVariant) reply = wl_test_bus_call_plugin(bus, "Disconnect", NULL, &error);

    g_assert_no_error(error);
    g_assert_true(wl_test_bus_wait(link_is_gone, NULL));
}

static void
test_second_connect(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GError) error = NULL;

    connect_profile(bus);
    g_autoptr(GVariant) reply =
        wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), &error);

    g_assert_null(reply);
    g_assert_nonnull(error);
    g_assert_true(link_exists());
}

typedef struct {
    const char *name;
    const char *key;
    const char *value; /* NULL: removed */
    gboolean secret;
    const char *sentence; /* part of the error */
} BadProfile;

static const BadProfile bad_profiles[] = {
    {"no-address", "address", NULL, FALSE, "address"},
    {"bad-address", "address", "10.77.0.300/24", FALSE, "10.77.0.300"},
    {"bad-peer-key", "peer-1-public-key", "abc", FALSE, "peer-1-public-key"},
    {"no-peer-key", "peer-1-public-key", NULL, FALSE, "peer-1-public-key"},
    {"own-key-as-peer", "peer-1-public-key", OWN_PUBLIC, FALSE, "peer-1-public-key"},
    {"bad-trust", "peer-1-trust", "absolutely", FALSE, "peer-1-trust"},
    {"bad-endpoint", "peer-1-endpoint", "203.0.113.5", FALSE, "peer-1-endpoint"},
    {"bad-allowed-ips", "peer-1-allowed-ips", "10.0.0.0/64", FALSE, "peer-1-allowed-ips"},
    {"bad-port", "listen-port", "70000", FALSE, "listen-port"},
    {"bad-role", "role", "king", FALSE, "role"},
    {"bad-private-key", "private-key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", TRUE, "private-key"},
};

static void
test_bad_profile(gconstpointer user_data)
{
    const BadProfile *bad = user_data;
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    NMSettingVpn *vpn = vpn_of(connection);
    g_autoptr(GError) error = NULL;

    if (bad->secret)
        nm_setting_vpn_add_secret(vpn, bad->key, bad->value);
    else if (bad->value)
        nm_setting_vpn_add_data_item(vpn, bad->key, bad->value);
    else
        nm_setting_vpn_remove_data_item(vpn, bad->key);
    wl_test_bus_start_service(bus);
    g_autoptr(GVariant) reply =
        wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), &error);

    g_assert_null(reply);
    g_assert_nonnull(strstr(error->message, bad->sentence));
    if (bad->secret)
        g_assert_null(strstr(error->message, bad->value));
    g_assert_false(link_exists());
}

static void
test_foreign_link(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GError) error = NULL;

    /* that of the test before */
    g_assert_true(wl_test_bus_wait(link_is_gone, NULL));
    g_assert_cmpint(system("ip link add " INTERFACE " type veth peer name other0"), ==, 0);
    wl_test_bus_start_service(bus);
    g_autoptr(GVariant) reply =
        wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), &error);
    g_autoptr(GVariant) failure = wl_test_bus_wait_signal(bus, "Failure");

    g_assert_true(link_exists());
    g_assert_cmpint(system("ip link del " INTERFACE), ==, 0);
    wl_test_bus_wait_exit(bus);
}

static void
test_link_deleted(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();

    connect_profile(bus);
    g_assert_cmpint(system("ip link del " INTERFACE), ==, 0);
    g_autoptr(GVariant) failure = wl_test_bus_wait_signal(bus, "Failure");

    wl_test_bus_wait_exit(bus);
}

static gboolean
link_local_is_there(gpointer user_data)
{
    g_main_context_wakeup(NULL);
    return system("ip -6 addr show dev " INTERFACE " | grep -q fe80::58e3:f6f9:c107:22cf/64") == 0;
}

static void
test_link_local(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();

    connect_profile(bus);
    g_assert_true(link_local_is_there(NULL));
    g_assert_cmpint(system("ip -6 addr del fe80::58e3:f6f9:c107:22cf/64 dev " INTERFACE), ==, 0);
    g_assert_true(wl_test_bus_wait(link_local_is_there, NULL));
}

static void
test_sysctls(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();

    connect_profile(bus);
    g_assert_cmpint(system("test $(cat /proc/sys/net/ipv6/conf/" INTERFACE "/accept_ra) = 0"), ==,
                    0);
    g_assert_cmpint(
        system("test $(cat /proc/sys/net/ipv6/conf/" INTERFACE "/accept_redirects) = 0"), ==, 0);
    /* NetworkManager does not set the third address. */
    g_assert_cmpint(system("ip addr show dev " INTERFACE " | grep -q 10.78.0.2/32"), ==, 0);
    g_assert_cmpint(system("ip -d link show dev " INTERFACE " | grep -q wirelink:" UUID), ==, 0);
}

static void
test_objects(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(GError) error = NULL;

    connect_profile(bus);
    g_autoptr(GVariant) reply = wl_test_bus_call(bus, ROOT, "org.freedesktop.DBus.ObjectManager",
                                                 "GetManagedObjects", NULL, &error);

    g_assert_no_error(error);
    g_autofree char *text = g_variant_print(reply, TRUE);

    g_assert_nonnull(strstr(text, HUB_PUBLIC));
    g_assert_nonnull(strstr(text, "203.0.113.5:51820"));
    g_assert_nonnull(strstr(text, OWN_PUBLIC));
    g_assert_nonnull(strstr(text, UUID));
    g_assert_null(strstr(text, PRIVATE_KEY));

    g_autoptr(GVariant) role =
        wl_test_bus_call(bus, ROOT "/link", "org.freedesktop.DBus.Properties", "Get",
                         g_variant_new("(ss)", LINK, "Role"), &error);
    g_autoptr(GVariant) boxed = NULL;
    g_autofree char *role_text = NULL;

    g_assert_no_error(error);
    role_text = g_variant_print(role, FALSE);
    g_assert_cmpstr(role_text, ==, "(<'leaf'>,)");

    boxed = wl_test_bus_call(bus, ROOT "/link", "org.freedesktop.DBus.Properties", "Set",
                             g_variant_new("(ssv)", LINK, "Role", g_variant_new_string("router")),
                             &error);
    g_assert_null(boxed);
    g_assert_nonnull(error);
}

static void
test_name_taken(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(GError) error = NULL;

    wl_test_bus_start_service(bus);
    g_autoptr(GSubprocess) second =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, g_getenv("WIRELINK_SERVICE"),
                         "--debug", "--bus-name", bus->bus_name, NULL);
    g_autofree char *output = NULL;

    g_assert_no_error(error);
    g_assert_true(g_subprocess_communicate_utf8(second, NULL, NULL, NULL, &output, &error));
    g_assert_cmpint(g_subprocess_get_exit_status(second), ==, 1);
    g_assert_nonnull(strstr(output, "is owned by another process"));
}

static void
add_tests(void)
{
    g_test_add_func("/service/need-secrets", test_need_secrets);
    g_test_add_func("/service/signals", test_signals);
    g_test_add_func("/service/disconnect-removes-the-link", test_disconnect);
    g_test_add_func("/service/ends-with-its-caller", test_caller_gone);
    g_test_add_func("/service/debug-ignores-its-caller", test_debug);
    g_test_add_func("/service/persist-rejects-second-activation", test_persist);
    g_test_add_func("/service/sigterm-removes-the-link", test_terminate);
    g_test_add_func("/service/sigterm-while-the-link-opens", test_terminate_early);
    g_test_add_func("/service/activates-after-a-killed-service", test_killed);
    g_test_add_func("/service/second-connect-is-rejected", test_second_connect);
    for (gsize i = 0; i < G_N_ELEMENTS(bad_profiles); i++) {
        g_autofree char *path = g_strdup_printf("/service/bad-profile/%s", bad_profiles[i].name);

        g_test_add_data_func(path, &bad_profiles[i], test_bad_profile);
    }
    g_test_add_func("/service/foreign-link-is-kept", test_foreign_link);
    g_test_add_func("/service/ends-with-a-deleted-userspace-link", test_link_deleted);
    g_test_add_func("/service/link-local-restored", test_link_local);
    g_test_add_func("/service/link-settings", test_sysctls);
    g_test_add_func("/service/objects", test_objects);
    g_test_add_func("/service/owned-bus-name-is-an-error", test_name_taken);
}

int
main(int argc, char **argv)
{
    return wl_test_bus_main(argc, argv, add_tests);
}
