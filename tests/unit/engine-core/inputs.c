/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each input does to the time and the turn, and which of them count. */
#include <string.h>

#include "harness.h"
#include "paths/wl-path-hold-down.h"
#include "state/wl-engine-state.h"

#define NAME "hub.example.net:51820"

/* A leaf that tries its hub, whose name was resolved, and knows an endpoint of the desktop. */
static Harness *
leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlEndpoint endpoint = harness_endpoint(HARNESS_HUB_ENDPOINT);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    wl_engine_name_resolved(harness->engine, harness->now, NAME, &endpoint, 1);
    harness_drain(harness);
    harness_run(harness, SEC(3));
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint number)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
}

/* ---- each input */

typedef void (*Input)(Harness *harness, gint64 now);

static void
datagram(Harness *harness, gint64 now)
{
    wl_engine_datagram_received(harness->engine, now, &harness_member(harness, 1)->link_local,
                                (const guint8 *) "?", 1);
}

static void
snapshot(Harness *harness, gint64 now)
{
    wl_engine_device_snapshot(harness->engine, now, harness->device);
}

static void
advance(Harness *harness, gint64 now)
{
    wl_engine_advance_time(harness->engine, now);
}

static void
addresses(Harness *harness, gint64 now)
{
    WlLocalAddress local = {.ifname = "eth0", .ifindex = 2, .announce = TRUE};

    local.address = harness_prefix("192.168.1.10/24");
    wl_engine_set_local_addresses(harness->engine, now, &local, 1);
}

static void
resolved(Harness *harness, gint64 now)
{
    wl_engine_name_resolved(harness->engine, now, "other.example.net:1", NULL, 0);
}

static void
change_failed(Harness *harness, gint64 now)
{
    wl_engine_peer_change_failed(harness->engine, now, &harness_member(harness, 9)->key);
}

static void
send_failed(Harness *harness, gint64 now)
{
    wl_engine_send_failed(harness->engine, now, &harness_member(harness, 9)->key);
}

static void
echo_reply(Harness *harness, gint64 now)
{
    wl_engine_echo_reply(harness->engine, now, &harness_member(harness, 2)->key, 7);
}

static void
check_peers(Harness *harness, gint64 now)
{
    wl_engine_check_peers(harness->engine, now);
}

static void
traffic(Harness *harness, gint64 now)
{
    wl_engine_traffic_started(harness->engine, now, NULL);
}

static void
neighbor(Harness *harness, gint64 now)
{
    WlIp address = harness_ip("192.168.1.20");
    WlNeighbor known = {.ip = address, .ifindex = 2};

    g_array_append_val(harness->engine->neighbors.entries, known);
    wl_engine_neighbor_result(harness->engine, now, &address, 2, TRUE);
}

static void
resumed(Harness *harness, gint64 now)
{
    wl_engine_resumed(harness->engine, now);
}

static void
connectivity(Harness *harness, gint64 now)
{
    wl_engine_set_connectivity(harness->engine, now, WL_CONNECTIVITY_FULL);
}

static void
hosts(Harness *harness, gint64 now)
{
    wl_engine_set_protected_hosts(harness->engine, now, NULL, 0);
}

static void
uplink(Harness *harness, gint64 now)
{
    wl_engine_uplink_changed(harness->engine, now);
}

static void
reload(Harness *harness, gint64 now)
{
    g_autoptr(WlEngineConfig) config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), NAME, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    g_assert_true(wl_engine_reload_profile(harness->engine, now, config, NULL));
}

static void
recreated(Harness *harness, gint64 now)
{
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    wl_engine_link_recreated(harness->engine, now);
}

static void
refresh(Harness *harness, gint64 now)
{
    harness->engine->refreshed = WL_LONG_AGO;
    g_assert_true(wl_engine_refresh(harness->engine, now));
}

static void
forget(Harness *harness, gint64 now)
{
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
    gint64 then = harness->now;

    harness->now = harness->engine->now;
    harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                               "192.0.2.1:1", 3600);
    harness->now = then;
    g_assert_true(wl_engine_forget_endpoint(harness->engine, now, &harness_member(harness, 2)->key,
                                            &endpoint, NULL));
}

