/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which way a pair takes, and how it finds out about the direct one. */
#include "bench.h"

#define DESKTOP_PREFIX "10.77.0.3/32"

/* A leaf, its hub and another leaf of ours with a session each. */
static Bench *
pair_new(void)
{
    Bench *bench = bench_leaf_new();

    bench_make_ours(bench_member(bench, 2));
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    return bench;
}

static Bench *
direct_pair_new(void)
{
    Bench *bench = pair_new();

    bench_meet(bench, 2, "198.51.100.7:51820");
    bench_run(bench, SEC(2));
    g_assert_true(bench_has_allowed(bench, bench_member(bench, 2), DESKTOP_PREFIX));
    bench_clear(bench);
    return bench;
}

/* Messages about the way that were sent to @member since bench_clear(), the last in @last. */
static guint
ways_sent(Bench *bench, const BenchMember *member, WlPathMessage *last)
{
    g_autoptr(GArray) facts = bench_sent(bench, member);
    guint n = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);

        if (fact->attribute != WL_ATTRIBUTE_PATH)
            continue;
        n++;
        if (last)
            *last = fact->value.path;
    }
    return n;
}

/* A second of overlay traffic to the desktop, and from it if it is not mute. */
static void
traffic(Bench *bench, guint seconds)
{
    const BenchMember *desktop = bench_member(bench, 2);

    for (guint i = 0; i < 4 * seconds; i++) {
        WlDevicePeer *peer = wl_device_find(bench->device, &desktop->key);

        peer->tx_bytes += 10 * 128;
        if (!desktop->mute)
            peer->rx_bytes += 10 * 128;
        bench_run(bench, MS(250));
    }
}

/* The direct way is taken when something was answered on it, not before. */
static void
test_answer_first(void)
{
    g_autoptr(Bench) bench = pair_new();
    BenchMember *desktop = bench_member(bench, 2);
    WlPathMessage way = {0};

    desktop->mute = TRUE;
    bench_meet(bench, 2, "198.51.100.7:51820");
    bench_run(bench, SEC(20));
    g_assert_true(bench_view(bench, desktop)->healthy);
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_ROUTED);
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(ways_sent(bench, desktop, &way), >=, 3);
    g_assert_cmpuint(way.flags & WL_PATH_DIRECT, ==, 0);
    g_assert_cmpuint(way.probe, !=, 0);
    /* asked less and less often */
    bench_clear(bench);
    bench_live(bench, SEC(600), 1, 2);
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), <=, 600 / 25 * 2);
    desktop->mute = FALSE;
    bench_live(bench, SEC(61), 1, 2);
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_DIRECT);
    g_assert_true(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(desktop->way.flags & WL_PATH_DIRECT, ==, WL_PATH_DIRECT);
    g_assert_cmpuint(desktop->way.epoch, ==, 1);
}

/* Members of other kinds, and those with nothing to move, hear nothing of it. */
static void
test_only_ours(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();

    bench_make_ours(bench_member(bench, 1));
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_meet(bench, 2, "198.51.100.7:51820");
    bench_live(bench, SEC(100), 1, 2);
    g_assert_cmpuint(ways_sent(bench, bench_member(bench, 1), NULL), ==, 0);
    g_assert_cmpuint(ways_sent(bench, bench_member(bench, 2), NULL), ==, 0);
    g_assert_true(bench_has_allowed(bench, bench_member(bench, 2), DESKTOP_PREFIX));
}

