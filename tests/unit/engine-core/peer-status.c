/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is published of a peer, and when. The states are in peer-status-decide.c. */
#include <string.h>

#include "state/wl-engine-state.h"
#include "timeline.h"

#define HUB_AT     "203.0.113.1:51820"
#define DESKTOP_AT "198.51.100.7:51820"

static WlPeer *
peer_of(Harness *harness, guint number)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
}

static Harness *
leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HUB_AT, "10.77.0.0/24")->name = g_strdup("hub");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32")->name =
        g_strdup("desktop");
    harness_start(harness, config);
    timeline_steady(harness);
    return harness;
}

/* All values of the view of a peer with a session. */
static void
test_view(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    const WlPeerView *view;
    gint64 handshake, alive, seen;
    WlPeer *peer = peer_of(harness, 1);

    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(1));
    harness_handshake(harness, hub, NULL);
    harness_snapshot(harness);
    harness_drain(harness);
    handshake = harness->now;
    view = harness_view(harness, hub);
    g_assert_true(view->healthy);
    g_assert_false(view->alive);
    g_assert_cmpint(view->last_handshake, ==, handshake);
    g_assert_cmpint(view->last_reply, ==, handshake);
    g_assert_cmpint(view->last_alive, ==, -1);

    harness_run(harness, SEC(1));
    harness_alive(harness, hub);
    alive = harness->now;
    view = harness_view(harness, hub);
    g_assert_true(view->alive);
    g_assert_cmpint(view->last_alive, ==, alive);
    g_assert_cmpint(view->last_reply, ==, alive);
    g_assert_cmpint(view->last_handshake, ==, handshake);

    /* packets count as a reply too */
    harness_run(harness, SEC(10));
    harness_snapshot(harness);
    harness_run(harness, MS(100));
    wl_device_find(harness->device, &hub->key)->rx_bytes += 500;
    wl_device_find(harness->device, &hub->key)->tx_bytes += 300;
    harness_snapshot(harness);
    harness_drain(harness);
    seen = harness->now;
    view = harness_view(harness, hub);
    g_assert_cmpint(view->last_reply, ==, seen);
    g_assert_cmpint(peer->liveness.last_heard, ==, alive);
    g_assert_cmpuint(view->rx_bytes, ==, wl_device_find(harness->device, &hub->key)->rx_bytes);
    g_assert_cmpuint(view->tx_bytes, ==, 300);

    g_assert_true(wl_key_equal(&view->public_key, &hub->key));
    g_assert_cmpstr(view->name, ==, "hub");
    g_assert_true(view->name_configured && view->configured && view->router);
    g_assert_false(view->basic || view->has_via);
    g_assert_cmpuint(view->allowed_ips->len, ==, 1);
    g_assert_cmpint(view->state, ==, WL_PEER_DIRECT);
    view = harness_view(harness, desktop);
    g_assert_true(view->has_via && wl_key_equal(&view->via, &hub->key));
    g_assert_false(view->router);
}

/* How often clients are told of a change of the hub since the last call, and log lines about it. */
static void
assert_published(Harness *harness, guint published, guint logged)
{
    const WlKey *hub = &harness_member(harness, 1)->key;
    guint n = 0, lines = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        g_autofree char *label = wl_peer_dup_label(peer_of(harness, 1));

        n += output->kind == WL_OUTPUT_PEER_CHANGED && wl_key_equal(&output->key, hub);
        lines += output->kind == WL_OUTPUT_LOG && g_str_has_prefix(output->name, label);
    }
    harness_clear(harness);
    g_assert_cmpuint(n, ==, published);
    g_assert_cmpuint(lines, ==, logged);
}

