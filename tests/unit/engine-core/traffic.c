/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes are overlay traffic, and how long the counters of the device are read for it. */
#include "paths/wl-traffic.h"

#include "state/wl-device-bytes.h"
#include "state/wl-engine-state.h"
#include "timeline.h"

/* The smallest packet; a handshake: initiation, response and keepalive. */
#define PACKET    (WL_DATA_OVERHEAD + 32)
#define HANDSHAKE (148 + 92 + WL_DATA_OVERHEAD)

typedef struct {
    const char *name;
    guint64 rx, tx; /* bytes since the last snapshot */
    guint64 own_rx, own_tx;
    gboolean handshake;
    gboolean traffic; /* expected */
    enum { SEEN_NEVER, SEEN_NOW } rx_seen;
    gboolean unanswered; /* something was sent and nothing came back */
} Row;

static const Row rows[] = {
    {"nothing is no traffic", 0, 0, 0, 0, FALSE, FALSE, SEEN_NEVER, FALSE},
    {"the smallest packet received is traffic", PACKET, 0, 0, 0, FALSE, TRUE, SEEN_NOW, FALSE},
    {"less received is a keepalive", PACKET - 1, 0, 0, 0, FALSE, FALSE, SEEN_NOW, FALSE},
    {"the smallest packet sent is traffic and unanswered", 0, PACKET, 0, 0, FALSE, TRUE, SEEN_NEVER,
     TRUE},
    {"less sent is a keepalive", 0, PACKET - 1, 0, 0, FALSE, FALSE, SEEN_NEVER, FALSE},
    {"a packet sent and a keepalive received are traffic that is answered", WL_DATA_OVERHEAD,
     PACKET, 0, 0, FALSE, TRUE, SEEN_NOW, FALSE},
    {"received datagrams of facts are no traffic", 600 + PACKET - 1, 0, 600, 0, FALSE, FALSE,
     SEEN_NOW, FALSE},
    {"a packet beside received datagrams of facts is traffic", 600 + PACKET, 0, 600, 0, FALSE, TRUE,
     SEEN_NOW, FALSE},
    {"sent datagrams of facts are no traffic", 0, 600 + PACKET - 1, 0, 600, FALSE, FALSE,
     SEEN_NEVER, FALSE},
    {"a packet beside sent datagrams of facts is traffic", 0, 600 + PACKET, 0, 600, FALSE, TRUE,
     SEEN_NEVER, TRUE},
    {"a handshake is no traffic", HANDSHAKE + PACKET - 1, HANDSHAKE + PACKET - 1, 0, 0, TRUE, FALSE,
     SEEN_NOW, FALSE},
    {"a packet received beside a handshake is traffic", HANDSHAKE + PACKET, 0, 0, 0, TRUE, TRUE,
     SEEN_NOW, FALSE},
    {"a packet sent beside a handshake is traffic", 1, HANDSHAKE + PACKET, 0, 0, TRUE, TRUE,
     SEEN_NOW, FALSE},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(Harness) harness = harness_leaf_new();
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 2)->key);

    peer->device.rx = peer->device.tx = 1000;
    peer->device.snapshot = engine->now - SEC(1);
    peer->traffic.own_rx = row->own_rx;
    peer->traffic.own_tx = row->own_tx;
    engine->traffic.active = TRUE;
    wl_traffic_note_counters(engine, peer, 1000 + row->rx, 1000 + row->tx, row->handshake);
    g_assert_cmpint(peer->traffic.flow_until > engine->now, ==, row->traffic);
    g_assert_cmpint(peer->traffic.rx_seen == engine->now, ==, row->rx_seen == SEEN_NOW);
    g_assert_cmpint(peer->silence.asked == engine->now, ==, row->unanswered);
    /* What this member sent itself counts once. */
    g_assert_cmpuint(peer->traffic.own_rx, ==, 0);
    g_assert_cmpuint(peer->traffic.own_tx, ==, 0);
}

/* Bytes that arrived since a snapshot that is long ago may be as old. */
static void
test_seen(void)
{
    static const struct {
        gint64 age, seen;
    } ages[] = {{SEC(1), 0}, {SEC(2), 0}, {SEC(2) + 1, SEC(2) + 1}, {SEC(60), SEC(60)}};

    for (guint i = 0; i < G_N_ELEMENTS(ages); i++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 2)->key);

        peer->device.rx = 1000;
        peer->device.snapshot = engine->now - ages[i].age;
        wl_traffic_note_counters(engine, peer, 1001, 0, FALSE);
        g_assert_cmpint(engine->now - peer->traffic.rx_seen, ==, ages[i].seen);
    }
}

static guint
n_watched(Harness *harness)
{
    return harness_count(harness, WL_OUTPUT_WATCH_TRAFFIC);
}

