/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a peer is healthy, alive and authoritative. */
#include "harness.h"
#include "paths/wl-health.h"
#include "paths/wl-reconcile.h"
#include "state/wl-engine-state.h"
#include "wl-prefix-set.h"

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

/* ---- the handshake that the device reports, with an age by a clock that may jump */

#define NONE (-1)

/* clang-format off */
static const struct {
    const char *name;
    int before;        /* ms ago, as known so far */
    int reported;      /* ms ago */
    gboolean received; /* bytes since the last snapshot */
    gboolean fewer;    /* the counters began anew */
    int expect;        /* ms ago */
} handshakes[] = {
    {"the first one", NONE, 5000, TRUE, FALSE, 5000},
    {"one that just completed", NONE, 0, TRUE, FALSE, 0},
    {"none", NONE, NONE, TRUE, FALSE, NONE},
    {"none any more", 5000, NONE, TRUE, FALSE, NONE},
    {"another one", 5000, 1000, TRUE, FALSE, 1000},
    {"the same one, read with a little delay", 5000, 5100, TRUE, FALSE, 5000},
    {"the same one, read a little sooner", 5000, 4900, TRUE, FALSE, 5000},
    {"another one soon after", 5000, 4899, TRUE, FALSE, 4899},
    {"none completes without a byte", 5000, 1000, FALSE, FALSE, 5000},
    {"unless the peer was recreated", 5000, 1000, FALSE, TRUE, 1000},
    {"the clock was set forward", 5000, 9000, TRUE, FALSE, 5000},
    {"the clock was set forward by hours in a session that goes on",
     500000, 9000000, TRUE, FALSE, 120000},
};
/* clang-format on */

static void
test_reported(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key);
    WlDevicePeer *device = wl_device_find(harness->device, &peer->key);
    const gint64 now = engine->now;

    peer->device.handshake = handshakes[i].before == NONE ? NONE : now - MS(handshakes[i].before);
    peer->device.rx = 1000;
    peer->device.rx_time = 1;
    device->handshake_age = handshakes[i].reported == NONE ? NONE : MS(handshakes[i].reported);
    device->rx_bytes = handshakes[i].fewer ? 148 : 1000 + (handshakes[i].received ? 1 : 0);
    wl_health_apply_snapshot(engine, harness->device);
    g_assert_cmpint(peer->device.handshake, ==,
                    handshakes[i].expect == NONE ? NONE : now - MS(handshakes[i].expect));
    g_assert_cmpuint(peer->device.rx, ==, device->rx_bytes);
    g_assert_cmpint(peer->device.rx_time, ==, handshakes[i].received ? now : 1);
    g_assert_cmpint(peer->device.snapshot, ==, now);
}

/* A machine that booted a moment ago has no session with anybody. */
static void
test_boot(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness->now = SEC(100);
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_false(liveness_of(harness)->healthy);
}

/* ---- what a snapshot shows */

/* clang-format off */
static const struct {
    const char *name;
    enum { SAME, LINK_LOCAL, ALLOWED, REPLACED, ENDPOINT, BYTES, HANDSHAKE, GONE, NEW } change;
    gboolean scheduled, facts; /* the peer; what is advertised about it is computed again */
} shown[] = {
    {"nothing new", SAME, FALSE, FALSE},
    {"the link-local address was removed", LINK_LOCAL, TRUE, FALSE},
    {"a prefix was added", ALLOWED, TRUE, TRUE},
    {"a prefix gave way to another one", REPLACED, TRUE, TRUE},
    {"the peer roamed", ENDPOINT, TRUE, TRUE},
    {"bytes arrived", BYTES, TRUE, FALSE},
    {"a handshake completed", HANDSHAKE, TRUE, FALSE},
    {"the peer was removed", GONE, TRUE, TRUE},
    {"the peer is there", NEW, TRUE, FALSE},
};
/* clang-format on */

