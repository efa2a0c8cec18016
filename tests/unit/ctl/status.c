/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "wirelinkctl status" against services of this program on a bus of its own. */
#include "ctl-run.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define BASE_NAME "org.freedesktop.NetworkManager.wirelink"
#define ROOT_PATH "/org/freedesktop/NetworkManager/wirelink"

static const char manager_xml[] =
    "<node><interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
    "</interface></node>";

typedef enum {
    MOCK_ANSWERS,
    MOCK_DENIES,
    MOCK_FAILS,
} MockManner;

typedef struct {
    GDBusConnection *connection;
    MockManner manner;
    GVariant *objects; /* a{oa{sa{sv}}} */
} Mock;

typedef struct {
    GTestDBus *bus;
    GPtrArray *mocks; /* of Mock */
} Fixture;

/* ---- the mock ------------------------------------------------------------------------------ */

static void
answer(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
       const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
       gpointer user_data)
{
    Mock *mock = user_data;

    switch (mock->manner) {
    case MOCK_ANSWERS:
        g_dbus_method_invocation_return_value(invocation,
                                              g_variant_new("(@a{oa{sa{sv}}})", mock->objects));
        break;
    case MOCK_DENIES:
        g_dbus_method_invocation_return_dbus_error(invocation,
                                                   "org.freedesktop.DBus.Error.AccessDenied", "no");
        break;
    case MOCK_FAILS:
        g_dbus_method_invocation_return_dbus_error(invocation, "org.freedesktop.DBus.Error.Failed",
                                                   "out of order");
        break;
    }
}

static void
mock_free(Mock *mock)
{
    g_dbus_connection_close_sync(mock->connection, NULL, NULL);
    g_object_unref(mock->connection);
    if (mock->objects)
        g_variant_unref(mock->objects);
    g_free(mock);
}

/* Queues on the base name as the services do. @objects is taken. */
static void
add_mock(Fixture *fixture, MockManner manner, GVariant *objects)
{
    static const GDBusInterfaceVTable vtable = {.method_call = answer};
    g_autoptr(GDBusNodeInfo) info = g_dbus_node_info_new_for_xml(manager_xml, NULL);
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) error = NULL;
    Mock *mock = g_new0(Mock, 1);

    mock->manner = manner;
    mock->objects = objects ? g_variant_take_ref(objects) : NULL;
    mock->connection =
        g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(fixture->bus),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    g_assert_no_error(error);
    g_dbus_connection_register_object(mock->connection, ROOT_PATH, info->interfaces[0], &vtable,
                                      mock, NULL, &error);
    g_assert_no_error(error);
    reply = g_dbus_connection_call_sync(mock->connection, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new("(su)", BASE_NAME, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    g_assert_no_error(error);
    g_ptr_array_add(fixture->mocks, mock);
}

/* Parsed from text: @peers holds further entries of the dictionary. */
static GVariant *
make_objects(const char *id, const char *peers)
{
    g_autofree char *text = g_strdup_printf(
        "{objectpath '" ROOT_PATH "/link': {'org.freedesktop.NetworkManager.wirelink1.Link': {"
        "'Uuid': <'0f0e0d0c-%s'>, 'Id': <'%s'>, 'Interface': <'nmwl-%s'>, 'Backend': <'kernel'>, "
        "'PublicKey': <'j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8='>, "
        "'LinkLocalAddress': <'fe80::58e3:f6f9:c107:22cf'>, 'ListenPort': <uint16 40001>, "
        "'FactPort': <uint16 51821>, 'Role': <'leaf'>, 'FactCount': <uint32 12>, "
        "'Version': <'0.1.0'>, 'Received': <{'accepted': uint64 7, 'bad-tag': 1}>}}%s}",
        id, id, id, peers);
    g_autoptr(GError) error = NULL;
    GVariant *objects = g_variant_parse(G_VARIANT_TYPE("a{oa{sa{sv}}}"), text, NULL, NULL, &error);

    g_assert_no_error(error);
    return objects;
}

/* @name and @reason in GVariant's text format, without quotes. */
static char *
make_peer(guint number, const char *name, const char *state, const char *via, const char *reason,
          gint64 handshake)
{
    return g_strdup_printf(
        ", objectpath '" ROOT_PATH "/peer/%u': {'org.freedesktop.NetworkManager.wirelink1.Peer': {"
        "'PublicKey': <'KEY%uKEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEYK='>, 'Name': <'%s'>, "
        "'State': <'%s'>, 'Reason': <'%s'>, 'Via': <objectpath '%s'>, "
        "'Endpoint': <'192.0.2.%u:51820'>, 'AllowedIPs': <['10.77.0.%u/32', 'fd77::%u/128']>, "
        "'Trust': <'Membership'>, 'TrustBy': <'configuration'>, 'Router': <%s>, 'Basic': <false>, "
        "'LastHandshake': <int64 %" G_GINT64_FORMAT ">, 'RxBytes': <uint64 1536>, "
        "'TxBytes': <uint64 %u>}}",
        number, number, name, state, reason, via, number, number, number,
        number == 1 ? "true" : "false", handshake, number);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(fixture->bus);
    fixture->mocks = g_ptr_array_new_with_free_func((GDestroyNotify) mock_free);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    g_ptr_array_unref(fixture->mocks);
    g_test_dbus_down(fixture->bus);
    g_object_unref(fixture->bus);
}

/* ---- cases --------------------------------------------------------------------------------- */

static CtlRun *
run_status(Fixture *fixture, const char *columns, const char *first, const char *second)
{
    const char *arguments[] = {"status", first, second, NULL};
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                 g_test_dbus_get_bus_address(fixture->bus), "COLUMNS", columns,
                                 NULL};

    return ctl_run(arguments, NULL, environment);
}

