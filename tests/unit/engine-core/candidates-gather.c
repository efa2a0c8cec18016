/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which endpoints of a peer become candidates: of the profile, of facts, of the past. */
#include "paths/wl-candidates-gather.h"

#include "harness.h"
#include "state/wl-candidates.h"
#include "wl-array.h"

enum {
    NOBODY,
    HUB,
    PEER, /* whose candidates these are */
    THIRD,
    OBSERVER, /* trusted with Membership by the profile */
    N_MEMBERS,
};

typedef struct {
    const char *name;
    const char *profile[3];   /* endpoints of the peer */
    const char *addresses[3]; /* of its name */
    struct {
        guint from; /* NOBODY: end */
        const char *endpoint;
    } facts[4];
    struct {
        const char *endpoint; /* NULL: end */
        gint64 ago;
    } past[3];
    gint64 worked_for; /* the first one of the past is tried first for this time; 0: not */
    const char *expect;
} Row;

static WlPeer *
peer_of(Harness *harness, guint number)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
}

/* No member has a session, and there is no uplink yet. */
static Harness *
leaf_new(const char *const *profile)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness->no_neighbors = TRUE;
    for (guint i = HUB; i < N_MEMBERS; i++) {
        g_autofree char *prefix = g_strdup_printf("10.77.0.%u/32", i + 10);
        WlPeerConfig *peer = harness_add(config, harness_member(harness, i), NULL,
                                         i == HUB ? "10.77.0.0/24" : prefix);

        if (i == OBSERVER)
            peer->trust = WL_TRUST_MEMBERSHIP;
        else if (i == THIRD)
            peer->trust = WL_TRUST_ENDPOINT;
        for (guint j = 0; i == PEER && profile && profile[j]; j++)
            g_ptr_array_add(peer->endpoints, g_strdup(profile[j]));
    }
    harness_start(harness, config);
    return harness;
}

static void
set_addresses(WlPeer *peer, const char *const *addresses)
{
    WlEndpointDns *dns;

    if (peer->endpoints.dns_names->len == 0)
        return;
    dns = peer->endpoints.dns_names->pdata[0];
    g_array_set_size(dns->addresses, 0);
    for (; *addresses; addresses++) {
        WlEndpoint endpoint = harness_endpoint(*addresses);
        g_array_append_val(dns->addresses, endpoint);
    }
}

static char *
gather(Harness *harness, WlPeer *peer)
{
    static const char *const sources[] = {"profile", "router", "self", "cache", "third"};
    GString *text = g_string_new(NULL);

    peer->dirty.candidates = TRUE;
    wl_candidates_gather(harness->engine, peer);
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        g_autofree char *endpoint = wl_endpoint_to_string(&candidate->endpoint);

        g_string_append_printf(text, "%s%s %s%s%s", i > 0 ? ", " : "", endpoint,
                               sources[candidate->source], candidate->literal ? " literal" : "",
                               candidate->worked ? " worked" : "");
    }
    return g_string_free(text, FALSE);
}

