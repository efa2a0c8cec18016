/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands about peers and facts: peer, explain, facts, refresh, forget, map. */
#include "mock-service.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- goldens ------------------------------------------------------------------------------- */

/* All output about the network, for people (wide and narrow) and for programs. */
static void
test_all_output(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *file, *columns, *command, *argument, *option;
    } runs[] = {
        {"peer-hub.txt", "100", "peer", "hub", NULL},
        {"peer-laptop.txt", "40", "peer", "laptop", NULL},
        {"peer-unnamed.txt", "100", "peer", "KEY5", NULL},
        {"peer-hub.json", "100", "peer", "hub", "--json"},
        {"facts-wide.txt", "200", "facts", "home", NULL},
        {"facts-narrow.txt", "110", "facts", "home", NULL},
        {"facts-very-narrow.txt", "50", "facts", "home", NULL},
        {"facts.json", "100", "facts", "home", "--json"},
        {"explain-hub.txt", "100", "explain", "hub", NULL},
        {"explain-laptop.txt", "100", "explain", "laptop", NULL},
        {"explain-laptop-narrow.txt", "50", "explain", "laptop", NULL},
        {"explain-nas.txt", "100", "explain", "nas", NULL},
        {"explain-phone.txt", "100", "explain", "phone", NULL},
        {"explain-unnamed.txt", "100", "explain", "KEY5KEYK…", NULL},
        {"explain-laptop.json", "100", "explain", "laptop", "--json"},
        {"map.svg", "100", "map", "home", "--output=-"},
    };

    fixture_add_network(fixture, "home");
    for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
        g_autoptr(CtlRun) run = FIXTURE_RUN(fixture, runs[i].columns, runs[i].command,
                                            runs[i].argument, runs[i].option);
        g_autofree char *settled = without_times(run->out);

        g_assert_cmpstr(run->err, ==, "");
        g_assert_cmpint(run->status, ==, 0);
        assert_golden(runs[i].file, settled);
    }
}

/* ---- which peer ---------------------------------------------------------------------------- */

static void
test_ambiguous_and_unknown_peers(Fixture *fixture, gconstpointer data)
{
    g_autofree char *other_hub = mock_peer(7, "hub", "offline", "/", "", "");
    g_autoptr(CtlRun) by_key = NULL;
    g_autoptr(CtlRun) several_keys = NULL;
    g_autoptr(CtlRun) several_names = NULL;
    g_autoptr(CtlRun) in_profile = NULL;
    g_autoptr(CtlRun) unknown = NULL;
    g_autoptr(CtlRun) unknown_json = NULL;
    g_autoptr(CtlRun) none = NULL;
    g_autoptr(JsonObject) error = NULL;

    fixture_add_network(fixture, "home");
    by_key = FIXTURE_RUN(fixture, NULL, "peer", MOCK_KEY("2"));
    ctl_assert_holds(by_key->out, "laptop: routed\n");
    several_keys = FIXTURE_RUN(fixture, NULL, "peer", "KEY");
    g_assert_cmpint(several_keys->status, ==, 3);
    g_assert_cmpstr(
        several_keys->err, ==,
        "wirelinkctl: \"KEY\" matches hub (KEY1KEYK…), laptop (KEY2KEYK…), nas "
        "(KEY3KEYK…), phone (KEY4KEYK…), KEY5KEYK… (KEY5KEYK…): write more of the key\n");
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("work", WL_VERSION, other_hub));
    several_names = FIXTURE_RUN(fixture, NULL, "explain", "hub");
    g_assert_cmpint(several_names->status, ==, 3);
    ctl_assert_holds(several_names->err, "hub (KEY1KEYK… of home), hub (KEY7KEYK… of work)");
    ctl_assert_holds(several_names->err, "--profile");
    in_profile = FIXTURE_RUN(fixture, NULL, "peer", "hub", "--profile", "work");
    g_assert_cmpint(in_profile->status, ==, 0);
    ctl_assert_holds(in_profile->out, "hub: offline\n");

    unknown = FIXTURE_RUN(fixture, NULL, "peer", "hu\033b");
    g_assert_cmpint(unknown->status, ==, 3);
    g_assert_cmpstr(
        unknown->err, ==,
        "wirelinkctl: no peer has the name \"hu\\u{1b}b\" or a key that starts with it: "
        "wirelinkctl status shows all peers\n");
    unknown_json = FIXTURE_RUN(fixture, NULL, "explain", "--json", "nobody");
    g_assert_cmpint(unknown_json->status, ==, 3);
    g_assert_cmpstr(unknown_json->err, ==, "");
    error = parse_object(unknown_json->out);
    g_assert_cmpint(json_object_get_int_member(error, "exit_status"), ==, 3);
    none = FIXTURE_RUN(fixture, NULL, "peer", "");
    g_assert_cmpint(none->status, ==, 3);
}