static JsonObject *
parse_object(const char *json)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;

    json_parser_load_from_data(parser, json, -1, &error);
    g_assert_no_error(error);
    return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

/* A hub, and a laptop that is reached by it. */
static void
add_network(Fixture *fixture)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *hub =
        make_peer(1, "hub", "direct", "/", "answers at its configured endpoint", now - 12600);
    g_autofree char *laptop =
        make_peer(2, "laptop", "routed", ROOT_PATH "/peer/1", "no endpoint answered", 0);
    g_autofree char *peers = g_strconcat(laptop, hub, NULL);

    add_mock(fixture, MOCK_ANSWERS, make_objects("home", peers));
}

static const char head[] = "home: interface nmwl-home, kernel, leaf\n"
                           "  public key j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8=\n"
                           "  address fe80::58e3:f6f9:c107:22cf, listen port 40001, fact port "
                           "51821, 12 facts\n";

static void
test_wide(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autofree char *expected = g_strconcat(
        head,
        "  PEER    STATE           ENDPOINT         HANDSHAKE  RECEIVED  SENT  TRUST               "
        "REASON\n"
        "  hub     direct          192.0.2.1:51820  3 h        1.5 KiB   1 B   Membership, router  "
        "answers at its configured endpoint\n"
        "  laptop  routed via hub  192.0.2.2:51820  never      1.5 KiB   2 B   Membership          "
        "no endpoint answered\n",
        NULL);

    add_network(fixture);
    run = run_status(fixture, "200", NULL, NULL);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpstr(run->out, ==, expected);
    g_assert_cmpint(run->status, ==, 0);
}

static void
test_narrow(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autofree char *expected = g_strconcat(
        head,
        "  PEER    STATE           ENDPOINT         HANDSHAKE  RECEIVED  SENT  TRUST\n"
        "  hub     direct          192.0.2.1:51820  3 h        1.5 KiB   1 B   Membership, router\n"
        "    answers at its configured endpoint\n"
        "  laptop  routed via hub  192.0.2.2:51820  never      1.5 KiB   2 B   Membership\n"
        "    no endpoint answered\n",
        NULL);

    add_network(fixture);
    run = run_status(fixture, "100", NULL, NULL);
    g_assert_cmpstr(run->out, ==, expected);
}

static void
test_very_narrow(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autofree char *expected = g_strconcat(head,
                                            "  hub: direct\n"
                                            "    endpoint   192.0.2.1:51820\n"
                                            "    handshake  3 h\n"
                                            "    received   1.5 KiB, sent 1 B\n"
                                            "    trust      Membership, router\n"
                                            "    reason     answers at its configured endpoint\n"
                                            "  laptop: routed via hub\n"
                                            "    endpoint   192.0.2.2:51820\n"
                                            "    handshake  never\n"
                                            "    received   1.5 KiB, sent 2 B\n"
                                            "    trust      Membership\n"
                                            "    reason     no endpoint answered\n",
                                            NULL);

    add_network(fixture);
    run = run_status(fixture, "60", NULL, NULL);
    g_assert_cmpstr(run->out, ==, expected);
}

