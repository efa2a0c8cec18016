/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the direct path of a Go member is inferred, and when that is reverted. Basic peers. */
#include "path-go.h"
#include "paths/wl-path-go.h"
#include "state/wl-engine-state.h"

/* The Alive that the daemon waits for may be lost. */
static void
test_alive_resent(void)
{
    const PathGoReplies before = {.transit = TRUE, .life = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);
    guint sent = 0;

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, MS(500), &before);
    harness_clear(harness);
    path_go_run(harness, MS(4500), &before);
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
    g_autoptr(Harness) harness = path_go_leaf_new();
    const PathGoReplies none = {0};
    gint64 took;

    harness_meet(harness, 2, "198.51.100.7:51820");
    took = path_go_until_direct(harness, SEC(20), &none);
    g_assert_cmpint(took, >=, SEC(5));
    g_assert_cmpint(took, <=, MS(5500));
    g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->state, ==, WL_PEER_DIRECT);
    harness_clear(harness);
    path_go_run(harness, SEC(20), &none);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), ==, 0);
}

/* A reply to our tunnel address shows that the peer has our allowed IPs. */
static void
test_direct_echo(void)
{
    g_autoptr(Harness) harness = path_go_leaf_new();
    const PathGoReplies before = {.life = TRUE}, after = {.life = TRUE, .direct = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, MS(3210), &before);
    g_assert_false(path_go_is_direct(harness));
    g_assert_cmpint(path_go_until_direct(harness, SEC(20), &after), <=, MS(150));
}

/* A peer that replies to other echoes but not to this one has not promoted: its path is observed at
 * longer intervals. */
static void
test_not_promoting(void)
{
    g_autoptr(Harness) harness = path_go_leaf_new();
    const PathGoReplies before = {.life = TRUE}, after = {.life = TRUE, .direct = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(30), &before);
    g_assert_false(path_go_is_direct(harness));
    harness_clear(harness);
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, NULL);
    path_go_run(harness, SEC(120), &before);
    g_assert_false(path_go_is_direct(harness));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), <=, 2 * 4 * 75);
    g_assert_cmpint(path_go_until_direct(harness, SEC(70), &after), <=, SEC(61));
}

/* A peer that no longer replies through the router has promoted. Without control replies a longer
 * silence is required. */
static void
test_transit_echo(void)
{
    static const struct {
        PathGoReplies before, after;
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
        g_autoptr(Harness) harness = path_go_leaf_new();
        gint64 took;

        harness_meet(harness, 2, "198.51.100.7:51820");
        path_go_run(harness, MS(3210), &cases[i].before);
        g_assert_false(path_go_is_direct(harness));
        took = path_go_until_direct(harness, SEC(20), &cases[i].after);
        g_assert_cmpint(took, >=, cases[i].at_least);
        g_assert_cmpint(took, <=, cases[i].at_most);
    }
}

/* A router, a peer or the own uplink that is briefly unreachable is not a sign. */
static void
test_briefly_unreachable(void)
{
    const PathGoReplies good = {.transit = TRUE, .life = TRUE, .router = TRUE};
    const PathGoReplies stalled[] = {{.life = TRUE}, {.router = TRUE}, {0}};

    for (guint i = 0; i < G_N_ELEMENTS(stalled); i++) {
        g_autoptr(Harness) harness = path_go_leaf_new();

        harness_meet(harness, 2, "198.51.100.7:51820");
        for (guint j = 0; j < 3; j++) {
            path_go_run(harness, MS(500), &good);
            path_go_run(harness, MS(600), &stalled[i]);
            g_assert_false(path_go_is_direct(harness));
        }
    }
}

