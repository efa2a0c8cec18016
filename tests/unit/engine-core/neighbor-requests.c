/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which addresses of an attached network are resolved, when again, and at whose word. */
#include "harness.h"
#include "paths/wl-neighbors.h"
#include "state/wl-candidates.h"

#define LAN     "192.168.1.20"
#define LAN_AT  LAN ":51820"
#define IFINDEX 2 /* of the uplink */

/* A leaf with the hub (1), two peers (2, 3) and two third parties (4, 5); nothing replies. */
typedef struct {
    Harness *harness;
    WlEngine *engine;
    WlPeer *peers[6];
} World;

static void
world_init(World *world)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    *world = (World){.harness = harness};
    harness->no_neighbors = TRUE;
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    for (guint i = 2; i < 6; i++) {
        g_autofree char *prefix = g_strdup_printf("10.77.0.%u/32", i + 1);

        harness_add(config, harness_member(harness, i), NULL, prefix);
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    world->engine = harness->engine;
    for (guint i = 1; i < 6; i++)
        world->peers[i] =
            wl_peer_table_find(&harness->engine->peers, &harness_member(harness, i)->key);
}

static void
add_candidate(WlPeer *peer, const char *text)
{
    WlEndpoint endpoint = harness_endpoint(text);

    wl_candidates_add(peer->endpoints.candidates, &endpoint, WL_RANK_PRIVATE,
                      WL_CANDIDATE_SOURCE_SELF, FALSE);
}

/* Requests for @address since the last call. */
static guint
count_requests(World *world, const char *address)
{
    WlIp ip = harness_ip(address);
    WlOutput *output;
    guint n = 0;

    while ((output = wl_engine_next_output(world->engine))) {
        if (output->kind == WL_OUTPUT_RESOLVE_NEIGHBOR && wl_ip_equal(&output->destination, &ip)) {
            g_assert_cmpuint(output->ifindex, ==, IFINDEX);
            n++;
        }
        wl_output_free(output);
    }
    return n;
}

/* ---- when again */

#define UNKNOWN (-1)

static const struct {
    const char *name;
    int state;     /* of the entry; UNKNOWN: there is none */
    gint64 ago;    /* of the last request */
    guint misses;  /* so far */
    gboolean asks; /* again */
    gint64 wait;   /* for the result, from now on; 0: none is awaited */
} states[] = {
    {"an address that was never asked", UNKNOWN, 0, 0, TRUE, WL_MS(50)},
    {"a result that is awaited", WL_NEIGHBOR_PENDING, WL_MS(20), 0, FALSE, WL_MS(30)},
    {"a result that is late", WL_NEIGHBOR_PENDING, WL_SEC(60) - 1, 0, FALSE, -WL_SEC(59)},
    {"a result that was lost", WL_NEIGHBOR_PENDING, WL_SEC(60), 0, TRUE, WL_MS(50)},
    {"a neighbor", WL_NEIGHBOR_PRESENT, WL_SEC(9999), 0, FALSE, 0},
    {"no neighbor, less than a minute ago", WL_NEIGHBOR_ABSENT, WL_SEC(60) - 1, 1, FALSE, 0},
    {"no neighbor, a minute ago", WL_NEIGHBOR_ABSENT, WL_SEC(60), 1, TRUE, WL_MS(50)},
    {"no neighbor twice", WL_NEIGHBOR_ABSENT, WL_SEC(120) - 1, 2, FALSE, 0},
    {"no neighbor twice, two minutes ago", WL_NEIGHBOR_ABSENT, WL_SEC(120), 2, TRUE, WL_MS(50)},
    {"no neighbor for long", WL_NEIGHBOR_ABSENT, WL_SEC(7680) - 1, 9, FALSE, 0},
    {"no neighbor for long, two hours ago", WL_NEIGHBOR_ABSENT, WL_SEC(7680), 9, TRUE, WL_MS(50)},
};

