/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the direct path of a Go member is given up, and how its silence is noticed. */
#include "path-go.h"
#include "state/wl-engine-state.h"

static Harness *
direct_new(const PathGoReplies *replies)
{
    Harness *harness = path_go_leaf_new();

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_until_direct(harness, SEC(10), replies);
    g_assert_true(path_go_is_direct(harness));
    harness_clear(harness);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), >, harness->now + SEC(3));
    return harness;
}

/* One second of traffic to the peer, whose packets arrive through the router. */
static void
one_way(Harness *harness, const PathGoReplies *replies, gboolean drops, gboolean hears)
{
    WlDevicePeer *peer = wl_device_find(harness->device, &harness_member(harness, 2)->key);

    peer->tx_bytes += 5000;
    if (hears)
        peer->rx_bytes += 100;
    if (drops)
        harness->device->dropped += 50;
    path_go_run(harness, SEC(1), replies);
}

/* Until the peer is left, from the first echo that checks it: without traffic nothing else wakes
 * the engine. */
static void
test_fallen_back_in_time(void)
{
    static const struct {
        gboolean responds;
        gint64 patience;
    } cases[] = {{TRUE, SEC(2)}, {FALSE, SEC(15)}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const PathGoReplies before = {.life = cases[i].responds, .direct = cases[i].responds};
        const PathGoReplies after = {0};
        g_autoptr(Harness) harness = direct_new(&before);
        gint64 since;

        path_go_run(harness, SEC(5), &before);
        harness_clear(harness);
        while (harness_count(harness, WL_OUTPUT_SEND_ECHO) == 0) {
            harness->device->dropped++;
            path_go_run(harness, PATH_GO_STEP, &after);
        }
        since = harness->now;
        harness_clear(harness);
        while (path_go_is_direct(harness)) {
            harness->device->dropped++;
            path_go_run(harness, PATH_GO_STEP, &after);
        }
        g_assert_cmpint(harness->now - since, ==, cases[i].patience);
        g_assert_cmpuint(harness->wakeups, <, 30);
    }
}

/* A direct peer that replies to echoes and was heard just now. */
static Harness *
heard_new(void)
{
    const PathGoReplies replies = {.life = TRUE, .direct = TRUE};
    Harness *harness = direct_new(&replies);

    path_go_run(harness, SEC(5), &replies);
    harness_alive(harness, harness_member(harness, 2));
    harness_run(harness, 0);
    harness_clear(harness);
    return harness;
}

/* Nothing is replied to until @time. */
static void
run_until(Harness *harness, gint64 time)
{
    harness_run(harness, time - harness->now);
}

/* The engine considers the desktop, without any other reason: no probe waits for this reply. */
static void
consider(Harness *harness)
{
    wl_engine_echo_reply(harness->engine, harness->now, &harness_member(harness, 2)->key, 0xfff0);
    harness_drain(harness);
}

/* A snapshot shows that packets were dropped. */
static void
drop(Harness *harness)
{
    harness->device->dropped++;
    harness_snapshot(harness);
    harness_drain(harness);
}

static guint
n_echoes(Harness *harness)
{
    return harness_count(harness, WL_OUTPUT_SEND_ECHO);
}

static void
test_suspected(void)
{
    g_autoptr(Harness) harness = heard_new();
    gint64 heard = harness->now;

    run_until(harness, heard + SEC(1));
    drop(harness);
    run_until(harness, heard + SEC(3) - 1);
    consider(harness);
    g_assert_cmpuint(n_echoes(harness), ==, 0);
    harness_clear(harness);
    run_until(harness, heard + SEC(3));
    consider(harness);
    g_assert_cmpuint(n_echoes(harness), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 1); /* an Alive */
}

static void
test_dropped_before_heard(void)
{
    g_autoptr(Harness) harness = heard_new();
    gint64 heard = harness->now;

    drop(harness);
    run_until(harness, heard + SEC(4));
    consider(harness);
    g_assert_cmpuint(n_echoes(harness), ==, 0);
}

static void
test_suspected_again(void)
{
    g_autoptr(Harness) harness = heard_new();
    gint64 heard = harness->now;

    for (guint i = 0; i < 2; i++) {
        run_until(harness, heard + SEC(1));
        drop(harness);
        run_until(harness, heard + SEC(3));
        harness_clear(harness);
        consider(harness);
        g_assert_cmpuint(n_echoes(harness), ==, 1);
        g_assert_true(path_go_is_direct(harness));
        run_until(harness, heard + SEC(4));
        harness_alive(harness, harness_member(harness, 2));
        heard = harness->now;
    }
    run_until(harness, heard + SEC(10));
    g_assert_true(path_go_is_direct(harness));
}

