/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "wirelinkctl status" against mock services on a private bus. */
#include "mock-service.h"

#include <string.h>

/* ---- output -------------------------------------------------------------------------------- */

static void
test_wide_terminal(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;

    fixture_add_network(fixture, "home");
    run = FIXTURE_RUN(fixture, "240", "status");
    g_assert_cmpstr(run->err, ==, "");
    assert_golden("status-wide.txt", run->out);
    g_assert_cmpint(run->status, ==, 0);
}

static void
test_narrow_terminal(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;

    fixture_add_network(fixture, "home");
    run = FIXTURE_RUN(fixture, "120", "status");
    assert_golden("status-narrow.txt", run->out);
}

/* The usual terminal. */
static void
test_terminal_of_80_columns(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_auto(GStrv) lines = NULL;

    fixture_add_network(fixture, "home");
    run = FIXTURE_RUN(fixture, "80", "status");
    assert_golden("status-eighty.txt", run->out);
    lines = g_strsplit(run->out, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 80);
}

static void
test_very_narrow_terminal(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;

    fixture_add_network(fixture, "home");
    run = FIXTURE_RUN(fixture, "50", "status");
    assert_golden("status-very-narrow.txt", run->out);
}

static void
test_json(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(JsonObject) root = NULL;
    g_autofree char *settled = NULL;
    JsonObject *profile, *laptop;
    JsonArray *peers;

    fixture_add_network(fixture, "home");
    run = FIXTURE_RUN(fixture, NULL, "status", "--json");
    g_assert_cmpint(run->status, ==, 0);
    settled = without_times(run->out);
    assert_golden("status.json", settled);
    root = parse_object(run->out);
    profile = json_array_get_object_element(json_object_get_array_member(root, "profiles"), 0);
    peers = json_object_get_array_member(profile, "peers");
    laptop = json_array_get_object_element(peers, 1);
    g_assert_cmpstr(
        json_object_get_string_member(laptop, "via"), ==,
        json_object_get_string_member(json_array_get_object_element(peers, 0), "public_key"));
}

/* The stored profile has changes that are pending, and then an error. */
static void
test_pending_changes(Fixture *fixture, gconstpointer data)
{
    static const char changed[] =
        "'PendingKeys': <['listen-port', 'mtu']>, "
        "'ProfileError': <'peer-1-endpoint: \"\\u001bnowhere\" has no port'>, ";
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) json = NULL;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects_with("home", WL_VERSION, changed, ""));
    run = FIXTURE_RUN(fixture, "100", "status");
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(
        run->out,
        "  not applied yet: listen-port, mtu; reactivate the profile to apply\n"
        "  the stored profile is invalid, the previous settings stay in use: peer-1-endpoint: ");
    g_assert_null(strchr(run->out, '\033'));
    json = FIXTURE_RUN(fixture, "100", "status", "--json");
    ctl_assert_holds(json->out,
                     "\"pending_keys\" : [\n        \"listen-port\",\n        \"mtu\"\n      ]");
    ctl_assert_holds(json->out, "\"profile_error\" : \"peer-1-endpoint: ");
}

/* What the service does without. */
static void
test_limitations(Fixture *fixture, gconstpointer data)
{
    static const char refused[] =
        "'Limitations': <[('echo', 'paths that broke are \\u001bnoticed late'), ('timer', 'late')]>, ";
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) json = NULL;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects_with("home", WL_VERSION, refused, ""));
    run = FIXTURE_RUN(fixture, "100", "status");
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, "  limited: paths that broke are ");
    ctl_assert_holds(run->out, "  limited: late\n");
    g_assert_null(strchr(run->out, '\033'));
    json = FIXTURE_RUN(fixture, "100", "status", "--json");
    ctl_assert_holds(json->out, "\"id\" : \"timer\",\n          \"text\" : \"late\"");
}

