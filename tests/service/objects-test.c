/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The D-Bus objects of a running service: the shipped description, property values, method calls,
 * signals and their limits. Requires root.
 */
#include <stdlib.h>

#include "wl-test-profile.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define HUB_PATH   ROOT "/peer/1"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GDBusInterfaceInfo, g_dbus_interface_info_unref)

/* ---- the running service against the shipped description ---- */

static GDBusInterfaceInfo *
shipped(const char *name)
{
    g_autofree char *file = g_strdup_printf("%s/%s.xml", g_getenv("WIRELINK_DATA"), name);
    g_autofree char *xml = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusNodeInfo) node = NULL;

    g_assert_true(g_file_get_contents(file, &xml, NULL, &error));
    node = g_dbus_node_info_new_for_xml(xml, &error);
    g_assert_no_error(error);
    return g_dbus_interface_info_ref(g_dbus_node_info_lookup_interface(node, name));
}

static GDBusInterfaceInfo *
introspected(WlTestBus *bus, const char *path, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = wl_test_bus_call(bus, path, "org.freedesktop.DBus.Introspectable",
                                                 "Introspect", NULL, &error);
    g_autoptr(GDBusNodeInfo) node = NULL;
    const char *xml;

    g_assert_no_error(error);
    g_variant_get(reply, "(&s)", &xml);
    node = g_dbus_node_info_new_for_xml(xml, &error);
    g_assert_no_error(error);
    return g_dbus_interface_info_ref(g_dbus_node_info_lookup_interface(node, name));
}

static void
describe_args(GString *text, GDBusArgInfo **args, const char *direction)
{
    for (; args && *args; args++)
        g_string_append_printf(text, " %s %s:%s", direction, (*args)->name, (*args)->signature);
}

static const char *
emits(GDBusPropertyInfo *property)
{
    const char *value = g_dbus_annotation_info_lookup(
        property->annotations, "org.freedesktop.DBus.Property.EmitsChangedSignal");

    return value ? value : "true";
}

static int
compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* One line per member, in order. */
static char *
describe(GDBusInterfaceInfo *interface)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    g_assert_nonnull(interface);
    for (GDBusPropertyInfo **p = interface->properties; p && *p; p++)
        g_ptr_array_add(lines, g_strdup_printf("property %s:%s %u %s", (*p)->name, (*p)->signature,
                                               (*p)->flags, emits(*p)));
    for (GDBusMethodInfo **m = interface->methods; m && *m; m++) {
        GString *line = g_string_new("method ");

        g_string_append(line, (*m)->name);
        describe_args(line, (*m)->in_args, "in");
        describe_args(line, (*m)->out_args, "out");
        g_ptr_array_add(lines, g_string_free(line, FALSE));
    }
    for (GDBusSignalInfo **s = interface->signals; s && *s; s++)
        g_ptr_array_add(lines, g_strdup_printf("signal %s", (*s)->name));
    g_assert_cmpuint(lines->len, >, 10);
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **) lines->pdata);
}

static void
assert_described(WlTestBus *bus, const char *path, const char *name)
{
    g_autoptr(GDBusInterfaceInfo) on_paper = shipped(name), running = introspected(bus, path, name);
    g_autofree char *expected = describe(on_paper), *found = describe(running);

    g_assert_cmpstr(found, ==, expected);
}

static GVariant *
get_all(WlTestBus *bus, const char *path, const char *interface)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        wl_test_bus_call(bus, path, PROPERTIES, "GetAll", g_variant_new("(s)", interface), &error);

    g_assert_no_error(error);
    return g_variant_get_child_value(reply, 0);
}

static GVariant *
get(WlTestBus *bus, const char *path, const char *interface, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = wl_test_bus_call(bus, path, PROPERTIES, "Get",
                                                 g_variant_new("(ss)", interface, name), &error);
    GVariant *value;

    g_assert_no_error(error);
    g_variant_get(reply, "(v)", &value);
    return value;
}