static void
test_state(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const gint64 now = harness->engine->now;
    const WlNeighbor known = {.ip = harness_ip(LAN),
                              .ifindex = IFINDEX,
                              .state = states[i].state,
                              .requested = now - states[i].ago,
                              .misses = states[i].misses};
    gint64 until;

    if (states[i].state != UNKNOWN)
        g_array_append_val(harness->engine->neighbors.entries, known);
    add_candidate(world.peers[2], LAN_AT);
    until = wl_neighbors_resolve(harness->engine, world.peers[2]);
    g_assert_cmpuint(count_requests(&world, LAN), ==, states[i].asks);
    if (states[i].wait == 0)
        g_assert_cmpint(until, ==, WL_LONG_AGO);
    else if (states[i].wait > 0)
        g_assert_cmpint(until, ==, now + states[i].wait);
    else
        g_assert_cmpint(until, <, now);
    if (states[i].asks) {
        const WlNeighbor *entry =
            wl_neighbor_table_find(&harness->engine->neighbors, &known.ip, IFINDEX);

        g_assert_cmpint(entry->state, ==, WL_NEIGHBOR_PENDING);
        g_assert_cmpint(entry->requested, ==, now);
        g_assert_cmpuint(entry->misses, ==, states[i].misses);
    }
}

/* All candidates are asked for, and the latest result is waited for. */
static void
test_several(void)
{
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    const gint64 now = harness->engine->now;
    const WlNeighbor known = {.ip = harness_ip(LAN), .ifindex = IFINDEX, .requested = now - 1};

    g_array_append_val(harness->engine->neighbors.entries, known);
    add_candidate(world.peers[2], "192.168.1.21:1");
    add_candidate(world.peers[2], LAN_AT);
    add_candidate(world.peers[2], "192.168.2.20:1");
    g_assert_cmpint(wl_neighbors_resolve(harness->engine, world.peers[2]), ==, now + WL_MS(50));
    g_assert_cmpuint(harness->engine->neighbors.entries->len, ==, 2);
    g_assert_cmpuint(count_requests(&world, "192.168.1.21"), ==, 1);
    g_assert_cmpuint(count_requests(&world, "192.168.2.20"), ==, 0);
}

/* ---- who pays */

static const struct {
    const char *name;
    guint sources[3];   /* members that advertise the address of peer 2; 0: end */
    guint counts[3];    /* what each of them was granted lately */
    gboolean untrusted; /* the word of the first one does not count */
    guint payer;
} payers[] = {
    {"what nobody says but the profile is on the account of the peer", {0}, {0}, FALSE, 2},
    {"what the peer says", {2}, {0}, FALSE, 2},
    {"what a router says, who repeats the words of many", {1}, {0}, FALSE, 2},
    {"what a third party says is on its own account", {4}, {0}, FALSE, 4},
    {"of two third parties the one with fewer requests pays", {4, 5}, {1, 2}, FALSE, 4},
    {"whoever said it first", {4, 5}, {2, 1}, FALSE, 5},
    {"of two with as many the first one", {4, 5}, {1, 1}, FALSE, 4},
    {"what the peer says as well", {4, 2}, {0}, FALSE, 2},
    {"what a router says as well", {4, 1}, {0}, FALSE, 2},
    {"a word that does not count costs nothing", {4}, {0}, TRUE, 2},
    {"it leaves the other one", {4, 5}, {0, 2}, TRUE, 5},
};

static void
test_payer(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlEndpoint endpoint = harness_endpoint(LAN_AT);
    const WlNeighbor *entry;
    WlFact fact;
    WlIp ip = endpoint.ip;

    for (guint j = 0; j < 3 && payers[i].sources[j] != 0; j++)
        harness_advertise_endpoint(harness, harness_member(harness, payers[i].sources[j]),
                                   harness_member(harness, 2), LAN_AT, 3600);
    if (payers[i].untrusted) {
        WlFactEntry *fact_entry;

        wl_fact_init_endpoint(&fact, &world.peers[2]->key, &endpoint, 0);
        fact_entry = wl_fact_set_lookup(harness->engine->facts, &fact);
        wl_fact_entry_find_source(fact_entry, &world.peers[payers[i].sources[0]]->key)->verdict =
            WL_VERDICT_UNTRUSTED;
    }
    wl_neighbors_forget(harness->engine);
    for (guint j = 1; j < 6; j++) {
        world.peers[j]->receive.lookups.next = 0;
        world.peers[j]->receive.lookup_rate.next = 0;
    }
    for (guint j = 0; j < 3 && payers[i].sources[j] != 0; j++)
        world.peers[payers[i].sources[j]]->receive.lookups.next =
            harness->engine->now + SEC(payers[i].counts[j]);
    g_array_set_size(world.peers[2]->endpoints.candidates, 0);
    add_candidate(world.peers[2], LAN_AT);
    (void) count_requests(&world, LAN);
    wl_neighbors_resolve(harness->engine, world.peers[2]);
    g_assert_cmpuint(count_requests(&world, LAN), ==, 1);
    entry = wl_neighbor_table_find(&harness->engine->neighbors, &ip, IFINDEX);
    for (guint j = 1; j < 6; j++) {
        g_test_message("member %u", j);
        g_assert_cmpint(wl_key_equal(&entry->payer, &world.peers[j]->key), ==,
                        j == payers[i].payer);
        g_assert_cmpint(world.peers[j]->receive.lookup_rate.next > 0, ==, j == payers[i].payer);
    }
}