/* ---- usage --------------------------------------------------------------------------------- */

static void
test_invalid_arguments(Fixture *fixture, gconstpointer data)
{
    static const char *const commands[] = {"status", "peer", "facts",   "explain", "watch",
                                           "doctor", "map",  "refresh", "forget"};
    g_autofree char *long_name = g_strnfill(4096, 'x');
    g_autoptr(CtlRun) no_peer = FIXTURE_RUN(fixture, NULL, "peer");
    g_autoptr(CtlRun) no_peer_json = FIXTURE_RUN(fixture, NULL, "explain", "--json");
    g_autoptr(CtlRun) option = FIXTURE_RUN(fixture, NULL, "facts", "--jsno");
    g_autoptr(CtlRun) extra_json = FIXTURE_RUN(fixture, NULL, "facts", "a", long_name, "--json");
    g_autoptr(CtlRun) no_address = FIXTURE_RUN(fixture, NULL, "forget", "hub", "192.0.2.1");
    g_autoptr(JsonObject) error = parse_object(extra_json->out);

    g_assert_cmpint(no_peer->status, ==, 2);
    ctl_assert_holds(no_peer->err, "wirelinkctl peer --help");
    g_assert_cmpint(no_peer_json->status, ==, 2);
    ctl_assert_holds(no_peer_json->out, "\"exit_status\" : 2");
    g_assert_cmpint(option->status, ==, 2);
    g_assert_cmpint(extra_json->status, ==, 2);
    g_assert_cmpuint(strlen(json_object_get_string_member(error, "error")), <, 300);
    g_assert_cmpint(no_address->status, ==, 2);
    ctl_assert_holds(no_address->err, "\"192.0.2.1\" is not an address with a port");
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *usage = g_strdup_printf("Usage: wirelinkctl %s ", commands[i]);
        g_autoptr(CtlRun) help = FIXTURE_RUN(fixture, NULL, commands[i], "--help");

        g_assert_cmpint(help->status, ==, 0);
        g_assert_true(g_str_has_prefix(help->out, usage));
    }
}

/* ---- facts --------------------------------------------------------------------------------- */

static void
test_facts_are_unavailable(Fixture *fixture, gconstpointer data)
{
    Mock *mock = fixture_add_network(fixture, "home");
    g_autoptr(CtlRun) old = NULL;
    g_autoptr(CtlRun) old_json = NULL;
    g_autoptr(CtlRun) explained = NULL;
    g_autoptr(CtlRun) denied = NULL;

    mock->methods = MOCK_UNKNOWN_METHODS;
    old = FIXTURE_RUN(fixture, NULL, "facts");
    g_assert_cmpint(old->status, ==, 5);
    g_assert_cmpstr(old->out, ==, "");
    ctl_assert_holds(old->err, "the service of \"home\" has another version");
    old_json = FIXTURE_RUN(fixture, NULL, "facts", "--json");
    g_assert_cmpint(old_json->status, ==, 5);
    ctl_assert_holds(old_json->out, "\"error\"");
    /* The rest needs no facts. */
    explained = FIXTURE_RUN(fixture, NULL, "explain", "hub");
    g_assert_cmpint(explained->status, ==, 5);
    ctl_assert_holds(explained->out, "Conclusion: connected directly");
    mock->methods = MOCK_DENIES;
    denied = FIXTURE_RUN(fixture, NULL, "facts");
    g_assert_cmpint(denied->status, ==, 4);
    ctl_assert_holds(denied->err, "the service of \"home\" denies access");
}

/* ---- changes ------------------------------------------------------------------------------- */

static void
test_refresh(Fixture *fixture, gconstpointer data)
{
    Mock *home = fixture_add_network(fixture, "home");
    Mock *work = fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("work", WL_VERSION, ""));
    g_autoptr(CtlRun) one = FIXTURE_RUN(fixture, NULL, "refresh", "work");
    g_autoptr(CtlRun) all = NULL;
    g_autoptr(CtlRun) denied = NULL;
    g_autoptr(CtlRun) json = NULL;

    g_assert_cmpint(one->status, ==, 0);
    g_assert_cmpstr(work->called->str, ==, "Refresh() ");
    g_assert_cmpstr(home->called->str, ==, "");
    all = FIXTURE_RUN(fixture, NULL, "refresh");
    g_assert_cmpstr(all->out, ==,
                    "home: sent all facts again and retried all addresses\n"
                    "work: sent all facts again and retried all addresses\n");
    g_assert_cmpstr(home->called->str, ==, "Refresh() ");
    work->methods = MOCK_DENIES;
    denied = FIXTURE_RUN(fixture, NULL, "refresh");
    g_assert_cmpint(denied->status, ==, 4);
    g_assert_cmpstr(denied->out, ==, "home: sent all facts again and retried all addresses\n");
    ctl_assert_holds(denied->err, "an administrator may change");
    json = FIXTURE_RUN(fixture, NULL, "refresh", "--json", "work");
    g_assert_cmpint(json->status, ==, 4);
    ctl_assert_holds(json->out, "\"exit_status\" : 4");
}