/* All described properties exist with their type, in Get and in GetAll. */
static void
assert_readable(WlTestBus *bus, const char *path, const char *name)
{
    g_autoptr(GDBusInterfaceInfo) interface = shipped(name);
    g_autoptr(GVariant) all = get_all(bus, path, name);
    guint n = 0;

    for (GDBusPropertyInfo **p = interface->properties; *p; p++, n++) {
        g_autoptr(GVariant) one = get(bus, path, name, (*p)->name);
        g_autoptr(GVariant) listed = g_variant_lookup_value(all, (*p)->name, NULL);

        g_assert_cmpstr(g_variant_get_type_string(one), ==, (*p)->signature);
        g_assert_nonnull(listed);
        g_assert_cmpstr(g_variant_get_type_string(listed), ==, (*p)->signature);
        g_assert_cmpuint((*p)->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
    }
    g_assert_cmpuint(g_variant_n_children(all), ==, n);
}

static void
test_described(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();

    wl_test_profile_activate(bus, connection);
    assert_described(bus, ROOT "/link", LINK);
    assert_described(bus, HUB_PATH, PEER);
    assert_readable(bus, ROOT "/link", LINK);
    assert_readable(bus, HUB_PATH, PEER);
}

/* ---- values ---- */

static void
assert_value(GVariant *all, const char *name, const char *expected)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(all, name, NULL);
    g_autofree char *text = NULL;

    g_assert_nonnull(value);
    text = g_variant_print(value, FALSE);
    g_assert_cmpstr(text, ==, expected);
}

static void
test_values(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GVariant) link = NULL, hub = NULL;

    wl_test_profile_activate(bus, connection);
    link = get_all(bus, ROOT "/link", LINK);
    assert_value(link, "Uuid", "'" UUID "'");
    assert_value(link, "Id", "'laptop'");
    assert_value(link, "Interface", "'" INTERFACE "'");
    assert_value(link, "PublicKey", "'" OWN_PUBLIC "'");
    assert_value(link, "ListenPort", "51820");
    assert_value(link, "FactPort", "51821");
    assert_value(link, "Role", "'leaf'");
    assert_value(link, "RoleSource", "'detected'");
    assert_value(link, "Addresses", "['10.77.0.2/24', 'fd77::2/64', '10.78.0.2/32']");
    assert_value(link, "Networks",
                 "['10.77.0.0/24', 'fd77::/64', '10.78.0.2/32', '10.79.0.0/16', 'fd79::/48']");
    assert_value(link, "Uplink", "''");
    assert_value(link, "PortMappings", "[]");
    assert_value(link, "PendingKeys", "[]");
    assert_value(link, "ProfileError", "''");
    assert_value(link, "ActiveConnection", "'/'"); /* no NetworkManager on this bus */

    hub = get_all(bus, HUB_PATH, PEER);
    assert_value(hub, "PublicKey", "'" HUB_PUBLIC "'");
    assert_value(hub, "Name", "'hub'");
    assert_value(hub, "State", "'offline'");
    assert_value(hub, "Reason", "'no uplink'");
    assert_value(hub, "ReasonId", "'no-uplink'");
    assert_value(hub, "ReasonArguments", "[]");
    assert_value(hub, "Via", "'/'");
    assert_value(hub, "Endpoint", "'" HUB_ENDPOINT "'");
    assert_value(hub, "Candidates", "[('" HUB_ENDPOINT "', 'configured', 'profile', 'not-tried')]");
    assert_value(hub, "Trust", "'Membership'");
    assert_value(hub, "TrustSource", "'route'");
    assert_value(hub, "Router", "true");
    assert_value(hub, "Basic", "false");
    assert_value(hub, "Configured", "true");
    assert_value(hub, "LastHandshake", "0");
    assert_value(hub, "LastAlive", "0");
    assert_value(hub, "RoundTrip", "0");
}

/* WireGuard chooses the port if the profile does not set one. */
static void
test_listen_port(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GVariant) link = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *port = NULL;

    nm_setting_vpn_remove_data_item(nm_connection_get_setting_vpn(connection), "listen-port");
    wl_test_profile_activate(bus, connection);
    g_usleep(3 * G_USEC_PER_SEC / 2); /* until the device is read again */
    link = get_all(bus, ROOT "/link", LINK);
    g_spawn_command_line_sync("wg show " INTERFACE " listen-port", &port, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(atoi(port), >, 0);
    assert_value(link, "ListenPort", g_strstrip(port));
}

/* The activation is an event. */
static void
test_events(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = NULL, events = NULL;
    gboolean up = FALSE;

    wl_test_profile_activate(bus, connection);
    reply = wl_test_bus_call(bus, ROOT "/link", LINK, "GetEvents", NULL, &error);
    g_assert_no_error(error);
    events = g_variant_get_child_value(reply, 0);
    g_assert_true(g_variant_is_of_type(events, G_VARIANT_TYPE("aa{sv}")));
    for (gsize i = 0; i < g_variant_n_children(events); i++) {
        g_autoptr(GVariant) event = g_variant_get_child_value(events, i);
        const char *kind, *text;
        gint64 time;

        g_assert_cmpuint(g_variant_n_children(event), ==, 6);
        g_assert_true(g_variant_lookup(event, "Kind", "&s", &kind));
        g_assert_true(g_variant_lookup(event, "Text", "&s", &text));
        g_assert_true(g_variant_lookup(event, "Time", "x", &time));
        g_assert_cmpint(time, >, 0);
        up = up || g_str_equal(kind, "up");
    }
    g_assert_true(up);
}