/* With no router to go by there is nothing to wait for. */
static void
test_uncovered(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *desktop = bench_member(bench, 2);

    bench_make_ours(desktop);
    desktop->mute = TRUE;
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 2, "198.51.100.7:51820");
    g_assert_true(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    /* nor anywhere to go when it is silent */
    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    traffic(bench, 20);
    g_assert_true(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
}

static void
test_epochs(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2), *hub = bench_member(bench, 1);
    WlPathMessage way = {.version = WL_PATH_VERSION, .epoch = 9}, said = {0};

    desktop->mute = TRUE;
    /* newer: followed and answered at once */
    bench_tell_way(bench, desktop, &way);
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(ways_sent(bench, desktop, &said), ==, 1);
    g_assert_cmpuint(said.epoch, ==, 9);
    g_assert_cmpuint(said.flags, ==, 0);
    /* older: answered with ours */
    bench_run(bench, MS(200));
    bench_clear(bench);
    way = (WlPathMessage){.version = WL_PATH_VERSION, .flags = WL_PATH_DIRECT, .epoch = 8};
    bench_tell_way(bench, desktop, &way);
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(ways_sent(bench, desktop, &said), ==, 1);
    g_assert_cmpuint(said.epoch, ==, 9);
    /* equal: the router's way wins */
    way.epoch = 9;
    bench_tell_way(bench, desktop, &way);
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    way.epoch = 10;
    bench_tell_way(bench, desktop, &way);
    g_assert_true(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    way.flags = 0;
    bench_tell_way(bench, desktop, &way);
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    way = (WlPathMessage){.version = WL_PATH_VERSION, .flags = WL_PATH_DIRECT, .epoch = 11};
    bench_tell_way(bench, desktop, &way);
    g_assert_true(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    /* not understood, or somebody else's: as if it had not been said */
    way = (WlPathMessage){.version = WL_PATH_VERSION + 1, .epoch = 99};
    bench_tell_way(bench, desktop, &way);
    {
        g_autoptr(GArray) facts = wl_fact_array_new();
        WlFact fact;

        way.version = WL_PATH_VERSION;
        wl_fact_init_path(&fact, &desktop->key, &way);
        g_array_append_val(facts, fact);
        bench_datagram(bench, hub, facts);
    }
    g_assert_true(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    /* a flood is answered within bounds */
    bench_run(bench, SEC(5));
    bench_clear(bench);
    way = (WlPathMessage){.version = WL_PATH_VERSION, .epoch = 3, .probe = 7};
    for (guint i = 0; i < 200; i++)
        bench_tell_way(bench, desktop, &way);
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), <=, 12);
}

/* The last epoch there is does not start again from zero. */
static void
test_last_epoch(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2);
    WlPathMessage way = {.version = WL_PATH_VERSION, .flags = WL_PATH_DIRECT, .epoch = G_MAXUINT32},
                  said = {0};

    bench_tell_way(bench, desktop, &way);
    desktop->way = way;
    desktop->mute = TRUE;
    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    traffic(bench, 6);
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    g_assert_cmpuint(ways_sent(bench, desktop, &said), >, 0);
    g_assert_cmpuint(said.epoch, ==, G_MAXUINT32);
}

/* Said again each second, then less and less often, and not at all without a session. */
static void
test_told_until_followed(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2);
    guint n;

    desktop->mute = TRUE;
    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    traffic(bench, 6);
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    bench_clear(bench);
    bench_run(bench, SEC(6));
    n = ways_sent(bench, desktop, NULL);
    g_assert_cmpuint(n, >=, 6);
    g_assert_cmpuint(n, <=, 12);
    bench_run(bench, SEC(60));
    bench_clear(bench);
    bench_run(bench, SEC(60));
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), <=, 6);
    bench_run(bench, SEC(60));
    g_assert_false(bench_view(bench, desktop)->healthy);
    bench_clear(bench);
    bench_run(bench, SEC(600));
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), ==, 0);
}

/* ---- silence */

static void
test_silence(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2);
    gint64 silent;

    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_WATCH_TRAFFIC), ==, 0); /* asked before */
    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    traffic(bench, 30);
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), ==, 0); /* what comes says enough */
    g_assert_cmpuint(bench->snapshots, >=, 29);
    g_assert_cmpuint(bench->snapshots, <=, 40);

    desktop->mute = TRUE;
    silent = bench->now;
    while (bench_has_allowed(bench, desktop, DESKTOP_PREFIX)) {
        traffic(bench, 1);
        g_assert_cmpint(bench->now - silent, <=, SEC(5));
    }
    g_assert_cmpint(bench->now - silent, >=, SEC(3));
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_ROUTED);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);

    desktop->mute = FALSE;
    traffic(bench, 20);
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpuint(desktop->way.flags & WL_PATH_DIRECT, ==, WL_PATH_DIRECT);
}

/* What only receives finds out as well: it had traffic, and then nothing. */
static void
test_silent_source(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2);
    WlDevicePeer *peer;

    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    for (guint i = 0; i < 40; i++) {
        peer = wl_device_find(bench->device, &desktop->key);
        peer->rx_bytes += 1280;
        bench_run(bench, MS(250));
    }
    desktop->mute = TRUE;
    bench_run(bench, MS(4500));
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
}

/* An end of traffic is not a dead way. */
static void
test_end_of_traffic(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2);

    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    traffic(bench, 10);
    bench_clear(bench);
    bench_live(bench, SEC(600), 1, 2);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), ==, 0);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_WATCH_TRAFFIC), ==, 1);
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), <=, 8);
    g_assert_cmpuint(bench->snapshots, <=, 7 + 2 * 600 / 25);
    g_assert_cmpuint(bench->wakeups, <=, 20 + 2 * 600 / 25);
}

static void
tell_look(Bench *bench, const BenchMember *from, const BenchMember *about)
{
    const WlPathMessage way = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlFact fact;

    wl_fact_init_path(&fact, &about->key, &way);
    g_array_append_val(facts, fact);
    bench_datagram(bench, from, facts);
}