/* Single losses on the router's path are not a sign. */
static void
test_lossy_router(void)
{
    g_autoptr(Harness) harness = path_go_leaf_new();
    const PathGoReplies good = {.transit = TRUE, .life = TRUE}, bad = {.life = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    for (guint i = 0; i < 20; i++) {
        path_go_run(harness, MS(200), &good);
        path_go_run(harness, MS(100), &bad);
        g_assert_false(path_go_is_direct(harness));
    }
    g_assert_cmpint(path_go_until_direct(harness, SEC(20), &bad), <=, MS(600));
}

/* A peer that is followed and does not reply directly has not promoted: following is reverted, and
 * the path is observed again. */
static void
test_reverted(void)
{
    g_autoptr(Harness) harness = path_go_leaf_new();
    const PathGoReplies before = {.transit = TRUE, .life = TRUE}, lost = {.life = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, MS(1000), &before);
    path_go_until_direct(harness, SEC(2), &lost);
    g_assert_true(path_go_is_direct(harness));
    path_go_run(harness, MS(700), &lost);
    g_assert_false(path_go_is_direct(harness));
    g_assert_cmpint(path_go_until_direct(harness, SEC(2), &lost), <=, MS(700));
    path_go_run(harness, SEC(20), &before);
    g_assert_true(path_go_is_direct(harness));
}

/* The last echo that the peer would have replied to counts as lost a round trip later: the engine
 * wakes at that time, not with the next round. */
static void
test_followed_when_lost(void)
{
    const PathGoReplies before = {.transit = TRUE, .life = TRUE}, lost = {.life = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_new();
    gint64 last_reply, sent[2] = {0};
    guint n = 0;

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(1), &before);
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
            else if (path_go_is_replied(harness, &output->echo, &lost))
                wl_engine_echo_reply(harness->engine, harness->now, &key, output->echo.sequence);
        }
        harness_drain(harness);
        g_assert_cmpint(last_reply, <, SEC(3) + harness->now);
    }
    while (!path_go_is_direct(harness))
        harness_run(harness, wl_engine_get_deadline(harness->engine) - harness->now);
    g_assert_cmpint(harness->now, >=, sent[1] + MS(60));
    g_assert_cmpint(harness->now, <=, sent[1] + MS(60) + PATH_GO_STEP);
}

/* Losses before a reply do not count: the router may have lost its own session, for example. */
static void
test_router_comes_back(void)
{
    g_autoptr(Harness) harness = path_go_leaf_new();
    const PathGoReplies lost = {.life = TRUE}, found = {.transit = TRUE, .life = TRUE};

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(2), &lost);
    path_go_run(harness, SEC(5), &found);
    g_assert_false(path_go_is_direct(harness));
}

/* Packets that the device drops are a sign while a single peer is observed; with two their sender
 * is unknown. */
static void
test_dropped_packets(void)
{
    const PathGoReplies none = {.transit = TRUE};

    for (guint other_peers = 0; other_peers < 2; other_peers++) {
        g_autoptr(Harness) harness = path_go_leaf_new();

        harness->device->dropped = 17;
        harness_snapshot(harness);
        harness_drain(harness);
        harness_meet(harness, 2, "198.51.100.7:51820");
        if (other_peers > 0)
            harness_meet(harness, 3, "198.51.100.8:51820");
        path_go_run(harness, SEC(2), &none);
        g_assert_false(path_go_is_direct(harness));
        harness->device->dropped++;
        path_go_run(harness, MS(120), &none);
        g_assert_cmpint(path_go_is_direct(harness), ==, other_peers == 0);
    }
}

/* Three peers have the direct path, and two of them leave the profile. */
static void
test_watch_of_removed(void)
{
    const PathGoReplies direct = {.life = TRUE, .direct = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_with(4);

    for (guint i = 2; i <= 4; i++)
        harness_meet(harness, i, "198.51.100.7:51820");
    path_go_run(harness, SEC(10), &direct);
    g_assert_cmpuint(harness->engine->traffic.peers, ==, 3);
    harness_change(harness, path_go_config(harness, 2));
    g_assert_cmpuint(harness->engine->traffic.peers, ==, 1);
}

/* Two others were observed as well, and left the profile. */
static void
test_dropped_packets_of_removed(void)
{
    const PathGoReplies none = {.transit = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_with(4);

    harness->device->dropped = 17;
    harness_snapshot(harness);
    harness_drain(harness);
    for (guint i = 2; i <= 4; i++)
        harness_meet(harness, i, "198.51.100.7:51820");
    path_go_run(harness, SEC(2), &none);
    harness_change(harness, path_go_config(harness, 2));
    path_go_run(harness, MS(120), &none);
    g_assert_false(path_go_is_direct(harness));
    harness->device->dropped++;
    path_go_run(harness, MS(120), &none);
    g_assert_true(path_go_is_direct(harness));
}

/* A peer that was followed is observed until a sign confirms or refutes that, for two seconds at
 * most. Dropped packets are then those of the other peer again. */
static void
test_no_sign(void)
{
    const PathGoReplies before = {.transit = TRUE, .life = TRUE}, lost = {.life = TRUE}, none = {0};
    const PathGoReplies other = {.transit = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_new();
    HarnessMember *laptop = harness_member(harness, 3);

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(1), &before);
    path_go_until_direct(harness, SEC(2), &lost);
    path_go_run(harness, MS(2200), &none);
    g_assert_true(path_go_is_direct(harness));
    harness_meet(harness, 3, "198.51.100.8:51820");
    path_go_run(harness, SEC(2), &other);
    g_assert_false(harness_has_allowed(harness, laptop, "10.77.0.4/32"));
    harness->device->dropped++;
    path_go_run(harness, MS(120), &other);
    g_assert_true(harness_has_allowed(harness, laptop, "10.77.0.4/32"));
    g_assert_true(path_go_is_direct(harness));
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

/* After three windows without promotion the peer is observed again a minute later only. */
static void
test_windows(void)
{
    const PathGoReplies before = {.life = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_new();

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(21), &before);
    harness_clear(harness);
    path_go_run(harness, SEC(1), &before);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), >, 0);
    path_go_run(harness, MS(500), &before);
    harness_clear(harness);
    path_go_run(harness, SEC(50), &before);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), ==, 0);
}

