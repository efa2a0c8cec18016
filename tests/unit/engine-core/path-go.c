/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a Go daemon, who says nothing about it, has taken the direct way, and when it left it. */
#include "bench.h"

#define DESKTOP_PREFIX "10.77.0.3/32"
#define STEP           MS(20) /* also about the round trip of an echo */

/* What the kernel of the other host answers. */
typedef struct {
    gboolean life;   /* from our link-local address */
    gboolean direct; /* from our tunnel address directly */
    gboolean via;    /* by the router */
    gboolean router; /* the router, from our link-local address to its own */
} Answers;

static Bench *
leaf_new(void)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    WlPrefix address;

    address = bench_prefix("fd77::2/64");
    g_array_append_val(config->addresses, address);
    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24,fd77::/64");
    bench_add(config, bench_member(bench, 2), NULL, "10.77.0.3/32,fd77::3/128");
    bench_add(config, bench_member(bench, 3), NULL, "10.77.0.4/32");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_run(bench, SEC(1));
    bench_clear(bench);
    return bench;
}

static gboolean
is_answered(Bench *bench, const WlEchoRequest *probe, const Answers *answers)
{
    if (probe->destination.family == WL_FAMILY_V4)
        return answers->via;
    if (wl_ip_equal(&probe->destination, &bench_member(bench, 1)->link_local))
        return answers->router;
    return probe->source.family == WL_FAMILY_NONE ? answers->life : answers->direct;
}

/* Lets time pass, with the answers to what is sent meanwhile. */
static void
run(Bench *bench, gint64 duration, const Answers *answers)
{
    gint64 end = bench->now + duration;

    while (bench->now < end) {
        bench_run(bench, STEP);
        for (guint i = 0; i < bench->outputs->len; i++) {
            WlOutput *output = bench->outputs->pdata[i];
            WlKey key = output->key;
            gboolean answered;

            if (output->kind != WL_OUTPUT_SEND_ECHO || output->echo.destination.family == 0)
                continue;
            answered = is_answered(bench, &output->echo, answers);
            output->echo.destination.family = WL_FAMILY_NONE; /* done with */
            if (!answered)
                continue;
            wl_engine_echo_reply(bench->engine, bench->now, &key, output->echo.sequence);
            bench_drain(bench);
        }
    }
}

static gboolean
is_direct(Bench *bench)
{
    return bench_has_allowed(bench, bench_member(bench, 2), DESKTOP_PREFIX);
}

static gint64
until_direct(Bench *bench, gint64 limit, const Answers *answers)
{
    gint64 start = bench->now;

    while (!is_direct(bench) && bench->now < start + limit)
        run(bench, STEP, answers);
    return bench->now - start;
}

/* What it waits for may be lost. */
static void
test_alive_again(void)
{
    const Answers before = {.via = TRUE, .life = TRUE};
    g_autoptr(Bench) bench = leaf_new();
    BenchMember *desktop = bench_member(bench, 2);
    guint sent = 0;

    bench_meet(bench, 2, "198.51.100.7:51820");
    run(bench, MS(500), &before);
    bench_clear(bench);
    run(bench, MS(4500), &before);
    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        sent += output->kind == WL_OUTPUT_SEND && wl_key_equal(&output->key, &desktop->key);
    }
    g_assert_cmpuint(sent, ==, 2);
}

/* Seen by nothing: by the time that it needs after our Alive. */
static void
test_by_time(void)
{
    g_autoptr(Bench) bench = leaf_new();
    const Answers none = {0};
    gint64 took;

    bench_meet(bench, 2, "198.51.100.7:51820");
    took = until_direct(bench, SEC(20), &none);
    g_assert_cmpint(took, >=, SEC(5));
    g_assert_cmpint(took, <=, MS(5500));
    g_assert_cmpint(bench_view(bench, bench_member(bench, 2))->state, ==, WL_PEER_DIRECT);
    bench_clear(bench);
    run(bench, SEC(20), &none);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND_ECHO), ==, 0);
}

/* It has us when it answers what comes from our tunnel address. */
static void
test_direct_echo(void)
{
    g_autoptr(Bench) bench = leaf_new();
    const Answers before = {.life = TRUE}, after = {.life = TRUE, .direct = TRUE};

    bench_meet(bench, 2, "198.51.100.7:51820");
    run(bench, MS(3210), &before);
    g_assert_false(is_direct(bench));
    g_assert_cmpint(until_direct(bench, SEC(20), &after), <=, MS(150));
}

