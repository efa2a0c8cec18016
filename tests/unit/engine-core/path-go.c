/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inferred path of Go members: when it is followed, reverted and given up. Basic peers. */
#include "harness.h"
#include "paths/wl-peer-echo.h"
#include "state/wl-engine-state.h"

#define DESKTOP_PREFIX "10.77.0.3/32"
#define STEP           MS(20) /* also about the round trip of an echo */

/* The echoes that the other host replies to. */
typedef struct {
    gboolean life;    /* from our link-local address */
    gboolean direct;  /* from our IPv6 tunnel address, directly */
    gboolean transit; /* between the IPv4 tunnel addresses */
    gboolean router;  /* the router's reply, between link-local addresses */
} Replies;

/* The hub and the members 2 to @last. */
static WlEngineConfig *
config_of(Harness *harness, guint last)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlPrefix address;

    address = harness_prefix("fd77::2/64");
    g_array_append_val(config->addresses, address);
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24,fd77::/64");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32,fd77::3/128");
    for (guint i = 3; i <= last; i++) {
        g_autofree char *allowed = g_strdup_printf("10.77.0.%u/32", i + 1);
        harness_add(config, harness_member(harness, i), NULL, allowed);
    }
    return config;
}

static Harness *
leaf_with(guint last)
{
    Harness *harness = harness_new();

    harness_start(harness, config_of(harness, last));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    return harness;
}

static Harness *
leaf_new(void)
{
    return leaf_with(3);
}

static gboolean
is_replied(Harness *harness, const WlEchoRequest *echo, const Replies *replies)
{
    if (echo->destination.family == WL_FAMILY_V4)
        return replies->transit;
    if (wl_ip_equal(&echo->destination, &harness_member(harness, 1)->link_local))
        return replies->router;
    return echo->source.family == WL_FAMILY_NONE ? replies->life : replies->direct;
}

/* Runs for @duration and replies to the echoes sent meanwhile. */
static void
run(Harness *harness, gint64 duration, const Replies *replies)
{
    gint64 end = harness->now + duration;

    while (harness->now < end) {
        harness_run(harness, STEP);
        for (guint i = 0; i < harness->outputs->len; i++) {
            WlOutput *output = harness->outputs->pdata[i];
            WlKey key = output->key;
            gboolean replied;

            if (output->kind != WL_OUTPUT_SEND_ECHO || output->echo.destination.family == 0)
                continue;
            replied = is_replied(harness, &output->echo, replies);
            output->echo.destination.family = WL_FAMILY_NONE; /* done with */
            if (!replied)
                continue;
            wl_engine_echo_reply(harness->engine, harness->now, &key, output->echo.sequence);
            harness_drain(harness);
        }
    }
}

static gboolean
is_direct(Harness *harness)
{
    return harness_has_allowed(harness, harness_member(harness, 2), DESKTOP_PREFIX);
}

static gint64
until_direct(Harness *harness, gint64 limit, const Replies *replies)
{
    gint64 start = harness->now;

    while (!is_direct(harness) && harness->now < start + limit)
        run(harness, STEP, replies);
    return harness->now - start;
}

/* The Alive that the daemon waits for may be lost. */
static void
test_alive_resent(void)
{
    const Replies before = {.transit = TRUE, .life = TRUE};
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);
    guint sent = 0;

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, MS(500), &before);
    harness_clear(harness);
    run(harness, MS(4500), &before);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        sent += output->kind == WL_OUTPUT_SEND && wl_key_equal(&output->key, &desktop->key);
    }
    g_assert_cmpuint(sent, ==, 2);
}

/* Without a possible sign the peer is followed after the time that the daemon needs. */
static void
test_by_time(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const Replies none = {0};
    gint64 took;

    harness_meet(harness, 2, "198.51.100.7:51820");
    took = until_direct(harness, SEC(20), &none);
    g_assert_cmpint(took, >=, SEC(5));
    g_assert_cmpint(took, <=, MS(5500));
    g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->state, ==, WL_PEER_DIRECT);
    harness_clear(harness);
    run(harness, SEC(20), &none);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), ==, 0);
}