static void
test_json(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(JsonObject) root = NULL;
    JsonObject *profile, *hub, *laptop;
    JsonArray *peers, *prefixes;

    add_network(fixture);
    run = run_status(fixture, "80", "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    root = parse_object(run->out);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "profiles")), ==, 1);
    profile = json_array_get_object_element(json_object_get_array_member(root, "profiles"), 0);
    g_assert_cmpstr(json_object_get_string_member(profile, "id"), ==, "home");
    g_assert_cmpstr(json_object_get_string_member(profile, "interface"), ==, "nmwl-home");
    g_assert_cmpint(json_object_get_int_member(profile, "listen_port"), ==, 40001);
    g_assert_cmpint(json_object_get_int_member(profile, "fact_count"), ==, 12);
    g_assert_cmpint(
        json_object_get_int_member(json_object_get_object_member(profile, "received"), "bad-tag"),
        ==, 1);
    peers = json_object_get_array_member(profile, "peers");
    g_assert_cmpuint(json_array_get_length(peers), ==, 2);
    hub = json_array_get_object_element(peers, 0);
    laptop = json_array_get_object_element(peers, 1);
    g_assert_cmpstr(json_object_get_string_member(hub, "name"), ==, "hub");
    g_assert_cmpstr(json_object_get_string_member(hub, "via"), ==, "");
    g_assert_true(json_object_get_boolean_member(hub, "router"));
    g_assert_cmpstr(json_object_get_string_member(laptop, "via"), ==,
                    json_object_get_string_member(hub, "public_key"));
    g_assert_cmpint(json_object_get_int_member(laptop, "last_handshake"), ==, 0);
    g_assert_cmpint(json_object_get_int_member(laptop, "rx_bytes"), ==, 1536);
    prefixes = json_object_get_array_member(laptop, "allowed_ips");
    g_assert_cmpstr(json_array_get_string_element(prefixes, 1), ==, "fd77::2/128");
}

static void
test_several(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) all = NULL;
    g_autoptr(CtlRun) one = NULL;
    g_autoptr(CtlRun) by_uuid = NULL;
    g_autoptr(CtlRun) other = NULL;
    g_autoptr(CtlRun) other_json = NULL;
    g_autoptr(JsonObject) error = NULL;

    add_mock(fixture, MOCK_ANSWERS, make_objects("work", ""));
    add_mock(fixture, MOCK_ANSWERS, make_objects("home", ""));
    add_mock(fixture, MOCK_ANSWERS, g_variant_new("a{oa{sa{sv}}}", NULL)); /* not up yet */
    all = run_status(fixture, "80", NULL, NULL);
    g_assert_cmpint(all->status, ==, 0);
    g_assert_true(g_str_has_prefix(all->out, "home: "));
    ctl_assert_holds(all->out, "  no peers\n\nwork: ");

    one = run_status(fixture, "80", "work", NULL);
    g_assert_cmpint(one->status, ==, 0);
    g_assert_true(g_str_has_prefix(one->out, "work: "));
    g_assert_null(strstr(one->out, "home"));
    by_uuid = run_status(fixture, "80", "0f0e0d0c-home", NULL);
    g_assert_true(g_str_has_prefix(by_uuid->out, "home: "));

    other = run_status(fixture, "80", "office", NULL);
    g_assert_cmpint(other->status, ==, 3);
    g_assert_cmpstr(other->out, ==, "");
    ctl_assert_holds(other->err, "no active wirelink profile is called \"office\"");
    other_json = run_status(fixture, "80", "--json", "office");
    g_assert_cmpint(other_json->status, ==, 3);
    error = parse_object(other_json->out);
    g_assert_true(json_object_has_member(error, "error"));
}