static void
test_several_profiles(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) all = NULL;
    g_autoptr(CtlRun) one = NULL;
    g_autoptr(CtlRun) by_uuid = NULL;
    g_autoptr(CtlRun) other = NULL;
    g_autoptr(CtlRun) other_json = NULL;
    g_autoptr(JsonObject) error = NULL;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("work", WL_VERSION, ""));
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, ""));
    /* Not yet active. */
    fixture_add_mock(fixture, MOCK_REPLIES, g_variant_new("a{oa{sa{sv}}}", NULL));
    all = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(all->status, ==, 0);
    g_assert_true(g_str_has_prefix(all->out, "home: "));
    ctl_assert_holds(all->out, "  no peers\n\nwork: ");

    one = FIXTURE_RUN(fixture, "80", "status", "work");
    g_assert_cmpint(one->status, ==, 0);
    g_assert_true(g_str_has_prefix(one->out, "work: "));
    g_assert_null(strstr(one->out, "home"));
    by_uuid = FIXTURE_RUN(fixture, "80", "status", "0f0e0d0c-home");
    g_assert_true(g_str_has_prefix(by_uuid->out, "home: "));

    other = FIXTURE_RUN(fixture, "80", "status", "office");
    g_assert_cmpint(other->status, ==, 3);
    g_assert_cmpstr(other->out, ==, "");
    ctl_assert_holds(other->err, "no active wirelink profile is named \"office\"");
    other_json = FIXTURE_RUN(fixture, "80", "status", "--json", "office");
    g_assert_cmpint(other_json->status, ==, 3);
    g_assert_cmpstr(other_json->err, ==, "");
    error = parse_object(other_json->out);
    g_assert_true(json_object_has_member(error, "error"));
}

/* ---- malicious names ----------------------------------------------------------------------- */

static void
test_unsafe_names(Fixture *fixture, gconstpointer data)
{
    g_autofree char *peer =
        mock_peer(3, "a\\u001b[31mb\\u202ec", "offline", "/", "sent\\nby\\u009ba peer", "");
    g_autofree char *unnamed = mock_peer(4, "", "offline", "/", "", "");
    g_autofree char *peers = g_strconcat(unnamed, peer, NULL);
    g_autoptr(CtlRun) table = NULL;
    g_autoptr(CtlRun) json = NULL;
    g_autoptr(JsonObject) root = NULL;
    JsonObject *profile, *shown;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, peers));
    table = FIXTURE_RUN(fixture, "300", "status");
    ctl_assert_holds(table->out, "a\\u{1b}[31mb\\u{202e}c");
    ctl_assert_holds(table->out, "sent\\u{a}by\\u{9b}a peer");
    ctl_assert_holds(table->out, "  KEY4KEYK…");
    g_assert_null(strchr(table->out, '\033'));

    json = FIXTURE_RUN(fixture, "300", "status", "--json");
    ctl_assert_holds(json->out, "\\u202e");
    g_assert_null(strstr(json->out, "\342\200\256"));
    g_assert_null(strstr(json->out, "\302\233"));
    root = parse_object(json->out);
    profile = json_array_get_object_element(json_object_get_array_member(root, "profiles"), 0);
    shown = json_array_get_object_element(json_object_get_array_member(profile, "peers"), 0);
    g_assert_cmpstr(json_object_get_string_member(shown, "name"), ==, "a\033[31mb\342\200\256c");
    g_assert_cmpstr(json_object_get_string_member(shown, "reason"), ==, "sent\nby\302\233a peer");
}

/* Long in bytes, in columns, or in marks that take no column. */
static void
test_long_names(Fixture *fixture, gconstpointer data)
{
    g_autofree char *name = g_strnfill(4096, 'n');
    g_autoptr(GString) marks = g_string_new("z");
    g_autofree char *first = mock_peer(1, name, "offline", "/", name, "");
    g_autofree char *second = NULL;
    g_autofree char *peers = NULL;
    g_autofree char *id = g_strnfill(200, 'i');
    g_auto(GStrv) lines = NULL;
    g_autoptr(CtlRun) run = NULL;

    for (guint i = 0; i < 2047; i++)
        g_string_append(marks, "\314\202");
    second = mock_peer(2, marks->str, "offline", "/", "", "");
    peers = g_strconcat(first, second, NULL);
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects(id, WL_VERSION, peers));
    run = FIXTURE_RUN(fixture, "200", "status");
    g_assert_cmpint(run->status, ==, 0);
    lines = g_strsplit(run->out, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_assert_cmpint(g_utf8_strlen(lines[i], -1), <, 400);
    ctl_assert_holds(run->out, "nnn…");
    ctl_assert_holds(run->out, "iii…");
}

/* ---- round trips --------------------------------------------------------------------------- */