/* Each change is published once; a line is logged if the state or the reason changed. */
static void
test_published(void)
{
    g_autoptr(Harness) harness = leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlEngineConfig *config;

    /* the first state without an uplink is not worth a line */
    assert_published(harness, 1, 0);
    harness_uplink(harness, "192.168.1.10/24");
    assert_published(harness, 2, 1);
    harness_run(harness, SEC(3));
    assert_published(harness, 0, 0);
    harness_meet(harness, 1, NULL);
    assert_published(harness, 1, 1);
    /* the endpoint is in the reason, but neither the state nor the id of the reason changes */
    harness_handshake(harness, hub, "203.0.113.1:4000");
    harness_snapshot(harness);
    harness_drain(harness);
    assert_published(harness, 1, 0);
    g_assert_cmpstr(harness_view(harness, hub)->reason_text, ==, "direct on 203.0.113.1:4000");
    /* allowed IPs that another program took, and that the peer gets again */
    g_array_set_size(wl_device_find(harness->device, &hub->key)->allowed_ips, 0);
    harness_snapshot(harness);
    harness_drain(harness);
    assert_published(harness, 1, 0);
    /* trust and name */
    config = harness_config(harness, WL_ROLE_LEAF);
    harness_add(config, hub, HUB_AT, "10.77.0.0/24")->trust = WL_TRUST_ENDPOINT;
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_change(harness, config);
    assert_published(harness, 1, 0);
    g_assert_cmpint(harness_view(harness, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_false(harness_view(harness, hub)->name_configured);
    /* the name alone, and that the peer runs WireGuard alone */
    for (guint basic = 0; basic <= 1; basic++) {
        WlPeerConfig *entry;

        config = harness_config(harness, WL_ROLE_LEAF);
        entry = harness_add(config, hub, HUB_AT, "10.77.0.0/24");
        entry->trust = WL_TRUST_ENDPOINT;
        entry->name = g_strdup("center");
        entry->basic = basic;
        harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
        harness_change(harness, config);
        assert_published(harness, 1, 0);
        g_assert_cmpstr(harness_view(harness, hub)->name, ==, "center");
        g_assert_cmpint(harness_view(harness, hub)->basic, ==, basic);
    }
}

static const struct {
    const char *name;
    const char *endpoints[3]; /* of the peer, in the profile */
    gint64 after;
    WlPeerState state;
    const char *reason;
} tries[] = {
    {"the only endpoint that is tried is named",
     {"192.0.2.1:1"},
     SEC(3),
     WL_PEER_CONNECTING,
     "trying 192.0.2.1:1, no handshake yet"},
    {"of two endpoints the one that is tried is named",
     {"192.0.2.1:1", "192.0.2.2:1"},
     SEC(3),
     WL_PEER_CONNECTING,
     "trying 2 endpoints, last 192.0.2.2:1, no handshake yet"},
    {"a name that does not resolve is named without its port",
     {"hub.example.net:51820"},
     SEC(3),
     WL_PEER_OFFLINE,
     "name hub.example.net not resolved yet"},
    {"without an answer the only endpoint is named",
     {"192.0.2.1:1"},
     SEC(300),
     WL_PEER_OFFLINE,
     "no answer from 192.0.2.1:1; retrying with increasing delay"},
    {"without an answer the endpoints are counted",
     {"192.0.2.1:1", "192.0.2.2:1"},
     SEC(300),
     WL_PEER_OFFLINE,
     "no answer from 2 endpoints; retrying with increasing delay"},
    {"an endpoint inside the tunnel is not tried",
     {"10.77.0.9:1"},
     SEC(3),
     WL_PEER_OFFLINE,
     "no known endpoint; waiting for it to connect"},
    {"a peer without an endpoint has to connect",
     {NULL},
     SEC(3),
     WL_PEER_OFFLINE,
     "no known endpoint; waiting for it to connect"},
};

static void
test_tries(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
    WlPeerConfig *entry = harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");

    for (guint j = 0; tries[i].endpoints[j]; j++)
        g_ptr_array_add(entry->endpoints, g_strdup(tries[i].endpoints[j]));
    harness_start(harness, config);
    timeline_steady(harness);
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, tries[i].after);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 2))->reason_text, ==,
                    tries[i].reason);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->state, ==, tries[i].state);
}

/* After a quarter of a minute of back-off the tries are no longer published. */
static void
test_backed_off(void)
{
    static const struct {
        gint64 backoff;
        WlPeerState state;
    } rows[] = {{SEC(16), WL_PEER_CONNECTING}, {SEC(16) + 1, WL_PEER_OFFLINE}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = leaf_new();
        WlPeer *hub = peer_of(harness, 1);

        harness_uplink(harness, "192.168.1.10/24");
        harness_run(harness, SEC(1));
        hub->connect.backoff = rows[i].backoff;
        wl_scheduler_schedule(&harness->engine->scheduler, hub);
        wl_engine_advance_time(harness->engine, harness->now);
        harness_drain(harness);
        g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->state, ==,
                        rows[i].state);
    }
}