/* Who answers echoes and not this one has not moved: that is waited for, less and less closely. */
static void
test_not_moving(void)
{
    g_autoptr(Bench) bench = leaf_new();
    const Answers before = {.life = TRUE}, after = {.life = TRUE, .direct = TRUE};

    bench_meet(bench, 2, "198.51.100.7:51820");
    run(bench, SEC(30), &before);
    g_assert_false(is_direct(bench));
    bench_clear(bench);
    bench_meet(bench, 1, NULL);
    bench_meet(bench, 2, NULL);
    run(bench, SEC(120), &before);
    g_assert_false(is_direct(bench));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND_ECHO), <=, 2 * 4 * 75);
    g_assert_cmpint(until_direct(bench, SEC(70), &after), <=, SEC(61));
}

/* By the router it is not answered any more: then it takes only what comes directly. Where nobody
 * answers to its link-local address the silence has to be longer. */
static void
test_router_echo(void)
{
    static const struct {
        Answers before, after;
        gint64 at_least, at_most;
    } cases[] = {
        {{.via = TRUE, .life = TRUE}, {.life = TRUE}, MS(100), MS(300)},
        {{.via = TRUE, .router = TRUE}, {.router = TRUE}, MS(100), MS(300)},
        {{.via = TRUE, .life = TRUE, .router = TRUE},
         {.life = TRUE, .router = TRUE},
         MS(100),
         MS(300)},
        {{.via = TRUE}, {0}, MS(300), MS(600)},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Bench) bench = leaf_new();
        gint64 took;

        bench_meet(bench, 2, "198.51.100.7:51820");
        run(bench, MS(3210), &cases[i].before);
        g_assert_false(is_direct(bench));
        took = until_direct(bench, SEC(20), &cases[i].after);
        g_assert_cmpint(took, >=, cases[i].at_least);
        g_assert_cmpint(took, <=, cases[i].at_most);
    }
}

/* It is not the peer that has moved where the router, or the peer, or all that we send is away for
 * a moment. */
static void
test_stalled(void)
{
    const Answers good = {.via = TRUE, .life = TRUE, .router = TRUE};
    const Answers stalled[] = {{.life = TRUE}, {.router = TRUE}, {0}};

    for (guint i = 0; i < G_N_ELEMENTS(stalled); i++) {
        g_autoptr(Bench) bench = leaf_new();

        bench_meet(bench, 2, "198.51.100.7:51820");
        for (guint j = 0; j < 3; j++) {
            run(bench, MS(500), &good);
            run(bench, MS(600), &stalled[i]);
            g_assert_false(is_direct(bench));
        }
    }
}

/* Single losses on the way by the router mean nothing. */
static void
test_lossy_router(void)
{
    g_autoptr(Bench) bench = leaf_new();
    const Answers good = {.via = TRUE, .life = TRUE}, bad = {.life = TRUE};

    bench_meet(bench, 2, "198.51.100.7:51820");
    for (guint i = 0; i < 20; i++) {
        run(bench, MS(200), &good);
        run(bench, MS(100), &bad);
        g_assert_false(is_direct(bench));
    }
    g_assert_cmpint(until_direct(bench, SEC(20), &bad), <=, MS(600));
}

/* Who is followed and does not answer directly what it answered by the router has not moved: that
 * is taken back, and it is waited for again. */
static void
test_undone(void)
{
    g_autoptr(Bench) bench = leaf_new();
    const Answers before = {.via = TRUE, .life = TRUE}, lost = {.life = TRUE};

    bench_meet(bench, 2, "198.51.100.7:51820");
    run(bench, MS(1000), &before);
    until_direct(bench, SEC(2), &lost);
    g_assert_true(is_direct(bench));
    run(bench, MS(700), &lost);
    g_assert_false(is_direct(bench));
    g_assert_cmpint(until_direct(bench, SEC(2), &lost), <=, MS(700));
    run(bench, SEC(20), &before);
    g_assert_true(is_direct(bench));
}

/* What the router lost before it answered the last one is over: it has lost its own session, say.
 */
