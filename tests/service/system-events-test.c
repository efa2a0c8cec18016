/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Events of uplinks and suspend, on a private bus with mocks of NetworkManager and logind. */

#include "wl-sleep-monitor.h"
#include "wl-uplinks.h"

#define MANAGER_PATH "/org/freedesktop/NetworkManager"
#define MANAGER      "org.freedesktop.NetworkManager"

static const char description[] = "<node>"
                                  "<interface name='org.freedesktop.NetworkManager'>"
                                  "<property name='Connectivity' type='u' access='read'/>"
                                  "<property name='Metered' type='u' access='read'/>"
                                  "<property name='PrimaryConnection' type='o' access='read'/>"
                                  "</interface>"
                                  "<interface name='org.freedesktop.NetworkManager.DnsManager'>"
                                  "<property name='Configuration' type='aa{sv}' access='read'/>"
                                  "</interface>"
                                  "</node>";

typedef struct {
    GTestDBus *bus;
    GDBusConnection *theirs, *ours;
    guint registrations[2], names;
    guint32 connectivity;
    const char *primary;
    const char *dns; /* as text of a GVariant */

    WlUplinks *uplinks;
    WlSleepMonitor *sleep_monitor;
    guint n_primary, n_connectivity, n_dns, n_resumed;
    WlConnectivity connectivity_reported;
    GArray *servers; /* as last reported; NULL: never */
    gboolean vpn_dns;
    char *reason;
} Fixture;

static GVariant *
get_property(GDBusConnection *connection, const char *sender, const char *path,
             const char *interface, const char *name, GError **error, gpointer user_data)
{
    const Fixture *self = user_data;

    if (g_str_equal(name, "Connectivity"))
        return g_variant_new_uint32(self->connectivity);
    if (g_str_equal(name, "Metered"))
        return g_variant_new_uint32(2);
    if (g_str_equal(name, "PrimaryConnection"))
        return g_variant_new_object_path(self->primary);
    return g_variant_new_parsed(self->dns);
}

static const GDBusInterfaceVTable vtable = {.get_property = get_property};

static void
on_connectivity(WlConnectivity connectivity, gpointer user_data)
{
    Fixture *self = user_data;

    self->n_connectivity++;
    self->connectivity_reported = connectivity;
}

static void
on_primary(gpointer user_data)
{
    ((Fixture *) user_data)->n_primary++;
}

static void
on_dns(const GArray *servers, gboolean vpn, gpointer user_data)
{
    Fixture *self = user_data;

    self->n_dns++;
    g_clear_pointer(&self->servers, g_array_unref);
    self->servers = g_array_copy((GArray *) servers);
    self->vpn_dns = vpn;
}

static const WlUplinksEvents events = {
    .connectivity = on_connectivity, .primary = on_primary, .dns = on_dns};

static void
on_resumed(const char *reason, gpointer user_data)
{
    Fixture *self = user_data;

    self->n_resumed++;
    g_free(self->reason);
    self->reason = g_strdup(reason);
}

static GDBusConnection *
connect_to(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection =
        g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(self->bus),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    return connection;
}