/* clang-format off */
static const Row rows[] = {
    {"none", {0}, {0}, {{0}}, {{0}}, 0, ""},
    {"an endpoint of the profile", {"192.0.2.1:1"}, {0}, {{0}}, {{0}}, 0, "192.0.2.1:1 profile literal"},
    {"two endpoints of the profile", {"192.0.2.1:1", "192.0.2.2:1"}, {0}, {{0}}, {{0}}, 0,
     "192.0.2.1:1 profile literal, 192.0.2.2:1 profile literal"},
    {"the addresses of a name", {"peer.example.net:1"}, {"192.0.2.1:1", "192.0.2.2:1"}, {{0}}, {{0}}, 0,
     "192.0.2.1:1 profile, 192.0.2.2:1 profile"},
    {"an address of the profile and of a name is one of the profile",
     {"192.0.2.1:1", "peer.example.net:1"}, {"192.0.2.1:1"}, {{0}}, {{0}}, 0, "192.0.2.1:1 profile literal"},
    {"no endpoint of the profile is inside the tunnel", {"10.77.0.99:1"}, {0}, {{0}}, {{0}}, 0, ""},
    {"nor is one of a name", {"peer.example.net:1"}, {"10.77.0.99:1", "192.0.2.1:1"}, {{0}}, {{0}}, 0,
     "192.0.2.1:1 profile"},
    {"a name has addresses where a peer can be",
     {"peer.example.net:1"}, {"127.0.0.1:1", "192.0.2.1:1"}, {{0}}, {{0}}, 0, "192.0.2.1:1 profile"},
    {"and not that of this machine",
     {"peer.example.net:1"}, {"192.168.1.10:51820", "192.0.2.1:1"}, {{0}}, {{0}}, 0, "192.0.2.1:1 profile"},
    {"private addresses of a name count", {"peer.example.net:1"}, {"192.168.7.7:1"}, {{0}}, {{0}}, 0,
     "192.168.7.7:1 profile"},
    {"what a router advertises", {0}, {0}, {{HUB, "192.0.2.1:1"}}, {{0}}, 0, "192.0.2.1:1 router"},
    {"what the peer advertises", {0}, {0}, {{PEER, "192.0.2.1:1"}}, {{0}}, 0, "192.0.2.1:1 self"},
    {"what a third party advertises", {0}, {0}, {{THIRD, "192.0.2.1:1"}}, {{0}}, 0, "192.0.2.1:1 third"},
    {"what an observer advertises", {0}, {0}, {{OBSERVER, "192.0.2.1:1"}}, {{0}}, 0, "192.0.2.1:1 router"},
    {"the peer and a third party", {0}, {0}, {{THIRD, "192.0.2.1:1"}, {PEER, "192.0.2.1:1"}}, {{0}}, 0,
     "192.0.2.1:1 self"},
    {"several endpoints", {0}, {0},
     {{PEER, "192.0.2.1:1"}, {HUB, "192.0.2.2:1"}, {THIRD, "192.0.2.3:1"}}, {{0}}, 0,
     "192.0.2.2:1 router, 192.0.2.1:1 self, 192.0.2.3:1 third"},
    {"a fact that is not accepted does not count", {0}, {0}, {{PEER, "10.77.0.99:1"}, {HUB, "192.0.2.1:1"}}, {{0}},
     0, "192.0.2.1:1 router"},
    {"an address of a family that this machine has not", {0}, {0},
     {{PEER, "[2001:db8::1]:1"}, {PEER, "192.0.2.1:1"}}, {{0}}, 0, "192.0.2.1:1 self"},
    {"endpoints of the past, the latest first", {0}, {0}, {{0}},
     {{"192.0.2.1:1", WL_SEC(1)}, {"192.0.2.2:1", WL_SEC(2)}}, 0, "192.0.2.1:1 cache, 192.0.2.2:1 cache"},
    {"the last one comes first for a while", {0}, {0}, {{HUB, "192.0.2.2:1"}},
     {{"192.0.2.1:1", WL_SEC(1)}}, 1, "192.0.2.1:1 cache worked, 192.0.2.2:1 router"},
    {"and not longer", {0}, {0}, {{HUB, "192.0.2.2:1"}}, {{"192.0.2.1:1", WL_SEC(1)}}, 0,
     "192.0.2.2:1 router, 192.0.2.1:1 cache"},
    {"only the last one does", {0}, {0}, {{0}},
     {{"192.0.2.1:1", WL_SEC(1)}, {"192.0.2.2:1", WL_SEC(2)}}, 1, "192.0.2.1:1 cache worked, 192.0.2.2:1 cache"},
    {"not an address without a neighbor", {0}, {0}, {{0}}, {{"192.168.1.99:1", WL_SEC(1)}}, 1,
     "192.168.1.99:1 cache"},
    {"one of just 30 days ago", {0}, {0}, {{0}}, {{"192.0.2.1:1", WL_SEC(30 * 86400) - 1}}, 0, "192.0.2.1:1 cache"},
    {"none of longer ago", {0}, {0}, {{0}},
     {{"192.0.2.1:1", WL_SEC(30 * 86400)}, {"192.0.2.2:1", WL_SEC(1)}}, 0, "192.0.2.2:1 cache"},
    {"none inside the tunnel", {0}, {0}, {{0}},
     {{"10.77.0.99:1", WL_SEC(1)}, {"192.0.2.2:1", WL_SEC(1)}}, 0, "192.0.2.2:1 cache"},
};
/* clang-format on */

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(Harness) harness = leaf_new(row->profile);
    WlPeer *peer = peer_of(harness, PEER);
    const WlNeighbor nobody = {
        .ip = harness_ip("192.168.1.99"), .ifindex = 2, .state = WL_NEIGHBOR_ABSENT, .misses = 1};
    g_autofree char *text = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 0; i < G_N_ELEMENTS(row->facts) && row->facts[i].from != NOBODY; i++)
        harness_advertise_endpoint(harness, harness_member(harness, row->facts[i].from),
                                   harness_member(harness, PEER), row->facts[i].endpoint, 3600);
    /* another fact about the peer is no endpoint */
    harness_advertise_member(harness, harness_member(harness, OBSERVER),
                             harness_member(harness, PEER), "peer", 3600);
    set_addresses(peer, row->addresses);
    g_array_set_size(peer->endpoints.history, 0);
    for (guint i = 0; i < G_N_ELEMENTS(row->past) && row->past[i].endpoint; i++) {
        WlPastEndpoint past = {harness_endpoint(row->past[i].endpoint),
                               harness->engine->now - row->past[i].ago};

        g_array_append_val(peer->endpoints.history, past);
        if (i == 0)
            peer->endpoints.worked = past.endpoint;
    }
    peer->endpoints.worked_until = harness->engine->now + row->worked_for;
    g_array_set_size(harness->engine->neighbors.entries, 0);
    g_array_append_val(harness->engine->neighbors.entries, nobody);
    text = gather(harness, peer);
    g_assert_cmpstr(text, ==, row->expect);
    for (guint i = 0; i < G_N_ELEMENTS(row->past) && row->past[i].endpoint; i++) {
        WlEndpoint endpoint = harness_endpoint(row->past[i].endpoint);
        const WlCandidate *candidate = wl_candidates_find(peer->endpoints.candidates, &endpoint);

        if (candidate)
            g_assert_cmpint(candidate->seen, ==, harness->engine->now - row->past[i].ago);
    }
}

