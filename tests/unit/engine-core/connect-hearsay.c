/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries at the word of third parties: when there is one, of which endpoint, at whose charge. */
#include "paths/wl-connect-hearsay.h"

#include "harness.h"
#include "paths/wl-connect-slot.h"

#define AT    "192.0.2.1:1"
#define OTHER "192.0.2.2:1"

enum {
    NOBODY,
    HUB,
    A, /* third parties */
    B,
    PEER, /* without a session */
    N_MEMBERS,
};

typedef struct {
    Harness *harness;
    WlEngine *engine;
    WlPeer *peers[N_MEMBERS], *peer;
} World;

static void
world_init(World *world)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = HUB; i < N_MEMBERS; i++) {
        g_autofree char *prefix = g_strdup_printf("10.77.0.%u/32", i + 10);

        harness_add(config, harness_member(harness, i), i == HUB ? HARNESS_HUB_ENDPOINT : NULL,
                    i == HUB ? "10.77.0.0/24" : prefix);
    }
    harness_start(harness, config);
    *world = (World){.harness = harness, .engine = harness->engine};
    for (guint i = HUB; i < N_MEMBERS; i++)
        world->peers[i] =
            wl_peer_table_find(&harness->engine->peers, &harness_member(harness, i)->key);
    world->peer = world->peers[PEER];
    world->engine->uplink.since = harness->now - SEC(1000);
}

/* @from advertises @text as where the peer is. */
static WlCandidate *
hear(World *world, guint from, const char *text, WlRank rank)
{
    WlEndpoint endpoint = harness_endpoint(text);

    harness_advertise_endpoint(world->harness, harness_member(world->harness, from),
                               harness_member(world->harness, PEER), text, 3600);
    wl_candidates_add(world->peer->endpoints.candidates, &endpoint, rank,
                      WL_CANDIDATE_SOURCE_THIRD_PARTY, FALSE);
    return wl_candidates_find(world->peer->endpoints.candidates, &endpoint);
}

static void
clear(World *world)
{
    g_array_set_size(world->peer->endpoints.candidates, 0);
    world->peer->connect.heard = FALSE;
}

static void
assert_tried(const World *world, const char *text, guint from)
{
    const WlConnect *connect = &world->peer->connect;
    WlEndpoint endpoint = harness_endpoint(text);

    g_assert_cmpint(connect->phase, ==, WL_CONNECT_SLOT);
    g_assert_true(wl_endpoint_equal(&connect->last, &endpoint));
    g_assert_true(wl_endpoint_equal(&world->peer->reconcile.endpoint, &endpoint));
    g_assert_true(connect->hearsay);
    g_assert_true(wl_key_equal(&connect->heard_from, &world->peers[from]->key));
    g_assert_cmpint(world->peers[from]->receive.tried_last, ==, world->engine->now);
}

/* ---- a neighbor begins the round */

typedef enum {
    CALM = 0,
    TWICE = 1 << 0,    /* a round begins with one */
    SENT = 1 << 1,     /* a packet to the peer a moment ago */
    ROUND = 1 << 2,    /* it was tried in this round */
    RECENT = 1 << 3,   /* it was tried less than 5 s ago */
    DENIED = 1 << 4,   /* the word does not count any more */
    SPENT = 1 << 5,    /* the third party had its free tries */
    LONG_AGO = 1 << 6, /* but long before */
    RATE = 1 << 7,     /* the rate of third parties is exhausted */
    MOVED = 1 << 8,    /* but those were on another network */
} Flags;

/* clang-format off */
static const struct {
    const char *name;
    WlRank rank;
    Flags flags;
    gboolean tried;
    gboolean taken;  /* the turn of this round is */
    guint in_vain;   /* tries at its word so far, after it */
} neighbors[] = {
    {"a neighbor is tried", WL_RANK_ON_LINK, CALM, TRUE, TRUE, 1},
    {"an address elsewhere is not", WL_RANK_PUBLIC, CALM, FALSE, FALSE, 0},
    {"one is in a round", WL_RANK_ON_LINK, TWICE, FALSE, TRUE, 0},
    {"not while WireGuard cannot initiate", WL_RANK_ON_LINK, SENT, FALSE, FALSE, 0},
    {"not twice in a round", WL_RANK_ON_LINK, ROUND, FALSE, FALSE, 0},
    {"not within 5 s", WL_RANK_ON_LINK, RECENT, FALSE, FALSE, 0},
    {"not if nobody says so any more", WL_RANK_ON_LINK, DENIED, FALSE, TRUE, 0},
    {"not at the word of one that names many in vain", WL_RANK_ON_LINK, SPENT, FALSE, TRUE, 8},
    {"which has one try a second", WL_RANK_ON_LINK, SPENT | LONG_AGO, TRUE, TRUE, 9},
    {"and begins anew on another network", WL_RANK_ON_LINK, SPENT | MOVED, TRUE, TRUE, 1},
    {"not if third parties had their tries", WL_RANK_ON_LINK, RATE, FALSE, TRUE, 0},
};
/* clang-format on */