/* A router's hint has a silent way looked at, and left only if it is silent. */
static void
test_hint(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_run(bench, SEC(8));
    bench_clear(bench);
    tell_look(bench, hub, desktop);
    bench_run(bench, SEC(10));
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), >=, 1);
    g_assert_true(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
    /* somebody else has no say in it */
    bench_clear(bench);
    desktop->mute = TRUE;
    tell_look(bench, desktop, hub);
    tell_look(bench, desktop, desktop);
    bench_run(bench, SEC(10));
    g_assert_cmpuint(ways_sent(bench, desktop, NULL), ==, 0);
    tell_look(bench, hub, desktop);
    bench_run(bench, SEC(4));
    g_assert_false(bench_has_allowed(bench, desktop, DESKTOP_PREFIX));
}

/* A router passes hints on, to members of ours and within bounds. */
static void
test_hint_passed_on(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_ROUTER);
    g_autoptr(GArray) facts = NULL;
    guint passed = 0;

    for (guint i = 1; i <= 3; i++) {
        g_autofree char *address = g_strdup_printf("10.77.0.%u/32", i + 2);
        bench_add(config, bench_member(bench, i), NULL, address);
    }
    bench_make_ours(bench_member(bench, 1));
    bench_make_ours(bench_member(bench, 2));
    bench_start(bench, config);
    bench_uplink(bench, "203.0.113.1/24");
    for (guint i = 1; i <= 3; i++)
        bench_meet(bench, i, "198.51.100.1:51820");
    bench_run(bench, SEC(1));
    bench_clear(bench);
    for (guint i = 0; i < 200; i++) {
        tell_look(bench, bench_member(bench, 1), bench_member(bench, 2));
        tell_look(bench, bench_member(bench, 1), bench_member(bench, 3));
    }
    g_assert_cmpuint(ways_sent(bench, bench_member(bench, 1), NULL), ==, 0);
    g_assert_cmpuint(ways_sent(bench, bench_member(bench, 3), NULL), ==, 0);
    facts = bench_sent(bench, bench_member(bench, 2));
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);

        if (fact->attribute != WL_ATTRIBUTE_PATH)
            continue;
        passed++;
        g_assert_true(wl_key_equal(&fact->subject, &bench_member(bench, 1)->key));
        g_assert_cmpuint(fact->value.path.flags, ==, WL_PATH_PROBE_REQUEST);
    }
    g_assert_cmpuint(passed, >=, 1);
    g_assert_cmpuint(passed, <=, 11);
}

/* An Alive that does not come is a reason to look, without any traffic. */
static void
test_late_alive(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2);
    gint64 silent = bench->now;

    desktop->mute = TRUE;
    while (bench_has_allowed(bench, desktop, DESKTOP_PREFIX)) {
        bench_run(bench, SEC(1));
        g_assert_cmpint(bench->now - silent, <=, SEC(40));
    }
    g_assert_cmpint(bench->now - silent, >=, SEC(30));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_WATCH_TRAFFIC), ==, 0);
}

/* A way that works only now and then is not taken again and again. */
static void
test_hold(void)
{
    g_autoptr(Bench) bench = direct_pair_new();
    BenchMember *desktop = bench_member(bench, 2);
    gboolean direct = TRUE;
    guint changes = 0;

    for (guint i = 0; i < 600; i++) {
        desktop->mute = i % 10 < 5;
        if (i % 25 == 0) {
            bench_meet(bench, 1, NULL);
            bench_meet(bench, 2, NULL);
        }
        wl_engine_traffic_started(bench->engine, bench->now, NULL);
        bench_drain(bench);
        traffic(bench, 1);
        if (bench_has_allowed(bench, desktop, DESKTOP_PREFIX) != direct) {
            direct = !direct;
            changes++;
        }
    }
    g_assert_cmpuint(changes, >=, 2);
    g_assert_cmpuint(changes, <=, 30);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ways/answer-first", test_answer_first);
    g_test_add_func("/ways/only-ours", test_only_ours);
    g_test_add_func("/ways/uncovered", test_uncovered);
    g_test_add_func("/ways/epochs", test_epochs);
    g_test_add_func("/ways/last-epoch", test_last_epoch);
    g_test_add_func("/ways/told-until-followed", test_told_until_followed);
    g_test_add_func("/ways/silence", test_silence);
    g_test_add_func("/ways/silent-source", test_silent_source);
    g_test_add_func("/ways/end-of-traffic", test_end_of_traffic);
    g_test_add_func("/ways/hint", test_hint);
    g_test_add_func("/ways/hint-passed-on", test_hint_passed_on);
    g_test_add_func("/ways/late-alive", test_late_alive);
    g_test_add_func("/ways/hold", test_hold);
    return g_test_run();
}
