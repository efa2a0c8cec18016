/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The work of the engine for one event among many peers, counted in steps and not in time. The cost
 * of an event about one peer must not grow with the number of peers.
 */
#include "harness.h"
#include "state/wl-engine-state.h"

/* The maximum cost of any event about one peer. */
#define FEW 40

/* This member with @n configured peers, all live and heard. */
static Harness *
many_new(WlRole role, guint n)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, role);
    WlPrefix network;

    network = harness_prefix("10.76.0.0/14");
    g_array_append_val(config->networks, network);
    for (guint i = 1; i <= n; i++) {
        g_autofree char *allowed = g_strdup_printf("10.77.%u.%u/32", 1 + i / 250, 1 + i % 250);
        WlPeerConfig *peer = harness_add(config, harness_member(harness, i), NULL, allowed);
        if (i == 1)
            peer->trust = WL_TRUST_MEMBERSHIP;
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 1; i <= n; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.%u.%u:51820", i / 250, 1 + i % 250);
        harness_handshake(harness, harness_member(harness, i), endpoint);
    }
    harness_snapshot(harness);
    harness_drain(harness);
    for (guint i = 1; i <= n; i++)
        harness_alive(harness, harness_member(harness, i));
    /* Every fact was sent as often as to a peer without acks; a router has more facts. */
    harness_run(harness, role == WL_ROLE_ROUTER ? SEC(100) : SEC(55));
    harness_clear(harness);
    return harness;
}

/* Steps since @before. */
static guint
steps_since(Harness *harness, guint64 *before)
{
    guint64 steps = wl_engine_get_work(harness->engine) - *before;

    *before += steps;
    return (guint) steps;
}

static void
test_alive(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(harness->engine);

    harness_alive(harness, harness_member(harness, 500));
    g_assert_cmpuint(steps_since(harness, &before), <, FEW);
}

static void
test_leaf_hears_endpoint(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(harness->engine);

    harness_advertise_endpoint(harness, harness_member(harness, 7), harness_member(harness, 500),
                               "198.51.100.7:4000", 255);
    g_assert_cmpuint(steps_since(harness, &before), <, FEW);
    /* a repeated fact is no change */
    harness->now += SEC(60);
    harness_advertise_endpoint(harness, harness_member(harness, 7), harness_member(harness, 500),
                               "198.51.100.7:4000", 255);
    harness_clear(harness);
}

static void
test_snapshot(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(harness->engine);

    harness_handshake(harness, harness_member(harness, 20), "198.51.100.20:4001");
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(steps_since(harness, &before), <, FEW);
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(steps_since(harness, &before), ==, 0);
}

/* A router advertises one fact to every peer at a cost per peer that is independent of its table.
 */
static void
test_router_relays(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_ROUTER, 1000);
    guint64 before = wl_engine_get_work(harness->engine);

    harness_advertise_endpoint(harness, harness_member(harness, 7), harness_member(harness, 7),
                               "198.51.100.7:4000", 255);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 999);
    g_assert_cmpuint(steps_since(harness, &before), <, 12 * 1000 + FEW);
    /* a renewal in time is not relayed at once */
    harness->now += SEC(4);
    harness_advertise_endpoint(harness, harness_member(harness, 7), harness_member(harness, 7),
                               "198.51.100.7:4000", 255);
    g_assert_cmpuint(steps_since(harness, &before), <, FEW);
}

/* Many peers connect within a tenth of a second: a dump for each would cover all others as well. */
static void
test_dumps(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, 600);

    for (guint i = 1; i <= 100; i++) {
        harness_make_native(harness_member(harness, i));
        harness_alive(harness, harness_member(harness, i));
        harness_run(harness, MS(1));
    }
    /* 50 ms apart */
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), >=, 2);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), <=, 4);
}

/* A router evaluates what it receives in that time once for all peers. */
static void
test_listeners(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_ROUTER, 600);
    guint64 before = wl_engine_get_work(harness->engine);

    for (guint i = 1; i <= 100; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.101.%u:4000", i);
        harness_advertise_endpoint(harness, harness_member(harness, i), harness_member(harness, i),
                                   endpoint, 255);
        harness_run(harness, MS(1));
    }
    g_assert_cmpuint(steps_since(harness, &before), <, 100 * FEW + 10 * 6 * 600);
}

/* Prefixes: one more among a thousand, a conflict, a path that changes, an expiry. Only those that
 * overlap are evaluated again. */
static void
test_prefixes(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, 1000);
    HarnessMember *hub = harness_member(harness, 1);
    guint64 before;

    for (guint i = 2; i <= 1000; i++) {
        g_autofree char *prefix = g_strdup_printf("10.78.%u.%u/32", 1 + i / 250, 1 + i % 250);
        harness_advertise_allowed(harness, hub, harness_member(harness, i), prefix, 255);
        harness->now += MS(10); /* not a flood */
    }
    harness_run(harness, SEC(1));
    harness_advertise_allowed(harness, hub, harness_member(harness, 2), "10.79.0.0/24", 20);
    g_assert_true(harness_has_route(harness, "10.78.4.20/32"));
    harness_run(harness, SEC(5));

    before = wl_engine_get_work(harness->engine);
    harness_advertise_allowed(harness, hub, harness_member(harness, 3), "10.79.1.0/24", 255);
    g_assert_true(harness_has_route(harness, "10.79.1.0/24"));
    g_assert_cmpuint(steps_since(harness, &before), <, FEW);
    harness_advertise_allowed(harness, hub, harness_member(harness, 4), "10.79.0.128/25", 255);
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 4), "10.79.0.128/25"), ==,
        WL_VERDICT_TAKEN);
    g_assert_cmpuint(steps_since(harness, &before), <, FEW);
    /* the endpoint of a member with less trust than the source gives way, that of the source does
     * not */
    harness_handshake(harness, harness_member(harness, 9), "10.79.1.7:51820");
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_true(harness_has_route(harness, "10.79.1.0/24"));
    g_assert_cmpuint(steps_since(harness, &before), <, 2 * FEW);
    harness_handshake(harness, hub, "10.79.1.8:51820");
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 3), "10.79.1.0/24"), ==,
        WL_VERDICT_HAS_ENDPOINT);
    g_assert_false(harness_has_route(harness, "10.79.1.0/24"));
    g_assert_cmpuint(steps_since(harness, &before), <, 2 * FEW);
}

