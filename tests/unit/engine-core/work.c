/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How much the engine does for one event among many peers: counted in steps, not in time. What an
 * event about one peer costs must not grow with the number of the others.
 */
#include "bench.h"

/* What one event about one peer may cost, whatever it is. */
#define FEW 40

/* Ourselves with @n configured peers, all with a live session and heard of. */
static Bench *
many_new(WlRole role, guint n)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, role);
    WlPrefix network;

    network = bench_prefix("10.76.0.0/14");
    g_array_append_val(config->networks, network);
    for (guint i = 1; i <= n; i++) {
        g_autofree char *allowed = g_strdup_printf("10.77.%u.%u/32", 1 + i / 250, 1 + i % 250);
        WlPeerConfig *peer = bench_add(config, bench_member(bench, i), NULL, allowed);
        if (i == 1)
            peer->trust = WL_TRUST_MEMBERSHIP;
    }
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    for (guint i = 1; i <= n; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.%u.%u:51820", i / 250, 1 + i % 250);
        bench_handshake(bench, bench_member(bench, i), endpoint);
    }
    bench_snapshot(bench);
    bench_drain(bench);
    for (guint i = 1; i <= n; i++)
        bench_alive(bench, bench_member(bench, i));
    /* Everything was told as often as to anybody who says nothing; a router has more to tell. */
    bench_run(bench, role == WL_ROLE_ROUTER ? SEC(100) : SEC(55));
    bench_clear(bench);
    return bench;
}

/* Steps of what happened since @before. */
static guint
steps_since(Bench *bench, guint64 *before)
{
    guint64 steps = wl_engine_get_work(bench->engine) - *before;

    *before += steps;
    return (guint) steps;
}

static void
test_alive(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(bench->engine);

    bench_alive(bench, bench_member(bench, 500));
    g_assert_cmpuint(steps_since(bench, &before), <, FEW);
}

static void
test_leaf_hears_endpoint(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(bench->engine);

    bench_tell_endpoint(bench, bench_member(bench, 7), bench_member(bench, 500),
                        "198.51.100.7:4000", 255);
    g_assert_cmpuint(steps_since(bench, &before), <, FEW);
    /* said again, it is no news */
    bench->now += SEC(60);
    bench_tell_endpoint(bench, bench_member(bench, 7), bench_member(bench, 500),
                        "198.51.100.7:4000", 255);
    bench_clear(bench);
}

static void
test_snapshot(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(bench->engine);

    bench_handshake(bench, bench_member(bench, 20), "198.51.100.20:4001");
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_cmpuint(steps_since(bench, &before), <, FEW);
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_cmpuint(steps_since(bench, &before), ==, 0);
}

/* A router tells everybody: some steps each, for the one fact and not for all that it holds. */
static void
test_router_relays(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_ROUTER, 1000);
    guint64 before = wl_engine_get_work(bench->engine);

    bench_tell_endpoint(bench, bench_member(bench, 7), bench_member(bench, 7), "198.51.100.7:4000",
                        255);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 999);
    g_assert_cmpuint(steps_since(bench, &before), <, 12 * 1000 + FEW);
    /* a renewal in time is kept to itself */
    bench->now += SEC(4);
    bench_tell_endpoint(bench, bench_member(bench, 7), bench_member(bench, 7), "198.51.100.7:4000",
                        255);
    g_assert_cmpuint(steps_since(bench, &before), <, FEW);
}

/* Many who come in a tenth of a second: a dump for each would be of all the others, too. */
static void
test_dumps(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, 600);

    for (guint i = 1; i <= 100; i++) {
        bench_make_ours(bench_member(bench, i));
        bench_alive(bench, bench_member(bench, i));
        bench_run(bench, MS(1));
    }
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_READ_DEVICE), >=, 8);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_READ_DEVICE), <=, 12);
}

/* And what a router hears in that time it looks at for everybody together. */
static void
test_listeners(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_ROUTER, 600);
    guint64 before = wl_engine_get_work(bench->engine);

    for (guint i = 1; i <= 100; i++) {
        g_autofree char *endpoint = g_strdup_printf("198.51.101.%u:4000", i);
        bench_tell_endpoint(bench, bench_member(bench, i), bench_member(bench, i), endpoint, 255);
        bench_run(bench, MS(1));
    }
    g_assert_cmpuint(steps_since(bench, &before), <, 100 * FEW + 10 * 6 * 600);
}

/* Prefixes: one more among a thousand that were told, a conflict, a path that moves, one that runs
 * out. Only what overlaps is judged again. */
