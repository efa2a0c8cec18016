/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One turn of a peer without a session: what changes when the next try is due. */
#include "harness.h"
#include "paths/wl-connect-slot.h"
#include "paths/wl-connect.h"
#include "paths/wl-traffic.h"

#define AT    "192.0.2.1:1"
#define OTHER "192.0.2.2:1"

enum {
    NOBODY,
    HUB,
    PEER,
    N_MEMBERS,
};

/* A leaf with the hub and a peer, which waits until 100 s from now. @first: this member initiates
 * first. */
static Harness *
leaf_new_with(WlPeer **peer, gboolean first)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    const HarnessMember *self = harness_member(harness, 0);
    guint number = PEER;

    harness->no_neighbors = TRUE;
    while (wl_key_is_before(&self->key, &harness_member(harness, number)->key) != first)
        number++;
    harness_add(config, harness_member(harness, HUB), NULL, "10.77.0.0/24");
    harness_add(config, harness_member(harness, number), NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    *peer = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
    (*peer)->connect.phase = WL_CONNECT_WAIT;
    (*peer)->connect.due = harness->engine->now + SEC(100);
    (*peer)->connect.demanded = WL_LONG_AGO;
    (*peer)->connect.restart = FALSE;
    (*peer)->device.present = TRUE;
    harness->engine->outputs.snapshot_wanted = FALSE;
    return harness;
}

/* The peer initiates first, so that a first round begins with its head start of 100 ms. */
static Harness *
leaf_new(WlPeer **peer)
{
    return leaf_new_with(peer, FALSE);
}

static WlCandidate *
add_candidate(WlPeer *peer, const char *text, WlRank rank, WlCandidateSource source)
{
    WlEndpoint endpoint = harness_endpoint(text);

    wl_candidates_add(peer->endpoints.candidates, &endpoint, rank, source, FALSE);
    return wl_candidates_find(peer->endpoints.candidates, &endpoint);
}

static void
run(Harness *harness, WlPeer *peer)
{
    wl_scheduler_run_step(&harness->engine->scheduler, harness->engine, peer, WL_STEP_PATHS,
                          wl_connect_run);
}

static gint64
wake_of(const WlPeer *peer)
{
    return peer->turn.wake_at[WL_STEP_PATHS];
}

/* ---- a third party advertises another endpoint */

/* clang-format off */
static const struct {
    const char *name;
    gboolean heard;
    WlConnectPhase phase;
    int tried;  /* s ago */
    int due;    /* s */
    int resume; /* s; the pause ends then */
    int expect; /* s */
} heard[] = {
    {"nothing was advertised", FALSE, WL_CONNECT_PAUSE, 9, 100, 50, 100},
    {"it is tried in the pause", TRUE, WL_CONNECT_PAUSE, 9, 100, 50, 0},
    {"and while a round waits", TRUE, WL_CONNECT_WAIT, 9, 100, 50, 0},
    {"but not after the pause", TRUE, WL_CONNECT_WAIT, 9, 100, 0, 100},
    {"a slot ends for it after 5 s", TRUE, WL_CONNECT_SLOT, 2, 100, 0, 3},
    {"also one within a pause", TRUE, WL_CONNECT_SLOT, 2, 100, 50, 3},
    {"or at once if it lasts longer", TRUE, WL_CONNECT_SLOT, 9, 100, 0, 0},
    {"a shorter slot ends as it would", TRUE, WL_CONNECT_SLOT, 2, 1, 0, 1},
};
/* clang-format on */

static void
test_heard(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    const gint64 now = harness->engine->now;

    add_candidate(peer, AT, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER);
    peer->connect.heard = heard[i].heard;
    peer->connect.phase = heard[i].phase;
    peer->connect.tried = now - SEC(heard[i].tried);
    peer->connect.due = now + SEC(heard[i].due);
    peer->connect.resume = now + SEC(heard[i].resume);
    peer->device.snapshot = now - 1; /* it is read before a try */
    run(harness, peer);
    g_assert_cmpint(peer->connect.due, ==, now + SEC(heard[i].expect));
    g_assert_cmpint(harness->engine->outputs.snapshot_wanted, ==, heard[i].expect == 0);
    g_assert_false(peer->connect.heard);
}

/* ---- on demand */

typedef enum {
    LEARNED = 1 << 0, /* not of the profile */
    BASIC = 1 << 1,
    NAMED = 1 << 2, /* with a name in the profile */
} Kind;