/* A reply to our tunnel address shows that the peer has our allowed IPs. */
static void
test_direct_echo(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const Replies before = {.life = TRUE}, after = {.life = TRUE, .direct = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, MS(3210), &before);
    g_assert_false(is_direct(harness));
    g_assert_cmpint(until_direct(harness, SEC(20), &after), <=, MS(150));
}

/* A peer that replies to other echoes but not to this one has not promoted: its path is observed at
 * longer intervals. */
static void
test_not_promoting(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const Replies before = {.life = TRUE}, after = {.life = TRUE, .direct = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(30), &before);
    g_assert_false(is_direct(harness));
    harness_clear(harness);
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, NULL);
    run(harness, SEC(120), &before);
    g_assert_false(is_direct(harness));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), <=, 2 * 4 * 75);
    g_assert_cmpint(until_direct(harness, SEC(70), &after), <=, SEC(61));
}

/* A peer that no longer replies through the router has promoted. Without control replies a longer
 * silence is required. */
static void
test_transit_echo(void)
{
    static const struct {
        Replies before, after;
        gint64 at_least, at_most;
    } cases[] = {
        {{.transit = TRUE, .life = TRUE}, {.life = TRUE}, MS(100), MS(300)},
        {{.transit = TRUE, .router = TRUE}, {.router = TRUE}, MS(100), MS(300)},
        {{.transit = TRUE, .life = TRUE, .router = TRUE},
         {.life = TRUE, .router = TRUE},
         MS(100),
         MS(300)},
        {{.transit = TRUE}, {0}, MS(300), MS(600)},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Harness) harness = leaf_new();
        gint64 took;

        harness_meet(harness, 2, "198.51.100.7:51820");
        run(harness, MS(3210), &cases[i].before);
        g_assert_false(is_direct(harness));
        took = until_direct(harness, SEC(20), &cases[i].after);
        g_assert_cmpint(took, >=, cases[i].at_least);
        g_assert_cmpint(took, <=, cases[i].at_most);
    }
}

/* A router, a peer or the own uplink that is briefly unreachable is not a sign. */
static void
test_briefly_unreachable(void)
{
    const Replies good = {.transit = TRUE, .life = TRUE, .router = TRUE};
    const Replies stalled[] = {{.life = TRUE}, {.router = TRUE}, {0}};

    for (guint i = 0; i < G_N_ELEMENTS(stalled); i++) {
        g_autoptr(Harness) harness = leaf_new();

        harness_meet(harness, 2, "198.51.100.7:51820");
        for (guint j = 0; j < 3; j++) {
            run(harness, MS(500), &good);
            run(harness, MS(600), &stalled[i]);
            g_assert_false(is_direct(harness));
        }
    }
}

/* Single losses on the router's path are not a sign. */
static void
test_lossy_router(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const Replies good = {.transit = TRUE, .life = TRUE}, bad = {.life = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    for (guint i = 0; i < 20; i++) {
        run(harness, MS(200), &good);
        run(harness, MS(100), &bad);
        g_assert_false(is_direct(harness));
    }
    g_assert_cmpint(until_direct(harness, SEC(20), &bad), <=, MS(600));
}

/* A peer that is followed and does not reply directly has not promoted: following is reverted, and
 * the path is observed again. */
static void
test_reverted(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const Replies before = {.transit = TRUE, .life = TRUE}, lost = {.life = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, MS(1000), &before);
    until_direct(harness, SEC(2), &lost);
    g_assert_true(is_direct(harness));
    run(harness, MS(700), &lost);
    g_assert_false(is_direct(harness));
    g_assert_cmpint(until_direct(harness, SEC(2), &lost), <=, MS(700));
    run(harness, SEC(20), &before);
    g_assert_true(is_direct(harness));
}

/* The last echo that the peer would have replied to counts as lost a round trip later: the engine
 * wakes at that time, not with the next round. */
static void
test_followed_when_lost(void)
{
    const Replies before = {.transit = TRUE, .life = TRUE}, lost = {.life = TRUE};
    g_autoptr(Harness) harness = leaf_new();
    gint64 last_reply, sent[2] = {0};
    guint n = 0;

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(1), &before);
    while (n < 2) {
        guint already = harness->outputs->len;

        harness_run(harness, wl_engine_get_deadline(harness->engine) - harness->now);
        last_reply = harness->now;
        for (guint i = already; i < harness->outputs->len; i++) {
            WlOutput *output = harness->outputs->pdata[i];
            WlKey key = output->key;

            if (output->kind != WL_OUTPUT_SEND_ECHO)
                continue;
            if (output->echo.destination.family == WL_FAMILY_V4)
                sent[n++] = harness->now;
            else if (is_replied(harness, &output->echo, &lost))
                wl_engine_echo_reply(harness->engine, harness->now, &key, output->echo.sequence);
        }
        harness_drain(harness);
        g_assert_cmpint(last_reply, <, SEC(3) + harness->now);
    }
    while (!is_direct(harness))
        harness_run(harness, wl_engine_get_deadline(harness->engine) - harness->now);
    g_assert_cmpint(harness->now, >=, sent[1] + MS(60));
    g_assert_cmpint(harness->now, <=, sent[1] + MS(60) + STEP);
}