/* The device shows, when the time is over, that packets arrived. */
static void
test_heard_at_the_end(void)
{
    g_autoptr(Harness) harness = heard_new();
    const HarnessMember *desktop = harness_member(harness, 2);
    gint64 heard = harness->now;

    run_until(harness, heard + SEC(1));
    drop(harness);
    run_until(harness, heard + SEC(3));
    consider(harness);
    run_until(harness, heard + SEC(4));
    drop(harness);
    wl_device_find(harness->device, &desktop->key)->rx_bytes += 100;
    run_until(harness, heard + SEC(5));
    g_assert_true(path_go_is_direct(harness));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);
}

/* The last packets were dropped when the echo was sent, and may be those of another peer. */
static void
test_dropped_before_the_echo(void)
{
    g_autoptr(Harness) harness = heard_new();
    gint64 heard = harness->now;

    run_until(harness, heard + SEC(1));
    drop(harness);
    run_until(harness, heard + SEC(3));
    drop(harness);
    consider(harness);
    g_assert_cmpuint(n_echoes(harness), ==, 1);
    run_until(harness, heard + SEC(6));
    consider(harness);
    g_assert_true(path_go_is_direct(harness));
}

/* After it fell back, its dropped packets are the sign that it has promoted, and no longer that it
 * has not. */
static void
test_promotes_after_fall_back(void)
{
    const PathGoReplies none = {0};
    g_autoptr(Harness) harness = heard_new();
    gint64 heard = harness->now;

    run_until(harness, heard + SEC(1));
    drop(harness);
    run_until(harness, heard + SEC(3));
    consider(harness);
    run_until(harness, heard + SEC(4));
    drop(harness);
    run_until(harness, heard + SEC(5));
    g_assert_false(path_go_is_direct(harness));
    consider(harness);
    path_go_run(harness, MS(500), &none);
    g_assert_false(path_go_is_direct(harness));
    harness->device->dropped++;
    path_go_run(harness, MS(120), &none);
    g_assert_true(path_go_is_direct(harness));
    path_go_run(harness, SEC(3), &none);
    g_assert_true(path_go_is_direct(harness));
}

static WlRoamingPhase
roaming_phase(Harness *harness)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key)
        ->roaming.phase;
}

/* Under traffic a peer is sent an echo 1.5 s after it was last heard, and its endpoint is suspect
 * after 3 s; the device is read at other times. */
static void
test_probed_in_time(void)
{
    const PathGoReplies none = {0};
    g_autoptr(Harness) harness = heard_new();
    gint64 heard;

    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    one_way(harness, &none, FALSE, TRUE);
    one_way(harness, &none, FALSE, TRUE);
    run_until(harness, harness->now + MS(300));
    harness_clear(harness);
    harness_alive(harness, harness_member(harness, 2));
    heard = harness->now;
    run_until(harness, heard + MS(1500) - 1);
    g_assert_cmpuint(n_echoes(harness), ==, 0);
    g_assert_cmpuint(harness->wakeups, <, 10);
    run_until(harness, heard + MS(1500));
    g_assert_cmpuint(n_echoes(harness), ==, 1);
    run_until(harness, heard + SEC(3) - 1);
    g_assert_cmpint(roaming_phase(harness), ==, WL_ROAMING_NONE);
    g_assert_cmpuint(harness->wakeups, <, 20);
    run_until(harness, heard + SEC(3) + MS(1));
    g_assert_cmpint(roaming_phase(harness), ==, WL_ROAMING_CHECK);
}

/* Traffic ends 5 s after the counters last grew, and the probes with it. */
static void
test_probed_until_rest(void)
{
    g_autoptr(Harness) harness = heard_new();
    const HarnessMember *desktop = harness_member(harness, 2);
    gint64 grown;

    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    wl_device_find(harness->device, &desktop->key)->tx_bytes += 5000;
    harness_snapshot(harness);
    harness_drain(harness);
    grown = harness->now;
    run_until(harness, grown + MS(2500));
    harness_alive(harness, desktop);
    harness_clear(harness);
    run_until(harness, grown + SEC(5) - 1);
    g_assert_cmpuint(n_echoes(harness), ==, 1);
    run_until(harness, grown + SEC(5));
    consider(harness);
    g_assert_cmpuint(n_echoes(harness), ==, 1);
}

static void
test_fallen_back(void)
{
    static const struct {
        gboolean life_before, life_after, drops, hears, leaves;
    } cases[] = {
        {TRUE, FALSE, TRUE, FALSE, TRUE},   /* unreachable, and its packets are dropped */
        {TRUE, TRUE, TRUE, FALSE, FALSE},   /* the dropped packets are another peer's */
        {TRUE, FALSE, FALSE, FALSE, FALSE}, /* silence alone: both sides wait for 165 s */
        {FALSE, FALSE, TRUE, TRUE, FALSE},  /* received bytes keep the direct path */
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const PathGoReplies before = {.life = cases[i].life_before, .direct = cases[i].life_before};
        const PathGoReplies after = {.life = cases[i].life_after};
        g_autoptr(Harness) harness = direct_new(&before);
        guint seconds = 0;

        wl_engine_traffic_started(harness->engine, harness->now, NULL);
        harness_drain(harness);
        for (; seconds < 20 && path_go_is_direct(harness); seconds++)
            one_way(harness, &after, cases[i].drops, cases[i].hears);
        g_assert_cmpint(path_go_is_direct(harness), !=, cases[i].leaves);
        if (cases[i].leaves)
            g_assert_cmpuint(seconds, <=, 8);
        g_assert_true(harness_view(harness, harness_member(harness, 2))->healthy);
    }
}