/* clang-format off */
static const struct {
    const char *name;
    Kind kind;
    WlConnectPhase phase;
    gint64 backoff;
    int demanded; /* s ago; 0: never */
    gboolean on_demand;
    int wake; /* s; of it, or of the next try */
} demands[] = {
    {"a learned basic peer in the pause",
     LEARNED | BASIC, WL_CONNECT_PAUSE, WL_BACKOFF_FIRST, 0, TRUE, 100},
    {"and in its later rounds",
     LEARNED | BASIC, WL_CONNECT_WAIT, WL_BACKOFF_FIRST + 1, 0, TRUE, 100},
    {"not in the first one", LEARNED | BASIC, WL_CONNECT_WAIT, WL_BACKOFF_FIRST, 0, FALSE, 100},
    {"a configured basic peer is no phone",
     BASIC, WL_CONNECT_PAUSE, WL_BACKOFF_FIRST, 0, FALSE, 100},
    {"a learned peer is not basic", LEARNED, WL_CONNECT_PAUSE, WL_BACKOFF_FIRST, 0, FALSE, 100},
    {"a server with a name may have moved",
     NAMED, WL_CONNECT_PAUSE, WL_BACKOFF_FIRST, 0, TRUE, 100},
    {"not within a minute", NAMED, WL_CONNECT_PAUSE, WL_BACKOFF_FIRST, 59, FALSE, 1},
    {"after a minute", NAMED, WL_CONNECT_PAUSE, WL_BACKOFF_FIRST, 60, TRUE, 100},
    {"one that is being tried needs no wake-up",
     NAMED, WL_CONNECT_WAIT, WL_BACKOFF_FIRST, 59, FALSE, 100},
};
/* clang-format on */

static void
test_demand(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    const gint64 now = harness->engine->now;

    add_candidate(peer, AT, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER);
    if (demands[i].kind & NAMED) {
        WlPeerConfig *config = (WlPeerConfig *) peer->config;

        g_ptr_array_add(config->endpoints, g_strdup("peer.example.net:1"));
        wl_peer_set_config(peer, config);
    }
    peer->basic = (demands[i].kind & BASIC) != 0;
    if (demands[i].kind & LEARNED)
        peer->config = NULL;
    peer->connect.phase = demands[i].phase;
    peer->connect.backoff = demands[i].backoff;
    peer->connect.demanded = demands[i].demanded ? now - SEC(demands[i].demanded) : WL_LONG_AGO;
    run(harness, peer);
    g_assert_cmpint(peer->traffic.on_demand, ==, demands[i].on_demand);
    g_assert_cmpint(wake_of(peer), ==, now + SEC(demands[i].wake));
}

/* A peer with a session is not tried. */
static void
test_stop(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    gint64 when;

    add_candidate(peer, AT, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER);
    wl_traffic_set_on_demand(harness->engine, peer, TRUE);
    harness->engine->limiter.rate.next = harness->engine->now + SEC(99);
    g_assert_false(wl_handshake_limiter_take(&harness->engine->limiter, &peer->key,
                                             &peer->connect.share, harness->engine->now, &when));
    g_assert_cmpuint(harness->engine->limiter.waiting->len, ==, 1);
    peer->liveness.healthy = TRUE;
    run(harness, peer);
    g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_IDLE);
    g_assert_false(peer->traffic.on_demand);
    g_assert_cmpuint(harness->engine->limiter.waiting->len, ==, 0);
    g_assert_cmpint(wake_of(peer), ==, WL_NEVER);
}

/* ---- reading the device */

/* It is read when a poll is due, unless it just was. */
static void
test_polls(void)
{
    for (guint read = 0; read < 2; read++) {
        WlPeer *peer;
        g_autoptr(Harness) harness = leaf_new(&peer);
        const gint64 now = harness->engine->now;

        add_candidate(peer, AT, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER);
        peer->connect.phase = WL_CONNECT_SLOT;
        peer->connect.poll[0] = now;
        peer->connect.poll[1] = now + 1;
        peer->connect.poll[2] = now + SEC(1);
        peer->device.snapshot = read ? now : now - 1;
        run(harness, peer);
        g_assert_cmpint(peer->connect.poll[0], ==, WL_NEVER);
        g_assert_cmpint(peer->connect.poll[1], ==, now + 1);
        g_assert_cmpint(wake_of(peer), ==, now + 1);
        g_assert_cmpint(harness->engine->outputs.snapshot_wanted, ==, !read);
    }
}