static void
test_router_comes_back(void)
{
    g_autoptr(Bench) bench = leaf_new();
    const Answers lost = {.life = TRUE}, found = {.via = TRUE, .life = TRUE};

    bench_meet(bench, 2, "198.51.100.7:51820");
    run(bench, SEC(2), &lost);
    run(bench, SEC(5), &found);
    g_assert_false(is_direct(bench));
}

/* What it sends directly is dropped here until we follow; with two to wait for nobody knows whose
 * packets they were. */
static void
test_dropped(void)
{
    const Answers none = {.via = TRUE};

    for (guint others = 0; others < 2; others++) {
        g_autoptr(Bench) bench = leaf_new();

        bench->device->dropped = 17;
        bench_snapshot(bench);
        bench_drain(bench);
        bench_meet(bench, 2, "198.51.100.7:51820");
        if (others > 0)
            bench_meet(bench, 3, "198.51.100.8:51820");
        run(bench, SEC(2), &none);
        g_assert_false(is_direct(bench));
        bench->device->dropped++;
        run(bench, MS(120), &none);
        g_assert_cmpint(is_direct(bench), ==, others == 0);
    }
}

/* ---- leaving */

static Bench *
direct_new(const Answers *answers)
{
    Bench *bench = leaf_new();

    bench_meet(bench, 2, "198.51.100.7:51820");
    until_direct(bench, SEC(10), answers);
    g_assert_true(is_direct(bench));
    bench_clear(bench);
    g_assert_cmpint(wl_engine_get_deadline(bench->engine), >, bench->now + SEC(3));
    return bench;
}

/* A second of traffic to it, of which nothing comes back; its own comes by the router. */
static void
one_way(Bench *bench, const Answers *answers, gboolean drops, gboolean hears)
{
    WlDevicePeer *peer = wl_device_find(bench->device, &bench_member(bench, 2)->key);

    peer->tx_bytes += 5000;
    if (hears)
        peer->rx_bytes += 100;
    if (drops)
        bench->device->dropped += 50;
    run(bench, SEC(1), answers);
}

static void
test_gone(void)
{
    static const struct {
        gboolean life_before, life_after, drops, hears, leaves;
    } cases[] = {
        {TRUE, FALSE, TRUE, FALSE, TRUE},   /* gone, and it shows */
        {TRUE, TRUE, TRUE, FALSE, FALSE},   /* somebody else's packets */
        {TRUE, FALSE, FALSE, FALSE, FALSE}, /* silent: its own rule, and so ours, is 165 s */
        {FALSE, FALSE, TRUE, TRUE, FALSE},  /* anything authenticated keeps it */
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Answers before = {.life = cases[i].life_before, .direct = cases[i].life_before};
        const Answers after = {.life = cases[i].life_after};
        g_autoptr(Bench) bench = direct_new(&before);
        guint seconds = 0;

        wl_engine_traffic_started(bench->engine, bench->now, NULL);
        bench_drain(bench);
        for (; seconds < 20 && is_direct(bench); seconds++)
            one_way(bench, &after, cases[i].drops, cases[i].hears);
        g_assert_cmpint(is_direct(bench), !=, cases[i].leaves);
        if (cases[i].leaves)
            g_assert_cmpuint(seconds, <=, 8);
        g_assert_true(bench_view(bench, bench_member(bench, 2))->healthy);
    }
}

/* Where echoes are not answered, 15 s of silence say it. */
static void
test_gone_without_echoes(void)
{
    const Answers none = {0};
    g_autoptr(Bench) bench = direct_new(&none);

    wl_engine_traffic_started(bench->engine, bench->now, NULL);
    bench_drain(bench);
    for (guint i = 0; i < 14; i++) {
        one_way(bench, &none, TRUE, FALSE);
        g_assert_true(is_direct(bench));
    }
    /* what comes by the router is not dropped any more once we go that way, too */
    for (guint i = 0; i < 10; i++)
        one_way(bench, &none, is_direct(bench), FALSE);
    g_assert_false(is_direct(bench));
    /* A session that is only not over yet is no reason to come back; that it is heard is one. */
    run(bench, SEC(60), &none);
    g_assert_false(is_direct(bench));
    bench_alive(bench, bench_member(bench, 2));
    g_assert_cmpint(until_direct(bench, SEC(70), &none), <, SEC(70));
}