static void
test_harmless(Fixture *fixture, gconstpointer data)
{
    g_autofree char *peer =
        make_peer(3, "a\\u001b[31mb\\u202ec", "offline", "/", "told\\nby\\u009ba peer", 0);
    g_autofree char *unnamed = make_peer(4, "", "offline", "/", "", 0);
    g_autofree char *peers = g_strconcat(peer, unnamed, NULL);
    g_autoptr(CtlRun) table = NULL;
    g_autoptr(CtlRun) json = NULL;
    g_autoptr(JsonObject) root = NULL;
    JsonObject *profile, *shown;

    add_mock(fixture, MOCK_ANSWERS, make_objects("home", peers));
    table = run_status(fixture, "300", NULL, NULL);
    ctl_assert_holds(table->out, "a\\u{1b}[31mb\\u{202e}c");
    ctl_assert_holds(table->out, "told\\u{a}by\\u{9b}a peer");
    ctl_assert_holds(table->out, "  KEY4KEYK…");
    g_assert_null(strchr(table->out, '\033'));

    json = run_status(fixture, "300", "--json", NULL);
    ctl_assert_holds(json->out, "\\u202e");
    g_assert_null(strstr(json->out, "\342\200\256"));
    g_assert_null(strstr(json->out, "\302\233"));
    root = parse_object(json->out);
    profile = json_array_get_object_element(json_object_get_array_member(root, "profiles"), 0);
    shown = json_array_get_object_element(json_object_get_array_member(profile, "peers"), 1);
    g_assert_cmpstr(json_object_get_string_member(shown, "name"), ==, "a\033[31mb\342\200\256c");
    g_assert_cmpstr(json_object_get_string_member(shown, "reason"), ==, "told\nby\302\233a peer");
}

static void
test_nothing(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = run_status(fixture, "80", NULL, NULL);
    g_autoptr(CtlRun) json = run_status(fixture, "80", "--json", NULL);
    g_autoptr(JsonObject) error = parse_object(json->out);

    g_assert_cmpint(run->status, ==, 3);
    g_assert_cmpstr(run->out, ==, "");
    g_assert_cmpstr(run->err, ==,
                    "wirelinkctl: no wirelink profile is active: bring one up with nmcli "
                    "connection up NAME\n");
    g_assert_cmpint(json->status, ==, 3);
    g_assert_cmpint(json_object_get_int_member(error, "exit_status"), ==, 3);
}

static void
test_denied(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) json = NULL;

    add_mock(fixture, MOCK_DENIES, NULL);
    run = run_status(fixture, "80", NULL, NULL);
    json = run_status(fixture, "80", "--json", NULL);
    g_assert_cmpint(run->status, ==, 4);
    ctl_assert_holds(run->err, "run this as root");
    g_assert_cmpint(json->status, ==, 4);
    ctl_assert_holds(json->out, "run this as root");
}

static void
test_out_of_order(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) alone = NULL;
    g_autoptr(CtlRun) beside = NULL;

    add_mock(fixture, MOCK_FAILS, NULL);
    alone = run_status(fixture, "80", NULL, NULL);
    g_assert_cmpint(alone->status, ==, 1);
    ctl_assert_holds(alone->err, "out of order");

    /* The others are shown all the same. */
    add_mock(fixture, MOCK_ANSWERS, make_objects("home", ""));
    beside = run_status(fixture, "80", NULL, NULL);
    g_assert_cmpint(beside->status, ==, 1);
    g_assert_true(g_str_has_prefix(beside->out, "home: "));
    ctl_assert_holds(beside->err, "out of order");
}

static void
test_no_bus(void)
{
    static const char *const arguments[] = {"status", NULL};
    static const char *const environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                              "unix:path=/nonexistent/bus", NULL};
    g_autoptr(CtlRun) run = ctl_run(arguments, NULL, environment);

    g_assert_cmpint(run->status, ==, 1);
    ctl_assert_holds(run->err, "wirelinkctl: cannot reach the system bus: ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
    ADD("/ctl/status/wide", test_wide);
    ADD("/ctl/status/narrow", test_narrow);
    ADD("/ctl/status/very-narrow", test_very_narrow);
    ADD("/ctl/status/json", test_json);
    ADD("/ctl/status/several", test_several);
    ADD("/ctl/status/harmless", test_harmless);
    ADD("/ctl/status/nothing", test_nothing);
    ADD("/ctl/status/denied", test_denied);
    ADD("/ctl/status/out-of-order", test_out_of_order);
    g_test_add_func("/ctl/status/no-bus", test_no_bus);
    return g_test_run();
}