/* A direct path that could be the one of the router is watched. From the first packet on the device
 * is read every second until 5 s after the last one. */
static void
test_polled(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlDevicePeer *peer;
    WlIp to = harness_ip("10.77.0.3");

    harness_make_native(desktop);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:1");
    harness_run(harness, SEC(10));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(n_watched(harness), ==, 1);
    harness_clear(harness);
    harness_run(harness, SEC(3));
    g_assert_cmpuint(n_watched(harness), ==, 0);
    harness_clear(harness);
    peer = wl_device_find(harness->device, &desktop->key);
    peer->tx_bytes += 200;
    wl_engine_traffic_started(harness->engine, harness->now, &to);
    harness_drain(harness);
    timeline_assert(harness, desktop, MS(1500), TIMELINE_DUMPS, "0 dump, 1000 dump");
    peer->rx_bytes += 200;
    harness_alive(harness, harness_member(harness, 1));
    harness_alive(harness, desktop);
    harness_clear(harness);
    timeline_assert(harness, desktop, SEC(9), TIMELINE_DUMPS | TIMELINE_WATCH,
                    "500 dump, 1500 dump, 2500 dump, 3500 dump, 4500 dump, 5000 watch");
    g_assert_false(harness->engine->traffic.active);
}

/* @n addresses of an on-demand peer. */
static WlPeer *
add_on_demand(Harness *harness, guint number, guint8 n)
{
    WlPeer *peer =
        wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);

    for (guint8 i = 0; i < n; i++) {
        WlPrefix prefix = harness_prefix("10.80.0.0/32");

        prefix.ip.bytes[2] = (guint8) number;
        prefix.ip.bytes[3] = i;
        g_array_append_val(peer->prefixes.learned_ips, prefix);
    }
    wl_traffic_set_on_demand(harness->engine, peer, TRUE);
    return peer;
}

/* The link watches for the first packet to any of these and three of the profile, up to 32
 * prefixes. */
static void
test_on_demand(void)
{
    static const struct {
        guint8 first, second;
        guint watched;
    } sizes[] = {{1, 0, 4}, {17, 11, 31}, {17, 12, 32}, {17, 13, 32}, {33, 1, 32}};

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        const WlOutput *output;
        WlIp inside = harness_ip("10.80.1.0"), outside = harness_ip("10.80.3.0");
        WlPeer *first = add_on_demand(harness, 1, sizes[i].first),
               *second = add_on_demand(harness, 2, sizes[i].second);

        harness_clear(harness);
        wl_engine_advance_time(harness->engine, harness->now);
        harness_drain(harness);
        g_assert_cmpuint(n_watched(harness), ==, 1);
        for (guint j = 0; j < harness->outputs->len; j++) {
            output = harness->outputs->pdata[j];
            if (output->kind == WL_OUTPUT_WATCH_TRAFFIC)
                g_assert_cmpuint(output->prefixes->len, ==, sizes[i].watched);
        }
        /* the same prefixes are watched once */
        wl_engine_advance_time(harness->engine, harness->now);
        harness_drain(harness);
        g_assert_cmpuint(n_watched(harness), ==, 1);

        harness->now += SEC(1);
        wl_engine_advance_time(harness->engine, harness->now);
        wl_traffic_started(harness->engine, &outside);
        g_assert_cmpint(first->connect.demanded, <, harness->now);
        wl_traffic_started(harness->engine, &inside);
        g_assert_cmpint(first->connect.demanded, ==, harness->now);
        g_assert_cmpint(second->connect.demanded, <, harness->now);
    }
}

/* A packet for a server with a name has its name resolved again: it may have moved. */
static void
test_name(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    WlEngine *engine = harness->engine;
    WlPeer *peer = wl_peer_table_find(&engine->peers, &harness_member(harness, 2)->key);
    WlIp inside = harness_ip("10.77.0.3");
    WlEndpointDns *dns;

    g_ptr_array_add(peer->config->endpoints, g_strdup("peer.example.net:1"));
    wl_peer_set_config(peer, peer->config);
    dns = peer->endpoints.dns_names->pdata[0];
    dns->due = engine->now + SEC(99);
    dns->backoff = SEC(64);
    wl_traffic_set_on_demand(engine, peer, TRUE);
    wl_traffic_started(engine, &inside);
    g_assert_cmpint(dns->due, ==, engine->now);
    g_assert_cmpint(dns->backoff, ==, SEC(1));
    g_assert_true(peer->turn.scheduled);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/traffic/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    g_test_add_func("/traffic/bytes may have arrived at the last snapshot", test_seen);
    g_test_add_func("/traffic/the device is read while traffic flows", test_polled);
    g_test_add_func("/traffic/packets for on-demand peers are watched for", test_on_demand);
    g_test_add_func("/traffic/a packet for a server with a name", test_name);
    return g_test_run();
}