/* ---- limits */

static const struct {
    const char *name;
    gboolean own_spent, all_spent; /* the limit of the peer; that of all, but for its last tokens */
    guint pending, absent;         /* entries of other addresses, which the peer caused */
    gboolean asks;
} limits[] = {
    {"nothing is spent", FALSE, FALSE, 0, 0, TRUE},
    {"a peer has its own limit", TRUE, FALSE, 0, 0, FALSE},
    {"who had none may have the last one", FALSE, TRUE, 0, 0, TRUE},
    {"the table has room for one", FALSE, FALSE, WL_MAX_NEIGHBORS - 1, 0, TRUE},
    {"the table is full of open requests", FALSE, FALSE, WL_MAX_NEIGHBORS, 0, FALSE},
    {"another one of its own makes room", FALSE, FALSE, WL_MAX_NEIGHBORS - 1, 1, TRUE},
};

static void
test_limit(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlEngine *engine = harness->engine;
    WlPeer *peer = world.peers[2];
    const gint64 now = engine->now;
    gint64 before = limits[i].own_spent ? now + SEC(2) * 2 * WL_MAX_ENDPOINTS : 0;
    WlNeighbor other = {.ip = harness_ip("192.168.1.99"),
                        .payer = peer->key,
                        .requested = now,
                        .state = WL_NEIGHBOR_PENDING};

    peer->receive.lookup_rate.next = before;
    peer->receive.lookups.next = 0;
    engine->neighbors.rate.next = limits[i].all_spent ? now + MS(100) * 63 : 0;
    for (guint j = 0; j < limits[i].pending + limits[i].absent; j++) {
        other.ifindex = 100 + j;
        if (j >= limits[i].pending)
            other.state = WL_NEIGHBOR_ABSENT;
        g_array_append_val(engine->neighbors.entries, other);
    }
    add_candidate(peer, LAN_AT);
    g_assert_cmpint(wl_neighbors_resolve(engine, peer), ==,
                    limits[i].asks ? now + WL_MS(50) : WL_LONG_AGO);
    g_assert_cmpuint(count_requests(&world, LAN), ==, limits[i].asks);
    /* A refused request is counted, and costs nothing. */
    g_assert_cmpuint(peer->held_back.counts[WL_HELD_BACK_LOOKUP], ==, !limits[i].asks);
    g_assert_cmpint(peer->receive.lookup_rate.next, ==, limits[i].asks ? now + SEC(2) : before);
    g_assert_cmpint(peer->receive.lookups.next > 0, ==, limits[i].asks);
    g_assert_cmpuint(engine->neighbors.entries->len, <=, WL_MAX_NEIGHBORS);
}

/* One that was granted some lately leaves tokens to others. */
static void
test_fair(void)
{
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlEngine *engine = harness->engine;

    engine->neighbors.rate.next = engine->now + MS(100) * 62;
    world.peers[2]->receive.lookups.next = engine->now + SEC(20);
    world.peers[2]->receive.lookup_rate.next = 0;
    add_candidate(world.peers[2], LAN_AT);
    wl_neighbors_resolve(engine, world.peers[2]);
    g_assert_cmpuint(count_requests(&world, LAN), ==, 0);
    engine->neighbors.rate.next -= MS(100);
    wl_neighbors_resolve(engine, world.peers[2]);
    g_assert_cmpuint(count_requests(&world, LAN), ==, 1);
}