static void
test_shown(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key);
    WlDevicePeer *device = wl_device_find(harness->device, &peer->key);
    const WlPrefix prefix = harness_prefix("172.16.1.7/12"),
                   link_local = wl_prefix_from_ip(&peer->link_local);
    const guint serial = peer->device.allowed_serial;
    const WlEndpoint before = peer->device.endpoint;

    harness_run(harness, SEC(40));
    peer->dirty.local_facts = FALSE;
    peer->advertise.force_alive = FALSE;
    peer->path.round_trip.smoothed = 7;
    device->handshake_age = engine->now - peer->device.handshake;
    device->rx_bytes = peer->device.rx;
    switch (shown[i].change) {
    case SAME:
        break;
    case LINK_LOCAL:
        for (guint j = 0; j < device->allowed_ips->len; j++) {
            if (wl_prefix_equal(&g_array_index(device->allowed_ips, WlPrefix, j), &link_local)) {
                g_array_remove_index(device->allowed_ips, j);
                break;
            }
        }
        break;
    case ALLOWED:
        g_array_append_val(device->allowed_ips, prefix);
        break;
    case REPLACED:
        for (guint j = 0; j < device->allowed_ips->len; j++) {
            WlPrefix *held = &g_array_index(device->allowed_ips, WlPrefix, j);

            if (held->ip.family == WL_FAMILY_V4)
                *held = prefix;
        }
        break;
    case ENDPOINT:
        device->endpoint = harness_endpoint("198.51.100.99:1");
        break;
    case BYTES:
        device->rx_bytes++;
        break;
    case HANDSHAKE:
        device->handshake_age = 0;
        peer->device.rx = device->rx_bytes - 1;
        break;
    case GONE:
        g_ptr_array_remove(harness->device->peers, device);
        break;
    case NEW:
        peer->device.present = FALSE;
        break;
    }
    wl_health_apply_snapshot(engine, harness->device);
    g_assert_cmpint(peer->turn.scheduled, ==, shown[i].scheduled);
    g_assert_cmpint(peer->dirty.local_facts, ==, shown[i].facts);
    g_assert_cmpuint(peer->device.allowed_serial, ==,
                     serial + (shown[i].change == ALLOWED || shown[i].change == REPLACED ? 1 : 0));
    if (shown[i].change == ALLOWED || shown[i].change == REPLACED) {
        const WlPrefix masked = harness_prefix("172.16.0.0/12");

        g_assert_true(wl_prefix_set_contains(peer->device.allowed, &masked));
        g_assert_false(wl_prefix_set_contains(peer->device.allowed, &link_local));
    }
    g_assert_cmpint(peer->device.link_local, ==, shown[i].change != LINK_LOCAL);
    g_assert_cmpint(peer->device.present, ==, shown[i].change != GONE);
    if (shown[i].change == GONE) {
        g_assert_cmpint(peer->device.handshake, ==, -1);
        g_assert_false(wl_endpoint_is_set(&peer->device.endpoint));
        g_assert_cmpint(peer->device.snapshot, ==, engine->now);
    }
    /* Our last packets may have gone to the address before, which has another round trip. */
    g_assert_cmpint(peer->advertise.force_alive, ==, shown[i].change == ENDPOINT);
    g_assert_cmpint(peer->path.round_trip.smoothed, ==, shown[i].change == ENDPOINT ? 0 : 7);
    if (shown[i].change == ENDPOINT)
        g_assert_true(wl_endpoint_equal(&peer->roaming.original, &peer->device.endpoint));
    else if (shown[i].change != GONE)
        g_assert_true(wl_endpoint_equal(&peer->device.endpoint, &before));
}

/* Packets that the device dropped came from a member that has another path than this one. */
static void
test_dropped(void)
{
    static const struct {
        gboolean more, traffic, watched, native;
        gboolean scheduled;
    } rows[] = {
        {FALSE, TRUE, TRUE, FALSE, FALSE}, {TRUE, TRUE, TRUE, FALSE, TRUE},
        {TRUE, FALSE, TRUE, FALSE, FALSE}, {TRUE, TRUE, FALSE, FALSE, FALSE},
        {TRUE, TRUE, TRUE, TRUE, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = leaf_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key);
        WlDevicePeer *device = wl_device_find(harness->device, &peer->key);

        g_test_message("row %u", (guint) i);
        device->handshake_age = engine->now - peer->device.handshake;
        engine->inference.dropped = 5;
        engine->inference.dropped_since = 1;
        engine->traffic.active = rows[i].traffic;
        peer->traffic.watched = rows[i].watched;
        peer->boot.native = rows[i].native;
        peer->device.rx = device->rx_bytes;
        harness->device->dropped = rows[i].more ? 6 : 5;
        wl_health_apply_snapshot(engine, harness->device);
        g_assert_cmpuint(engine->inference.dropped, ==, harness->device->dropped);
        g_assert_cmpint(engine->inference.dropped_since, ==, rows[i].more ? engine->now : 1);
        g_assert_cmpint(peer->turn.scheduled, ==, rows[i].scheduled);
        peer->traffic.watched = FALSE;
    }
}