/* Of a router the word about itself counts as that of a router. */
static void
test_router(void)
{
    g_autoptr(Harness) harness = leaf_new(NULL);
    g_autofree char *text = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_advertise_endpoint(harness, harness_member(harness, HUB), harness_member(harness, HUB),
                               "192.0.2.1:1", 3600);
    text = gather(harness, peer_of(harness, HUB));
    g_assert_cmpstr(text, ==, "192.0.2.1:1 router");
}

/* That of an observer about itself does not. */
static void
test_observer(void)
{
    g_autoptr(Harness) harness = leaf_new(NULL);
    g_autofree char *text = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_advertise_endpoint(harness, harness_member(harness, OBSERVER),
                               harness_member(harness, OBSERVER), "192.0.2.1:1", 3600);
    text = gather(harness, peer_of(harness, OBSERVER));
    g_assert_cmpstr(text, ==, "192.0.2.1:1 self");
}

/* Without an uplink nothing is known about families. */
static void
test_no_uplink(void)
{
    static const char *const profile[] = {"[2001:db8::1]:1", NULL};
    g_autoptr(Harness) harness = leaf_new(profile);
    g_autofree char *text = gather(harness, peer_of(harness, PEER));

    g_assert_cmpstr(text, ==, "[2001:db8::1]:1 profile literal");
}

/* Nothing is gathered that did not change. */
static void
test_unchanged(void)
{
    static const char *const profile[] = {"192.0.2.1:1", NULL};
    g_autoptr(Harness) harness = leaf_new(profile);
    WlPeer *peer = peer_of(harness, PEER);

    g_array_set_size(peer->endpoints.candidates, 0);
    peer->dirty.candidates = FALSE;
    wl_candidates_gather(harness->engine, peer);
    g_assert_cmpuint(peer->endpoints.candidates->len, ==, 0);
    peer->dirty.candidates = TRUE;
    wl_candidates_gather(harness->engine, peer);
    g_assert_cmpuint(peer->endpoints.candidates->len, ==, 1);
    g_assert_false(peer->dirty.candidates);
}

/* ---- what is logged */

/* One address after the other is refused: of the profile each one once, of a name one an hour. */
static const struct {
    const char *name;
    gboolean literal, local; /* local: the attached networks are known */
    struct {
        const char *endpoint; /* NULL: end */
        guint after;          /* s */
        gboolean logs, counts;
    } steps[4];
} logs[] = {
    {"an endpoint of the profile is logged once",
     TRUE,
     TRUE,
     {{"10.77.0.99:1", 0, TRUE, TRUE}, {"10.77.0.99:1", 9000, FALSE, FALSE}}},
    {"another one as well",
     TRUE,
     TRUE,
     {{"10.77.0.99:1", 0, TRUE, TRUE}, {"10.77.0.98:1", 0, TRUE, TRUE}}},
    {"nothing is before the attached networks are known",
     TRUE,
     FALSE,
     {{"10.77.0.99:1", 0, FALSE, FALSE}}},
    {"of a name one is logged an hour, and each is counted",
     FALSE,
     TRUE,
     {{"10.77.0.99:1", 0, TRUE, TRUE},
      {"10.77.0.99:1", 0, FALSE, FALSE},
      {"10.77.0.98:1", 3599, FALSE, TRUE},
      {"10.77.0.97:1", 1, TRUE, TRUE}}},
    {"of each family one is remembered",
     FALSE,
     TRUE,
     {{"10.77.0.99:1", 0, TRUE, TRUE},
      {"[::1]:1", 0, FALSE, TRUE},
      {"10.77.0.99:1", 0, FALSE, FALSE},
      {"[::1]:1", 0, FALSE, FALSE}}},
};