/* ---- a first round */

/* clang-format off */
static const struct {
    const char *name;
    WlConnectPhase phase;
    int tried; /* ms ago */
    const char *last;
    WlCandidateSource source;
    WlRank rank;
    gboolean stays; /* the candidate that is being tried keeps its slot of 500 ms */
} restarts[] = {
    {"nothing is tried",
     WL_CONNECT_PAUSE, 100, AT, WL_CANDIDATE_SOURCE_ROUTER, WL_RANK_PUBLIC, FALSE},
    {"what is being tried keeps its slot",
     WL_CONNECT_SLOT, 100, AT, WL_CANDIDATE_SOURCE_ROUTER, WL_RANK_PUBLIC, TRUE},
    {"until 500 ms after the try",
     WL_CONNECT_SLOT, 499, AT, WL_CANDIDATE_SOURCE_ROUTER, WL_RANK_PUBLIC, TRUE},
    {"and not longer",
     WL_CONNECT_SLOT, 500, AT, WL_CANDIDATE_SOURCE_ROUTER, WL_RANK_PUBLIC, FALSE},
    {"unless it is no candidate any more",
     WL_CONNECT_SLOT, 100, OTHER, WL_CANDIDATE_SOURCE_ROUTER, WL_RANK_PUBLIC, FALSE},
    {"at the word of a third party it does not",
     WL_CONNECT_SLOT, 100, AT, WL_CANDIDATE_SOURCE_THIRD_PARTY, WL_RANK_PUBLIC, FALSE},
    {"unless it is a neighbor",
     WL_CONNECT_SLOT, 100, AT, WL_CANDIDATE_SOURCE_THIRD_PARTY, WL_RANK_ON_LINK, TRUE},
};
/* clang-format on */

static void
test_restart(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    const gint64 now = harness->engine->now;
    gboolean hearsay = restarts[i].source == WL_CANDIDATE_SOURCE_THIRD_PARTY;
    WlConnect *connect = &peer->connect;
    WlCandidate *candidate;

    add_candidate(peer, "192.0.2.9:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER);
    candidate = add_candidate(peer, AT, restarts[i].rank, restarts[i].source);
    candidate->heard_tries = 4;
    connect->restart = TRUE;
    connect->phase = restarts[i].phase;
    connect->tried = now - MS(restarts[i].tried);
    connect->last = harness_endpoint(restarts[i].last);
    connect->hearsay = hearsay;
    connect->serial = 76;
    connect->heard_serial = 5;
    connect->round = 9;
    connect->backoff = WL_SEC(99);
    connect->resume = now + SEC(50);
    connect->head_start = 1;
    run(harness, peer);
    candidate = wl_candidates_find(peer->endpoints.candidates, &candidate->endpoint);
    g_assert_false(connect->restart);
    g_assert_cmpuint(connect->serial, ==, 77);
    g_assert_cmpuint(connect->round, ==, 0);
    g_assert_true(connect->fast);
    g_assert_cmpint(connect->backoff, ==, SEC(2));
    g_assert_cmpint(connect->resume, ==, WL_LONG_AGO);
    g_assert_cmpuint(candidate->heard_tries, ==, 0);
    g_assert_cmpint(connect->due, ==,
                    now + (restarts[i].stays ? MS(500 - restarts[i].tried) : MS(100)));
    g_assert_cmpint(connect->phase, ==, restarts[i].stays ? WL_CONNECT_SLOT : WL_CONNECT_WAIT);
    g_assert_cmpint(connect->head_start, ==, restarts[i].stays ? WL_LONG_AGO : now);
    g_assert_cmpuint(candidate->round == 77, ==, restarts[i].stays);
    /* A neighbor of a third party is the one that begins this round. */
    g_assert_cmpuint(connect->heard_serial, ==, restarts[i].stays && hearsay ? 77 : 5);
}

/* Three restarts in 5 minutes have all fast rounds. */
static void
test_fast(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);

    add_candidate(peer, AT, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER);
    for (guint i = 0; i < 4; i++) {
        peer->connect.restart = TRUE;
        run(harness, peer);
        g_assert_cmpint(peer->connect.fast, ==, i < 3);
    }
}

/* ---- the next round */

/* The fast rounds follow each other at once, the others after a pause; without them the fourth one
 * is next. */