/* ---- a session or an Alive begins or ends */

static const struct {
    const char *name;
    gboolean was_healthy, was_alive, healthy, alive;
    gboolean facts;  /* what is advertised about the peer is computed again */
    gboolean routes; /* the peers that the router has are looked at */
    gboolean names;  /* of the peer are resolved again */
} changes[] = {
    {"neither", TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE},
    {"the session ends", TRUE, TRUE, FALSE, TRUE, TRUE, TRUE, TRUE},
    {"the session begins", FALSE, TRUE, TRUE, TRUE, TRUE, TRUE, FALSE},
    {"the Alive ends", TRUE, TRUE, TRUE, FALSE, TRUE, FALSE, FALSE},
    {"the Alive begins", TRUE, FALSE, TRUE, TRUE, TRUE, FALSE, FALSE},
    {"neither is there", FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE},
};

static void
test_changed(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key),
           *other = wl_peer_table_find(&engine->peers, &harness_member(harness, 2)->key);
    const gint64 now = engine->now;
    WlEndpointDns *dns;

    g_ptr_array_add(peer->config->endpoints, g_strdup("hub.example.net:1"));
    wl_peer_set_config(peer, peer->config);
    dns = peer->endpoints.dns_names->pdata[0];
    dns->due = now + SEC(99);
    peer->liveness.healthy = changes[i].was_healthy;
    peer->liveness.alive = changes[i].was_alive;
    peer->liveness.alive_since = 1;
    peer->liveness.alive_until = changes[i].alive ? now + 1 : now;
    peer->device.handshake = changes[i].healthy ? now : now - SEC(170);
    peer->device.snapshot = now;
    peer->dirty.local_facts = FALSE;
    wl_health_update(engine, peer);
    g_assert_cmpint(peer->liveness.healthy, ==, changes[i].healthy);
    g_assert_cmpint(peer->liveness.alive, ==, changes[i].alive);
    g_assert_cmpint(peer->liveness.alive_since, ==,
                    changes[i].healthy && changes[i].alive ? 1 : WL_NEVER);
    g_assert_cmpint(peer->dirty.local_facts, ==, changes[i].facts);
    g_assert_cmpint(other->turn.scheduled, ==, changes[i].routes);
    g_assert_cmpint(dns->due, ==, changes[i].names ? now : now + SEC(99));
}

/* ---- a session begins */

/* The first handshake with a router measures the round trip of the uplink. */
/* clang-format off */
static const struct {
    const char *name;
    gboolean router, known, slot, crossed;
    guint holds;
    int after; /* ms: the handshake, after the try */
    gboolean measured;
} rounds[] = {
    {"a router that was tried", TRUE, FALSE, TRUE, FALSE, 0, 80, TRUE},
    {"another member initiates by itself", FALSE, FALSE, TRUE, FALSE, 0, 80, FALSE},
    {"the round trip is known", TRUE, TRUE, TRUE, FALSE, 0, 80, FALSE},
    {"it was not tried", TRUE, FALSE, FALSE, FALSE, 0, 80, FALSE},
    {"initiations crossed", TRUE, FALSE, TRUE, TRUE, 0, 80, FALSE},
    {"the router initiated", TRUE, FALSE, TRUE, FALSE, 1, 80, FALSE},
    {"the handshake is older than the try", TRUE, FALSE, TRUE, FALSE, 0, -80, FALSE},
    {"the handshake is as old as the try", TRUE, FALSE, TRUE, FALSE, 0, 0, FALSE},
};
/* clang-format on */

