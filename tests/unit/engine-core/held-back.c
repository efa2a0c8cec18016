/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What limits hold back is counted, by reason and peer, and counting is bounded and has no other
 * effect. */

#include <string.h>

#include "harness.h"

static guint64
count(Harness *harness, guint number, WlHeldBackReason reason)
{
    guint64 counts[WL_HELD_BACK_N];

    g_assert_true(
        wl_engine_get_held_back(harness->engine, &harness_member(harness, number)->key, counts));
    return counts[reason];
}

static guint64
count_all(Harness *harness, WlHeldBackReason reason)
{
    guint64 counts[WL_HELD_BACK_N];

    g_assert_true(wl_engine_get_held_back(harness->engine, NULL, counts));
    return counts[reason];
}

/* Members 1 and up, whose endpoints are 198.51.100.N; of no network at home. */
static Harness *
many_new(guint n, const char *endpoint)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = 1; i <= n; i++) {
        g_autofree char *own = g_strdup_printf("198.51.100.%u:51820", i);
        g_autofree char *allowed = g_strdup_printf("10.77.0.%u/32", 10 + i);

        harness_add(config, harness_member(harness, i), endpoint ? endpoint : own, allowed);
    }
    harness_start(harness, config);
    return harness;
}

static Harness *
leaf_new(void)
{
    Harness *harness = harness_leaf_new();

    harness_uplink(harness, "192.168.1.10/24");
    return harness;
}

static void
test_names(void)
{
    for (WlHeldBackReason i = 0; i < WL_HELD_BACK_N; i++) {
        g_assert_nonnull(wl_held_back_to_string(i));
        for (WlHeldBackReason j = 0; j < i; j++)
            g_assert_cmpstr(wl_held_back_to_string(i), !=, wl_held_back_to_string(j));
    }
}

static void
test_unknown(void)
{
    g_autoptr(Harness) harness = leaf_new();
    guint64 counts[WL_HELD_BACK_N] = {[WL_HELD_BACK_LOG] = 7};

    g_assert_false(
        wl_engine_get_held_back(harness->engine, &harness_member(harness, 5)->key, counts));
    g_assert_cmpuint(counts[WL_HELD_BACK_LOG], ==, 7);
    for (WlHeldBackReason i = 0; i < WL_HELD_BACK_N; i++)
        g_assert_cmpuint(count_all(harness, i), ==, 0);
}

/* 100 peers that are away at once: those whose turn comes later are counted once, however often
 * they ask. */
static void
test_rate(void)
{
    g_autoptr(Harness) harness = many_new(100, NULL);
    guint64 sum = 0;
    guint held = 0;

    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, MS(200));
    for (guint i = 1; i <= 100; i++) {
        g_assert_cmpuint(count(harness, i, WL_HELD_BACK_RATE), <=, 1);
        held += count(harness, i, WL_HELD_BACK_RATE) > 0;
        sum += count(harness, i, WL_HELD_BACK_RATE);
    }
    g_assert_cmpuint(held, >=, 50);
    g_assert_cmpuint(sum, ==, count_all(harness, WL_HELD_BACK_RATE));
    harness_run(harness, SEC(60));
    g_assert_cmpuint(count_all(harness, WL_HELD_BACK_RATE), <=, 60 * 10 + 100);
}

/* Ten peers that the profile has at one endpoint. */
static void
test_endpoint(void)
{
    g_autoptr(Harness) harness = many_new(10, "198.51.100.1:51820");

    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(4));
    g_assert_cmpuint(count_all(harness, WL_HELD_BACK_ENDPOINT), >=, 5);
    g_assert_cmpuint(count_all(harness, WL_HELD_BACK_ADDRESS), ==, 0);
}

/* The hub names one port of a machine after the other. */
static void
test_address_and_restart(void)
{
    g_autoptr(Harness) harness = leaf_new();

    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    for (guint i = 0; i < 60; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.9:%u", 1000 + i);

        harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                                   endpoint, 255);
        harness_live(harness, SEC(2), 1, 1);
    }
    g_assert_cmpuint(count(harness, 2, WL_HELD_BACK_ADDRESS), >, 0);
    g_assert_cmpuint(count(harness, 1, WL_HELD_BACK_ADDRESS), ==, 0);
    /* And one address after the other. */
    for (guint i = 0; i < 60; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1000", 10 + i);

        harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                                   endpoint, 255);
        harness_live(harness, MS(500), 1, 1);
    }
    g_assert_cmpuint(count(harness, 2, WL_HELD_BACK_RESTART), >, 0);
    g_assert_cmpuint(count(harness, 2, WL_HELD_BACK_WORD), ==, 0);
}