static void
set_flags(World *world, WlCandidate *candidate, Flags flags)
{
    WlPeer *peer = world->peer;
    WlPeerReceive *receive = &world->peers[A]->receive;
    const gint64 now = world->engine->now;

    peer->connect.serial = 77;
    peer->connect.round = flags & RECENT ? WL_FAST_ROUNDS : 0; /* which repeat sooner */
    peer->connect.heard_serial = flags & TWICE ? 77 : 76;
    peer->advertise.alive_sent = flags & SENT ? now : now - MS(25);
    peer->advertise.facts_sent = WL_LONG_AGO;
    candidate->round = flags & ROUND ? 77 : 76;
    candidate->last_tried =
        flags & (RECENT | ROUND) ? now - SEC(5) + (flags & RECENT ? 1 : 0) : WL_LONG_AGO;
    candidate->burst = flags & (RECENT | ROUND) ? 1 : 0;
    if (flags & DENIED) {
        WlFact fact;

        wl_fact_init_endpoint(&fact, &peer->key, &candidate->endpoint, 0);
        wl_fact_entry_find_source(wl_fact_set_lookup(world->engine->facts, &fact),
                                  &world->peers[A]->key)
            ->verdict = WL_VERDICT_UNTRUSTED;
    }
    receive->tried_in_vain = flags & SPENT ? 8 : 0;
    receive->tried_last = flags & (SPENT | MOVED) ? now - SEC(1) + 1 : WL_LONG_AGO;
    if (flags & LONG_AGO)
        receive->tried_last--;
    if (flags & MOVED)
        world->engine->uplink.since = receive->tried_last + 1;
    world->engine->limiter.third_parties.next = flags & RATE ? now + SEC(99) : 0;
}

static void
test_neighbor(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;
    WlCandidate *candidate;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;

    clear(&world);
    candidate = hear(&world, A, AT, neighbors[i].rank);
    set_flags(&world, candidate, neighbors[i].flags);
    g_assert_cmpint(wl_connect_hearsay_try_neighbor(world.engine, world.peer), ==,
                    neighbors[i].tried);
    g_assert_cmpint(world.peer->connect.heard_serial == 77, ==, neighbors[i].taken);
    g_assert_cmpuint(world.peers[A]->receive.tried_in_vain, ==, neighbors[i].in_vain);
    g_assert_cmpuint(candidate->heard_tries, ==, neighbors[i].tried);
    if (neighbors[i].tried) {
        assert_tried(&world, AT, A);
        g_assert_cmpint(world.peer->connect.due, ==, world.engine->now + MS(300));
    }
}

/* The first one that may be. */
static void
test_next_neighbor(void)
{
    World world;
    WlCandidate *candidates[2];

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlEndpoint at = harness_endpoint(AT);

    clear(&world);
    hear(&world, A, AT, WL_RANK_ON_LINK);
    hear(&world, B, OTHER, WL_RANK_ON_LINK);
    for (guint i = 0; i < 2; i++) {
        candidates[i] = &g_array_index(world.peer->endpoints.candidates, WlCandidate, i);
        candidates[i]->rank = WL_RANK_ON_LINK;
    }
    set_flags(&world, candidates[0], RECENT);
    g_assert_true(wl_connect_hearsay_try_neighbor(world.engine, world.peer));
    if (wl_endpoint_equal(&candidates[0]->endpoint, &at))
        assert_tried(&world, OTHER, B);
    else
        assert_tried(&world, AT, A);
}

/* ---- the pause */