static void
test_prefixes(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, 1000);
    BenchMember *hub = bench_member(bench, 1);
    guint64 before;

    for (guint i = 2; i <= 1000; i++) {
        g_autofree char *prefix = g_strdup_printf("10.78.%u.%u/32", 1 + i / 250, 1 + i % 250);
        bench_tell_allowed(bench, hub, bench_member(bench, i), prefix, 255);
        bench->now += MS(10); /* not a flood */
    }
    bench_run(bench, SEC(1));
    bench_tell_allowed(bench, hub, bench_member(bench, 2), "10.79.0.0/24", 20);
    g_assert_true(bench_has_route(bench, "10.78.4.20/32"));
    bench_run(bench, SEC(5));

    before = wl_engine_get_work(bench->engine);
    bench_tell_allowed(bench, hub, bench_member(bench, 3), "10.79.1.0/24", 255);
    g_assert_true(bench_has_route(bench, "10.79.1.0/24"));
    g_assert_cmpuint(steps_since(bench, &before), <, FEW);
    bench_tell_allowed(bench, hub, bench_member(bench, 4), "10.79.0.128/25", 255);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, bench_member(bench, 4), "10.79.0.128/25"), ==,
                    WL_VERDICT_TAKEN);
    g_assert_cmpuint(steps_since(bench, &before), <, FEW);
    bench_handshake(bench, bench_member(bench, 9), "10.79.1.7:51820");
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, bench_member(bench, 3), "10.79.1.0/24"), ==,
                    WL_VERDICT_HAS_ENDPOINT);
    g_assert_false(bench_has_route(bench, "10.79.1.0/24"));
    g_assert_cmpuint(steps_since(bench, &before), <, 2 * FEW);
}

/* The same few steps with 10 and with 1,000 peers: when nothing happens, nothing is looked at. */
static void
test_deadlines(void)
{
    guint64 steps[2];

    for (guint i = 0; i < 2; i++) {
        guint n = i == 0 ? 10 : 1000;
        g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, n);
        guint64 before;

        bench_run(bench, SEC(45));
        bench_clear(bench);
        before = wl_engine_get_work(bench->engine);
        bench_run(bench, SEC(61));
        steps[i] = (wl_engine_get_work(bench->engine) - before) / n;
        g_assert_cmpuint(bench->wakeups, <, 8);
    }
    g_test_message("steps of a peer a minute: %u, %u", (guint) steps[0], (guint) steps[1]);
    g_assert_cmpuint(steps[1], <=, steps[0] + 2);
}

/* The profile says something else of one of them, has one more, and one less. */
static void
test_change(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, 1000);
    guint64 before = wl_engine_get_work(bench->engine);

    for (guint i = 0; i < 3; i++) {
        WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);
        WlPrefix network;

        network = bench_prefix("10.76.0.0/14");
        g_array_append_val(config->networks, network);
        for (guint j = 1; j <= 1000 + (i == 1); j++) {
            g_autofree char *allowed = g_strdup_printf("10.77.%u.%u/32", 1 + j / 250, 1 + j % 250);
            WlPeerConfig *peer = bench_add(config, bench_member(bench, j), NULL, allowed);

            peer->keepalive = j == 500 ? 25 : 0;
            if (j == 1)
                peer->trust = WL_TRUST_MEMBERSHIP;
        }
        bench_change(bench, config);
        g_assert_cmpuint(bench_count(bench, WL_OUTPUT_CHANGE_PEER), ==, 1);
        g_assert_cmpuint(steps_since(bench, &before), <, FEW);
    }
}

/* Somebody has the address that one of them would have on our network. */
static void
test_neighbour(void)
{
    g_autoptr(Bench) bench = many_new(WL_ROLE_LEAF, 1000);
    WlIp ip = bench_ip("192.168.1.77");
    guint64 before;
    guint steps;

    bench->nobody = TRUE;
    bench_make_ours(bench_member(bench, 500));
    bench_alive(bench, bench_member(bench, 500));
    bench_tell_endpoint(bench, bench_member(bench, 500), bench_member(bench, 500),
                        "192.168.1.77:51820", 255);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE_NEIGHBOR), ==, 1);
    before = wl_engine_get_work(bench->engine);
    wl_engine_neighbor_result(bench->engine, bench->now, &ip, 2, TRUE);
    bench_drain(bench);
    steps = steps_since(bench, &before);
    g_assert_cmpuint(steps, >, 0);
    g_assert_cmpuint(steps, <, FEW);
}

/* A name of the profile was resolved. */
static void
test_resolved(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);
    WlEndpoint address = bench_endpoint("198.51.100.7:51820");
    guint64 before;

    for (guint i = 1; i <= 1000; i++) {
        g_autofree char *name = g_strdup_printf("m%u.example.net:51820", i);
        bench_add(config, bench_member(bench, i), name, NULL);
    }
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1000);
    before = wl_engine_get_work(bench->engine);
    wl_engine_name_resolved(bench->engine, bench->now, "m500.example.net:51820", &address, 1);
    bench_drain(bench);
    g_assert_true(
        wl_endpoint_equal(&bench_view(bench, bench_member(bench, 500))->endpoint, &address));
    g_assert_cmpuint(steps_since(bench, &before), <, FEW);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/steps/alive", test_alive);
    g_test_add_func("/steps/leaf-hears-endpoint", test_leaf_hears_endpoint);
    g_test_add_func("/steps/snapshot", test_snapshot);
    g_test_add_func("/steps/router-relays", test_router_relays);
    g_test_add_func("/steps/dumps", test_dumps);
    g_test_add_func("/steps/listeners", test_listeners);
    g_test_add_func("/steps/prefixes", test_prefixes);
    g_test_add_func("/steps/deadlines", test_deadlines);
    g_test_add_func("/steps/change", test_change);
    g_test_add_func("/steps/neighbor", test_neighbour);
    g_test_add_func("/steps/resolved", test_resolved);
    return g_test_run();
}