/* Losses before a reply do not count: the router may have lost its own session, for example. */
static void
test_router_comes_back(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const Replies lost = {.life = TRUE}, found = {.transit = TRUE, .life = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(2), &lost);
    run(harness, SEC(5), &found);
    g_assert_false(is_direct(harness));
}

/* Packets that the device drops are a sign while a single peer is observed; with two their sender
 * is unknown. */
static void
test_dropped_packets(void)
{
    const Replies none = {.transit = TRUE};

    for (guint other_peers = 0; other_peers < 2; other_peers++) {
        g_autoptr(Harness) harness = leaf_new();

        harness->device->dropped = 17;
        harness_snapshot(harness);
        harness_drain(harness);
        harness_meet(harness, 2, "198.51.100.7:51820");
        if (other_peers > 0)
            harness_meet(harness, 3, "198.51.100.8:51820");
        run(harness, SEC(2), &none);
        g_assert_false(is_direct(harness));
        harness->device->dropped++;
        run(harness, MS(120), &none);
        g_assert_cmpint(is_direct(harness), ==, other_peers == 0);
    }
}

/* Three peers have the direct path, and two of them leave the profile. */
static void
test_watch_of_removed(void)
{
    const Replies direct = {.life = TRUE, .direct = TRUE};
    g_autoptr(Harness) harness = leaf_with(4);

    for (guint i = 2; i <= 4; i++)
        harness_meet(harness, i, "198.51.100.7:51820");
    run(harness, SEC(10), &direct);
    g_assert_cmpuint(harness->engine->traffic.peers, ==, 3);
    harness_change(harness, config_of(harness, 2));
    g_assert_cmpuint(harness->engine->traffic.peers, ==, 1);
}

/* Two others were observed as well, and left the profile. */
static void
test_dropped_packets_of_removed(void)
{
    const Replies none = {.transit = TRUE};
    g_autoptr(Harness) harness = leaf_with(4);

    harness->device->dropped = 17;
    harness_snapshot(harness);
    harness_drain(harness);
    for (guint i = 2; i <= 4; i++)
        harness_meet(harness, i, "198.51.100.7:51820");
    run(harness, SEC(2), &none);
    harness_change(harness, config_of(harness, 2));
    run(harness, MS(120), &none);
    g_assert_false(is_direct(harness));
    harness->device->dropped++;
    run(harness, MS(120), &none);
    g_assert_true(is_direct(harness));
}

/* A peer that was followed is observed until a sign confirms or refutes that, for two seconds at
 * most. Dropped packets are then those of the other peer again. */
static void
test_no_sign(void)
{
    const Replies before = {.transit = TRUE, .life = TRUE}, lost = {.life = TRUE}, none = {0};
    const Replies other = {.transit = TRUE};
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *laptop = harness_member(harness, 3);

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(1), &before);
    until_direct(harness, SEC(2), &lost);
    run(harness, MS(2200), &none);
    g_assert_true(is_direct(harness));
    harness_meet(harness, 3, "198.51.100.8:51820");
    run(harness, SEC(2), &other);
    g_assert_false(harness_has_allowed(harness, laptop, "10.77.0.4/32"));
    harness->device->dropped++;
    run(harness, MS(120), &other);
    g_assert_true(harness_has_allowed(harness, laptop, "10.77.0.4/32"));
    g_assert_true(is_direct(harness));
}