static void
test_next_round(void)
{
    static const struct {
        gboolean fast;
        guint round, next;
        gboolean pauses;
    } rows[] = {{TRUE, 0, 1, FALSE}, {TRUE, 3, 4, FALSE}, {FALSE, 0, 4, FALSE},
                {TRUE, 4, 5, TRUE},  {FALSE, 4, 5, TRUE}, {FALSE, 12, 13, TRUE}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPeer *peer;
        g_autoptr(Harness) harness = leaf_new(&peer);
        const gint64 now = harness->engine->now;

        g_test_message("row %u", (guint) i);
        add_candidate(peer, AT, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER)->round = 77;
        peer->connect.serial = 77;
        peer->connect.round = rows[i].round;
        peer->connect.fast = rows[i].fast;
        peer->connect.backoff = SEC(8);
        peer->connect.resume = WL_LONG_AGO;
        peer->connect.due = peer->device.snapshot = now;
        run(harness, peer);
        g_assert_cmpuint(peer->connect.round, ==, rows[i].next);
        g_assert_cmpuint(peer->connect.serial, ==, 78);
        g_assert_cmpint(peer->connect.phase, ==,
                        rows[i].pauses ? WL_CONNECT_PAUSE : WL_CONNECT_SLOT);
        g_assert_cmpint(peer->connect.backoff, ==, rows[i].pauses ? SEC(16) : SEC(8));
        g_assert_false(peer->connect.in_round);
    }
}

/* A private endpoint is left out of the fast rounds: once the first one had it, the fourth follows
 * at once, and tries it again. */
static void
test_no_fast_round(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    WlCandidate *candidate =
        add_candidate(peer, "10.9.9.9:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_ROUTER);

    candidate->round = 77;
    peer->connect.serial = 77;
    peer->connect.round = 0;
    peer->connect.fast = TRUE;
    peer->connect.backoff = SEC(8);
    peer->connect.resume = WL_LONG_AGO;
    peer->connect.due = peer->device.snapshot = harness->engine->now;
    run(harness, peer);
    g_assert_cmpuint(peer->connect.round, ==, 4);
    g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_SLOT);
    g_assert_true(wl_endpoint_equal(&peer->connect.last, &candidate->endpoint));
}

/* ---- waiting for neighbors */

/* The member that initiates first waits so long that its initiation arrives before the head start
 * is over; the other one has that in addition. */
static void
test_neighbors(void)
{
    static const struct {
        gboolean first;
        int round_trip, waits; /* ms */
    } rows[] = {{TRUE, 0, 50},   {TRUE, 20, 20},  {TRUE, 40, 30},  {TRUE, 78, 49},
                {TRUE, 200, 50}, {FALSE, 0, 150}, {FALSE, 40, 100}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPeer *peer;
        g_autoptr(Harness) harness = leaf_new_with(&peer, rows[i].first);
        const gint64 now = harness->engine->now;

        g_test_message("row %u", (guint) i);
        add_candidate(peer, "192.168.1.20:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_ROUTER);
        harness->engine->uplink.round_trip.smoothed = MS(rows[i].round_trip);
        peer->connect.due = peer->device.snapshot = now;
        run(harness, peer);
        g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_NEIGHBORS);
        g_assert_cmpint(peer->connect.due, ==, now + MS(rows[i].waits));
    }
}

/* ---- an endpoint that the profile dropped */

