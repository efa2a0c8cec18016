/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routers that stand in for each other: which they are, what they share, what a Go daemon is not
 * told. */
#include "state/wl-router-set.h"

#include <string.h>

#include "harness.h"

/*
 * 1  10.77.0.0/24
 * 2  10.76.0.0/15, a default route and 172.16.0.0/12
 * 3  a default route: an exit
 * 4  10.77.0.4/32: a leaf
 * 5  172.31.0.0/16: the router of another network
 * 6  10.78.0.0/24 and 172.30.0.0/16
 * 7  the halves of a default route
 * This member has 10.77.0.9/24 and 10.78.0.9/24.
 */
static const char *const allowed_ips[] = {
    "10.77.0.0/24",
    "10.76.0.0/15 0.0.0.0/0 172.16.0.0/12",
    "0.0.0.0/0",
    "10.77.0.4/32",
    "172.31.0.0/16",
    "10.78.0.0/24 172.30.0.0/16",
    "0.0.0.0/1 128.0.0.0/1",
};

#define PEERS G_N_ELEMENTS(allowed_ips)

typedef struct {
    WlEngineConfig *config;
    WlPeerTable peers;
    WlRouterSet set;
} World;

static WlKey
key_of(guint number)
{
    return (WlKey){{(guint8) (200 - number), [31] = 1}};
}

static void
add_peer(World *world, guint number, const char *prefixes)
{
    WlKey key = key_of(number);
    WlPeerConfig *peer = wl_peer_config_new(&key);
    g_auto(GStrv) parts = g_strsplit(prefixes, " ", 0);

    for (guint i = 0; parts[i]; i++) {
        WlPrefix prefix = harness_prefix(parts[i]);
        g_array_append_val(peer->allowed_ips, prefix);
    }
    g_ptr_array_add(world->config->peers, peer);
    wl_peer_table_add(&world->peers, &key, peer);
}

static World *
world_new(guint first, guint last)
{
    World *world = g_new0(World, 1);
    const char *own[] = {"10.77.0.9/24", "10.78.0.9/24"};

    world->config = wl_engine_config_new();
    for (guint i = 0; i < 2; i++) {
        WlPrefix prefix = harness_prefix(own[i]);
        g_array_append_val(world->config->addresses, prefix);
    }
    wl_peer_table_init(&world->peers);
    for (guint i = first; i <= last; i++)
        add_peer(world, i, allowed_ips[i - 1]);
    memset(&world->set, 0xa5, sizeof(world->set));
    wl_router_set_init(&world->set);
    return world;
}