/* ---- falling back */

static Harness *
direct_new(const Replies *replies)
{
    Harness *harness = leaf_new();

    harness_meet(harness, 2, "198.51.100.7:51820");
    until_direct(harness, SEC(10), replies);
    g_assert_true(is_direct(harness));
    harness_clear(harness);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), >, harness->now + SEC(3));
    return harness;
}

/* One second of traffic to the peer, whose packets arrive through the router. */
static void
one_way(Harness *harness, const Replies *replies, gboolean drops, gboolean hears)
{
    WlDevicePeer *peer = wl_device_find(harness->device, &harness_member(harness, 2)->key);

    peer->tx_bytes += 5000;
    if (hears)
        peer->rx_bytes += 100;
    if (drops)
        harness->device->dropped += 50;
    run(harness, SEC(1), replies);
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
        const Replies before = {.life = cases[i].responds, .direct = cases[i].responds};
        const Replies after = {0};
        g_autoptr(Harness) harness = direct_new(&before);
        gint64 since;

        run(harness, SEC(5), &before);
        harness_clear(harness);
        while (harness_count(harness, WL_OUTPUT_SEND_ECHO) == 0) {
            harness->device->dropped++;
            run(harness, STEP, &after);
        }
        since = harness->now;
        harness_clear(harness);
        while (is_direct(harness)) {
            harness->device->dropped++;
            run(harness, STEP, &after);
        }
        g_assert_cmpint(harness->now - since, ==, cases[i].patience);
        g_assert_cmpuint(harness->wakeups, <, 30);
    }
}

/* A direct peer that replies to echoes and was heard just now. */
static Harness *
heard_new(void)
{
    const Replies replies = {.life = TRUE, .direct = TRUE};
    Harness *harness = direct_new(&replies);

    run(harness, SEC(5), &replies);
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
        g_assert_true(is_direct(harness));
        run_until(harness, heard + SEC(4));
        harness_alive(harness, harness_member(harness, 2));
        heard = harness->now;
    }
    run_until(harness, heard + SEC(10));
    g_assert_true(is_direct(harness));
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
    g_assert_true(is_direct(harness));
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
    g_assert_true(is_direct(harness));
}

/* After it fell back, its dropped packets are the sign that it has promoted, and no longer that it
 * has not. */
static void
test_promotes_after_fall_back(void)
{
    const Replies none = {0};
    g_autoptr(Harness) harness = heard_new();
    gint64 heard = harness->now;

    run_until(harness, heard + SEC(1));
    drop(harness);
    run_until(harness, heard + SEC(3));
    consider(harness);
    run_until(harness, heard + SEC(4));
    drop(harness);
    run_until(harness, heard + SEC(5));
    g_assert_false(is_direct(harness));
    consider(harness);
    run(harness, MS(500), &none);
    g_assert_false(is_direct(harness));
    harness->device->dropped++;
    run(harness, MS(120), &none);
    g_assert_true(is_direct(harness));
    run(harness, SEC(3), &none);
    g_assert_true(is_direct(harness));
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
    const Replies none = {0};
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
        const Replies before = {.life = cases[i].life_before, .direct = cases[i].life_before};
        const Replies after = {.life = cases[i].life_after};
        g_autoptr(Harness) harness = direct_new(&before);
        guint seconds = 0;

        wl_engine_traffic_started(harness->engine, harness->now, NULL);
        harness_drain(harness);
        for (; seconds < 20 && is_direct(harness); seconds++)
            one_way(harness, &after, cases[i].drops, cases[i].hears);
        g_assert_cmpint(is_direct(harness), !=, cases[i].leaves);
        if (cases[i].leaves)
            g_assert_cmpuint(seconds, <=, 8);
        g_assert_true(harness_view(harness, harness_member(harness, 2))->healthy);
    }
}