/* clang-format off */
static const struct {
    const char *name;
    WlRank rank;
    Flags flags;
    gboolean in_round;
    guint heard_tries; /* so far */
    int resume;        /* ms from now */
    int slot;          /* ms; 0: it is not tried */
    int due;           /* ms, of the next step */
} pauses[] = {
    {"an endpoint is tried in the pause", WL_RANK_PUBLIC, CALM, FALSE, 0, 2000, 500, 500},
    {"and in a round that has to wait", WL_RANK_PUBLIC, CALM, TRUE, 0, 2000, 500, 500},
    {"if half a second is left", WL_RANK_PUBLIC, CALM, FALSE, 0, 500, 500, 500},
    {"and not in less", WL_RANK_PUBLIC, CALM, FALSE, 0, 499, 0, 499},
    {"its second try is as long as the pause", WL_RANK_PUBLIC, CALM, FALSE, 1, 2000, 2000, 2000},
    {"but not longer than 5 s", WL_RANK_PUBLIC, CALM, FALSE, 1, 9000, 5000, 5000},
    {"a neighbor in the pause", WL_RANK_ON_LINK, CALM, FALSE, 0, 2000, 500, 500},
    {"in a round it had its turn", WL_RANK_ON_LINK, CALM, TRUE, 0, 2000, 0, 2000},
    {"it waits until WireGuard can initiate", WL_RANK_PUBLIC, SENT, FALSE, 0, 2000, 0, 25},
    {"which may be after the pause", WL_RANK_PUBLIC, SENT, FALSE, 0, 20, 0, 20},
    {"it waits 5 s after the last try", WL_RANK_PUBLIC, ROUND | RECENT, FALSE, 0, 2000, 0, 0},
    {"it waits for its third party", WL_RANK_PUBLIC, SPENT, FALSE, 0, 2000, 0, 0},
    {"and for a second if third parties had their tries",
     WL_RANK_PUBLIC, RATE, FALSE, 0, 2000, 0, 1000},
    {"or for the end of the pause", WL_RANK_PUBLIC, RATE, FALSE, 0, 700, 0, 700},
    {"it is not tried if nobody says so any more",
     WL_RANK_PUBLIC, DENIED, FALSE, 0, 2000, 0, 2000},
};
/* clang-format on */

static void
test_pause(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;
    WlCandidate *candidate;
    WlConnect *connect;
    gint64 now;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;

    now = world.engine->now;
    connect = &world.peer->connect;
    clear(&world);
    candidate = hear(&world, A, AT, pauses[i].rank);
    set_flags(&world, candidate, pauses[i].flags);
    candidate->heard_tries = pauses[i].heard_tries;
    connect->resume = now + MS(pauses[i].resume);
    connect->in_round = pauses[i].in_round;
    connect->phase = WL_CONNECT_WAIT;
    connect->hearsay = FALSE;
    world.peer->device.endpoint = harness_endpoint("192.0.2.99:1");
    world.peer->reconcile.recreate = FALSE;
    wl_connect_hearsay_pause(world.engine, world.peer);
    /* microseconds count where the engine sets what is in flags */
    g_assert_cmpint(connect->due, ==, now + (pauses[i].due != 0 ? MS(pauses[i].due) : 1));
    if (pauses[i].slot != 0) {
        assert_tried(&world, AT, A);
        return;
    }
    g_assert_false(connect->hearsay);
    g_assert_cmpint(connect->phase, ==, pauses[i].in_round ? WL_CONNECT_WAIT : WL_CONNECT_PAUSE);
    /* In the pause nothing stays in the device. */
    g_assert_cmpint(world.peer->reconcile.recreate, ==, !pauses[i].in_round);
}

/* A round goes on where it was, but not at the place of a third party. */
static void
test_rest(void)
{
    for (guint hearsay = 0; hearsay < 2; hearsay++) {
        World world;

        world_init(&world);
        g_autoptr(Harness) harness = world.harness;

        clear(&world);
        world.peer->connect.in_round = TRUE;
        world.peer->connect.hearsay = hearsay;
        world.peer->connect.resume = world.engine->now + SEC(1);
        world.peer->device.endpoint = harness_endpoint("192.0.2.99:1");
        world.peer->reconcile.recreate = FALSE;
        wl_connect_hearsay_pause(world.engine, world.peer);
        g_assert_cmpint(world.peer->reconcile.recreate, ==, hearsay);
        g_assert_false(world.peer->connect.hearsay);
    }
}

/* Two third parties: which endpoint is next, at whose word. */
static const struct {
    const char *name;
    guint first, second; /* who advertises the first endpoint, and the other one */
    guint counts[2];     /* tries lately at the word of A and of B */
    gboolean spent[2];   /* they had their free tries */
    const char *next;    /* NULL: none now */
    guint from;
} choices[] = {
    {"the one with fewer tries", A, B, {1, 2}, {0}, AT, A},
    {"though it is the second one", A, B, {2, 1}, {0}, OTHER, B},
    {"the first one of two with as many", A, B, {1, 1}, {0}, AT, A},
    {"one that may now", A, B, {1, 2}, {TRUE, FALSE}, OTHER, B},
    {"none that may", A, B, {1, 2}, {TRUE, TRUE}, NULL, NOBODY},
};

