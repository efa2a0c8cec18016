/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The echoes that the path of a Go member is inferred from. */
#include "path-go.h"
#include "paths/wl-path-go.h"
#include "paths/wl-peer-echo.h"

static void
test_sequence(void)
{
    const PathGoReplies before = {.transit = TRUE, .life = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_new();
    guint n = 0;
    guint16 last = 0;

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(1), &before);
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
    const PathGoReplies before = {.transit = TRUE, .life = TRUE};
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = path_go_config(harness, 2);
    WlPrefix local = harness_prefix("fe80::9/64");
    WlIp own4 = harness_ip("10.77.0.2"), own6 = harness_ip("fd77::2");
    guint n4 = 0, n6 = 0;

    g_array_insert_val(config->addresses, 0, local);
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(1), &before);
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
        PathGoReplies replies;
        gboolean responds;
    } cases[] = {
        {{0}, FALSE},
        {{.router = TRUE}, FALSE},
        {{.transit = TRUE, .router = TRUE}, FALSE},
        {{.life = TRUE}, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Harness) harness = path_go_leaf_new();

        harness_meet(harness, 2, "198.51.100.7:51820");
        path_go_run(harness, SEC(1), &cases[i].replies);
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
count_echoes(Harness *harness, const PathGoReplies *replies)
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
        if (!path_go_is_replied(harness, &output->echo, replies))
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
    const PathGoReplies direct = {.life = TRUE, .direct = TRUE};
    const PathGoReplies none = {.transit = TRUE, .life = TRUE, .router = TRUE};
    g_autoptr(Harness) harness = path_go_leaf_with(4);
    guint watched = 0;
    gint64 start;

    harness_meet(harness, 2, "198.51.100.7:51820");
    path_go_run(harness, SEC(10), &direct);
    g_assert_true(path_go_is_direct(harness));
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

/* The bytes of a reply are those of the peer that transmits it to this one. */
static void
test_replies_are_counted(void)
{
    g_autoptr(Harness) harness = path_go_leaf_new();
    WlPeer *hub, *desktop;
    guint n[2] = {0};

    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_clear(harness);
    harness_run(harness, MS(600));
    hub = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 1)->key);
    desktop = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        gboolean v4 = output->echo.destination.family == WL_FAMILY_V4;
        gboolean by_hub = v4 || wl_ip_equal(&output->echo.destination, &hub->link_local);
        guint64 size = v4 ? WL_ECHO_SIZE_V4 : WL_ECHO_SIZE_V6;

        if (output->kind != WL_OUTPUT_SEND_ECHO || !wl_key_equal(&output->key, &desktop->key))
            continue;
        hub->traffic.own_rx = desktop->traffic.own_rx = 0;
        wl_path_go_echo_reply(harness->engine, desktop, output->echo.sequence);
        g_assert_cmpuint(hub->traffic.own_rx, ==, by_hub ? size : 0);
        g_assert_cmpuint(desktop->traffic.own_rx, ==, by_hub ? 0 : size);
        n[by_hub]++;
    }
    g_assert_cmpuint(n[FALSE], >=, 2);
    g_assert_cmpuint(n[TRUE], >=, 2);
}

/* A reply of a router by which the peer is not reached any more counts for nobody. */
static void
test_late_reply(void)
{
    for (guint gone = 0; gone < 2; gone++) {
        g_autoptr(Harness) harness = path_go_leaf_new();
        WlPeer *peers[2];
        guint16 sequence = 0;

        harness_meet(harness, 2, "198.51.100.7:51820");
        harness_clear(harness);
        harness_run(harness, MS(600));
        for (guint i = 0; i < harness->outputs->len; i++) {
            const WlOutput *output = harness->outputs->pdata[i];

            if (output->kind == WL_OUTPUT_SEND_ECHO &&
                output->echo.destination.family == WL_FAMILY_V4)
                sequence = output->echo.sequence;
        }
        g_assert_cmpuint(sequence, !=, 0);
        for (guint i = 0; i < 2; i++)
            peers[i] =
                wl_peer_table_find(&harness->engine->peers, &harness_member(harness, i + 1)->key);
        peers[0]->liveness.healthy = !gone;
        peers[0]->traffic.own_rx = peers[1]->traffic.own_rx = 0;
        wl_path_go_echo_reply(harness->engine, peers[1], sequence);
        g_assert_cmpuint(peers[0]->traffic.own_rx, ==, gone ? 0 : WL_ECHO_SIZE_V4);
        g_assert_cmpuint(peers[1]->traffic.own_rx, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path-go/numbers of echoes are consecutive", test_sequence);
    g_test_add_func("/path-go/an echo is sent from a tunnel address", test_echo_sources);
    g_test_add_func("/path-go/the address behind the router is one of the peer",
                    test_transit_address);
    g_test_add_func("/path-go/a peer replies itself", test_responds);
    g_test_add_func("/path-go/echoes are no traffic", test_echoes_are_no_traffic);
    g_test_add_func("/path-go/a reply counts for the last hop", test_replies_are_counted);
    g_test_add_func("/path-go/a late reply of a router", test_late_reply);
    return g_test_run();
}