/* Silent under traffic: another address is tried inside the session, and nothing else changes. */
static void
test_silent(void)
{
    for (guint i = 0; i < 2; i++) {
        const Answers before = {.life = i == 0, .direct = i == 0}, after = {0};
        g_autoptr(Bench) bench = direct_new(&before);
        BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
        guint seconds = 0;

        bench_tell_endpoint(bench, hub, desktop, "198.51.100.77:51820", 3600);
        run(bench, MS(100), &before);
        bench_meet(bench, 2, NULL);
        run(bench, SEC(20), &before);
        bench_clear(bench);
        /* without traffic it may be as silent as it likes */
        run(bench, SEC(20), &after);
        g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), ==, 0);
        bench_meet(bench, 1, NULL);
        bench_meet(bench, 2, NULL);
        wl_engine_traffic_started(bench->engine, bench->now, NULL);
        bench_drain(bench);
        for (; seconds < 40 && bench_changes(bench, desktop, WL_PEER_UPDATE) == 0; seconds++)
            one_way(bench, &after, FALSE, FALSE);
        g_assert_cmpuint(seconds, >=, i == 0 ? 3 : 15);
        g_assert_cmpuint(seconds, <=, i == 0 ? 7 : 30);
        g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
        g_assert_true(is_direct(bench));
    }
}

/* It roamed, unseen until it is looked at because of something else: what others are told meanwhile
 * is where it is, and neither where it was nor what is tried. */
static void
test_roamed_unseen(void)
{
    const Answers before = {.life = TRUE, .direct = TRUE}, after = {0};
    g_autoptr(Bench) bench = direct_new(&before);
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlDevicePeer *peer = wl_device_find(bench->device, &desktop->key);

    run(bench, SEC(20), &before);
    peer->endpoint = bench_endpoint("198.51.100.7:1024");
    bench_clear(bench);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.77:51820", 255);
    run(bench, SEC(4), &after);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), >, 0);
    g_assert_true(bench_sent_endpoint(bench, hub, &desktop->key, "198.51.100.7:1024"));
    g_assert_false(bench_sent_endpoint(bench, hub, &desktop->key, "198.51.100.7:51820"));
    g_assert_false(bench_sent_endpoint(bench, hub, &desktop->key, "198.51.100.77:51820"));
}

/* A peer that runs WireGuard only is not asked anything, and has its allowed IPs with its session.
 */
static void
test_basic(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    BenchMember *phone = bench_member(bench, 2);
    WlPeerConfig *peer;

    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    peer = bench_add(config, phone, "198.51.100.9:51820", "10.77.0.9/32");
    peer->basic = TRUE;
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_handshake(bench, phone, NULL);
    bench_run(bench, SEC(1));
    g_assert_true(bench_has_allowed(bench, phone, "10.77.0.9/32"));
    bench->device->dropped = 5;
    bench_run(bench, SEC(100));
    g_assert_true(bench_has_allowed(bench, phone, "10.77.0.9/32"));
    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        g_assert_false(output->kind == WL_OUTPUT_SEND_ECHO &&
                       wl_key_equal(&output->key, &phone->key));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path-go/alive-again", test_alive_again);
    g_test_add_func("/path-go/by-time", test_by_time);
    g_test_add_func("/path-go/direct-echo", test_direct_echo);
    g_test_add_func("/path-go/not-moving", test_not_moving);
    g_test_add_func("/path-go/router-echo", test_router_echo);
    g_test_add_func("/path-go/stalled", test_stalled);
    g_test_add_func("/path-go/lossy-router", test_lossy_router);
    g_test_add_func("/path-go/undone", test_undone);
    g_test_add_func("/path-go/router-comes-back", test_router_comes_back);
    g_test_add_func("/path-go/dropped", test_dropped);
    g_test_add_func("/path-go/gone", test_gone);
    g_test_add_func("/path-go/gone-without-echoes", test_gone_without_echoes);
    g_test_add_func("/path-go/silent", test_silent);
    g_test_add_func("/path-go/roamed-unseen", test_roamed_unseen);
    g_test_add_func("/path-go/basic", test_basic);
    return g_test_run();
}