static void
test_facts(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = NULL, facts = NULL;
    gboolean found = FALSE;
    GVariantIter iter;
    GVariant *fact;

    wl_test_profile_activate(bus, connection);
    reply = wl_test_bus_call(bus, ROOT "/link", LINK, "GetFacts", NULL, &error);
    g_assert_no_error(error);
    facts = g_variant_get_child_value(reply, 0);
    g_assert_true(g_variant_is_of_type(facts, G_VARIANT_TYPE("aa{sv}")));
    g_variant_iter_init(&iter, facts);
    while (g_variant_iter_loop(&iter, "@a{sv}", &fact)) {
        const char *subject, *type, *value, *source, *reason, *reason_id, *name;
        g_autoptr(GVariant) arguments = NULL;
        gboolean accepted;
        guint32 expires;

        g_assert_cmpuint(g_variant_n_children(fact), ==, 11);
        g_assert_true(g_variant_lookup(fact, "Subject", "&s", &subject));
        g_assert_true(g_variant_lookup(fact, "SubjectName", "&s", &name));
        g_assert_true(g_variant_lookup(fact, "Type", "&s", &type));
        g_assert_true(g_variant_lookup(fact, "Value", "&s", &value));
        g_assert_true(g_variant_lookup(fact, "Source", "&s", &source));
        g_assert_true(g_variant_lookup(fact, "SourceName", "&s", &name));
        g_assert_true(g_variant_lookup(fact, "Accepted", "b", &accepted));
        g_assert_true(g_variant_lookup(fact, "Reason", "&s", &reason));
        g_assert_true(g_variant_lookup(fact, "ReasonId", "&s", &reason_id));
        g_assert_true(g_variant_lookup(fact, "ReasonArguments", "@as", &arguments));
        g_assert_true(g_variant_lookup(fact, "Expires", "u", &expires));
        found |= g_str_equal(subject, HUB_PUBLIC) && g_str_equal(type, "allowed-ips") &&
                 g_str_equal(value, "10.79.0.0/16") && *source == '\0' && accepted &&
                 expires > 200 && *reason && g_str_equal(reason_id, "self");
    }
    if (!found)
        g_test_message("%s", g_variant_print(facts, FALSE));
    g_assert_true(found);
}

static void
assert_forget_fails(WlTestBus *bus, const char *peer, const char *address, const char *sentence)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = wl_test_bus_call(bus, ROOT "/link", LINK, "ForgetEndpoint",
                                                 g_variant_new("(ss)", peer, address), &error);

    g_assert_null(reply);
    g_assert_error(error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
    g_assert_nonnull(strstr(error->message, sentence));
}

static void
assert_use_fails(WlTestBus *bus, const char *router, const char *sentence)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = wl_test_bus_call(bus, ROOT "/link", LINK, "UseRouter",
                                                 g_variant_new("(s)", router), &error);

    g_assert_null(reply);
    g_assert_error(error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
    g_assert_nonnull(strstr(error->message, sentence));
}

static void
test_changes(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) first = NULL, second = NULL, set = NULL;

    wl_test_profile_activate(bus, connection);
    first = wl_test_bus_call(bus, ROOT "/link", LINK, "Refresh", NULL, &error);
    g_assert_no_error(error);
    second = wl_test_bus_call(bus, ROOT "/link", LINK, "Refresh", NULL, &error);
    g_assert_no_error(error);

    assert_use_fails(bus, "hub", "public key");
    assert_use_fails(bus, HUB_PUBLIC, "several routers");
    assert_use_fails(bus, "", "several routers");
    assert_forget_fails(bus, "hub", HUB_ENDPOINT, "public key");
    assert_forget_fails(bus, HUB_PUBLIC, "hub.example:51820", "IP address with a port");
    assert_forget_fails(bus, OWN_PUBLIC, HUB_ENDPOINT, "no peer");
    assert_forget_fails(bus, HUB_PUBLIC, HUB_ENDPOINT, "is configured");
    assert_forget_fails(bus, HUB_PUBLIC, "192.0.2.1:1", "hub: 192.0.2.1:1 is not a known endpoint");

    set = wl_test_bus_call(bus, HUB_PATH, PROPERTIES, "Set",
                           g_variant_new("(ssv)", PEER, "Name", g_variant_new_string("x")), &error);
    g_assert_null(set);
    g_assert_nonnull(error);
}