/* The same few steps with 10 and with 1,000 peers: without events no peer is examined. */
static void
test_deadlines(void)
{
    guint64 steps[2];

    for (guint i = 0; i < 2; i++) {
        guint n = i == 0 ? 10 : 1000;
        g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, n);
        guint64 before;

        harness_run(harness, SEC(45));
        harness_clear(harness);
        before = wl_engine_get_work(harness->engine);
        harness_run(harness, SEC(61));
        steps[i] = (wl_engine_get_work(harness->engine) - before) / n;
        g_assert_cmpuint(harness->wakeups, <, 8);
    }
    g_test_message("steps of a peer a minute: %u, %u", (guint) steps[0], (guint) steps[1]);
    g_assert_cmpuint(steps[1], <=, steps[0] + 2);
}

/* One entry of the profile changes, one is added, one is removed. */
static void
test_change(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(harness->engine);

    for (guint i = 0; i < 3; i++) {
        WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
        WlPrefix network;

        network = harness_prefix("10.76.0.0/14");
        g_array_append_val(config->networks, network);
        for (guint j = 1; j <= 1000 + (i == 1); j++) {
            g_autofree char *allowed = g_strdup_printf("10.77.%u.%u/32", 1 + j / 250, 1 + j % 250);
            WlPeerConfig *peer = harness_add(config, harness_member(harness, j), NULL, allowed);

            peer->keepalive = j == 500 ? 25 : 0;
            if (j == 1)
                peer->trust = WL_TRUST_MEMBERSHIP;
        }
        harness_change(harness, config);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_CHANGE_PEER), ==, 1);
        g_assert_cmpuint(steps_since(harness, &before), <, FEW);
    }
}

/* An address in use on our network is also a candidate of a peer. */
static void
test_neighbor(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_LEAF, 1000);
    WlIp ip = harness_ip("192.168.1.77");
    guint64 before;
    guint steps;

    harness->no_neighbors = TRUE;
    harness_make_native(harness_member(harness, 500));
    harness_alive(harness, harness_member(harness, 500));
    harness_advertise_endpoint(harness, harness_member(harness, 500), harness_member(harness, 500),
                               "192.168.1.77:51820", 255);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE_NEIGHBOR), ==, 1);
    before = wl_engine_get_work(harness->engine);
    wl_engine_neighbor_result(harness->engine, harness->now, &ip, 2, TRUE);
    harness_drain(harness);
    steps = steps_since(harness, &before);
    g_assert_cmpuint(steps, >, 0);
    g_assert_cmpuint(steps, <, FEW);
}

/* A name of the profile was resolved. */
static void
test_resolved(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlEndpoint address = harness_endpoint("198.51.100.7:51820");
    guint64 before;

    for (guint i = 1; i <= 1000; i++) {
        g_autofree char *name = g_strdup_printf("m%u.example.net:51820", i);
        harness_add(config, harness_member(harness, i), name, NULL);
    }
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1000);
    before = wl_engine_get_work(harness->engine);
    wl_engine_name_resolved(harness->engine, harness->now, "m500.example.net:51820", &address, 1);
    harness_drain(harness);
    g_assert_true(wl_endpoint_equal(&harness_view(harness, harness_member(harness, 500))->endpoint,
                                    &address));
    g_assert_cmpuint(steps_since(harness, &before), <, FEW);
}

/* Until when a fact is advertised is computed once for all subscribers. */
static void
test_computed_once(void)
{
    g_autoptr(Harness) harness = many_new(WL_ROLE_ROUTER, 3);
    const GPtrArray *about;
    const WlFactEntry *entry;

    harness_advertise_endpoint(harness, harness_member(harness, 2), harness_member(harness, 2),
                               "198.51.100.7:4000", 255);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 2);
    about = wl_fact_set_about(harness->engine->facts, &harness_member(harness, 2)->key);
    entry = about->pdata[about->len - 1];
    g_assert_true(wl_fact_is_endpoint(&entry->fact));
    g_assert_cmpuint(entry->generation, ==, harness->engine->subscribers.generation);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/steps/alive", test_alive);
    g_test_add_func("/steps/leaf-hears-endpoint", test_leaf_hears_endpoint);
    g_test_add_func("/steps/snapshot", test_snapshot);
    g_test_add_func("/steps/router-relays", test_router_relays);
    g_test_add_func("/steps/an expiry is computed once", test_computed_once);
    g_test_add_func("/steps/dumps", test_dumps);
    g_test_add_func("/steps/listeners", test_listeners);
    g_test_add_func("/steps/prefixes", test_prefixes);
    g_test_add_func("/steps/deadlines", test_deadlines);
    g_test_add_func("/steps/change", test_change);
    g_test_add_func("/steps/neighbor", test_neighbor);
    g_test_add_func("/steps/resolved", test_resolved);
    return g_test_run();
}
