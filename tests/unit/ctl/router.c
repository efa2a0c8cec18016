/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl router, and what other commands say about several routers. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "ctl-run.h"
#include "mock-service.h"

#define PEER "/org/freedesktop/NetworkManager/wirelink/peer/"
#define SET  "'RouterSet': <[objectpath '" PEER "1', '" PEER "2', '" PEER "3']>, "

static char *
network(const char *first, const char *more_of_leaf)
{
    g_autofree char *one =
        mock_peer(1, "hub1", first, "/", "", "'Configured': <true>, 'Router': <true>, ");
    g_autofree char *two = mock_peer(2, "hub2", "direct", "/", "direct on 192.0.2.2:51820",
                                     "'Configured': <true>, 'Router': <true>, ");
    g_autofree char *three = mock_peer(3, "hub3", "routed", PEER "2", "standby",
                                       "'Configured': <true>, 'Router': <true>, ");
    g_autofree char *leaf = mock_peer(4, "leaf", "routed", PEER "2", "via hub2", more_of_leaf);

    return g_strconcat(one, two, three, leaf, NULL);
}

static Mock *
add_network(Fixture *fixture, const char *router, const char *reason, gint64 age)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *more =
        g_strdup_printf(SET "'Router': <objectpath '" PEER "%s'>, 'RouterReason': <'%s'>, "
                            "'RouterSince': <int64 %" G_GINT64_FORMAT ">, ",
                        router, reason, age < 0 ? 0 : now - age);
    g_autofree char *peers = network("offline", "");

    return fixture_add_mock(fixture, MOCK_REPLIES,
                            mock_objects_with("home", WL_VERSION, more, peers));
}

static const struct {
    const char *name, *router, *reason;
    gint64 age; /* s; -1: since the activation */
    const char *sentence;
} reasons[] = {
    {"the first", "1", "first", -1, "home: hub1 is used, because it is the first of the profile\n"},
    {"one after dead ones", "2", "others-silent", 185,
     "home: hub2 is used, since 3 min, because those before it do not answer\n"},
    {"until an earlier one is used", "2", "returns", 185,
     "home: hub2 is used, since 3 min, because one before it answers again, and is used when it has "
     "for a while\n"},
    {"one that was named", "3", "preferred", 185,
     "home: hub3 is used, since 3 min, because it was chosen with wirelinkctl router\n"},
    {"a reason of a later version", "3", "by-lot", 185, "home: hub3 is used\n"},
};

static void
test_reason(Fixture *fixture, gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(CtlRun) run = NULL;

    add_network(fixture, reasons[i].router, reasons[i].reason, reasons[i].age);
    run = FIXTURE_RUN(fixture, "200", "router", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->err, ==, "");
    ctl_assert_holds(run->out, reasons[i].sentence);
}

static void
test_list(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL, json = NULL, status = NULL;
    g_autoptr(JsonNode) node = NULL;
    JsonObject *profile;
    JsonArray *set;

    add_network(fixture, "2", "others-silent", 185);
    run = FIXTURE_RUN(fixture, "200", "router", NULL);
    ctl_assert_holds(run->out, "ORDER");
    g_assert_nonnull(strstr(strstr(run->out, "hub1"), "offline"));
    g_assert_nonnull(strstr(strstr(run->out, "hub2"), "yes"));
    g_assert_null(strstr(run->out, "leaf"));
    json = FIXTURE_RUN(fixture, NULL, "router", "--json");
    node = json_from_string(json->out, NULL);
    g_assert_nonnull(node);
    profile = json_array_get_object_element(
        json_object_get_array_member(json_node_get_object(node), "profiles"), 0);
    set = json_object_get_array_member(profile, "router_set");
    g_assert_cmpuint(json_array_get_length(set), ==, 3);
    g_assert_cmpstr(json_array_get_string_element(set, 0), ==, MOCK_KEY("1"));
    g_assert_cmpstr(json_object_get_string_member(profile, "router"), ==, MOCK_KEY("2"));
    g_assert_cmpstr(json_object_get_string_member(profile, "router_reason"), ==, "others-silent");
    g_assert_cmpint(json_object_get_int_member(profile, "router_since"), >, 0);
    status = FIXTURE_RUN(fixture, NULL, "status", "--json");
    ctl_assert_holds(status->out, "\"router_reason\" : \"others-silent\"");
}