static void
load(Harness *harness, gint64 now)
{
    g_autofree char *state = wl_engine_dup_state(harness->engine);

    g_assert_true(wl_engine_load_state(harness->engine, now, state, strlen(state), NULL));
}

static const struct {
    const char *name;
    Input input;
} inputs[] = {
    {"datagram", datagram},
    {"snapshot", snapshot},
    {"time", advance},
    {"addresses", addresses},
    {"name", resolved},
    {"refused change", change_failed},
    {"refused datagram", send_failed},
    {"echo reply", echo_reply},
    {"check", check_peers},
    {"traffic", traffic},
    {"neighbor", neighbor},
    {"resumed", resumed},
    {"connectivity", connectivity},
    {"hosts", hosts},
    {"uplink", uplink},
    {"reload", reload},
    {"link", recreated},
    {"refresh", refresh},
    {"forget", forget},
    {"state", load},
};

/* Each input moves the time forward, never back, and does what is due by then. */
static void
test_input(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    gint64 due;

    harness_handshake(harness, harness_member(harness, 1), NULL);
    harness_alive(harness, harness_member(harness, 1));
    harness_clear(harness);
    if (inputs[i].input == forget)
        harness_run(harness, MS(200));
    due = wl_engine_get_deadline(harness->engine);
    g_assert_cmpint(due, <, harness->now + SEC(60));
    if (inputs[i].input != forget) {
        inputs[i].input(harness, harness->now - 1);
        g_assert_cmpint(harness->engine->now, ==, harness->now);
        harness_drain(harness);
        due = wl_engine_get_deadline(harness->engine);
    }
    harness->now = due + MS(1);
    inputs[i].input(harness, harness->now);
    g_assert_cmpint(harness->engine->now, ==, harness->now);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), >, harness->now);
    harness_drain(harness);
}

/* ---- which of them count */

/* Events within 300 ms of the addresses belong to the same change of uplink. */
static void
test_settles(void)
{
    static const struct {
        gint64 after;
        gboolean counts;
    } rows[] = {{0, FALSE}, {MS(300) - 1, FALSE}, {MS(300), TRUE}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = harness_leaf_new();
        gint64 since;

        wl_engine_uplink_changed(harness->engine, harness->now);
        g_assert_cmpint(harness->engine->uplink.since, ==, WL_LONG_AGO);
        harness_uplink(harness, "192.168.1.10/24");
        since = harness->now;
        g_assert_cmpint(harness->engine->uplink.since, ==, since);
        harness_run(harness, rows[i].after);
        wl_engine_uplink_changed(harness->engine, harness->now);
        harness_drain(harness);
        g_assert_cmpint(harness->engine->uplink.since == since + rows[i].after && rows[i].after > 0,
                        ==, rows[i].counts);
    }
}