/* A router all of whose prefixes another one has is no way to a peer that has others as well. */
static void
test_via(void)
{
    static const struct {
        const char *allowed;
        gboolean via;
        const char *reason;
    } rows[] = {
        {"10.77.0.3/32", TRUE, "via hub: no known endpoint"},
        {"10.77.0.3/32,10.77.0.4/32", TRUE, "via hub: no known endpoint"},
        {"10.77.0.3/32,192.168.50.7/32", FALSE,
         "no known endpoint; waiting for hub to advertise one"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

        harness_add(config, harness_member(harness, 1), HUB_AT, "10.77.0.0/24")->name =
            g_strdup("hub");
        harness_add(config, harness_member(harness, 2), NULL, rows[i].allowed);
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        harness_meet(harness, 1, NULL);
        g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->has_via, ==,
                        rows[i].via);
        g_assert_cmpstr(harness_view(harness, harness_member(harness, 2))->reason_text, ==,
                        rows[i].reason);
        g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->state == WL_PEER_ROUTED,
                        ==, rows[i].via);
    }
}

static void
assert_reason(Harness *harness, guint number, const char *expected)
{
    wl_scheduler_schedule(&harness->engine->scheduler, peer_of(harness, number));
    wl_engine_advance_time(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, number))->reason_text, ==,
                    expected);
}

/* Why a peer is reached through a router, or not at all. */
static void
test_routed(void)
{
    g_autoptr(Harness) harness = leaf_new();
    WlPeer *peer = peer_of(harness, 2);
    guint lines = 0;

    harness_uplink(harness, "192.168.1.10/24");
    peer->outer.inside = harness_endpoint("10.77.0.9:1");
    assert_reason(harness, 2, "its endpoint 10.77.0.9:1 is inside the tunnel");
    harness_meet(harness, 1, NULL);
    assert_reason(harness, 2, "via hub: its endpoint 10.77.0.9:1 is inside the tunnel");
    peer->outer.inside = (WlEndpoint){0};
    assert_reason(harness, 2, "via hub: no known endpoint");
    harness_meet(harness, 2, DESKTOP_AT);
    assert_reason(harness, 2, "via hub until " DESKTOP_AT " is verified in both directions");
    peer->path.promoted = harness->now;
    assert_reason(harness, 2, "via hub: no more packets from " DESKTOP_AT);
    /* each reason, and the first one that it waits for the hub, is worth a line */
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        lines += output->kind == WL_OUTPUT_LOG && g_str_has_prefix(output->name, "desktop: ");
    }
    g_assert_cmpuint(lines, ==, 6);
}

/* The first other router of the profile is awaited. */
static void
test_awaited(void)
{
    static const struct {
        guint peer;
        const char *reason;
    } rows[] = {
        {1, "no known endpoint; waiting for second to advertise one"},
        {2, "no known endpoint; waiting for first to advertise one"},
        {3, "no known endpoint; waiting for first to advertise one"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

        harness_add(config, harness_member(harness, 1), NULL, "10.77.0.0/25")->name =
            g_strdup("first");
        harness_add(config, harness_member(harness, 2), NULL, "10.77.0.128/25")->name =
            g_strdup("second");
        harness_add(config, harness_member(harness, 3), NULL, "192.168.50.7/32");
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        g_assert_cmpstr(harness_view(harness, harness_member(harness, rows[i].peer))->reason_text,
                        ==, rows[i].reason);
    }
}

static void
test_state_names(void)
{
    static const char *const names[] = {"offline", "connecting", "routed", "direct", "direct-lan"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpstr(wl_peer_state_to_string((WlPeerState) i), ==, names[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/peer-status/names of states", test_state_names);
    g_test_add_func("/peer-status/a peer with a session", test_view);
    g_test_add_func("/peer-status/each change is published once", test_published);
    for (gsize i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_autofree char *name = g_strdup_printf("/peer-status/%s", tries[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_tries);
    }
    g_test_add_func("/peer-status/a peer is offline after 16 s of back-off", test_backed_off);
    g_test_add_func("/peer-status/a router that has all prefixes of a peer", test_via);
    g_test_add_func("/peer-status/why a peer is routed", test_routed);
    g_test_add_func("/peer-status/the router that is awaited", test_awaited);
    return g_test_run();
}