static void
own(Fixture *self, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        self->theirs, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
        g_variant_new("(su)", name, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

    g_assert_no_error(error);
}

static void
round_trip(GDBusConnection *connection)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_sync(connection, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                                    "GetId", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

    g_assert_no_error(error);
}

/* Waits until all messages sent so far have been handled. */
static void
settle(Fixture *self)
{
    round_trip(self->theirs);
    round_trip(self->ours);
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static gboolean
wait_for(guint *count, guint at_least)
{
    gint64 end = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

    while (*count < at_least && g_get_monotonic_time() < end) {
        g_main_context_wakeup(NULL);
        g_main_context_iteration(NULL, TRUE);
    }
    return *count >= at_least;
}

static void
set_up(Fixture *self, gconstpointer data)
{
    g_autoptr(GDBusNodeInfo) info = g_dbus_node_info_new_for_xml(description, NULL);
    const char *const paths[] = {MANAGER_PATH, MANAGER_PATH "/DnsManager"};

    self->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(self->bus);
    self->theirs = connect_to(self);
    self->ours = connect_to(self);
    self->connectivity = 4;
    self->primary = MANAGER_PATH "/ActiveConnection/1";
    self->dns = "[{'nameservers': <['203.0.113.53', '2001:db8::53', 'dns+tls://192.0.2.1#x']>, "
                "'interface': <'eth0'>, 'vpn': <false>}, "
                "{'nameservers': <['10.77.0.53']>, 'interface': <'nmwl-1'>, 'vpn': <true>}]";
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;

        self->registrations[i] = g_dbus_connection_register_object(
            self->theirs, paths[i], info->interfaces[i], &vtable, self, NULL, &error);
        g_assert_no_error(error);
    }
    own(self, MANAGER);
    own(self, "org.freedesktop.login1");
    self->uplinks = wl_uplinks_new(self->ours, &events, self);
    self->sleep_monitor = wl_sleep_monitor_new(self->ours, on_resumed, self);
    g_assert_true(wait_for(&self->n_dns, 1));
    settle(self);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    wl_uplinks_free(self->uplinks);
    wl_sleep_monitor_free(self->sleep_monitor);
    g_dbus_connection_close_sync(self->ours, NULL, NULL);
    g_dbus_connection_close_sync(self->theirs, NULL, NULL);
    g_object_unref(self->ours);
    g_object_unref(self->theirs);
    g_test_dbus_down(self->bus);
    g_object_unref(self->bus);
    g_free(self->reason);
    g_clear_pointer(&self->servers, g_array_unref);
}

static void
emit(Fixture *self, const char *path, const char *interface, const char *signal,
     GVariant *parameters)
{
    g_autoptr(GError) error = NULL;

    g_dbus_connection_emit_signal(self->theirs, NULL, path, interface, signal, parameters, &error);
    g_assert_no_error(error);
    settle(self);
}

static void
change(Fixture *self, const char *path, const char *interface, const char *properties)
{
    emit(self, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
         g_variant_new("(s@a{sv}as)", interface, g_variant_new_parsed(properties), NULL));
}

static void
change_manager(Fixture *self, const char *properties)
{
    change(self, MANAGER_PATH, MANAGER, properties);
}

/* ---- cases --------------------------------------------------------------------------------- */

static void
test_start(Fixture *self, gconstpointer data)
{
    g_autofree char *first = NULL;

    g_assert_true(wait_for(&self->n_connectivity, 1));
    g_assert_cmpint(self->connectivity_reported, ==, WL_CONNECTIVITY_FULL);
    /* The first known primary connection is not a change. */
    g_assert_cmpuint(self->n_primary, ==, 0);
    g_assert_true(wait_for(&self->n_dns, 1));
    g_assert_cmpuint(self->servers->len, ==, 2);
    g_assert_true(self->vpn_dns);
    first = wl_ip_to_string(&g_array_index(self->servers, WlDnsServer, 0).address);
    g_assert_cmpstr(first, ==, "203.0.113.53");
    g_assert_cmpstr(g_array_index(self->servers, WlDnsServer, 0).interface, ==, "eth0");
}

static void
test_connectivity(Fixture *self, gconstpointer data)
{
    g_assert_true(wait_for(&self->n_connectivity, 1));
    change_manager(self, "{'Connectivity': <uint32 2>}");
    g_assert_cmpint(self->connectivity_reported, ==, WL_CONNECTIVITY_PORTAL);
    change_manager(self, "{'Connectivity': <uint32 2>, 'State': <uint32 70>}");
    g_assert_cmpuint(self->n_connectivity, ==, 2);
    change_manager(self, "{'Connectivity': <uint32 3>}");
    g_assert_cmpint(self->connectivity_reported, ==, WL_CONNECTIVITY_UNKNOWN);
    change_manager(self, "{'Connectivity': <uint32 4>}");
    g_assert_cmpint(self->connectivity_reported, ==, WL_CONNECTIVITY_FULL);
    g_assert_cmpuint(self->n_connectivity, ==, 4);
}

static void
test_primary(Fixture *self, gconstpointer data)
{
    change_manager(self, "{'PrimaryConnection': <objectpath '/'>}");
    change_manager(self, "{'PrimaryConnection': <objectpath "
                         "'/org/freedesktop/NetworkManager/ActiveConnection/1'>}");
    g_assert_cmpuint(self->n_primary, ==, 0);
    change_manager(self, "{'PrimaryConnection': <objectpath "
                         "'/org/freedesktop/NetworkManager/ActiveConnection/7'>}");
    g_assert_cmpuint(self->n_primary, ==, 1);
    change_manager(self, "{'Metered': <uint32 1>}");
    g_assert_cmpuint(self->n_primary, ==, 1);
}

static void
test_dns(Fixture *self, gconstpointer data)
{
    const char *path = MANAGER_PATH "/DnsManager", *interface = MANAGER ".DnsManager";

    change(self, path, interface,
           "{'Configuration': <[{'nameservers': <['203.0.113.54']>, 'vpn': <false>}]>}");
    g_assert_cmpuint(self->n_dns, ==, 2);
    g_assert_false(self->vpn_dns);
    g_assert_cmpuint(self->servers->len, ==, 1);
    change(self, path, interface, "{'Mode': <'default'>}");
    change(self, path, interface,
           "{'Configuration': <[{'nameservers': <['203.0.113.54']>, 'vpn': <false>}, "
           "{'nameservers': <['10.1.1.1']>, 'vpn': <true>}]>}");
    g_assert_cmpuint(self->n_dns, ==, 3);
    g_assert_true(self->vpn_dns);
    g_assert_cmpuint(self->servers->len, ==, 1);
    change(self, path, interface,
           "{'Configuration': <[{'nameservers': <['203.0.113.54']>, 'vpn': <false>}, "
           "{'nameservers': <['10.1.1.2']>, 'vpn': <true>}]>}");
    g_assert_cmpuint(self->n_dns, ==, 3);
    /* A different order is not a change; a different interface is. */
    change(self, path, interface,
           "{'Configuration': <[{'nameservers': <['203.0.113.54', '203.0.113.55']>}]>}");
    g_assert_cmpuint(self->n_dns, ==, 4);
    change(self, path, interface,
           "{'Configuration': <[{'nameservers': <['203.0.113.55', '203.0.113.54']>}]>}");
    change(self, path, interface,
           "{'Configuration': <[{'nameservers': <['203.0.113.55']>}, "
           "{'nameservers': <['203.0.113.54', '203.0.113.55']>}]>}");
    g_assert_cmpuint(self->n_dns, ==, 4);
    change(self, path, interface,
           "{'Configuration': <[{'nameservers': <['203.0.113.55']>, 'interface': <'eth1'>}, "
           "{'nameservers': <['203.0.113.54']>}]>}");
    g_assert_cmpuint(self->n_dns, ==, 5);
    change(self, path, interface, "{'Configuration': <@aa{sv} []>}");
    g_assert_cmpuint(self->n_dns, ==, 6);
    g_assert_cmpuint(self->servers->len, ==, 0);
}

static GDBusMessage *
count_signals(GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
              gpointer user_data)
{
    if (incoming && g_dbus_message_get_message_type(message) == G_DBUS_MESSAGE_TYPE_SIGNAL)
        g_atomic_int_inc((int *) user_data);
    return message;
}

/* Signals of access points, devices and other programs cause no wakeup. */
static void
test_deaf(Fixture *self, gconstpointer data)
{
    int heard = 0;
    guint filter = g_dbus_connection_add_filter(self->ours, count_signals, &heard, NULL);

    change(self, MANAGER_PATH "/AccessPoint/5", MANAGER ".AccessPoint",
           "{'Strength': <byte 0x30>}");
    change(self, MANAGER_PATH "/Devices/2", MANAGER ".Device.Wireless",
           "{'ActiveAccessPoint': <objectpath '/org/freedesktop/NetworkManager/AccessPoint/5'>}");
    change(self, MANAGER_PATH, MANAGER ".Other", "{'Connectivity': <uint32 2>}");
    emit(self, MANAGER_PATH, MANAGER, "DeviceAdded",
         g_variant_new("(o)", MANAGER_PATH "/Devices/3"));
    emit(self, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "SessionNew",
         g_variant_new("(so)", "1", "/org/freedesktop/login1/session/_31"));
    g_assert_cmpint(heard, ==, 0);
    change_manager(self, "{'Connectivity': <uint32 2>}");
    g_assert_cmpint(heard, ==, 1);
    g_dbus_connection_remove_filter(self->ours, filter);
}

static void
test_malformed(Fixture *self, gconstpointer data)
{
    g_assert_true(wait_for(&self->n_connectivity, 1));
    change_manager(self, "{'Connectivity': <'portal'>, 'PrimaryConnection': <uint32 3>}");
    emit(self, MANAGER_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
         g_variant_new("(s)", MANAGER));
    change(self, MANAGER_PATH "/DnsManager", MANAGER ".DnsManager",
           "{'Configuration': <[{'nameservers': <uint32 1>}]>}");
    g_assert_cmpuint(self->n_primary, ==, 0);
    g_assert_cmpuint(self->n_connectivity, ==, 1);
}

static void
sleep_signal(Fixture *self, gboolean begins)
{
    emit(self, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
         g_variant_new("(b)", begins));
}

static void
test_sleep(Fixture *self, gconstpointer data)
{
    sleep_signal(self, TRUE);
    g_assert_cmpuint(self->n_resumed, ==, 0);
    sleep_signal(self, FALSE);
    g_assert_cmpuint(self->n_resumed, ==, 1);
    g_assert_nonnull(strstr(self->reason, "suspend"));
    /* The kernel reports the same suspend again. */
    sleep_signal(self, FALSE);
    g_assert_cmpuint(self->n_resumed, ==, 1);
}

static void
test_clocks(void)
{
    const gint64 s = G_USEC_PER_SEC;
    const WlSleepMonitorClocks before = {.real = 5000 * s, .boot = 100 * s, .awake = 90 * s};
    static const struct {
        gint64 real, boot, awake; /* elapsed seconds */
        const char *word;
    } cases[] = {
        {60, 60, 60, NULL},      {60, 60, 0, "suspend"},  {3600, 3600, 60, "suspend"},
        {3660, 60, 60, "clock"}, {-900, 60, 60, "clock"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const WlSleepMonitorClocks after = {.real = before.real + cases[i].real * s,
                                            .boot = before.boot + cases[i].boot * s,
                                            .awake = before.awake + cases[i].awake * s};
        const char *reason = wl_sleep_monitor_compare(&before, &after);

        if (cases[i].word)
            g_assert_nonnull(strstr(reason, cases[i].word));
        else
            g_assert_null(reason);
    }
}

#define ADD(name, func) g_test_add("/system-events/" name, Fixture, NULL, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_dbus_unset();
    ADD("initial-state", test_start);
    ADD("connectivity", test_connectivity);
    ADD("primary-connection", test_primary);
    ADD("dns-servers", test_dns);
    ADD("other-signals-are-ignored", test_deaf);
    ADD("malformed-values-are-ignored", test_malformed);
    ADD("suspend", test_sleep);
    g_test_add_func("/system-events/clocks", test_clocks);
    return g_test_run();
}