/* Peers without a session are tried again when the captive portal is gone. */
static void
test_connectivity(void)
{
    static const struct {
        WlConnectivity before, after;
        gboolean restarts;
    } rows[] = {
        {WL_CONNECTIVITY_UNKNOWN, WL_CONNECTIVITY_FULL, FALSE},
        {WL_CONNECTIVITY_FULL, WL_CONNECTIVITY_PORTAL, FALSE},
        {WL_CONNECTIVITY_PORTAL, WL_CONNECTIVITY_PORTAL, FALSE},
        {WL_CONNECTIVITY_PORTAL, WL_CONNECTIVITY_FULL, TRUE},
        {WL_CONNECTIVITY_PORTAL, WL_CONNECTIVITY_UNKNOWN, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = leaf_new();
        WlPeer *hub = peer_of(harness, 1);
        guint serial;

        wl_engine_set_connectivity(harness->engine, harness->now, rows[i].before);
        harness_drain(harness);
        harness_run(harness, SEC(1));
        serial = hub->connect.serial;
        wl_engine_set_connectivity(harness->engine, harness->now, rows[i].after);
        harness_drain(harness);
        g_assert_cmpint(harness->engine->uplink.connectivity, ==, rows[i].after);
        g_assert_cmpint(hub->connect.serial != serial, ==, rows[i].restarts);
        /* a session is not affected */
        harness_meet(harness, 1, NULL);
        wl_engine_set_connectivity(harness->engine, harness->now, WL_CONNECTIVITY_PORTAL);
        wl_engine_set_connectivity(harness->engine, harness->now, WL_CONNECTIVITY_FULL);
        harness_drain(harness);
        g_assert_false(hub->connect.restart);
        g_assert_cmpint(hub->connect.phase, ==, WL_CONNECT_IDLE);
    }
}

static void
test_refresh(void)
{
    g_autoptr(Harness) harness = leaf_new();

    g_assert_true(wl_engine_refresh(harness->engine, harness->now));
    harness_drain(harness);
    harness_run(harness, SEC(5) - 1);
    g_assert_false(wl_engine_refresh(harness->engine, harness->now));
    harness_run(harness, 1);
    g_assert_true(wl_engine_refresh(harness->engine, harness->now));
    harness_drain(harness);
}

/* A refresh sends all facts to every peer, and doubts every endpoint. */
static void
test_refreshes_all(void)
{
    g_autoptr(Harness) harness = leaf_new();

    g_assert_true(wl_engine_refresh(harness->engine, harness->now));
    harness_drain(harness);
    g_assert_cmpint(harness->engine->uplink.since, ==, harness->now);
    g_assert_cmpint(harness->engine->own.boot_id_created, ==, harness->now);
    for (guint i = 1; i <= 2; i++)
        g_assert_cmpint(peer_of(harness, i)->resync.last, ==, harness->now);
}

/* Each peer is probed, whatever its place. */
static void
test_check_each(void)
{
    for (guint i = 1; i <= 3; i++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);

        for (guint j = 1; j <= 3; j++)
            harness_add(config, harness_member(harness, j), NULL, NULL);
        harness_start(harness, config);
        harness_uplink(harness, "203.0.113.1/24");
        harness_meet(harness, i, "198.51.100.1:1");
        harness_run(harness, SEC(10));
        harness_clear(harness);
        wl_engine_check_peers(harness->engine, harness->now);
        harness_drain(harness);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), ==, 1);
    }
}

static void
portal_gone(Harness *harness, gint64 now)
{
    wl_engine_set_connectivity(harness->engine, now, WL_CONNECTIVITY_PORTAL);
    wl_engine_set_connectivity(harness->engine, now, WL_CONNECTIVITY_FULL);
}

/* Each peer without a session is tried anew, and each session is checked, whatever its place. */
static void
test_each(void)
{
    static const Input anew[] = {uplink, resumed, refresh, recreated, portal_gone};

    for (guint i = 0; i < 2 * G_N_ELEMENTS(anew); i++) {
        Input input = anew[i / 2];
        gboolean healthy = i % 2;
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config;
        guint before[4];

        if (healthy && (input == recreated || input == portal_gone))
            continue; /* no session is left, or each one is */
        config = harness_config(harness, WL_ROLE_LEAF);
        g_test_message("input %u, %s", i / 2, healthy ? "healthy" : "not healthy");
        for (guint j = 1; j <= 3; j++) {
            g_autofree char *endpoint = g_strdup_printf("203.0.113.%u:51820", j);
            harness_add(config, harness_member(harness, j), endpoint, NULL);
        }
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        harness_run(harness, SEC(20));
        for (guint j = 1; healthy && j <= 3; j++)
            harness_meet(harness, j, NULL);
        harness_run(harness, SEC(20));
        for (guint j = 1; j <= 3; j++)
            before[j] =
                healthy ? peer_of(harness, j)->roaming.serial : peer_of(harness, j)->connect.serial;
        input(harness, harness->now);
        harness_drain(harness);
        harness_run(harness, SEC(1));
        for (guint j = 1; j <= 3; j++)
            g_assert_cmpuint(healthy ? peer_of(harness, j)->roaming.serial
                                     : peer_of(harness, j)->connect.serial,
                             !=, before[j]);
    }
}