/* clang-format off */
static const struct {
    const char *name;
    gboolean session, absent, read; /* read: the device was, just now */
    int received;                   /* ms ago: the last growth of its counter */
    guint holds;                    /* initiations of the peer that delayed it so far */
    const char *device;             /* endpoint; NULL: none */
    gboolean configured;            /* another endpoint is */
    WlConnectPhase phase;
    gboolean waits;     /* it is looked at again */
    gboolean recreates; /* the peer, with the configured endpoint or without one */
    int wake;           /* ms; 0: not for this */
} drops[] = {
    {"a peer with a session keeps it",
     TRUE, FALSE, TRUE, 9999, 0, OTHER, FALSE, WL_CONNECT_WAIT, TRUE, FALSE, 0},
    {"the device is read first",
     FALSE, FALSE, FALSE, 9999, 0, OTHER, FALSE, WL_CONNECT_WAIT, TRUE, FALSE, 0},
    {"then it is dropped",
     FALSE, FALSE, TRUE, 9999, 0, OTHER, FALSE, WL_CONNECT_WAIT, FALSE, TRUE, 0},
    {"and replaced", FALSE, FALSE, TRUE, 9999, 0, OTHER, TRUE, WL_CONNECT_WAIT, FALSE, TRUE, 0},
    {"the slot of its try ends",
     FALSE, FALSE, TRUE, 9999, 0, OTHER, FALSE, WL_CONNECT_SLOT, FALSE, TRUE, 0},
    {"not during a handshake of the peer",
     FALSE, FALSE, TRUE, 100, 0, OTHER, FALSE, WL_CONNECT_WAIT, TRUE, FALSE, 200},
    {"one that just began counts", FALSE, FALSE, TRUE, 0, 2, OTHER, FALSE, WL_CONNECT_WAIT, TRUE,
     FALSE, 300},
    {"which is over after 300 ms",
     FALSE, FALSE, TRUE, 300, 0, OTHER, FALSE, WL_CONNECT_WAIT, FALSE, TRUE, 0},
    {"nor for more than three of them",
     FALSE, FALSE, TRUE, 100, 3, OTHER, FALSE, WL_CONNECT_WAIT, FALSE, TRUE, 0},
    {"without an endpoint in the device there is nothing to drop",
     FALSE, FALSE, TRUE, 9999, 0, NULL, TRUE, WL_CONNECT_WAIT, FALSE, FALSE, 0},
    {"nor in a device without the peer",
     FALSE, TRUE, FALSE, 100, 0, OTHER, FALSE, WL_CONNECT_WAIT, FALSE, FALSE, 0},
    {"a candidate stays",
     FALSE, FALSE, TRUE, 9999, 0, AT, FALSE, WL_CONNECT_WAIT, FALSE, FALSE, 0},
};
/* clang-format on */

static void
test_drop(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(&peer);
    const gint64 now = harness->engine->now;
    WlEndpoint configured = harness_endpoint("192.0.2.9:1");

    add_candidate(peer, AT, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER);
    if (drops[i].configured)
        add_candidate(peer, "192.0.2.9:1", WL_RANK_CONFIGURED, WL_CANDIDATE_SOURCE_PROFILE);
    peer->connect.endpoint_dropped = TRUE;
    peer->connect.phase = drops[i].phase;
    peer->connect.holds = drops[i].holds;
    peer->liveness.healthy = drops[i].session;
    peer->device.present = !drops[i].absent;
    peer->device.snapshot = drops[i].read ? now : now - 1;
    peer->device.rx_time = now - MS(drops[i].received);
    peer->device.endpoint = drops[i].device ? harness_endpoint(drops[i].device) : (WlEndpoint){0};
    run(harness, peer);
    g_assert_cmpint(peer->connect.endpoint_dropped, ==, drops[i].waits);
    g_assert_cmpuint(peer->connect.holds, ==, drops[i].holds + (drops[i].received == 0 ? 1 : 0));
    g_assert_cmpint(peer->reconcile.recreate, ==, drops[i].recreates);
    g_assert_cmpint(harness->engine->outputs.snapshot_wanted, ==,
                    !drops[i].read && !drops[i].absent);
    if (drops[i].recreates)
        g_assert_cmpint(wl_endpoint_equal(&peer->reconcile.endpoint, &configured), ==,
                        drops[i].configured);
    if (drops[i].wake)
        g_assert_cmpint(wake_of(peer), ==, now + MS(drops[i].wake));
    if (drops[i].phase == WL_CONNECT_SLOT)
        g_assert_cmpint(peer->connect.due, <=, now + SEC(5));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(heard); i++) {
        g_autofree char *name = g_strdup_printf("/connect-turn/heard/%s", heard[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_heard);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(demands); i++) {
        g_autofree char *name = g_strdup_printf("/connect-turn/demand/%s", demands[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_demand);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(restarts); i++) {
        g_autofree char *name = g_strdup_printf("/connect-turn/restart/%s", restarts[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_restart);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(drops); i++) {
        g_autofree char *name = g_strdup_printf("/connect-turn/dropped/%s", drops[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_drop);
    }
    g_test_add_func("/connect-turn/stop", test_stop);
    g_test_add_func("/connect-turn/polls", test_polls);
    g_test_add_func("/connect-turn/neighbors", test_neighbors);
    g_test_add_func("/connect-turn/next round", test_next_round);
    g_test_add_func("/connect-turn/no fast round", test_no_fast_round);
    g_test_add_func("/connect-turn/fast rounds", test_fast);
    return g_test_run();
}
