/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services of profiles on a private bus, with a network in which every state of a peer occurs. */
#include "mock-service.h"

#include <fcntl.h>
#include <string.h>

#define OWN_KEY "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8="

static const char manager_xml[] =
    "<node><interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
    "</interface></node>";

static const char link_xml[] =
    "<node><interface name='org.freedesktop.NetworkManager.wirelink1.Link'>"
    "<method name='GetFacts'><arg type='aa{sv}' direction='out'/></method>"
    "<method name='GetEvents'><arg type='aa{sv}' direction='out'/></method>"
    "<method name='Refresh'/>"
    "<method name='UseRouter'><arg type='s' direction='in'/></method>"
    "<method name='ForgetEndpoint'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "</method></interface></node>";

static const char peer_xml[] =
    "<node><interface name='org.freedesktop.NetworkManager.wirelink1.Peer'>"
    "<property name='RoundTrip' type='u' access='read'/></interface></node>";

/* ---- replies ------------------------------------------------------------------------------- */

static void
reply_with(GDBusMethodInvocation *invocation, MockManner manner, GVariant *reply)
{
    g_autoptr(GVariant) sunk = reply ? g_variant_ref_sink(reply) : NULL;

    switch (manner) {
    case MOCK_REPLIES:
        g_dbus_method_invocation_return_value(invocation, reply);
        break;
    case MOCK_DENIES:
        g_dbus_method_invocation_return_dbus_error(invocation,
                                                   "org.freedesktop.DBus.Error.AccessDenied", "no");
        break;
    case MOCK_FAILS:
        g_dbus_method_invocation_return_dbus_error(invocation, "org.freedesktop.DBus.Error.Failed",
                                                   "out of\033[31m order");
        break;
    case MOCK_UNKNOWN_METHODS:
        g_dbus_method_invocation_return_dbus_error(
            invocation, "org.freedesktop.DBus.Error.UnknownMethod", "No such method");
        break;
    case MOCK_HANGS:
        g_assert_not_reached();
    }
}

static void
handle_manager_call(GDBusConnection *connection, const char *sender, const char *path,
                    const char *interface, const char *method, GVariant *parameters,
                    GDBusMethodInvocation *invocation, gpointer user_data)
{
    Fixture *fixture = user_data;
    Mock *called = NULL;

    for (guint i = 0; i < fixture->mocks->len; i++) {
        Mock *mock = g_ptr_array_index(fixture->mocks, i);

        if (mock->connection == connection)
            called = mock;
    }
    g_assert_nonnull(called);
    called->n_reads++;
    fixture->n_reads++;
    g_ptr_array_add(called->waiting, invocation);
    for (guint i = 0; i < fixture->mocks->len; i++) {
        Mock *mock = g_ptr_array_index(fixture->mocks, i);

        if (mock->manner == MOCK_HANGS || mock->wait_for > fixture->n_reads)
            continue;
        for (guint j = 0; j < mock->waiting->len; j++)
            reply_with(g_ptr_array_index(mock->waiting, j), mock->manner,
                       mock->manner == MOCK_REPLIES
                           ? g_variant_new("(@a{oa{sa{sv}}})", mock->then && mock->n_reads > 1
                                                                   ? mock->then
                                                                   : mock->objects)
                           : NULL);
        g_ptr_array_set_size(mock->waiting, 0);
    }
}

static void
handle_link_call(GDBusConnection *connection, const char *sender, const char *path,
                 const char *interface, const char *method, GVariant *parameters,
                 GDBusMethodInvocation *invocation, gpointer user_data)
{
    Mock *mock = user_data;

    if (strcmp(method, "GetFacts") == 0) {
        reply_with(invocation, mock->methods,
                   mock->methods == MOCK_REPLIES ? g_variant_new("(@aa{sv})", mock->facts) : NULL);
        return;
    }
    if (strcmp(method, "GetEvents") == 0) {
        reply_with(invocation, mock->methods,
                   mock->methods == MOCK_REPLIES ? g_variant_new("(@aa{sv})", mock->events) : NULL);
        return;
    }
    g_string_append_printf(mock->called, "%s(", method);
    if (strcmp(method, "ForgetEndpoint") == 0) {
        const char *key, *address;

        g_variant_get(parameters, "(&s&s)", &key, &address);
        g_string_append_printf(mock->called, "%s, %s", key, address);
    }
    if (strcmp(method, "UseRouter") == 0) {
        const char *router;

        g_variant_get(parameters, "(&s)", &router);
        g_string_append(mock->called, router);
    }
    g_string_append(mock->called, ") ");
    reply_with(invocation, mock->methods, NULL);
}