/* The first run shows them; a peer that does not answer has none. */
static void
test_round_trips(Fixture *fixture, gconstpointer data)
{
    g_autofree char *first = mock_peer(1, "hub", "direct", "/", "", "'RoundTrip': <uint32 0>, ");
    g_autofree char *second =
        mock_peer(2, "deaf", "direct-lan", "/", "", "'RoundTrip': <uint32 0>, ");
    g_autofree char *third = mock_peer(3, "off", "offline", "/", "", "'RoundTrip': <uint32 0>, ");
    g_autofree char *peers = g_strconcat(first, second, third, NULL);
    Mock *mock = fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, peers));
    g_autoptr(CtlRun) status = NULL;
    g_autoptr(CtlRun) peer = NULL;

    mock_add_round_trip(mock, 1, 12300);
    status = FIXTURE_RUN(fixture, "200", "status");
    g_assert_cmpint(status->status, ==, 0);
    g_assert_cmpstr(status->err, ==, "");
    ctl_assert_holds(status->out, "12.3 ms");
    g_assert_cmpuint(mock->n_round_trips, ==, 2);
    peer = FIXTURE_RUN(fixture, "200", "peer", "hub");
    ctl_assert_holds(peer->out, "round trip      12.3 ms");
}

/* ---- failures ------------------------------------------------------------------------------ */

static void
test_no_active_profile(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = FIXTURE_RUN(fixture, "80", "status");
    g_autoptr(CtlRun) json = FIXTURE_RUN(fixture, "80", "status", "--json");
    g_autoptr(JsonObject) error = parse_object(json->out);

    g_assert_cmpint(run->status, ==, 3);
    g_assert_cmpstr(run->out, ==, "");
    g_assert_cmpstr(run->err, ==,
                    "wirelinkctl: no wirelink profile is active: activate one with nmcli "
                    "connection up NAME\n");
    g_assert_cmpint(json->status, ==, 3);
    g_assert_cmpint(json_object_get_int_member(error, "exit_status"), ==, 3);
}

static void
test_service_denies_access(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) json = NULL;
    g_autoptr(CtlRun) beside = NULL;
    g_autoptr(CtlRun) named = NULL;

    fixture_add_mock(fixture, MOCK_DENIES, NULL);
    run = FIXTURE_RUN(fixture, "80", "status");
    json = FIXTURE_RUN(fixture, "80", "status", "--json");
    g_assert_cmpint(run->status, ==, 4);
    ctl_assert_holds(run->err, "run the command with sudo");
    g_assert_cmpint(json->status, ==, 4);
    ctl_assert_holds(json->out, "run the command with sudo");

    /* The private profile of another user does not hide one's own. */
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, ""));
    beside = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(beside->status, ==, 0);
    g_assert_cmpstr(beside->err, ==, "");
    ctl_assert_holds(beside->out, "home: ");
    ctl_assert_holds(beside->out, "\n1 more active, visible only to root and their users\n");
    named = FIXTURE_RUN(fixture, "80", "status", "office");
    g_assert_cmpint(named->status, ==, 4);
}

static void
test_service_fails(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) alone = NULL;
    g_autoptr(CtlRun) beside = NULL;
    g_autoptr(CtlRun) named = NULL;

    fixture_add_mock(fixture, MOCK_FAILS, NULL);
    alone = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(alone->status, ==, 1);
    ctl_assert_holds(alone->err, ") failed: out of\\u{1b}[31m order\n");
    g_assert_null(strstr(alone->err, "GDBus"));

    /* The other profiles are shown nevertheless. */
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, ""));
    beside = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(beside->status, ==, 1);
    g_assert_true(g_str_has_prefix(beside->out, "home: "));
    ctl_assert_holds(beside->err, "order");
    named = FIXTURE_RUN(fixture, "80", "status", "home");
    g_assert_cmpint(named->status, ==, 0);
    g_assert_cmpstr(named->err, ==, "");
}

