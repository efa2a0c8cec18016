/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slot of one try, and what the device has between two tries. */
#include "paths/wl-connect-slot.h"

#include "harness.h"

#define CONFIGURED "192.0.2.1:1"
#define OTHER      "192.0.2.2:1"

/* A leaf with the hub (1) and a peer (2), which has no session. */
static Harness *
leaf_new(WlPeer **peer)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    *peer = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);
    return harness;
}

static WlCandidate *
add_candidate(WlPeer *peer, const char *text, WlCandidateSource source)
{
    WlEndpoint endpoint = harness_endpoint(text);

    wl_candidates_add(peer->endpoints.candidates, &endpoint, WL_RANK_PUBLIC, source, FALSE);
    return wl_candidates_find(peer->endpoints.candidates, &endpoint);
}

/* ---- between two tries */

/* clang-format off */
static const struct {
    const char *name;
    gboolean configured; /* a candidate of the profile */
    const char *device;  /* endpoint; NULL: none */
    gboolean portal, long_away, initiated;
    gboolean recreates; /* with the configured endpoint, or without one */
} rests[] = {
    {"a tried address does not stay", FALSE, OTHER, FALSE, FALSE, FALSE, TRUE},
    {"the configured one comes back", TRUE, OTHER, FALSE, FALSE, FALSE, TRUE},
    {"also into a device without one", TRUE, NULL, FALSE, FALSE, FALSE, TRUE},
    {"the configured one stays, with the retries of WireGuard",
     TRUE, CONFIGURED, FALSE, FALSE, TRUE, FALSE},
    {"no address stays none", FALSE, NULL, FALSE, FALSE, FALSE, FALSE},
    {"behind a captive portal the retries end", TRUE, CONFIGURED, TRUE, FALSE, TRUE, TRUE},
    {"if there are any", TRUE, CONFIGURED, TRUE, FALSE, FALSE, FALSE},
    {"to a peer that is long away the retries end", TRUE, CONFIGURED, FALSE, TRUE, TRUE, TRUE},
    {"if there are any to it", TRUE, CONFIGURED, FALSE, TRUE, FALSE, FALSE},
    {"without an address there are none", FALSE, NULL, FALSE, TRUE, TRUE, FALSE},
};
/* clang-format on */

static void
test_rest(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    WlEndpoint configured = harness_endpoint(CONFIGURED);

    add_candidate(peer, OTHER, WL_CANDIDATE_SOURCE_ROUTER);
    if (rests[i].configured)
        add_candidate(peer, CONFIGURED, WL_CANDIDATE_SOURCE_PROFILE);
    peer->device.endpoint = rests[i].device ? harness_endpoint(rests[i].device) : (WlEndpoint){0};
    harness->engine->uplink.connectivity =
        rests[i].portal ? WL_CONNECTIVITY_PORTAL : WL_CONNECTIVITY_FULL;
    peer->connect.round = rests[i].long_away ? 13 : 12;
    peer->connect.initiated = rests[i].initiated;
    peer->reconcile.recreate = FALSE;
    wl_connect_slot_rest(harness->engine, peer);
    g_assert_cmpint(peer->reconcile.recreate, ==, rests[i].recreates);
    if (!rests[i].recreates)
        return;
    g_assert_cmpint(wl_endpoint_equal(&peer->reconcile.endpoint, &configured), ==,
                    rests[i].configured);
    g_assert_cmpint(wl_endpoint_is_set(&peer->reconcile.endpoint), ==, rests[i].configured);
    g_assert_false(peer->connect.initiated);
}

/* ---- a slot */

/* The device is read 0.1, 0.3 and 1 s after a try, before the slot ends. */
static const struct {
    const char *name;
    int slot; /* ms */
    guint polls;
} polls[] = {
    {"a slot of 300 ms", 300, 1},
    {"a slot of 500 ms", 500, 2},
    {"a slot of a second", 1000, 2},
    {"a slot of 5 s", 5000, 3},
    {"no slot", 0, 0},
};

static void
assert_polls(const WlPeer *peer, gint64 now, guint n)
{
    static const int after[] = {100, 300, 1000};

    for (guint i = 0; i < G_N_ELEMENTS(after); i++)
        g_assert_cmpint(peer->connect.poll[i], ==, i < n ? now + MS(after[i]) : WL_NEVER);
}

static void
test_polls(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);

    wl_connect_slot_schedule_polls(harness->engine, peer, MS(polls[i].slot));
    assert_polls(peer, harness->engine->now, polls[i].polls);
}

/* clang-format off */
static const struct {
    const char *name;
    WlCandidateSource source;
    gboolean worked;
    guint round;
    gboolean basic;
    gboolean hearsay;
    guint polls; /* of a slot of 5 s */
} slots[] = {
    {"an endpoint of a router", WL_CANDIDATE_SOURCE_ROUTER, FALSE, 0, FALSE, FALSE, 3},
    {"one of a third party", WL_CANDIDATE_SOURCE_THIRD_PARTY, FALSE, 0, FALSE, TRUE, 3},
    {"one of a third party that worked",
     WL_CANDIDATE_SOURCE_THIRD_PARTY, TRUE, 0, FALSE, FALSE, 3},
    {"the twelfth round", WL_CANDIDATE_SOURCE_ROUTER, FALSE, 12, FALSE, FALSE, 3},
    {"a member that is long away shows by itself that it is back",
     WL_CANDIDATE_SOURCE_ROUTER, FALSE, 13, FALSE, FALSE, 0},
    {"a basic one does not", WL_CANDIDATE_SOURCE_ROUTER, FALSE, 13, TRUE, FALSE, 3},
};
/* clang-format on */

