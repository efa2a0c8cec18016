/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a peer is sent all facts again. */
#include "exchange/wl-resync.h"

#include "harness.h"
#include "state/wl-engine-state.h"

static WlPeer *
peer_new(Harness *harness)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 1)->key);
}

/* As after a datagram from it. */
static void
request(Harness *harness, WlPeer *peer)
{
    wl_resync_peer_when_allowed(harness->engine, peer);
    wl_scheduler_schedule(&harness->engine->scheduler, peer);
    wl_engine_advance_time(harness->engine, harness->now);
    harness_drain(harness);
}

static void
test_interval(void)
{
    static const struct {
        gint64 ago, due; /* the last resync; 0: at once */
    } rows[] = {{SEC(5), 0}, {SEC(5) - 1, 1}, {SEC(1), SEC(4)}, {0, SEC(5)}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        WlPeer *peer = peer_new(harness);

        peer->resync.last = harness->now - rows[i].ago;
        request(harness, peer);
        if (rows[i].due == 0) {
            g_assert_cmpint(peer->resync.last, ==, harness->now);
            g_assert_cmpint(peer->resync.due, ==, WL_NEVER);
            continue;
        }
        g_assert_cmpint(peer->resync.due, ==, harness->now + rows[i].due);
        /* one that is due already is not put off */
        harness->now = peer->resync.due - 1;
        request(harness, peer);
        g_assert_cmpint(peer->resync.due, ==, harness->now + 1);
        harness_run(harness, 1);
        g_assert_cmpint(peer->resync.last, ==, harness->now);
        g_assert_cmpint(peer->resync.due, ==, WL_NEVER);
    }
}

/* A peer that asks all the time gets 12, and then one a minute. */
static void
test_rate(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    WlPeer *peer = peer_new(harness);
    gint64 start = harness->now, times[16];
    guint n = 0;

    peer->resync.last = WL_LONG_AGO;
    while (n < G_N_ELEMENTS(times)) {
        request(harness, peer);
        if (peer->resync.due != WL_NEVER)
            harness_run(harness, peer->resync.due - harness->now);
        g_assert_cmpint(peer->resync.last, ==, harness->now);
        times[n++] = harness->now - start;
    }
    for (guint i = 0; i < 12; i++)
        g_assert_cmpint(times[i], ==, i * SEC(5));
    g_assert_cmpint(times[12], ==, SEC(60));
    g_assert_cmpint(times[13], ==, SEC(120));
    g_assert_cmpint(times[15], ==, SEC(240));
}

/* Everything the peer was sent is forgotten, and is sent at once. */
static void
test_forgets(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlPeer *peer = peer_new(harness);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(20));
    harness_clear(harness);
    harness_run(harness, SEC(1));
    g_assert_false(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                         "192.168.1.10:51820"));
    peer->advertise.facts_sent = harness->now;
    wl_resync_peer(harness->engine, peer);
    wl_engine_advance_time(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_true(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/resync/once in 5 s", test_interval);
    g_test_add_func("/resync/12 in a row", test_rate);
    g_test_add_func("/resync/all facts are sent at once", test_forgets);
    return g_test_run();
}
