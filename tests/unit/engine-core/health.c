/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a peer is healthy, alive and authoritative. */
#include "harness.h"
#include "paths/wl-health.h"
#include "paths/wl-reconcile.h"
#include "state/wl-engine-state.h"

static Harness *
leaf_new(void)
{
    Harness *harness = harness_leaf_new();

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    return harness;
}

static WlPeerLiveness *
liveness_of(Harness *harness)
{
    return &wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 1)->key)->liveness;
}

/* A handshake is valid for 165.334 s. */
static void
test_handshake(void)
{
    g_autoptr(Harness) harness = leaf_new();

    harness_run(harness, MS(165334) - 1);
    g_assert_true(liveness_of(harness)->healthy);
    harness_run(harness, 1);
    g_assert_false(liveness_of(harness)->healthy);
}

/* An Alive with a TTL of 255 s, in a session that goes on. */
static void
test_alive(void)
{
    g_autoptr(Harness) harness = leaf_new();
    gint64 since = harness->now;

    g_assert_cmpint(liveness_of(harness)->alive_since, ==, since);
    harness_run(harness, SEC(100));
    harness_handshake(harness, harness_member(harness, 1), NULL);
    harness_run(harness, SEC(155) - 1);
    g_assert_true(liveness_of(harness)->alive);
    g_assert_cmpint(liveness_of(harness)->alive_since, ==, since);
    harness_run(harness, 1);
    g_assert_true(liveness_of(harness)->healthy);
    g_assert_false(liveness_of(harness)->alive);
    g_assert_cmpint(liveness_of(harness)->alive_since, ==, WL_NEVER);
    harness_alive(harness, harness_member(harness, 1));
    g_assert_cmpint(liveness_of(harness)->alive_since, ==, harness->now);
}

/* A session that ends while the Alive is valid. */
static void
test_session(void)
{
    g_autoptr(Harness) harness = leaf_new();

    harness_run(harness, SEC(170));
    g_assert_false(liveness_of(harness)->healthy);
    g_assert_true(liveness_of(harness)->alive);
    g_assert_cmpint(liveness_of(harness)->alive_since, ==, WL_NEVER);
}

/* A router that is healthy and alive for 260 s is authoritative at that moment. */
static void
test_authoritative(void)
{
    g_autoptr(Harness) harness = leaf_new();

    harness_live(harness, SEC(250), 1, 1);
    harness_run(harness, SEC(10) - 1);
    g_assert_false(liveness_of(harness)->authoritative);
    harness_run(harness, 1);
    g_assert_true(liveness_of(harness)->authoritative);
    /* not when it was silent for 75 s */
    harness_run(harness, SEC(60));
    harness_handshake(harness, harness_member(harness, 1), NULL);
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_false(liveness_of(harness)->authoritative);
}

/* A snapshot that was requested before a change of the peer shows it as it was: that is no roaming.
 */
static void
test_stale_snapshot(void)
{
    static const struct {
        const char *name;
        gboolean pending, changed_after; /* the request for the snapshot */
        gboolean applied;
    } rows[] = {
        {"requested after the change", TRUE, FALSE, TRUE},
        {"requested before the change", TRUE, TRUE, FALSE},
        {"not requested", FALSE, TRUE, TRUE},
    };
    const WlEndpoint wanted = harness_endpoint("192.0.2.77:1");

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = leaf_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key);
        const WlEndpoint seen = peer->device.endpoint;

        g_test_message("%s", rows[i].name);
        engine->outputs.snapshot_requested = rows[i].pending ? engine->now : WL_LONG_AGO;
        engine->outputs.snapshot_shows = engine->outputs.changes + (rows[i].changed_after ? 0 : 1);
        wl_reconcile_request_endpoint(peer, &wanted);
        wl_reconcile_peer(engine, peer);
        engine->outputs.snapshot_wanted = FALSE;
        wl_health_apply_snapshot(engine, harness->device);
        g_assert_true(wl_endpoint_equal(&peer->device.endpoint, rows[i].applied ? &seen : &wanted));
        /* Another one shows the change. */
        g_assert_cmpint(engine->outputs.snapshot_wanted, ==, !rows[i].applied);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/health/a handshake is valid for 165.334 s", test_handshake);
    g_test_add_func("/health/an Alive that expires in a session", test_alive);
    g_test_add_func("/health/a session that ends before an Alive", test_session);
    g_test_add_func("/health/a router is authoritative after 260 s", test_authoritative);
    g_test_add_func("/health/a snapshot that is older than a change", test_stale_snapshot);
    return g_test_run();
}