static void
test_service_of_other_version(Fixture *fixture, gconstpointer data)
{
    static const char without_link[] =
        "{objectpath '" LINK_PATH "': {'org.freedesktop.NetworkManager.wirelink9.Link': "
        "@a{sv} {}}}";
    g_autoptr(GError) error = NULL;
    Mock *mock = fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", "0.0.1", ""));
    g_autoptr(CtlRun) shown = FIXTURE_RUN(fixture, "80", "status");
    g_autoptr(CtlRun) json = FIXTURE_RUN(fixture, "80", "status", "--json");
    g_autoptr(JsonObject) root = parse_object(json->out);
    g_autoptr(CtlRun) unreadable = NULL;
    g_autoptr(CtlRun) unknown = NULL;

    g_assert_cmpint(shown->status, ==, 5);
    g_assert_true(g_str_has_prefix(shown->out, "home: "));
    ctl_assert_holds(shown->err, "the service of \"home\" has version 0.0.1, this wirelinkctl");
    g_assert_cmpint(json->status, ==, 5);
    g_assert_cmpstr(json->err, ==, "");
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "problems")), ==, 1);

    fixture_remove_mock(fixture, mock);
    mock = fixture_add_mock(
        fixture, MOCK_REPLIES,
        g_variant_parse(G_VARIANT_TYPE("a{oa{sa{sv}}}"), without_link, NULL, NULL, &error));
    g_assert_no_error(error);
    unreadable = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(unreadable->status, ==, 5);
    ctl_assert_holds(unreadable->err, "has another version than this wirelinkctl");

    fixture_remove_mock(fixture, mock);
    fixture_add_mock(fixture, MOCK_UNKNOWN_METHODS, NULL);
    unknown = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(unknown->status, ==, 5);
}

/* Each service replies only after all were called: calls in sequence would never end. */
static void
test_services_are_called_at_once(Fixture *fixture, gconstpointer data)
{
    static const char *const ids[] = {"a", "b", "c"};
    g_autoptr(CtlRun) run = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
        fixture_add_mock(fixture, MOCK_REPLIES, mock_objects(ids[i], WL_VERSION, ""))->wait_for =
            G_N_ELEMENTS(ids);
    run = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, "\nc: ");
}

static void
test_service_hangs(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;

    fixture_add_mock(fixture, MOCK_HANGS, NULL);
    fixture_add_mock(fixture, MOCK_HANGS, NULL);
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, ""));
    run = FIXTURE_RUN(fixture, "80", "status");
    g_assert_cmpint(run->status, ==, 1);
    ctl_assert_holds(run->out, "home: ");
    ctl_assert_holds(run->err, ") does not answer: see journalctl");
    g_assert_null(strstr(run->err, "Timeout"));
}

static void
test_bus_is_missing(void)
{
    static const char *const arguments[] = {"status", NULL};
    static const char *const environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                              "unix:path=/nonexistent/bus", NULL};
    g_autoptr(CtlRun) run = ctl_run(arguments, NULL, environment);

    g_assert_cmpint(run->status, ==, 1);
    ctl_assert_holds(run->err, "wirelinkctl: cannot connect to the system bus: ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/ctl/status/wide-terminal", test_wide_terminal);
    FIXTURE_ADD("/ctl/status/narrow-terminal", test_narrow_terminal);
    FIXTURE_ADD("/ctl/status/terminal-of-80-columns", test_terminal_of_80_columns);
    FIXTURE_ADD("/ctl/status/very-narrow-terminal", test_very_narrow_terminal);
    FIXTURE_ADD("/ctl/status/json", test_json);
    FIXTURE_ADD("/ctl/status/several-profiles", test_several_profiles);
    FIXTURE_ADD("/ctl/status/pending-changes", test_pending_changes);
    FIXTURE_ADD("/ctl/status/limitations", test_limitations);
    FIXTURE_ADD("/ctl/status/unsafe-names", test_unsafe_names);
    FIXTURE_ADD("/ctl/status/long-names", test_long_names);
    FIXTURE_ADD("/ctl/status/round-trips", test_round_trips);
    FIXTURE_ADD("/ctl/status/no-active-profile", test_no_active_profile);
    FIXTURE_ADD("/ctl/status/service-denies-access", test_service_denies_access);
    FIXTURE_ADD("/ctl/status/service-fails", test_service_fails);
    FIXTURE_ADD("/ctl/status/service-of-other-version", test_service_of_other_version);
    FIXTURE_ADD("/ctl/status/services-are-called-at-once", test_services_are_called_at_once);
    FIXTURE_ADD("/ctl/status/service-hangs", test_service_hangs);
    g_test_add_func("/ctl/status/bus-is-missing", test_bus_is_missing);
    return g_test_run();
}