static void
test_forget(Fixture *fixture, gconstpointer data)
{
    Mock *mock = fixture_add_network(fixture, "home");
    g_autoptr(CtlRun) by_name = FIXTURE_RUN(fixture, NULL, "forget", "hub", "192.0.2.1:51820");
    g_autoptr(CtlRun) by_key = NULL;
    g_autoptr(CtlRun) by_given_name = NULL;
    g_autoptr(CtlRun) unknown = NULL;

    g_assert_cmpint(by_name->status, ==, 0);
    g_assert_cmpstr(mock->called->str, ==, "ForgetEndpoint(" MOCK_KEY("1") ", 192.0.2.1:51820) ");
    g_string_truncate(mock->called, 0);
    by_key = FIXTURE_RUN(fixture, NULL, "forget", "KEY2", "[2001:db8::4]:41000", "--json");
    g_assert_cmpint(by_key->status, ==, 0);
    g_assert_cmpstr(mock->called->str, ==,
                    "ForgetEndpoint(" MOCK_KEY("2") ", [2001:db8::4]:41000) ");
    g_string_truncate(mock->called, 0);
    /* Other members may give a member any name, also that of another member. */
    by_given_name = FIXTURE_RUN(fixture, NULL, "forget", "nas", "192.0.2.1:51820");
    g_assert_cmpint(by_given_name->status, ==, 3);
    ctl_assert_holds(by_given_name->err,
                     "the name \"nas\" of nas (KEY3KEYK…) was given by other members");
    g_assert_cmpstr(mock->called->str, ==, "");
    mock->methods = MOCK_FAILS;
    unknown = FIXTURE_RUN(fixture, NULL, "forget", "hub", "192.0.2.9:1");
    g_assert_cmpint(unknown->status, ==, 1);
    g_assert_null(strstr(unknown->err, "GDBus"));
}

/* ---- pictures ------------------------------------------------------------------------------ */

static void
count_element(GMarkupParseContext *context, const char *name, const char **names,
              const char **values, gpointer user_data, GError **error)
{
    guint *scripts = user_data;

    *scripts += strcmp(name, "script") == 0;
}

/* Well-formed with any names, and without active contents. */
static void
test_map_unsafe_names(Fixture *fixture, gconstpointer data)
{
    static const GMarkupParser parser = {.start_element = count_element};
    g_autofree char *long_name = g_strnfill(4096, '&');
    g_autofree char *first =
        mock_peer(1, "</text><script>alert(1)</script>", "direct", "/", "\"]]>&amp;<!--", "");
    g_autofree char *second = mock_peer(2, "\\u001b]0;x\\u0007\\u202e\\ufffe", "routed",
                                        PEER_PATH "1", "--><!DOCTYPE", "");
    g_autofree char *third = mock_peer(3, long_name, "hop\\u0001\\\" onload=\\\"x", "/", "", "");
    g_autofree char *peers = g_strconcat(first, second, third, NULL);
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(GMarkupParseContext) context = NULL;
    g_autoptr(GError) error = NULL;
    guint scripts = 0;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("a<b>&", WL_VERSION, peers));
    run = FIXTURE_RUN(fixture, NULL, "map");
    g_assert_cmpint(run->status, ==, 0);
    context = g_markup_parse_context_new(&parser, 0, &scripts, NULL);
    g_markup_parse_context_parse(context, run->out, -1, &error);
    g_assert_no_error(error);
    g_markup_parse_context_end_parse(context, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(scripts, ==, 0);
    g_assert_null(strchr(run->out, '\033'));
    g_assert_null(strstr(run->out, "\342\200\256"));
    g_assert_null(strstr(run->out, "onload=\""));
    g_assert_cmpuint(strlen(run->out), <, 12000);
}

/* Counters that grow between the two reads are shown as rates. */
static void
test_map_rates(Fixture *fixture, gconstpointer data)
{
    g_autofree char *slow = mock_peer(1, "hub", "direct", "/", "", "'RxBytes': <uint64 0>, ");
    g_autofree char *fast =
        mock_peer(1, "hub", "direct", "/", "", "'RxBytes': <uint64 5000000000>, ");
    Mock *mock = fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, slow));
    g_autoptr(CtlRun) run = NULL;

    mock->then = g_variant_take_ref(mock_objects("home", WL_VERSION, fast));
    run = FIXTURE_RUN(fixture, NULL, "map");
    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_regex_match_simple("↓ [0-9.]+ [MG]iB/s  ↑ 0 B/s", run->out, 0, 0));
}