/* Member 3 of the profile, no router, names addresses of the desktop that do not answer. */
static void
test_third_party(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    guint64 held;

    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_add(config, harness_member(harness, 3), "203.0.113.3:51820", "10.77.0.4/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 3, "203.0.113.3:51820");
    for (guint i = 0; i < 200; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1000", 10 + i);

        harness_advertise_endpoint(harness, harness_member(harness, 3), harness_member(harness, 2),
                                   endpoint, 255);
        harness_live(harness, SEC(3), 3, 3);
    }
    held = count(harness, 2, WL_HELD_BACK_IN_VAIN) + count(harness, 2, WL_HELD_BACK_THIRD_PARTIES) +
           count(harness, 2, WL_HELD_BACK_ADDRESS);
    g_assert_cmpuint(count(harness, 2, WL_HELD_BACK_IN_VAIN), >, 0);
    g_assert_cmpuint(count(harness, 3, WL_HELD_BACK_WORD), ==, held);
    g_assert_cmpuint(count(harness, 2, WL_HELD_BACK_WORD), ==, 0);
    /* Once for each try or round, not for each time that somebody asks. */
    g_assert_cmpuint(held, <=, 400);
}

static void
test_portal(void)
{
    g_autoptr(Harness) harness = leaf_new();

    wl_engine_set_connectivity(harness->engine, harness->now, WL_CONNECTIVITY_PORTAL);
    harness_drain(harness);
    harness_run(harness, SEC(300));
    g_assert_cmpuint(count(harness, 1, WL_HELD_BACK_PORTAL), >=, 3);
    g_assert_cmpuint(count(harness, 1, WL_HELD_BACK_PORTAL), <=, 60);
}

/* A member that restarts with each of 200 Alives and wants a reply to each. */
static void
test_caused(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1);

    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    harness_make_native(hub);
    for (guint i = 0; i < 200; i++) {
        g_autoptr(GArray) facts = wl_fact_array_new();
        WlFact alive;

        hub->boot_id.bytes[15]++;
        wl_fact_init_alive(&alive, &hub->key, &hub->boot_id, 0);
        alive.ttl = 254; /* requests one */
        alive.expires = harness->now + SEC(254);
        g_array_append_val(facts, alive);
        harness_datagram(harness, hub, facts);
        harness_run(harness, MS(10));
    }
    g_assert_cmpuint(count(harness, 1, WL_HELD_BACK_DUMP), >, 100);
    g_assert_cmpuint(count(harness, 1, WL_HELD_BACK_BOOT_ID), >, 100);
    g_assert_cmpuint(count(harness, 1, WL_HELD_BACK_REPLY), >, 100);
    g_assert_cmpuint(count(harness, 2, WL_HELD_BACK_DUMP), ==, 0);
}

/* A member that has a router relay one probe request after the other. */
static void
test_probe_requests(void)
{
    const WlPathMessage request = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);

    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32");
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.9/24");
    for (guint i = 2; i <= 3; i++) {
        harness_make_native(harness_member(harness, i));
        harness_meet(harness, i, i == 2 ? "198.51.100.2:1" : "198.51.100.3:1");
    }
    for (guint i = 0; i < 100; i++) {
        g_autoptr(GArray) facts = wl_fact_array_new();
        WlFact fact;

        wl_fact_init_path(&fact, &harness_member(harness, 2)->key, &request);
        g_array_append_val(facts, fact);
        harness_datagram(harness, harness_member(harness, 3), facts);
    }
    g_assert_cmpuint(count(harness, 3, WL_HELD_BACK_PROBE_REQUEST), ==, 36);
    g_assert_cmpuint(count(harness, 2, WL_HELD_BACK_PROBE_REQUEST), ==, 0);
}

/* A peer that goes takes its counters with it; those of all peers stay. */
static void
test_removed(void)
{
    g_autoptr(Harness) harness = many_new(100, NULL);
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    guint64 counts[WL_HELD_BACK_N], before;

    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, MS(200));
    before = count_all(harness, WL_HELD_BACK_RATE);
    g_assert_cmpuint(before, >, 0);
    harness_add(config, harness_member(harness, 1), NULL, "10.77.0.11/32");
    harness_change(harness, config);
    g_assert_false(
        wl_engine_get_held_back(harness->engine, &harness_member(harness, 50)->key, counts));
    g_assert_cmpuint(count_all(harness, WL_HELD_BACK_RATE), ==, before);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/held-back/names", test_names);
    g_test_add_func("/held-back/unknown peer", test_unknown);
    g_test_add_func("/held-back/rate", test_rate);
    g_test_add_func("/held-back/endpoint", test_endpoint);
    g_test_add_func("/held-back/address and restart", test_address_and_restart);
    g_test_add_func("/held-back/third party", test_third_party);
    g_test_add_func("/held-back/portal", test_portal);
    g_test_add_func("/held-back/what a peer causes", test_caused);
    g_test_add_func("/held-back/probe requests", test_probe_requests);
    g_test_add_func("/held-back/removed peers", test_removed);
    return g_test_run();
}