static void
spend(World *world, guint from, guint count, gboolean spent)
{
    WlPeerReceive *receive = &world->peers[from]->receive;

    receive->tried.next = world->engine->now + SEC(count);
    receive->tried_in_vain = spent ? 8 : 0;
    receive->tried_last = spent ? world->engine->now - MS(from == A ? 400 : 300) : WL_LONG_AGO;
}

static void
test_choice(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;

    clear(&world);
    hear(&world, choices[i].first, AT, WL_RANK_PUBLIC);
    hear(&world, choices[i].second, OTHER, WL_RANK_PUBLIC);
    set_flags(&world, &g_array_index(world.peer->endpoints.candidates, WlCandidate, 0), CALM);
    spend(&world, A, choices[i].counts[0], choices[i].spent[0]);
    spend(&world, B, choices[i].counts[1], choices[i].spent[1]);
    world.peer->connect.resume = world.engine->now + SEC(2);
    wl_connect_hearsay_pause(world.engine, world.peer);
    if (choices[i].next)
        assert_tried(&world, choices[i].next, choices[i].from);
    else /* the first that may: A, 600 ms later */
        g_assert_cmpint(world.peer->connect.due, ==, world.engine->now + MS(600));
}

/* One endpoint of which two speak: the one that may, else the one that may first, else the one with
 * fewer tries. */
static const struct {
    const char *name;
    guint counts[2];
    gboolean spent[2];
    guint from; /* NOBODY: none now */
} payers[] = {
    {"the one with fewer tries", {2, 1}, {0}, B},
    {"the first one of two with as many", {1, 1}, {0}, A},
    {"one that may now", {1, 2}, {TRUE, FALSE}, B},
    {"none that may", {1, 2}, {TRUE, TRUE}, NOBODY},
};

static void
test_payer(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;

    clear(&world);
    hear(&world, A, AT, WL_RANK_PUBLIC);
    set_flags(&world, hear(&world, B, AT, WL_RANK_PUBLIC), CALM);
    spend(&world, A, payers[i].counts[0], payers[i].spent[0]);
    spend(&world, B, payers[i].counts[1], payers[i].spent[1]);
    world.peer->connect.resume = world.engine->now + SEC(2);
    wl_connect_hearsay_pause(world.engine, world.peer);
    if (payers[i].from != NOBODY)
        assert_tried(&world, AT, payers[i].from);
    else
        g_assert_cmpint(world.peer->connect.due, ==, world.engine->now + MS(600));
}

/* ---- a session */

/* A third party that was right has its free tries again. */
static const struct {
    const char *name;
    WlConnectPhase phase;
    gboolean hearsay;
    const char *device; /* where the session is */
    gboolean right;
} sessions[] = {
    {"the session is where it was tried at its word", WL_CONNECT_SLOT, TRUE, AT, TRUE},
    {"the slot is over", WL_CONNECT_PAUSE, TRUE, AT, FALSE},
    {"it was not at its word", WL_CONNECT_SLOT, FALSE, AT, FALSE},
    {"the session is elsewhere", WL_CONNECT_SLOT, TRUE, OTHER, FALSE},
};

static void
test_session(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlConnect *connect = &world.peer->connect;

    connect->phase = sessions[i].phase;
    connect->hearsay = sessions[i].hearsay;
    connect->heard_from = world.peers[A]->key;
    connect->last = harness_endpoint(AT);
    world.peer->device.endpoint = harness_endpoint(sessions[i].device);
    world.peers[A]->receive.tried_in_vain = world.peers[B]->receive.tried_in_vain = 9;
    wl_connect_hearsay_note_session(world.engine, world.peer);
    g_assert_cmpuint(world.peers[A]->receive.tried_in_vain, ==, sessions[i].right ? 0 : 9);
    g_assert_cmpuint(world.peers[B]->receive.tried_in_vain, ==, 9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(neighbors); i++) {
        g_autofree char *name = g_strdup_printf("/connect-hearsay/neighbor/%s", neighbors[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_neighbor);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(pauses); i++) {
        g_autofree char *name = g_strdup_printf("/connect-hearsay/pause/%s", pauses[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_pause);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
        g_autofree char *name = g_strdup_printf("/connect-hearsay/next/%s", choices[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_choice);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(payers); i++) {
        g_autofree char *name = g_strdup_printf("/connect-hearsay/charge/%s", payers[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_payer);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(sessions); i++) {
        g_autofree char *name = g_strdup_printf("/connect-hearsay/session/%s", sessions[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_session);
    }
    g_test_add_func("/connect-hearsay/next neighbor", test_next_neighbor);
    g_test_add_func("/connect-hearsay/rest", test_rest);
    return g_test_run();
}