/* ---- NetworkManager's active connection ---- */

#define ACTIVE(n) "/org/freedesktop/NetworkManager/ActiveConnection/" #n

static const char nm_xml[] =
    "<node><interface name='org.freedesktop.NetworkManager'>"
    "<property name='ActiveConnections' type='ao' access='read'/></interface>"
    "<interface name='org.freedesktop.NetworkManager.Connection.Active'>"
    "<property name='Uuid' type='s' access='read'/>"
    "<property name='State' type='u' access='read'/></interface></node>";

/* 1: another profile, 2: ours being deactivated, 3: ours being activated. */
static GVariant *
on_nm_property(GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *name, GError **error, gpointer user_data)
{
    const char *all[] = {ACTIVE(1), ACTIVE(2), ACTIVE(3)};

    if (g_str_equal(name, "ActiveConnections"))
        return g_variant_new_objv(all, G_N_ELEMENTS(all));
    if (g_str_equal(name, "Uuid"))
        return g_variant_new_string(g_str_equal(path, ACTIVE(1)) ? "other" : UUID);
    return g_variant_new_uint32(g_str_equal(path, ACTIVE(2))
                                    ? NM_ACTIVE_CONNECTION_STATE_DEACTIVATING
                                    : NM_ACTIVE_CONNECTION_STATE_ACTIVATING);
}

static void
be_networkmanager(WlTestBus *bus)
{
    static const GDBusInterfaceVTable vtable = {.get_property = on_nm_property};
    const char *paths[] = {NM_DBUS_PATH, ACTIVE(1), ACTIVE(2), ACTIVE(3)};
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(nm_xml, &error);
    g_autoptr(GVariant) owned = NULL;

    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_dbus_connection_register_object(bus->connection, paths[i], node->interfaces[i > 0],
                                          &vtable, NULL, NULL, &error);
        g_assert_no_error(error);
    }
    owned = g_dbus_connection_call_sync(bus->connection, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new("(su)", NM_DBUS_SERVICE, 0),
                                        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error(error);
}

static gboolean
active_connection_is_known(gpointer user_data)
{
    g_autoptr(GVariant) value = get(user_data, ROOT "/link", LINK, "ActiveConnection");

    g_main_context_wakeup(NULL);
    return g_str_equal(g_variant_get_string(value, NULL), ACTIVE(3));
}

static void
test_active_connection(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();

    be_networkmanager(bus);
    wl_test_profile_activate(bus, connection);
    g_assert_true(wl_test_bus_wait(active_connection_is_known, bus));
}

/* ---- signals ---- */

typedef struct {
    WlTestBus *bus;
    GVariant *link, *hub; /* of the last PropertiesChanged */
    guint subscription;
} Heard;

static void
on_changed(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
    Heard *heard = user_data;
    GVariant **last = g_str_equal(path, HUB_PATH) ? &heard->hub : &heard->link;

    if (!g_str_has_prefix(path, ROOT))
        return;
    g_clear_pointer(last, g_variant_unref);
    *last = g_variant_ref(parameters);
}

static gboolean
heard_both(gpointer user_data)
{
    Heard *heard = user_data;

    return heard->link && heard->hub;
}

/* A new uplink changes the link and the state of the hub. */
static void
provoke(Heard *heard, NMConnection *connection)
{
    WlTestBus *bus = heard->bus;

    wl_test_profile_activate(bus, connection);
    heard->subscription = g_dbus_connection_signal_subscribe(
        bus->connection, NULL, PROPERTIES, "PropertiesChanged", NULL, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_changed, heard, NULL);
    g_assert_cmpint(system("ip link add eth0 type veth peer name far0 && ip link set far0 up && "
                           "ip link set eth0 up && ip address add 192.0.2.7/24 dev eth0 && "
                           "ip route add default via 192.0.2.1"),
                    ==, 0);
    g_assert_true(wl_test_bus_wait(heard_both, heard));
    g_assert_cmpint(system("ip link del eth0"), ==, 0);
}

static void
heard_clear(Heard *heard)
{
    g_dbus_connection_signal_unsubscribe(heard->bus->connection, heard->subscription);
    g_clear_pointer(&heard->link, g_variant_unref);
    g_clear_pointer(&heard->hub, g_variant_unref);
}