/* If the peer replies to no echoes, 15 s of silence are required. */
static void
test_fallen_back_without_echoes(void)
{
    const Replies none = {0};
    g_autoptr(Harness) harness = direct_new(&none);

    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    harness_drain(harness);
    for (guint i = 0; i < 14; i++) {
        one_way(harness, &none, TRUE, FALSE);
        g_assert_true(is_direct(harness));
    }
    /* Packets that arrive through the router are no longer dropped after falling back. */
    for (guint i = 0; i < 10; i++)
        one_way(harness, &none, is_direct(harness), FALSE);
    g_assert_false(is_direct(harness));
    /* A session that has merely not expired is no reason to promote again; a datagram is. */
    run(harness, SEC(60), &none);
    g_assert_false(is_direct(harness));
    harness_alive(harness, harness_member(harness, 2));
    g_assert_cmpint(until_direct(harness, SEC(70), &none), <, SEC(70));
}

/* A peer that is silent under traffic is tried at another endpoint inside the session; the path
 * stays. */
static void
test_silent(void)
{
    for (guint i = 0; i < 2; i++) {
        const Replies before = {.life = i == 0, .direct = i == 0}, after = {0};
        g_autoptr(Harness) harness = direct_new(&before);
        HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
        guint seconds = 0;

        harness_advertise_endpoint(harness, hub, desktop, "198.51.100.77:51820", 3600);
        run(harness, MS(100), &before);
        harness_meet(harness, 2, NULL);
        run(harness, SEC(20), &before);
        harness_clear(harness);
        /* Silence without traffic is normal. */
        run(harness, SEC(20), &after);
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
        g_assert_true(is_direct(harness));
    }
}

/* A peer roamed, which a later snapshot reveals: its actual endpoint is advertised, neither the old
 * one nor the candidate being tried. */
static void
test_roamed(void)
{
    const Replies before = {.life = TRUE, .direct = TRUE}, after = {0};
    g_autoptr(Harness) harness = direct_new(&before);
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlDevicePeer *peer = wl_device_find(harness->device, &desktop->key);

    run(harness, SEC(20), &before);
    peer->endpoint = harness_endpoint("198.51.100.7:1024");
    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.77:51820", 255);
    run(harness, SEC(4), &after);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), >, 0);
    g_assert_true(harness_sent_endpoint(harness, hub, &desktop->key, "198.51.100.7:1024"));
    g_assert_false(harness_sent_endpoint(harness, hub, &desktop->key, "198.51.100.7:51820"));
    g_assert_false(harness_sent_endpoint(harness, hub, &desktop->key, "198.51.100.77:51820"));
}

/* A basic peer is sent no echoes and has its allowed IPs with its session. */
static void
test_basic(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *phone = harness_member(harness, 2);
    WlPeerConfig *peer;

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    peer = harness_add(config, phone, "198.51.100.9:51820", "10.77.0.9/32");
    peer->basic = TRUE;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_handshake(harness, phone, NULL);
    harness_run(harness, SEC(1));
    g_assert_true(harness_has_allowed(harness, phone, "10.77.0.9/32"));
    harness->device->dropped = 5;
    harness_run(harness, SEC(100));
    g_assert_true(harness_has_allowed(harness, phone, "10.77.0.9/32"));
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        g_assert_false(output->kind == WL_OUTPUT_SEND_ECHO &&
                       wl_key_equal(&output->key, &phone->key));
    }
}

static void
test_sequence(void)
{
    const Replies before = {.transit = TRUE, .life = TRUE};
    g_autoptr(Harness) harness = leaf_new();
    guint n = 0;
    guint16 last = 0;

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(1), &before);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        if (output->kind != WL_OUTPUT_SEND_ECHO)
            continue;
        if (n++ > 0)
            g_assert_cmpuint(output->echo.sequence, ==, (guint16) (last + 1));
        last = output->echo.sequence;
    }
    g_assert_cmpuint(n, >, 10);
}