static guint
count_logs(Harness *harness)
{
    WlOutput *output;
    guint n = 0;

    while ((output = wl_engine_next_output(harness->engine))) {
        n += output->kind == WL_OUTPUT_LOG;
        wl_output_free(output);
    }
    return n;
}

static guint64
count_refused(const WlEngine *engine)
{
    return engine->receiver.refused[WL_VERDICT_IN_TUNNEL] +
           engine->receiver.refused[WL_VERDICT_BAD_ADDRESS];
}

static void
test_log(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    static const char *const profile[] = {"192.0.2.1:1", "peer.example.net:1", NULL};
    g_autoptr(Harness) harness = leaf_new(profile);
    WlPeer *peer = peer_of(harness, PEER);

    if (logs[i].local)
        harness_uplink(harness, "192.168.1.10/24");
    for (guint j = 0; j < G_N_ELEMENTS(logs[i].steps) && logs[i].steps[j].endpoint; j++) {
        const char *addresses[] = {logs[i].steps[j].endpoint, NULL};
        guint64 before = count_refused(harness->engine);
        g_autofree char *text = NULL;

        harness->engine->now += SEC(logs[i].steps[j].after);
        if (logs[i].literal) {
            g_free(peer->config->endpoints->pdata[0]);
            peer->config->endpoints->pdata[0] = g_strdup(addresses[0]);
        } else {
            set_addresses(peer, addresses);
        }
        (void) count_logs(harness);
        text = gather(harness, peer);
        g_test_message("step %u", j);
        g_assert_cmpuint(count_logs(harness), ==, logs[i].steps[j].logs);
        g_assert_cmpuint(count_refused(harness->engine) - before, ==, logs[i].steps[j].counts);
    }
}

/* ---- a first round */

static const struct {
    const char *name;
    gboolean session, known, spent;
    gboolean begins; /* a first round */
} restarts[] = {
    {"another endpoint begins one", FALSE, FALSE, FALSE, TRUE},
    {"one that is known does not", FALSE, TRUE, FALSE, FALSE},
    {"nor does one that had its tries", FALSE, FALSE, TRUE, FALSE},
    {"a peer with a session needs none", TRUE, FALSE, FALSE, FALSE},
};

static void
test_restart(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new(NULL);
    WlPeer *peer = peer_of(harness, PEER);
    g_autofree char *text = NULL, *again = NULL;
    WlCandidate *candidate;

    harness_uplink(harness, "192.168.1.10/24");
    harness_advertise_endpoint(harness, harness_member(harness, HUB), harness_member(harness, PEER),
                               "192.0.2.1:1", 3600);
    text = gather(harness, peer);
    candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, 0);
    for (guint j = 0; j < 99 && restarts[i].spent; j++)
        wl_address_limiter_note(&harness->engine->addresses, candidate, &peer->key,
                                harness->engine->now);
    if (!restarts[i].known)
        g_array_set_size(peer->endpoints.candidates, 0);
    peer->liveness.healthy = restarts[i].session;
    peer->connect.restart = FALSE;
    again = gather(harness, peer);
    g_assert_cmpstr(text, ==, again);
    g_assert_cmpint(peer->connect.restart, ==, restarts[i].begins);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/candidates-gather/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autofree char *name = g_strdup_printf("/candidates-gather/log/%s", logs[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_log);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(restarts); i++) {
        g_autofree char *name = g_strdup_printf("/candidates-gather/round/%s", restarts[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_restart);
    }
    g_test_add_func("/candidates-gather/a router about itself", test_router);
    g_test_add_func("/candidates-gather/an observer about itself", test_observer);
    g_test_add_func("/candidates-gather/without an uplink", test_no_uplink);
    g_test_add_func("/candidates-gather/unchanged", test_unchanged);
    return g_test_run();
}