static void
test_signals(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GVariant) link = NULL, hub = NULL, uplink = NULL;
    g_autofree const char **invalidated = NULL;
    Heard heard = {bus};

    provoke(&heard, connection);
    g_variant_get(heard.link, "(&s@a{sv}^a&s)", NULL, &link, &invalidated);
    uplink = g_variant_lookup_value(link, "Uplink", G_VARIANT_TYPE_STRING);
    g_assert_nonnull(uplink);
    g_assert_null(invalidated[0]);
    hub = g_variant_get_child_value(heard.hub, 1);
    g_assert_cmpuint(g_variant_n_children(hub), >, 0);
    g_assert_null(g_variant_lookup_value(hub, "RxBytes", NULL)); /* counters: on demand only */
    heard_clear(&heard);
}

static void
test_private_signals(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autofree const char **names = NULL;
    g_autoptr(GVariant) values = NULL;
    Heard heard = {bus};

    nm_setting_connection_add_permission(nm_connection_get_setting_connection(connection), "user",
                                         "nobody", NULL);
    provoke(&heard, connection);
    g_variant_get(heard.hub, "(&s@a{sv}^a&s)", NULL, &values, &names);
    g_assert_cmpuint(g_variant_n_children(values), ==, 0);
    g_assert_true(g_strv_contains(names, "State"));
    g_assert_true(g_strv_contains(names, "Reason"));
    heard_clear(&heard);
}

/* ---- readers ---- */

/* The wireguard-go of the service. */
static char *
program_of(WlTestBus *bus)
{
    const char *service = g_subprocess_get_identifier(bus->service);
    g_autofree char *list = g_strdup_printf("/proc/%s/task/%s/children", service, service);
    g_autofree char *children = NULL;

    g_assert_true(g_file_get_contents(list, &children, NULL, NULL));
    return g_strdup(g_strstrip(children));
}

/* Bytes written by the program: replies to device dumps, and some of the Go runtime. */
static guint64
written_by(const char *program)
{
    g_autofree char *path = g_strdup_printf("/proc/%s/io", program);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return g_ascii_strtoull(strstr(text, "wchar: ") + strlen("wchar: "), NULL, 10);
}

static void
read_all(WlTestBus *bus)
{
    g_autoptr(GVariant) all = get_all(bus, HUB_PATH, PEER);
    g_autoptr(GVariant) one = get(bus, HUB_PATH, PEER, "RxBytes");
    g_autoptr(GVariant) objects = wl_test_bus_call(bus, ROOT, "org.freedesktop.DBus.ObjectManager",
                                                   "GetManagedObjects", NULL, NULL);

    g_assert_nonnull(objects);
}

/* A client reads in a loop: the device is still dumped once per second. */
static void
test_reader(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autofree char *program = NULL;
    guint64 before, dump, written;
    gint64 began, passed;
    guint reads = 0;

    g_setenv("WIRELINK_WIREGUARD", "userspace", TRUE);
    wl_test_profile_activate(bus, connection);
    g_unsetenv("WIRELINK_WIREGUARD");
    program = program_of(bus);
    g_usleep(3 * G_USEC_PER_SEC / 2); /* the counters have expired */
    before = written_by(program);
    read_all(bus);
    dump = written_by(program) - before;
    g_assert_cmpuint(dump, >, 100);

    before = written_by(program);
    began = g_get_monotonic_time();
    do {
        read_all(bus);
        reads++;
        passed = g_get_monotonic_time() - began;
    } while (passed < 3 * G_USEC_PER_SEC || reads < 50);
    written = written_by(program) - before;
    g_test_message("%u times three reads in %.1f s: %.1f dumps", reads, (double) passed / 1e6,
                   (double) written / (double) dump);
    /* Tolerance of half a dump. */
    g_assert_cmpuint(written, >, dump / 2);
    g_assert_cmpuint(written, <, dump / 2 + dump * (guint64) (passed / G_USEC_PER_SEC + 1));
}

static void
add_tests(void)
{
    g_test_add_func("/objects/properties-match-description", test_described);
    g_test_add_func("/objects/property-values", test_values);
    g_test_add_func("/objects/listen-port-chosen-by-wireguard", test_listen_port);
    g_test_add_func("/objects/facts-have-all-entries", test_facts);
    g_test_add_func("/objects/events-have-all-entries", test_events);
    g_test_add_func("/objects/methods-check-arguments", test_changes);
    g_test_add_func("/objects/active-connection", test_active_connection);
    g_test_add_func("/objects/device-reads-are-limited", test_reader);
    g_test_add_func("/objects/signals-carry-changes", test_signals);
    g_test_add_func("/objects/signals-of-private-profile-carry-no-values", test_private_signals);
}

int
main(int argc, char **argv)
{
    return wl_test_bus_main(argc, argv, add_tests);
}