static void
test_slot(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    WlEngine *engine = harness->engine;
    WlCandidate *candidate = add_candidate(peer, OTHER, slots[i].source);
    const gint64 now = engine->now;

    candidate->worked = slots[i].worked;
    peer->basic = slots[i].basic;
    peer->connect.round = slots[i].round;
    peer->connect.serial = 77;
    peer->connect.holds = 3;
    peer->connect.crossed = TRUE;
    peer->connect.hearsay = !slots[i].hearsay;
    peer->advertise.force_alive = FALSE;
    wl_connect_slot_begin(engine, peer, candidate, SEC(5));
    g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_SLOT);
    g_assert_cmpint(peer->connect.hearsay, ==, slots[i].hearsay);
    g_assert_cmpint(peer->connect.due, ==, now + SEC(5));
    g_assert_cmpint(peer->connect.tried, ==, now);
    g_assert_true(wl_endpoint_equal(&peer->connect.last, &candidate->endpoint));
    /* an Alive makes WireGuard initiate */
    g_assert_true(peer->advertise.force_alive);
    /* initiations of the peer may delay it again */
    g_assert_cmpuint(peer->connect.holds, ==, 0);
    g_assert_false(peer->connect.crossed);
    assert_polls(peer, now, slots[i].polls);
    /* it counts for this round, for the endpoint, and for the address */
    g_assert_cmpuint(candidate->round, ==, 77);
    g_assert_cmpint(candidate->last_tried, ==, now);
    g_assert_cmpuint(candidate->burst, ==, 1);
    g_assert_cmpint(
        wl_handshake_limiter_earliest(&engine->limiter, &candidate->endpoint, NULL, now), ==,
        now + SEC(5));
    g_assert_cmpuint(wl_address_limiter_size(&engine->addresses), ==, slots[i].worked ? 0 : 1);
}

/* As long as the round trip of the uplink, if that is longer. */
static void
test_length(void)
{
    static const struct {
        guint round;
        gboolean others; /* another candidate follows */
        int round_trip;  /* ms */
        int length;
    } rows[] = {
        {0, FALSE, 0, 300},    {0, TRUE, 0, 500},      {1, TRUE, 0, 500},
        {2, FALSE, 0, 1000},   {4, FALSE, 0, 5000},    {0, FALSE, 100, 300},
        {0, FALSE, 600, 1800}, {3, FALSE, 2000, 3000}, {4, FALSE, 2000, 5000},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPeer *peer;
        g_autoptr(Harness) harness = leaf_new(&peer);
        const WlCandidate *candidate;

        if (rows[i].others)
            add_candidate(peer, CONFIGURED, WL_CANDIDATE_SOURCE_ROUTER);
        candidate = add_candidate(peer, OTHER, WL_CANDIDATE_SOURCE_ROUTER);
        peer->connect.round = rows[i].round;
        peer->connect.serial = 77;
        if (rows[i].round_trip)
            wl_round_trip_add(&harness->engine->uplink.round_trip, MS(rows[i].round_trip));
        g_test_message("row %u", (guint) i);
        g_assert_cmpint(wl_connect_slot_get_length(harness->engine, peer, candidate), ==,
                        MS(rows[i].length));
    }
}

/* WireGuard cannot initiate again within 25 ms of any packet. */
static void
test_spaced(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);

    peer->advertise.alive_sent = SEC(7);
    peer->advertise.facts_sent = SEC(3);
    g_assert_cmpint(wl_connect_slot_get_spaced(peer), ==, SEC(7) + MS(25));
    peer->advertise.facts_sent = SEC(9);
    g_assert_cmpint(wl_connect_slot_get_spaced(peer), ==, SEC(9) + MS(25));
}

/* Nothing is read while nothing is tried. */
static void
test_wait(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);

    wl_connect_slot_schedule_polls(harness->engine, peer, SEC(5));
    wl_connect_slot_wait_until(harness->engine, peer, WL_CONNECT_PAUSE, SEC(9));
    g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_PAUSE);
    g_assert_cmpint(peer->connect.due, ==, SEC(9));
    assert_polls(peer, 0, 0);
}

/* The first one of the profile, wherever it stands. */
static void
test_configured(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    WlEndpoint configured = harness_endpoint(CONFIGURED);

    g_assert_null(wl_connect_slot_configured(peer));
    add_candidate(peer, OTHER, WL_CANDIDATE_SOURCE_ROUTER);
    g_assert_null(wl_connect_slot_configured(peer));
    add_candidate(peer, CONFIGURED, WL_CANDIDATE_SOURCE_PROFILE);
    add_candidate(peer, "192.0.2.3:1", WL_CANDIDATE_SOURCE_PROFILE);
    g_assert_true(wl_endpoint_equal(&wl_connect_slot_configured(peer)->endpoint, &configured));
    g_array_remove_index(peer->endpoints.candidates, 0);
    g_assert_true(wl_endpoint_equal(&wl_connect_slot_configured(peer)->endpoint, &configured));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rests); i++) {
        g_autofree char *name = g_strdup_printf("/connect-slot/rest/%s", rests[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_rest);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(polls); i++) {
        g_autofree char *name = g_strdup_printf("/connect-slot/polls/%s", polls[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_polls);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(slots); i++) {
        g_autofree char *name = g_strdup_printf("/connect-slot/slot/%s", slots[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_slot);
    }
    g_test_add_func("/connect-slot/length", test_length);
    g_test_add_func("/connect-slot/spacing", test_spaced);
    g_test_add_func("/connect-slot/wait", test_wait);
    g_test_add_func("/connect-slot/configured", test_configured);
    return g_test_run();
}