static void
test_round_trip(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key);
    const WlEndpoint endpoint = peer->device.endpoint;

    peer->liveness.healthy = FALSE;
    peer->router = rounds[i].router;
    engine->uplink.round_trip = (WlRoundTrip){.smoothed = rounds[i].known ? 7 : 0};
    peer->connect.phase = rounds[i].slot ? WL_CONNECT_SLOT : WL_CONNECT_PAUSE;
    peer->connect.crossed = rounds[i].crossed;
    peer->connect.holds = rounds[i].holds;
    peer->connect.tried = engine->now - MS(100);
    peer->device.handshake = peer->connect.tried + MS(rounds[i].after);
    peer->roaming.backoff = SEC(60);
    peer->advertise.force_alive = FALSE;
    peer->endpoints.worked_until = 0;
    wl_health_update(engine, peer);
    g_assert_cmpint(engine->uplink.round_trip.smoothed, ==,
                    rounds[i].known      ? 7
                    : rounds[i].measured ? MS(rounds[i].after)
                                         : 0);
    /* What begins with the session. */
    g_assert_true(peer->liveness.healthy);
    g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_IDLE);
    g_assert_true(peer->advertise.force_alive);
    g_assert_cmpint(peer->roaming.backoff, ==, SEC(5));
    g_assert_cmpint(peer->path.echo.session_since, ==, engine->now);
    g_assert_true(wl_endpoint_equal(&peer->endpoints.worked, &endpoint));
    g_assert_cmpint(peer->endpoints.worked_until, ==, engine->now + SEC(3600));
}

/* Where the peer is now is remembered if it was received from there, and saved. */
static void
test_worked(void)
{
    static const struct {
        const char *worked; /* before; NULL: nowhere */
        int received;       /* ms ago */
        gboolean noted;
        gboolean state, location; /* what is saved */
    } rows[] = {
        {NULL, 0, TRUE, TRUE, FALSE},
        {"192.0.2.9:1", 1000, TRUE, FALSE, TRUE},
        {"192.0.2.9:1", 1001, FALSE, FALSE, FALSE},
        {HARNESS_HUB_ENDPOINT, 0, FALSE, FALSE, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = leaf_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key);

        peer->endpoints.worked =
            rows[i].worked ? harness_endpoint(rows[i].worked) : (WlEndpoint){0};
        peer->device.rx_time = engine->now - MS(rows[i].received);
        peer->dirty.candidates = FALSE;
        engine->outputs.state_save_due = WL_NEVER;
        engine->outputs.state_saved = engine->now - SEC(1);
        wl_health_update(engine, peer);
        g_test_message("row %u", (guint) i);
        g_assert_cmpint(wl_endpoint_equal(&peer->endpoints.worked, &peer->device.endpoint), ==,
                        rows[i].noted || rows[i].received == 0);
        g_assert_cmpint(peer->dirty.candidates, ==, rows[i].noted);
        g_assert_cmpint(peer->endpoints.worked_until, ==, engine->now + SEC(3600));
        /* Addresses alone are saved every 5 minutes. */
        if (rows[i].state)
            g_assert_cmpint(engine->outputs.state_save_due, <, engine->now + SEC(120));
        else if (rows[i].location)
            g_assert_cmpint(engine->outputs.state_save_due, <, WL_NEVER);
        else
            g_assert_cmpint(engine->outputs.state_save_due, ==, WL_NEVER);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(handshakes); i++) {
        g_autofree char *name = g_strdup_printf("/health/handshake/%s", handshakes[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_reported);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autofree char *name = g_strdup_printf("/health/snapshot/%s", shown[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_shown);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *name = g_strdup_printf("/health/change/%s", changes[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_changed);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(rounds); i++) {
        g_autofree char *name = g_strdup_printf("/health/round trip/%s", rounds[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_round_trip);
    }
    g_test_add_func("/health/after the boot", test_boot);
    g_test_add_func("/health/dropped packets", test_dropped);
    g_test_add_func("/health/where it is", test_worked);
    g_test_add_func("/health/a handshake is valid for 165.334 s", test_handshake);
    g_test_add_func("/health/an Alive that expires in a session", test_alive);
    g_test_add_func("/health/a session that ends before an Alive", test_session);
    g_test_add_func("/health/a router is authoritative after 260 s", test_authoritative);
    g_test_add_func("/health/a snapshot that is older than a change", test_stale_snapshot);
    return g_test_run();
}