/* If the peer replies to no echoes, 15 s of silence are required. */
static void
test_fallen_back_without_echoes(void)
{
    const PathGoReplies none = {0};
    g_autoptr(Harness) harness = direct_new(&none);

    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    for (guint i = 0; i < 14; i++) {
        one_way(harness, &none, TRUE, FALSE);
        g_assert_true(path_go_is_direct(harness));
    }
    /* Packets that arrive through the router are no longer dropped after falling back. */
    for (guint i = 0; i < 10; i++)
        one_way(harness, &none, path_go_is_direct(harness), FALSE);
    g_assert_false(path_go_is_direct(harness));
    /* A session that has merely not expired is no reason to promote again; a datagram is. */
    path_go_run(harness, SEC(60), &none);
    g_assert_false(path_go_is_direct(harness));
    harness_alive(harness, harness_member(harness, 2));
    g_assert_cmpint(path_go_until_direct(harness, SEC(70), &none), <, SEC(70));
}

/* A peer that is silent under traffic is tried at another endpoint inside the session; the path
 * stays. */
static void
test_silent(void)
{
    for (guint i = 0; i < 2; i++) {
        const PathGoReplies before = {.life = i == 0, .direct = i == 0}, after = {0};
        g_autoptr(Harness) harness = direct_new(&before);
        HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
        guint seconds = 0;

        harness_advertise_endpoint(harness, hub, desktop, "198.51.100.77:51820", 3600);
        path_go_run(harness, MS(100), &before);
        harness_meet(harness, 2, NULL);
        path_go_run(harness, SEC(20), &before);
        harness_clear(harness);
        /* Silence without traffic is normal. */
        path_go_run(harness, SEC(20), &after);
        g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);
        harness_meet(harness, 1, NULL);
        harness_meet(harness, 2, NULL);
        wl_engine_traffic_started(harness->engine, harness->now, NULL);
        harness_drain(harness);
        for (; seconds < 40 && harness_changes(harness, desktop, WL_PEER_UPDATE) == 0; seconds++)
            one_way(harness, &after, FALSE, FALSE);
        g_assert_cmpuint(seconds, >=, i == 0 ? 3 : 15);
        g_assert_cmpuint(seconds, <=, i == 0 ? 7 : 30);
        g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
        g_assert_true(path_go_is_direct(harness));
    }
}

/* A peer roamed, which a later snapshot reveals: its actual endpoint is advertised, neither the old
 * one nor the candidate being tried. */
static void
test_roamed(void)
{
    const PathGoReplies before = {.life = TRUE, .direct = TRUE}, after = {0};
    g_autoptr(Harness) harness = direct_new(&before);
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlDevicePeer *peer = wl_device_find(harness->device, &desktop->key);

    path_go_run(harness, SEC(20), &before);
    peer->endpoint = harness_endpoint("198.51.100.7:1024");
    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.77:51820", 255);
    path_go_run(harness, SEC(4), &after);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), >, 0);
    g_assert_true(harness_sent_endpoint(harness, hub, &desktop->key, "198.51.100.7:1024"));
    g_assert_false(harness_sent_endpoint(harness, hub, &desktop->key, "198.51.100.7:51820"));
    g_assert_false(harness_sent_endpoint(harness, hub, &desktop->key, "198.51.100.77:51820"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path-go/a peer falls back in time without traffic", test_fallen_back_in_time);
    g_test_add_func("/path-go/a peer is suspected after 3 s of silence", test_suspected);
    g_test_add_func("/path-go/packets dropped before a peer was heard are no sign",
                    test_dropped_before_heard);
    g_test_add_func("/path-go/a peer that was heard is suspected anew", test_suspected_again);
    g_test_add_func("/path-go/the device is read before a peer falls back", test_heard_at_the_end);
    g_test_add_func("/path-go/packets dropped before the echo are no sign",
                    test_dropped_before_the_echo);
    g_test_add_func("/path-go/a peer that fell back may promote again",
                    test_promotes_after_fall_back);
    g_test_add_func("/path-go/a silent peer is probed in time under traffic", test_probed_in_time);
    g_test_add_func("/path-go/a silent peer is probed until traffic ends", test_probed_until_rest);
    g_test_add_func("/path-go/a peer that uses the router falls back", test_fallen_back);
    g_test_add_func("/path-go/a peer without echo replies falls back after 15 s",
                    test_fallen_back_without_echoes);
    g_test_add_func("/path-go/a silent peer is tried at another endpoint", test_silent);
    g_test_add_func("/path-go/the actual endpoint of a roamed peer is advertised", test_roamed);
    return g_test_run();
}