/* A member that had six windows is observed once a minute, and not followed meanwhile. */
static void
test_windows_limited(void)
{
    g_autoptr(Harness) harness = path_go_leaf_new();
    WlPeer *desktop = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);

    for (guint i = 0; i < 5; i++)
        g_assert_true(wl_rate_limit_take(&desktop->path.windows, harness->now,
                                         WL_PATH_GO_WINDOW_REFILL, WL_PATH_GO_WINDOW_BURST));
    harness_meet(harness, 2, "198.51.100.7:51820");
    g_assert_nonnull(desktop->path.inference);
    wl_path_go_end_inference(harness->engine, desktop);
    wl_scheduler_schedule(&harness->engine->scheduler, desktop);
    for (guint i = 0; i < 60; i++) {
        if (i % 25 == 0)
            harness_meet(harness, 2, NULL);
        harness_run(harness, i == 59 ? SEC(1) - 1 : SEC(1));
        g_assert_null(desktop->path.inference);
        g_assert_false(path_go_is_direct(harness));
    }
    harness_run(harness, 1);
    g_assert_nonnull(desktop->path.inference);
}

/* A member that was not heard since the fall-back, or is not ready, is not followed by time. */
static void
test_not_by_time(void)
{
    const PathGoReplies none = {0};

    for (guint i = 0; i < 3; i++) {
        g_autoptr(Harness) harness = path_go_leaf_new();
        WlPeer *desktop =
            wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);

        harness_meet(harness, 2, "198.51.100.7:51820");
        path_go_run(harness, SEC(5), &none);
        if (i == 0)
            desktop->path.fell_back = harness->now;
        else if (i == 1)
            desktop->liveness.alive_until = harness->now;
        path_go_run(harness, SEC(2), &none);
        g_assert_cmpint(path_go_is_direct(harness), ==, i == 2);
    }
}

/* The device counts what it drops for all peers: it is read each round if one is observed. */
static void
test_reads(void)
{
    const PathGoReplies none = {0};

    for (guint n = 1; n <= 2; n++) {
        g_autoptr(Harness) harness = path_go_leaf_new();

        for (guint i = 0; i < n; i++)
            harness_meet(harness, 2 + i, i == 0 ? "198.51.100.7:51820" : "198.51.100.8:51820");
        path_go_run(harness, MS(500), &none);
        harness_clear(harness);
        path_go_run(harness, SEC(1), &none);
        if (n == 1)
            g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), >=, 10);
        else
            g_assert_cmpuint(harness_count(harness, WL_OUTPUT_READ_DEVICE), <=, 2);
    }
}

/* The time at which a member is followed is kept, and its rounds end. */
static void
test_followed(void)
{
    const PathGoReplies direct = {.life = TRUE, .direct = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_new();
    WlPeer *desktop = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_until_direct(harness, SEC(2), &direct);
    g_assert_true(path_go_is_direct(harness));
    g_assert_cmpint(desktop->path.promoted, >, harness->now - PATH_GO_STEP - 1);
    g_assert_null(desktop->path.inference);
    g_assert_cmpuint(harness->engine->inference.open, ==, 0);
    harness_clear(harness);
    path_go_run(harness, SEC(3), &direct);
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
    g_test_add_func("/path-go/a basic peer has its allowed IPs with its session", test_basic);
    g_test_add_func("/path-go/three windows follow each other", test_windows);
    g_test_add_func("/path-go/six windows, and then one a minute", test_windows_limited);
    g_test_add_func("/path-go/a member that was not heard or is not ready is not followed by time",
                    test_not_by_time);
    g_test_add_func("/path-go/the device is read in each round if one member is observed",
                    test_reads);
    g_test_add_func("/path-go/a member that is followed is no longer observed", test_followed);
    return g_test_run();
}