/* ---- the result */

static guint
count_indexed(const World *world, const char *address)
{
    WlIp ip = harness_ip(address);
    const GPtrArray *peers = g_hash_table_lookup(world->engine->neighbors.candidates, &ip);

    return peers ? peers->len : 0;
}

static void
set_candidates(World *world, guint number, const char *const *endpoints)
{
    WlPeer *peer = world->peers[number];
    GArray *list = wl_candidates_new();

    for (; *endpoints; endpoints++) {
        WlEndpoint endpoint = harness_endpoint(*endpoints);

        wl_candidates_add(list, &endpoint, WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_SELF, FALSE);
    }
    wl_neighbors_update_index(world->engine, peer, list);
    g_array_unref(peer->endpoints.candidates);
    peer->endpoints.candidates = list;
    peer->dirty.candidates = FALSE;
}

/* It counts for every peer that may have the address, with any port, and for no other one. */
static void
test_result(void)
{
    World world;

    world_init(&world);
    g_autoptr(Harness) harness = world.harness;
    WlEngine *engine = harness->engine;
    WlNeighbor known = {.ip = harness_ip(LAN), .ifindex = IFINDEX, .misses = 4};
    const WlNeighbor *entry = &g_array_index(engine->neighbors.entries, WlNeighbor, 0);

    set_candidates(&world, 2, (const char *const[]){LAN_AT, LAN ":2", "198.51.100.7:1", NULL});
    set_candidates(&world, 3, (const char *const[]){"192.168.1.21:1", LAN_AT, NULL});
    set_candidates(&world, 4, (const char *const[]){"192.168.1.21:1", NULL});
    g_assert_cmpuint(count_indexed(&world, LAN), ==, 2);
    g_assert_cmpuint(count_indexed(&world, "192.168.1.21"), ==, 2);
    /* on no attached network */
    g_assert_cmpuint(count_indexed(&world, "198.51.100.7"), ==, 0);

    g_array_set_size(engine->neighbors.entries, 0);
    g_array_append_val(engine->neighbors.entries, known);
    entry = &g_array_index(engine->neighbors.entries, WlNeighbor, 0);
    wl_neighbors_result(engine, &known.ip, IFINDEX, FALSE);
    g_assert_cmpint(entry->state, ==, WL_NEIGHBOR_ABSENT);
    g_assert_cmpuint(entry->misses, ==, 5);
    wl_neighbors_result(engine, &known.ip, IFINDEX, TRUE);
    g_assert_cmpint(entry->state, ==, WL_NEIGHBOR_PRESENT);
    g_assert_cmpuint(entry->misses, ==, 0);
    g_assert_true(world.peers[2]->dirty.candidates && world.peers[3]->dirty.candidates);
    g_assert_false(world.peers[4]->dirty.candidates);

    /* A peer that lost the address is not concerned any more; the last one ends the entry. */
    set_candidates(&world, 2, (const char *const[]){"198.51.100.7:1", NULL});
    g_assert_cmpuint(count_indexed(&world, LAN), ==, 1);
    set_candidates(&world, 3, (const char *const[]){NULL});
    g_assert_cmpuint(count_indexed(&world, LAN), ==, 0);
    g_assert_cmpuint(count_indexed(&world, "192.168.1.21"), ==, 1);
    wl_neighbors_update_index(engine, world.peers[4], NULL);
    g_assert_cmpuint(g_hash_table_size(engine->neighbors.candidates), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *name = g_strdup_printf("/neighbor-requests/again/%s", states[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_state);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(payers); i++) {
        g_autofree char *name = g_strdup_printf("/neighbor-requests/payer/%s", payers[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_payer);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *name = g_strdup_printf("/neighbor-requests/limit/%s", limits[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_limit);
    }
    g_test_add_func("/neighbor-requests/several addresses", test_several);
    g_test_add_func("/neighbor-requests/fair", test_fair);
    g_test_add_func("/neighbor-requests/result", test_result);
    return g_test_run();
}