static void
world_free(World *world)
{
    wl_router_set_clear(&world->set);
    wl_peer_table_clear(&world->peers);
    wl_engine_config_free(world->config);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static WlPeer *
peer_of(World *world, guint number)
{
    WlKey key = key_of(number);

    return number ? wl_peer_table_find(&world->peers, &key) : NULL;
}

static gboolean
update(World *world, gboolean router)
{
    return wl_router_set_update(&world->set, world->config, &world->peers, router);
}

static void
assert_members(World *world, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < world->set.members->len; i++) {
        const WlPeer *peer = world->set.members->pdata[i];

        g_string_append_printf(text, "%u", 200 - peer->key.bytes[0]);
        g_assert_cmpint(wl_router_set_index(&world->set, peer), ==, i);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

/* ---- members */

static void
test_members(void)
{
    g_autoptr(World) world = world_new(1, PEERS);

    g_assert_cmpuint(world->set.members->len, ==, 0);
    g_assert_null(world->set.current);
    /* a leaf: whose prefix covers a subnet, in the order of the profile */
    g_assert_true(update(world, FALSE));
    assert_members(world, "126");
    g_assert_true(world->set.current == peer_of(world, 1));
    g_assert_true(wl_router_set_is_choice(&world->set));
    g_assert_cmpint(wl_router_set_index(&world->set, peer_of(world, 3)), ==, -1);
    world->set.answered = 7;
    g_assert_false(update(world, FALSE));
    g_assert_cmpuint(world->set.answered, ==, 7);
    /* the choice stays while its router does */
    world->set.current = peer_of(world, 6);
    g_array_set_size(((WlPeerConfig *) world->config->peers->pdata[0])->allowed_ips, 0);
    g_assert_true(update(world, FALSE));
    assert_members(world, "26");
    g_assert_true(world->set.current == peer_of(world, 6));
    g_assert_cmpuint(world->set.answered, ==, 0);
    g_array_set_size(((WlPeerConfig *) world->config->peers->pdata[5])->allowed_ips, 0);
    g_assert_true(update(world, FALSE));
    assert_members(world, "2");
    g_assert_true(world->set.current == peer_of(world, 2));
    g_assert_false(wl_router_set_is_choice(&world->set));
    g_array_set_size(((WlPeerConfig *) world->config->peers->pdata[1])->allowed_ips, 0);
    g_assert_true(update(world, FALSE));
    assert_members(world, "");
    g_assert_null(world->set.current);
}

/* On a router its fellows have exactly a subnet of it. */
static void
test_fellows(void)
{
    g_autoptr(World) world = world_new(1, PEERS);

    g_assert_true(update(world, FALSE));
    g_assert_true(update(world, TRUE));
    assert_members(world, "16");
    g_assert_true(world->set.fellows);
    g_assert_null(world->set.current);
    g_assert_false(wl_router_set_is_choice(&world->set));
    g_assert_false(update(world, TRUE));
    g_assert_true(update(world, FALSE));
    assert_members(world, "126");
}

/* Another one in the same number is a change. */
static void
test_replaced(void)
{
    g_autoptr(World) world = world_new(1, 2);
    WlPrefix prefix = harness_prefix("10.77.0.0/24");
    WlPeerConfig *second = world->config->peers->pdata[1];

    add_peer(world, 8, "10.9.0.0/16");
    g_assert_true(update(world, FALSE));
    assert_members(world, "12");
    g_array_set_size(second->allowed_ips, 0);
    g_array_append_val(((WlPeerConfig *) world->config->peers->pdata[2])->allowed_ips, prefix);
    g_assert_true(update(world, FALSE));
    assert_members(world, "18");
}

/* A peer that is removed: the first of the others is used if it was the current one. */
static void
test_removed(void)
{
    g_autoptr(World) world = world_new(1, PEERS);

    update(world, FALSE);
    world->set.answered = 7;
    wl_router_set_drop(&world->set, peer_of(world, 4));
    assert_members(world, "126");
    g_assert_cmpuint(world->set.answered, ==, 7);
    wl_router_set_drop(&world->set, peer_of(world, 2));
    assert_members(world, "16");
    g_assert_true(world->set.current == peer_of(world, 1));
    g_assert_cmpuint(world->set.answered, ==, 0);
    wl_router_set_drop(&world->set, peer_of(world, 1));
    g_assert_true(world->set.current == peer_of(world, 6));
    wl_router_set_drop(&world->set, peer_of(world, 6));
    assert_members(world, "");
    g_assert_null(world->set.current);
    /* a router has none */
    update(world, TRUE);
    wl_router_set_drop(&world->set, peer_of(world, 1));
    assert_members(world, "6");
    g_assert_null(world->set.current);
}

/* No more than sixteen count; an entry of the profile that is no peer does not. */
static void
test_bounds(void)
{
    g_autoptr(World) world = world_new(1, 0);

    for (guint i = 1; i <= 20; i++)
        add_peer(world, i, "10.77.0.0/24");
    wl_peer_table_remove(&world->peers, peer_of(world, 2));
    g_assert_true(update(world, FALSE));
    g_assert_cmpuint(world->set.members->len, ==, 16);
    g_assert_cmpint(wl_router_set_index(&world->set, peer_of(world, 17)), ==, 15);
    g_assert_cmpint(wl_router_set_index(&world->set, peer_of(world, 18)), ==, -1);
}

/* ---- prefixes */

static void
test_shares(void)
{
    static const struct {
        const char *prefix;
        gboolean leaf, router; /* it is shared there */
    } rows[] = {
        {"10.77.0.0/24", TRUE, TRUE},    {"10.78.0.0/24", TRUE, TRUE},
        {"10.76.0.0/15", TRUE, FALSE},   {"0.0.0.0/2", TRUE, FALSE},
        {"0.0.0.0/1", FALSE, FALSE},     {"0.0.0.0/0", FALSE, FALSE},
        {"10.77.0.4/32", FALSE, FALSE},  {"10.77.0.0/25", FALSE, FALSE},
        {"172.30.0.0/16", FALSE, FALSE},
    };

    for (guint router = 0; router < 2; router++) {
        g_autoptr(World) world = world_new(1, PEERS), alone = world_new(3, 5);

        update(world, router);
        update(alone, router);
        for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
            WlPrefix prefix = harness_prefix(rows[i].prefix);

            g_test_message("%s", rows[i].prefix);
            g_assert_cmpint(wl_router_set_shares(&world->set, world->config, &prefix), ==,
                            router ? rows[i].router : rows[i].leaf);
            g_assert_false(wl_router_set_shares(&alone->set, alone->config, &prefix));
        }
    }
}

static void
test_withholds(void)
{
    static const struct {
        gboolean router;
        guint current; /* of a leaf; 0: none */
        guint peer;
        const char *prefix;
        gboolean withholds;
    } rows[] = {
        {FALSE, 1, 1, "10.77.0.0/24", FALSE}, /* its own */
        {FALSE, 1, 2, "10.77.0.0/24", TRUE},
        {FALSE, 1, 2, "10.77.0.128/25", TRUE},
        {FALSE, 1, 2, "10.76.0.0/15", FALSE}, /* wider than that of the current one */
        {FALSE, 2, 1, "10.77.0.0/24", TRUE},
        {FALSE, 2, 6, "10.78.0.0/24", FALSE}, /* in its default route only */
        {FALSE, 2, 6, "172.30.0.0/16", TRUE}, /* in the last of its prefixes */
        {FALSE, 6, 1, "10.77.0.0/24", FALSE},
        {FALSE, 1, 4, "10.77.0.4/32", FALSE}, /* of no router */
        {FALSE, 0, 2, "10.77.0.0/24", FALSE},
        {TRUE, 0, 1, "10.77.0.0/24", TRUE},
        {TRUE, 0, 6, "10.78.0.0/24", TRUE},
        {TRUE, 0, 6, "172.30.0.0/16", FALSE},
        {TRUE, 0, 2, "10.76.0.0/15", FALSE}, /* of no fellow */
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new(1, PEERS);
        WlPrefix prefix = harness_prefix(rows[i].prefix);

        g_test_message("row %u", i);
        update(world, rows[i].router);
        world->set.current = peer_of(world, rows[i].current);
        g_assert_cmpint(wl_router_set_withholds(&world->set, world->config,
                                                peer_of(world, rows[i].peer), &prefix),
                        ==, rows[i].withholds);
    }
}

/* A leaf chooses among several, a router with any fellow. */
static void
test_chooses(void)
{
    static const struct {
        guint first, last; /* peers of the profile */
        gboolean router;
        guint peer;
        gboolean chooses;
    } rows[] = {
        {1, 2, FALSE, 1, TRUE},  {1, 2, FALSE, 2, TRUE}, {1, 1, FALSE, 1, FALSE},
        {1, 4, FALSE, 4, FALSE}, {1, 1, TRUE, 1, TRUE},  {1, 2, TRUE, 2, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new(rows[i].first, rows[i].last);

        g_test_message("row %u", i);
        update(world, rows[i].router);
        g_assert_cmpint(wl_router_set_chooses(&world->set, peer_of(world, rows[i].peer)), ==,
                        rows[i].chooses);
    }
}

/* ---- what a Go daemon is not told */

#define OWN 99

static void
test_hides(void)
{
    static const struct {
        const char *name;
        guint subject;
        const char *prefix; /* NULL: an endpoint */
        gboolean leaf, native, here;
        guint holder; /* 0: none */
        gboolean hides;
    } rows[] = {
        {"our prefix if the peer is here", OWN, "10.77.0.0/24", FALSE, FALSE, TRUE, 0, FALSE},
        {"our prefix if it is not", OWN, "10.77.0.0/24", FALSE, FALSE, FALSE, 1, TRUE},
        {"our prefix on a leaf", OWN, "10.77.0.0/24", TRUE, FALSE, FALSE, 1, FALSE},
        {"our prefix to a native member", OWN, "10.77.0.0/24", FALSE, TRUE, FALSE, 1, FALSE},
        {"our prefix unmasked", OWN, "10.77.0.9/24", FALSE, FALSE, FALSE, 1, TRUE},
        {"a LAN behind us", OWN, "172.29.0.0/16", FALSE, FALSE, FALSE, 1, FALSE},
        {"our own address", OWN, "10.77.0.1/32", FALSE, FALSE, FALSE, 1, TRUE},
        {"our endpoint", OWN, NULL, FALSE, FALSE, FALSE, 1, FALSE},
        {"the prefix of the fellow that has the peer", 1, "10.77.0.0/24", FALSE, FALSE, FALSE, 1,
         FALSE},
        {"the prefix of another fellow", 6, "10.78.0.0/24", FALSE, FALSE, FALSE, 1, TRUE},
        {"that of a fellow if none has the peer", 1, "10.77.0.0/24", FALSE, FALSE, TRUE, 0, TRUE},
        {"that of the last fellow that has it", 6, "10.78.0.0/24", FALSE, FALSE, FALSE, 6, FALSE},
        {"a LAN behind a fellow", 6, "172.30.0.0/16", FALSE, FALSE, FALSE, 1, FALSE},
        {"the address of a fellow", 6, "10.77.0.6/32", FALSE, FALSE, FALSE, 1, TRUE},
        {"the prefix of a leaf", 4, "10.77.0.0/24", FALSE, FALSE, FALSE, 1, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new(1, PEERS), alone = world_new(3, 5);
        WlEndpoint endpoint = harness_endpoint("10.77.0.0:1");
        WlKey own = key_of(OWN), subject = key_of(rows[i].subject);
        WlPeer peer = {
            .boot = {.native = rows[i].native},
            .failover = {.holder = peer_of(world, rows[i].holder), .here = rows[i].here}};
        WlFact fact;

        g_test_message("%s", rows[i].name);
        update(world, !rows[i].leaf);
        update(alone, !rows[i].leaf);
        if (rows[i].prefix) {
            WlPrefix prefix = harness_prefix(rows[i].prefix);
            wl_fact_init_allowed(&fact, &subject, &prefix, 0);
        } else {
            wl_fact_init_endpoint(&fact, &subject, &endpoint, 0);
        }
        g_assert_cmpint(wl_router_set_hides(&world->set, world->config, &own, &peer, &fact), ==,
                        rows[i].hides);
        g_assert_false(wl_router_set_hides(&alone->set, alone->config, &own, &peer, &fact));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/router-set/members", test_members);
    g_test_add_func("/router-set/fellows", test_fellows);
    g_test_add_func("/router-set/replaced", test_replaced);
    g_test_add_func("/router-set/removed", test_removed);
    g_test_add_func("/router-set/bounds", test_bounds);
    g_test_add_func("/router-set/shared prefixes", test_shares);
    g_test_add_func("/router-set/withheld prefixes", test_withholds);
    g_test_add_func("/router-set/choice", test_chooses);
    g_test_add_func("/router-set/hidden facts", test_hides);
    return g_test_run();
}