/* Each echo has addresses of one family, and that of a tunnel address is no link-local one. */
static void
test_echo_sources(void)
{
    const Replies before = {.transit = TRUE, .life = TRUE};
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = config_of(harness, 2);
    WlPrefix local = harness_prefix("fe80::9/64");
    WlIp own4 = harness_ip("10.77.0.2"), own6 = harness_ip("fd77::2");
    guint n4 = 0, n6 = 0;

    g_array_insert_val(config->addresses, 0, local);
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(1), &before);
    harness_clear(harness);
    harness_run(harness, SEC(1));
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        if (output->kind != WL_OUTPUT_SEND_ECHO || output->echo.source.family == WL_FAMILY_NONE)
            continue;
        g_assert_cmpint(output->echo.source.family, ==, output->echo.destination.family);
        g_assert_true(wl_ip_equal(&output->echo.source, &own4) ||
                      wl_ip_equal(&output->echo.source, &own6));
        n4 += output->echo.source.family == WL_FAMILY_V4;
        n6 += output->echo.source.family == WL_FAMILY_V6;
    }
    g_assert_cmpuint(n4, >, 0);
    g_assert_cmpuint(n6, >, 0);
}

/* Echoes about @number to @address since harness_clear(); NULL: to any IPv4 address. */
static guint
n_echoes_to(Harness *harness, guint number, const char *address)
{
    WlIp ip = address ? harness_ip(address) : (WlIp){0};
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        n += output->kind == WL_OUTPUT_SEND_ECHO &&
             wl_key_equal(&output->key, &harness_member(harness, number)->key) &&
             output->echo.destination.family == WL_FAMILY_V4 &&
             (!address || wl_ip_equal(&output->echo.destination, &ip));
    }
    return n;
}

/* The address that a router has which can be reached: it may be the second, may be learned, and may
 * be missing. */
static void
test_transit_address(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1);

    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.128/25,fd77::/64")->trust =
        WL_TRUST_MEMBERSHIP;
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32,10.77.0.130/32");
    harness_add(config, harness_member(harness, 3), NULL, "fd77::9/128");
    harness_add(config, harness_member(harness, 4), NULL, "fd77::10/128");
    harness_add(config, harness_member(harness, 5), NULL, "10.77.0.0/25");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_allowed(harness, hub, harness_member(harness, 4), "10.77.0.150/32", 255);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    for (guint i = 2; i <= 4; i++)
        harness_meet(harness, i, "198.51.100.7:51820");
    harness_run(harness, SEC(1));
    g_assert_cmpuint(n_echoes_to(harness, 2, "10.77.0.130"), >, 0);
    g_assert_cmpuint(n_echoes_to(harness, 2, NULL), ==, n_echoes_to(harness, 2, "10.77.0.130"));
    g_assert_cmpuint(n_echoes_to(harness, 3, NULL), ==, 0);
    g_assert_cmpuint(n_echoes_to(harness, 4, "10.77.0.150"), >, 0);
}

/* Only its own replies show that a peer replies to echoes. */
static void
test_responds(void)
{
    static const struct {
        Replies replies;
        gboolean responds;
    } cases[] = {
        {{0}, FALSE},
        {{.router = TRUE}, FALSE},
        {{.transit = TRUE, .router = TRUE}, FALSE},
        {{.life = TRUE}, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Harness) harness = leaf_new();

        harness_meet(harness, 2, "198.51.100.7:51820");
        run(harness, SEC(1), &cases[i].replies);
        g_assert_cmpint(
            wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key)
                ->path.echo.responds,
            ==, cases[i].responds);
    }
}

static WlDevicePeer *
device_peer(Harness *harness, guint number)
{
    return wl_device_find(harness->device, &harness_member(harness, number)->key);
}

/* Adds the echoes since harness_clear() to the counters of the device: those to IPv4 addresses and
 * to the hub go through the hub, which is member 1, as their replies do. */
static void
count_echoes(Harness *harness, const Replies *replies)
{
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        gboolean v4 = output->echo.destination.family == WL_FAMILY_V4;
        guint64 size = v4 ? WL_ECHO_SIZE_V4 : WL_ECHO_SIZE_V6;
        WlKey key = output->key;
        WlDevicePeer *hop;

        if (output->kind != WL_OUTPUT_SEND_ECHO)
            continue;
        hop = v4 || wl_ip_equal(&output->echo.destination, &harness_member(harness, 1)->link_local)
                  ? device_peer(harness, 1)
                  : wl_device_find(harness->device, &key);
        hop->tx_bytes += size;
        if (!is_replied(harness, &output->echo, replies))
            continue;
        hop->rx_bytes += size;
        wl_engine_echo_reply(harness->engine, harness->now, &key, output->echo.sequence);
    }
    harness_clear(harness);
}