static void
test_without(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) leaf = NULL, router = NULL, beside = NULL;
    g_autofree char *peers = network("direct", "'Attached': <objectpath '" PEER "1'>, ");
    g_autoptr(CtlRun) peer = NULL, explain = NULL;
    Mock *mock = fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, ""));

    leaf = FIXTURE_RUN(fixture, "100", "router", NULL);
    g_assert_cmpstr(leaf->out, ==, "home: no router\n");
    fixture_remove_mock(fixture, mock);
    mock = fixture_add_mock(
        fixture, MOCK_REPLIES,
        mock_objects_with("home", WL_VERSION, "'Role': <'router'>, 'RouterSet': <@ao []>, ", ""));
    router = FIXTURE_RUN(fixture, "100", "router", NULL);
    g_assert_cmpstr(router->out, ==, "home: this machine is the only router\n");
    fixture_remove_mock(fixture, mock);
    fixture_add_mock(fixture, MOCK_REPLIES,
                     mock_objects_with("home", WL_VERSION,
                                       "'Role': <'router'>, 'RouterSet': <[objectpath '" PEER
                                       "1']>, 'Router': <objectpath '/'>, ",
                                       peers));
    beside = FIXTURE_RUN(fixture, "100", "router", NULL);
    ctl_assert_holds(beside->out, "home: this machine is a router, beside\n");
    ctl_assert_holds(beside->out, "hub1");
    peer = FIXTURE_RUN(fixture, "100", "peer", "leaf");
    ctl_assert_holds(peer->out, "attached to     hub1\n");
    explain = FIXTURE_RUN(fixture, "200", "explain", "leaf");
    ctl_assert_holds(explain->out, "hub1 holds it, and forwards what is for it");
}

static void
test_explain(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) first = NULL, second = NULL, leaf = NULL;

    add_network(fixture, "2", "others-silent", 185);
    first = FIXTURE_RUN(fixture, "200", "explain", "hub1");
    ctl_assert_holds(first->out,
                     "number 1 of 3; hub2 is used since 3 min, because those before it");
    second = FIXTURE_RUN(fixture, "200", "explain", "hub2");
    ctl_assert_holds(second->out, "number 2 of 3, used since 3 min, because those before it");
    leaf = FIXTURE_RUN(fixture, "200", "explain", "leaf");
    g_assert_null(strstr(leaf->out, "Several routers"));
}

static void
test_use(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) named = NULL, automatic = NULL, json = NULL, both = NULL, unknown = NULL,
                      denied = NULL;
    Mock *mock = add_network(fixture, "2", "others-silent", 185);

    named = FIXTURE_RUN(fixture, NULL, "router", "hub3");
    g_assert_cmpint(named->status, ==, 0);
    g_assert_cmpstr(mock->called->str, ==, "UseRouter(" MOCK_KEY("3") ") ");
    ctl_assert_holds(named->out, "home: hub3 is used as long as it answers");
    g_string_truncate(mock->called, 0);
    automatic = FIXTURE_RUN(fixture, NULL, "router", "--automatic");
    g_assert_cmpint(automatic->status, ==, 0);
    g_assert_cmpstr(mock->called->str, ==, "UseRouter() ");
    g_string_truncate(mock->called, 0);
    json = FIXTURE_RUN(fixture, NULL, "router", "hub1", "--json");
    ctl_assert_holds(json->out, "\"preferred\" : \"" MOCK_KEY("1") "\"");
    g_string_truncate(mock->called, 0);
    both = FIXTURE_RUN(fixture, NULL, "router", "hub1", "--automatic");
    g_assert_cmpint(both->status, ==, 2);
    unknown = FIXTURE_RUN(fixture, NULL, "router", "nobody");
    g_assert_cmpint(unknown->status, ==, 3);
    g_assert_cmpstr(mock->called->str, ==, "");
    mock->methods = MOCK_DENIES;
    denied = FIXTURE_RUN(fixture, NULL, "router", "hub1");
    g_assert_cmpint(denied->status, ==, 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++) {
        g_autofree char *name = g_strdup_printf("/ctl/router/%s", reasons[i].name);
        g_test_add(name, Fixture, GSIZE_TO_POINTER(i), fixture_set_up, test_reason,
                   fixture_tear_down);
    }
    FIXTURE_ADD("/ctl/router/list", test_list);
    FIXTURE_ADD("/ctl/router/without", test_without);
    FIXTURE_ADD("/ctl/router/explain", test_explain);
    FIXTURE_ADD("/ctl/router/use", test_use);
    return g_test_run();
}