/* Two members behind one NAT share its box; one at a public address of its own has none. */
static void
test_map_of_nats(Fixture *fixture, gconstpointer data)
{
#define AT(outer, inner)                                                                           \
    "'Endpoint': <'" outer ":4000'>, "                                                             \
    "'Candidates': <[('" inner ":51820', 'private', 'self', 'no-answer')]>, "
    static const char *const more[] = {AT("203.0.113.9", "192.168.1.2"),
                                       AT("203.0.113.9", "192.168.1.3"),
                                       AT("198.51.100.7", "198.51.100.7")};
    g_autofree char *first = mock_peer(1, "a", "direct", "/", "", more[0]);
    g_autofree char *second = mock_peer(2, "b", "direct", "/", "", more[1]);
    g_autofree char *third = mock_peer(3, "c", "direct", "/", "", more[2]);
    g_autofree char *peers = g_strconcat(first, second, third, NULL);
    g_autoptr(CtlRun) run = NULL;
    const char *box;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, peers));
    run = FIXTURE_RUN(fixture, NULL, "map");
    g_assert_cmpint(run->status, ==, 0);
    box = strstr(run->out, "NAT 203.0.113.9");
    g_assert_nonnull(box);
    g_assert_null(strstr(box + 1, "NAT "));
}

/* A file where a terminal would show it, or where one is named; never over a folder. */
static void
test_map_to_a_file(Fixture *fixture, gconstpointer data)
{
    g_autofree char *folder = g_dir_make_tmp("wirelink-map-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "home.svg", NULL);
    g_autofree char *option = g_strdup_printf("--output=%s", path);
    g_autofree char *bad = g_strdup_printf("--output=%s", folder);
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) refused = NULL;
    g_autofree char *picture = NULL;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, ""));
    run = FIXTURE_RUN(fixture, NULL, "map", option);
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, path);
    g_assert_true(g_file_get_contents(path, &picture, NULL, NULL));
    ctl_assert_holds(picture, "</svg>\n");
    refused = FIXTURE_RUN(fixture, NULL, "map", bad);
    g_assert_cmpint(refused->status, ==, 1);
    ctl_assert_holds(refused->err, folder);
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_map_of_one_profile(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) several = NULL;
    g_autoptr(CtlRun) lonely = NULL;

    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, ""));
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("work", WL_VERSION, ""));
    several = FIXTURE_RUN(fixture, NULL, "map");
    g_assert_cmpint(several->status, ==, 2);
    ctl_assert_holds(several->err, "name one of \"home\", \"work\"");
    lonely = FIXTURE_RUN(fixture, NULL, "map", "work");
    g_assert_cmpint(lonely->status, ==, 0);
    ctl_assert_holds(lonely->out, "</svg>\n");
}

/* What one types into ssh. */
static void
test_ip(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) unknown = NULL;

    fixture_add_network(fixture, "home");
    run = FIXTURE_RUN(fixture, NULL, "ip", "laptop");
    g_assert_cmpstr(run->out, ==, "10.77.0.2\n");
    g_assert_cmpint(run->status, ==, 0);
    unknown = FIXTURE_RUN(fixture, NULL, "ip", "desktop");
    g_assert_cmpint(unknown->status, ==, 3);
    g_assert_cmpstr(unknown->out, ==, "");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/ctl/peers/all-output", test_all_output);
    FIXTURE_ADD("/ctl/peers/ambiguous-and-unknown-peers", test_ambiguous_and_unknown_peers);
    FIXTURE_ADD("/ctl/peers/invalid-arguments", test_invalid_arguments);
    FIXTURE_ADD("/ctl/peers/facts-are-unavailable", test_facts_are_unavailable);
    FIXTURE_ADD("/ctl/peers/refresh", test_refresh);
    FIXTURE_ADD("/ctl/peers/forget", test_forget);
    FIXTURE_ADD("/ctl/peers/map-unsafe-names", test_map_unsafe_names);
    FIXTURE_ADD("/ctl/peers/map-rates", test_map_rates);
    FIXTURE_ADD("/ctl/peers/map-of-nats", test_map_of_nats);
    FIXTURE_ADD("/ctl/peers/map-to-a-file", test_map_to_a_file);
    FIXTURE_ADD("/ctl/peers/map-of-one-profile", test_map_of_one_profile);
    FIXTURE_ADD("/ctl/ip", test_ip);
    return g_test_run();
}