/* The echoes of observation windows are not the traffic whose end is awaited: it ends 5 s after the
 * first packet. */
static void
test_echoes_are_no_traffic(void)
{
    const Replies direct = {.life = TRUE, .direct = TRUE};
    const Replies none = {.transit = TRUE, .life = TRUE, .router = TRUE};
    g_autoptr(Harness) harness = leaf_with(4);
    guint watched = 0;
    gint64 start;

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(10), &direct);
    g_assert_true(is_direct(harness));
    harness->no_device = TRUE;
    harness_clear(harness);
    harness_meet(harness, 3, "198.51.100.8:51820");
    harness_meet(harness, 4, "198.51.100.9:51820");
    harness_snapshot(harness);
    wl_engine_traffic_started(harness->engine, harness->now, NULL);
    start = harness->now;
    while (harness->now < start + SEC(5) + MS(100)) {
        harness_drain(harness);
        watched += harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC);
        count_echoes(harness, &none);
        harness_drain(harness);
        watched += harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC);
        harness_snapshot(harness);
        harness_run(harness, MS(500));
    }
    g_assert_cmpuint(watched, ==, 1);
}

/* After three windows without promotion the peer is observed again a minute later only. */
static void
test_windows(void)
{
    const Replies before = {.life = TRUE};
    g_autoptr(Harness) harness = leaf_new();

    harness_meet(harness, 2, "198.51.100.7:51820");
    run(harness, SEC(21), &before);
    harness_clear(harness);
    run(harness, SEC(1), &before);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), >, 0);
    run(harness, MS(500), &before);
    harness_clear(harness);
    run(harness, SEC(50), &before);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path-go/an Alive is sent again while the daemon may wait for it",
                    test_alive_resent);
    g_test_add_func("/path-go/a peer without signs is followed after its chunk", test_by_time);
    g_test_add_func("/path-go/a reply to the direct echo is followed", test_direct_echo);
    g_test_add_func("/path-go/a peer that does not promote is observed at longer intervals",
                    test_not_promoting);
    g_test_add_func("/path-go/a peer that no longer replies through the router is followed",
                    test_transit_echo);
    g_test_add_func("/path-go/a briefly unreachable peer is not followed",
                    test_briefly_unreachable);
    g_test_add_func("/path-go/single losses on the path of the router are ignored",
                    test_lossy_router);
    g_test_add_func("/path-go/following a peer that does not reply directly is reverted",
                    test_reverted);
    g_test_add_func("/path-go/a peer is followed when its last echo counts as lost",
                    test_followed_when_lost);
    g_test_add_func("/path-go/losses before a reply are ignored", test_router_comes_back);
    g_test_add_func("/path-go/dropped packets are followed if one peer is observed",
                    test_dropped_packets);
    g_test_add_func("/path-go/the traffic of a removed peer is not watched", test_watch_of_removed);
    g_test_add_func("/path-go/dropped packets are no sign of a removed peer",
                    test_dropped_packets_of_removed);
    g_test_add_func("/path-go/a followed peer without signs is observed for 2 s", test_no_sign);
    g_test_add_func("/path-go/a peer that uses the router falls back", test_fallen_back);
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
    g_test_add_func("/path-go/a peer without echo replies falls back after 15 s",
                    test_fallen_back_without_echoes);
    g_test_add_func("/path-go/a silent peer is tried at another endpoint", test_silent);
    g_test_add_func("/path-go/the actual endpoint of a roamed peer is advertised", test_roamed);
    g_test_add_func("/path-go/a basic peer has its allowed IPs with its session", test_basic);
    g_test_add_func("/path-go/numbers of echoes are consecutive", test_sequence);
    g_test_add_func("/path-go/an echo is sent from a tunnel address", test_echo_sources);
    g_test_add_func("/path-go/the address behind the router is one of the peer",
                    test_transit_address);
    g_test_add_func("/path-go/a peer replies itself", test_responds);
    g_test_add_func("/path-go/echoes are no traffic", test_echoes_are_no_traffic);
    g_test_add_func("/path-go/three windows follow each other", test_windows);
    return g_test_run();
}