/* What was learned about the paths of one uplink says nothing about those of another. */
static void
test_other_uplink(void)
{
    g_autoptr(Harness) harness = leaf_new();
    WlEngine *engine = harness->engine;
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");

    wl_round_trip_add(&engine->uplink.round_trip, MS(300));
    for (guint i = 1; i <= 2; i++) {
        WlPeerPath *path = &peer_of(harness, i)->path;

        wl_path_hold_down_note_failure(path, &endpoint, harness->now);
        wl_round_trip_add(&path->round_trip, MS(300));
        g_assert_cmpint(wl_path_hold_down_ends_at(path, &endpoint), >, harness->now);
    }
    harness_uplink(harness, "192.168.2.10/24");
    g_assert_cmpint(wl_round_trip_timeout(&engine->uplink.round_trip, 7, 0, SEC(9)), ==, 7);
    for (guint i = 1; i <= 2; i++) {
        const WlPeerPath *path = &peer_of(harness, i)->path;

        g_assert_cmpint(wl_path_hold_down_ends_at(path, &endpoint), <, harness->now);
        g_assert_cmpint(wl_round_trip_timeout(&path->round_trip, 7, 0, SEC(9)), ==, 7);
    }
}

/* A candidate that was being tried on the old link is tried on the new one at once, for its whole
 * time. */
static void
test_new_link_tries(void)
{
    g_autoptr(Harness) harness = leaf_new();
    const WlPeer *hub = peer_of(harness, 1);

    while (hub->connect.phase != WL_CONNECT_SLOT)
        harness_run(harness, wl_engine_get_deadline(harness->engine) - harness->now);
    harness_run(harness, MS(1));
    recreated(harness, harness->now);
    harness_drain(harness);
    g_assert_cmpint(hub->connect.phase, ==, WL_CONNECT_WAIT);
    harness_run(harness, hub->connect.due - harness->now);
    g_assert_cmpint(hub->connect.tried, ==, harness->now);
}

/* All peers are added to a new link. */
static void
test_new_link(void)
{
    g_autoptr(Harness) harness = leaf_new();

    harness_clear(harness);
    recreated(harness, harness->now);
    harness_drain(harness);
    for (guint i = 1; i <= 2; i++)
        g_assert_cmpuint(harness_changes(harness, harness_member(harness, i), WL_PEER_ADD), ==, 1);
}

/* A profile or a state that is refused changes nothing. */
static void
test_refused(void)
{
    g_autoptr(Harness) harness = leaf_new();
    g_autoptr(WlEngineConfig) twice = harness_config(harness, WL_ROLE_LEAF);
    g_autoptr(GError) error = NULL;
    gint64 now = harness->now;

    harness_add(twice, harness_member(harness, 3), NULL, NULL);
    harness_add(twice, harness_member(harness, 3), NULL, NULL);
    g_assert_false(wl_engine_reload_profile(harness->engine, now + 1, twice, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_clear_error(&error);
    g_assert_false(wl_engine_load_state(harness->engine, now, "?", 1, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_cmpuint(harness_n_peers(harness), ==, 2);
}

/* A user who looks at the peers has them probed, unless there are more than 100. */
static void
test_check(void)
{
    for (guint n = 100; n <= 101; n++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);

        for (guint i = 1; i <= n; i++)
            harness_add(config, harness_member(harness, i), NULL, NULL);
        harness_start(harness, config);
        harness_uplink(harness, "203.0.113.1/24");
        harness_meet(harness, 1, "198.51.100.1:1");
        harness_run(harness, SEC(10));
        harness_clear(harness);
        wl_engine_check_peers(harness->engine, harness->now);
        harness_drain(harness);
        g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND_ECHO), ==, n == 100 ? 1 : 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(inputs); i++) {
        g_autofree char *name = g_strdup_printf("/inputs/time and turn/%s", inputs[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_input);
    }
    g_test_add_func("/inputs/events of one change of uplink", test_settles);
    g_test_add_func("/inputs/the captive portal is gone", test_connectivity);
    g_test_add_func("/inputs/a refresh every 5 s", test_refresh);
    g_test_add_func("/inputs/a refresh begins anew with all peers", test_refreshes_all);
    g_test_add_func("/inputs/peers are probed for a user", test_check);
    g_test_add_func("/inputs/each peer is probed for a user", test_check_each);
    g_test_add_func("/inputs/each peer begins anew", test_each);
    g_test_add_func("/inputs/another uplink has other paths", test_other_uplink);
    g_test_add_func("/inputs/a new link has all peers", test_new_link);
    g_test_add_func("/inputs/candidates are tried anew on a new link", test_new_link_tries);
    g_test_add_func("/inputs/a refused profile and state", test_refused);
    return g_test_run();
}