/* Like the service: the first read starts the measurement. */
static GVariant *
get_round_trip(GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *name, GError **error, gpointer user_data)
{
    Mock *mock = user_data;

    return g_variant_new_uint32(mock->n_round_trips++ > 0 ? mock->round_trip : 0);
}

/* ---- mocks --------------------------------------------------------------------------------- */

static void
mock_free(Mock *mock)
{
    /* A reply would have taken them. */
    g_ptr_array_foreach(mock->waiting, (GFunc) (void (*)(void)) g_object_unref, NULL);
    g_ptr_array_unref(mock->waiting);
    g_dbus_connection_close_sync(mock->connection, NULL, NULL);
    g_object_unref(mock->connection);
    g_clear_pointer(&mock->objects, g_variant_unref);
    g_clear_pointer(&mock->then, g_variant_unref);
    g_variant_unref(mock->facts);
    g_variant_unref(mock->events);
    g_string_free(mock->called, TRUE);
    g_free(mock);
}

static GDBusConnection *
connect_to(Fixture *self, const char *name)
{
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection =
        g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(self->bus),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    reply = g_dbus_connection_call_sync(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName",
                                        g_variant_new("(su)", name, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error(error);
    return connection;
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

Mock *
fixture_add_mock(Fixture *self, MockManner manner, GVariant *objects)
{
    static const GDBusInterfaceVTable manager = {.method_call = handle_manager_call};
    static const GDBusInterfaceVTable link = {.method_call = handle_link_call};
    g_autofree char *own_name = g_strdup_printf(BASE_NAME ".Connection_%u", self->mocks->len + 1);
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) error = NULL;
    Mock *mock = g_new0(Mock, 1);

    mock->manner = manner;
    mock->methods = MOCK_REPLIES;
    mock->objects = objects ? g_variant_take_ref(objects) : NULL;
    mock->facts = g_variant_ref_sink(g_variant_new_array(G_VARIANT_TYPE_VARDICT, NULL, 0));
    mock->events = g_variant_ref_sink(g_variant_new_array(G_VARIANT_TYPE_VARDICT, NULL, 0));
    mock->called = g_string_new(NULL);
    mock->waiting = g_ptr_array_new();
    mock->connection = connect_to(self, BASE_NAME);
    g_ptr_array_add(self->mocks, mock);
    export(mock->connection, ROOT_PATH, manager_xml, &manager, self);
    export(mock->connection, LINK_PATH, link_xml, &link, mock);
    reply = g_dbus_connection_call_sync(mock->connection, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new("(su)", own_name, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error(error);
    return mock;
}

void
mock_add_round_trip(Mock *self, guint number, guint32 round_trip)
{
    static const GDBusInterfaceVTable peer = {.get_property = get_round_trip};
    g_autofree char *path = g_strdup_printf(PEER_PATH "%u", number);

    self->round_trip = round_trip;
    export(self->connection, path, peer_xml, &peer, self);
}

void
fixture_remove_mock(Fixture *self, Mock *mock)
{
    g_assert_true(g_ptr_array_remove(self->mocks, mock));
}

GDBusConnection *
fixture_add_owner(Fixture *self, const char *name)
{
    GDBusConnection *connection = connect_to(self, name);

    g_ptr_array_add(self->others, connection);
    return connection;
}

static void
close_owner(gpointer connection)
{
    g_dbus_connection_close_sync(connection, NULL, NULL);
    g_object_unref(connection);
}

/* GTestDBus ends its daemon when this program dies, which it learns by a pipe. A daemon that is
 * started later must not hold the pipe open, or both stay, and the output of this program with
 * them. */
static void
keep_descriptors(void)
{
    const int first = 3, end = 64;

    for (int fd = first; fd < end; fd++) {
        int flags = fcntl(fd, F_GETFD);

        if (flags >= 0)
            fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

void
fixture_set_up(Fixture *self, gconstpointer data)
{
    self->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(self->bus);
    keep_descriptors();
    self->mocks = g_ptr_array_new_with_free_func((GDestroyNotify) mock_free);
    self->others = g_ptr_array_new_with_free_func(close_owner);
}

void
fixture_tear_down(Fixture *self, gconstpointer data)
{
    g_ptr_array_unref(self->mocks);
    g_ptr_array_unref(self->others);
    g_test_dbus_down(self->bus);
    g_object_unref(self->bus);
}

/* ---- what they publish ------------------------------------------------------------------------
 */

static GVariant *
parse(const char *type, const char *text)
{
    g_autoptr(GError) error = NULL;
    GVariant *value = g_variant_parse(G_VARIANT_TYPE(type), text, NULL, NULL, &error);

    g_assert_no_error(error);
    return value;
}

GVariant *
mock_objects(const char *id, const char *version, const char *peers)
{
    return mock_objects_with(id, version, "", peers);
}

GVariant *
mock_objects_with(const char *id, const char *version, const char *more, const char *peers)
{
    g_autofree char *text = g_strdup_printf(
        "{objectpath '" LINK_PATH "': {'org.freedesktop.NetworkManager.wirelink1.Link': {%s"
        "'Uuid': <'0f0e0d0c-%s'>, 'Id': <'%s'>, 'Interface': <'nmwl-%s'>, 'Backend': <'kernel'>, "
        "'PublicKey': <'" OWN_KEY "'>, "
        "'LinkLocalAddress': <'fe80::58e3:f6f9:c107:22cf'>, 'ListenPort': <uint16 40001>, "
        "'FactPort': <uint16 51821>, 'Role': <'leaf'>, 'RoleSource': <'detected'>, "
        "'Addresses': <['10.77.0.9/24', 'fd77::9/64']>, 'Networks': <['10.77.0.0/24']>, "
        "'Uplink': <'wlan0'>, 'PortMappings': <[('mapped', 'the gateway 192.168.1.1 passes on what "
        "arrives at 203.0.113.9:40001 (PCP)')]>, 'FactCount': <uint32 12>, 'Version': <'%s'>, "
        "'ReceiveCounters': <{'accepted': uint64 7, 'bad-tag': 1}>, "
        "'HeldBack': <{'address': uint64 3, 'rate': 0}>}}%s}",
        more, id, id, id, version, peers);

    return parse("a{oa{sa{sv}}}", text);
}

char *
mock_peer(guint number, const char *name, const char *state, const char *via, const char *reason,
          const char *more)
{
    return g_strdup_printf(", objectpath '" PEER_PATH
                           "%u': {'org.freedesktop.NetworkManager.wirelink1.Peer': {"
                           "%s'PublicKey': <'" MOCK_KEY(
                               "%u") "'>, 'Name': <'%s'>, "
                                     "'State': <'%s'>, 'Reason': <'%s'>, 'Via': <objectpath '%s'>, "
                                     "'AllowedIPs': <['10.77.0.%u/32', 'fd77::%u/128']>}}",
                           number, more, number, name, state, reason, via, number, number);
}

static const char hub_more[] =
    "'Endpoint': <'192.0.2.1:51820'>, 'Trust': <'Membership'>, 'TrustSource': <'config'>, "
    "'Router': <true>, 'Configured': <true>, 'RxBytes': <uint64 1536>, 'TxBytes': <uint64 1>, "
    "'RoundTrip': <uint32 12345>, 'LastHandshake': <int64 %" G_GINT64_FORMAT
    ">, 'LastAlive': <int64 %" G_GINT64_FORMAT ">, "
    "'Candidates': <[('192.0.2.1:51820', 'configured', 'profile', 'in-use')]>, ";

static const char laptop_more[] =
    "'Trust': <'Endpoint'>, 'TrustSource': <'known-peer'>, 'Configured': <true>, "
    "'HeldBack': <{'word': uint64 99, 'in-vain': 2}>, "
    "'Candidates': <[('192.168.7.4:41000', 'private', 'self', 'no-answer'), "
    "('[2001:db8::4]:41000', 'public', 'router', 'trying')]>, ";

static const char nas_more[] =
    "'Endpoint': <'192.168.1.20:51820'>, 'Trust': <'Untrusted'>, 'TrustSource': <'none'>, "
    "'RxBytes': <uint64 5000000000>, 'TxBytes': <uint64 4096>, 'RoundTrip': <uint32 310>, "
    "'LastHandshake': <int64 %" G_GINT64_FORMAT ">, 'LastAlive': <int64 %" G_GINT64_FORMAT ">, "
    "'Candidates': <[('192.168.1.20:51820', 'on-link', 'self', 'in-use')]>, ";

static const char phone_more[] =
    "'Basic': <true>, 'Configured': <true>, 'Trust': <''>, 'TrustSource': <'config'>, "
    "'Candidates': <[('198.51.100.7:51820', 'configured', 'profile', 'not-tried')]>, ";

/* An entry of GetFacts in GVariant's text format; keys are public keys, names may be "". */
static char *
mock_fact(const char *subject, const char *subject_name, const char *type, const char *value,
          const char *source, const char *source_name, gboolean accepted, const char *reason,
          guint expires)
{
    return g_strdup_printf("{'Subject': <'%s'>, 'SubjectName': <'%s'>, 'Type': <'%s'>, "
                           "'Value': <'%s'>, 'Source': <'%s'>, 'SourceName': <'%s'>, "
                           "'Accepted': <%s>, 'Reason': <'%s'>, 'Expires': <uint32 %u>}",
                           subject, subject_name, type, value, source, source_name,
                           accepted ? "true" : "false", reason, expires);
}

static GVariant *
mock_facts(void)
{
    g_autofree char *endpoint =
        mock_fact(MOCK_KEY("2"), "laptop", "endpoint", "192.168.7.4:41000", MOCK_KEY("2"), "laptop",
                  TRUE, "laptop is a known peer and may advertise endpoints", 251);
    g_autofree char *member =
        mock_fact(MOCK_KEY("3"), "nas", "member", "nas", MOCK_KEY("1"), "hub", TRUE,
                  "hub is a router in the profile and may introduce members", 0);
    g_autofree char *refused =
        mock_fact(MOCK_KEY("2"), "laptop", "allowed-ips", "0.0.0.0/0", MOCK_KEY("1"), "hub", FALSE,
                  "refused: facts cannot set a default route", 0);
    g_autofree char *own = mock_fact(OWN_KEY, "", "endpoint", "192.168.1.5:40001", "", "", TRUE,
                                     "originated by this member", 255);
    g_autofree char *all = g_strdup_printf("[%s, %s, %s, %s]", endpoint, member, refused, own);

    return parse("aa{sv}", all);
}

Mock *
fixture_add_network(Fixture *self, const char *id)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *hub_with_times = g_strdup_printf(hub_more, now - 12600, now - 150);
    g_autofree char *nas_with_times = g_strdup_printf(nas_more, now - 150, now - 150);
    g_autofree char *hub =
        mock_peer(1, "hub", "direct", "/", "direct on 192.0.2.1:51820", hub_with_times);
    g_autofree char *laptop = mock_peer(2, "laptop", "routed", PEER_PATH "1",
                                        "via hub: no direct handshake yet", laptop_more);
    g_autofree char *nas =
        mock_peer(3, "nas", "direct-lan", "/", "on the same network, direct on 192.168.1.20:51820",
                  nas_with_times);
    g_autofree char *phone =
        mock_peer(4, "phone", "connecting", "/", "1 endpoint to try", phone_more);
    g_autofree char *unnamed =
        mock_peer(5, "", "offline", "/", "no known endpoint; waiting for hub to advertise one",
                  "'Trust': <'Untrusted'>, 'TrustSource': <'none'>, ");
    g_autofree char *peers = g_strconcat(laptop, unnamed, phone, nas, hub, NULL);
    Mock *mock = fixture_add_mock(self, MOCK_REPLIES, mock_objects(id, WL_VERSION, peers));

    g_variant_unref(mock->facts);
    mock->facts = mock_facts();
    return mock;
}

/* ---- signals ------------------------------------------------------------------------------- */

static void
emit(Mock *self, const char *path, const char *interface, const char *member, GVariant *parameters)
{
    g_autoptr(GError) error = NULL;

    g_dbus_connection_emit_signal(self->connection, NULL, path, interface, member, parameters,
                                  &error);
    g_assert_no_error(error);
}

void
mock_emit_changed(Mock *self, guint number, const char *changed, const char *invalidated)
{
    g_autofree char *path = g_strdup_printf(PEER_PATH "%u", number);
    g_autoptr(GVariant) values = parse("a{sv}", changed);
    g_autoptr(GVariant) names = parse("as", invalidated);

    emit(self, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
         g_variant_new("(s@a{sv}@as)", "org.freedesktop.NetworkManager.wirelink1.Peer", values,
                       names));
}

void
mock_emit_added(Mock *self, const char *entry)
{
    g_autofree char *text = g_strdup_printf("{%s}", entry + strlen(", "));
    g_autoptr(GVariant) objects = parse("a{oa{sa{sv}}}", text);
    g_autoptr(GVariant) object = g_variant_get_child_value(objects, 0);
    g_autoptr(GVariant) path = g_variant_get_child_value(object, 0);
    g_autoptr(GVariant) interfaces = g_variant_get_child_value(object, 1);

    emit(self, ROOT_PATH, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded",
         g_variant_new("(@o@a{sa{sv}})", path, interfaces));
}

void
mock_emit_removed(Mock *self, guint number)
{
    g_autofree char *path = g_strdup_printf(PEER_PATH "%u", number);
    static const char *const interfaces[] = {"org.freedesktop.NetworkManager.wirelink1.Peer", NULL};

    emit(self, ROOT_PATH, "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved",
         g_variant_new("(o^as)", path, interfaces));
}

/* ---- runs ---------------------------------------------------------------------------------- */

CtlRun *
fixture_run(const Fixture *self, const char *columns, const char *const *arguments)
{
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address(self->bus),
                                 "COLUMNS", columns ? columns : "", NULL};

    return ctl_run(arguments, NULL, environment);
}

void
assert_golden(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(g_getenv("WL_TEST_GOLDEN"), name, NULL);
    g_autoptr(GString) lasting = g_string_new(text);
    g_autofree char *golden = NULL;
    g_autoptr(GError) error = NULL;

    g_string_replace(lasting, WL_VERSION, "VERSION", 0);
    if (g_getenv("WL_TEST_UPDATE")) {
        g_file_set_contents(path, lasting->str, -1, &error);
        g_assert_no_error(error);
        return;
    }
    g_file_get_contents(path, &golden, NULL, &error);
    g_assert_no_error(error);
    if (strcmp(golden, lasting->str) != 0)
        g_error("not as in %s:\n%s", path, lasting->str);
}

char *
without_times(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) regex =
        g_regex_new("(\"(last_handshake|last_alive|time)\" ?: ?)[1-9][0-9]+", 0, 0, &error);
    g_autoptr(GRegex) date =
        g_regex_new("20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", 0, 0, NULL);
    g_autofree char *dated = g_regex_replace(date, text, -1, 0, "DATE", 0, NULL);
    char *settled;

    g_assert_no_error(error);
    settled = g_regex_replace(regex, dated, -1, 0, "\\1NOW", 0, &error);
    g_assert_no_error(error);
    return settled;
}

JsonObject *
parse_object(const char *json)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;

    json_parser_load_from_data(parser, json, -1, &error);
    g_assert_no_error(error);
    return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}
