/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One turn of the path of a peer: whether a router could carry it, and what begins and ends with
 * its session. */
#include <string.h>

#include "harness.h"
#include "paths/wl-path.h"
#include "paths/wl-traffic.h"
#include "wl-prefix-set.h"

/* A leaf with the hub (1) and a native peer (2), both with sessions. */
static Harness *
leaf_new(WlPeer **hub, WlPeer **peer)
{
    Harness *harness = harness_leaf_new();

    harness_make_native(harness_member(harness, 1));
    harness_make_native(harness_member(harness, 2));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:1");
    harness_run(harness, SEC(1));
    harness_clear(harness);
    *hub = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 1)->key);
    *peer = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);
    return harness;
}

/* ---- a fallback router: the hub has 10.77.0.0/24, in which this member is */

/* clang-format off */
static const struct {
    const char *name;
    gboolean go;
    const char *direct, *learned; /* prefixes of the peer */
    gboolean hub;                 /* it answers */
    gboolean has;
} fallbacks[] = {
    {"of a prefix of the hub", FALSE, "10.77.0.3/32", NULL, TRUE, TRUE},
    {"of a prefix that the hub has not", FALSE, "10.99.0.3/32", NULL, TRUE, FALSE},
    {"of one of its prefixes", FALSE, "10.99.0.3/32 10.77.0.3/32", NULL, TRUE, TRUE},
    {"of a learned prefix", FALSE, NULL, "10.77.0.3/32", TRUE, TRUE},
    {"of a native member whose addresses another one has", FALSE, NULL, NULL, TRUE, TRUE},
    {"not of a Go daemon without addresses", TRUE, NULL, NULL, TRUE, FALSE},
    {"not if the hub does not answer", FALSE, "10.77.0.3/32", NULL, FALSE, FALSE},
};
/* clang-format on */

static void
set_prefixes(GArray *prefixes, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text ? text : "", " ", 0);

    g_array_set_size(prefixes, 0);
    for (guint i = 0; parts[i]; i++) {
        WlPrefix prefix = harness_prefix(parts[i]);
        wl_prefix_set_add(prefixes, &prefix);
    }
}

static void
test_fallback(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *hub, *peer;
    g_autoptr(Harness) harness = leaf_new(&hub, &peer);

    hub->liveness.healthy = fallbacks[i].hub;
    peer->boot.native = !fallbacks[i].go;
    set_prefixes(peer->prefixes.static_ips, NULL);
    set_prefixes(peer->prefixes.direct_ips, fallbacks[i].direct);
    set_prefixes(peer->prefixes.learned_ips, fallbacks[i].learned);
    g_assert_cmpint(wl_path_has_fallback(harness->engine, peer), ==, fallbacks[i].has);
}

/* ---- the session */

/* What was agreed ends with it. */
static void
test_session_ended(void)
{
    WlPeer *hub, *peer;
    g_autoptr(Harness) harness = leaf_new(&hub, &peer);
    WlPathAgreement *agreement = &peer->path.agreement;
    const gint64 now = harness->engine->now;

    peer->liveness.healthy = FALSE;
    peer->path.direct = agreement->direct = agreement->live = TRUE;
    agreement->acked = FALSE;
    agreement->send_pending = agreement->probe_pending = TRUE;
    agreement->pending_ack = 7;
    agreement->probe = 9;
    agreement->fell_back_probe = 1;
    agreement->probe_due = WL_NEVER;
    peer->path.failures[0].when = 1;
    peer->path.echo.responds = TRUE;
    wl_traffic_watch(harness->engine, peer, TRUE);
    wl_path_run(harness->engine, peer);
    g_assert_false(peer->path.direct || agreement->direct || agreement->live);
    g_assert_cmpint(peer->path.fell_back, ==, now);
    /* Nothing is to be sent, and no earlier probe counts. */
    g_assert_true(agreement->acked);
    g_assert_false(agreement->send_pending || agreement->probe_pending);
    g_assert_cmpuint(agreement->pending_ack, ==, 0);
    g_assert_cmpuint(agreement->fell_back_probe, ==, 9);
    /* The next session is probed at once, whatever failed before. */
    g_assert_cmpint(agreement->probe_due, <=, now);
    g_assert_cmpint(peer->path.failures[0].when, ==, 0);
    g_assert_false(peer->path.echo.responds);
    g_assert_false(peer->traffic.watched);
    /* A message that arrives before the next session is kept. */
    agreement->pending_ack = 7;
    wl_path_run(harness->engine, peer);
    g_assert_cmpuint(agreement->pending_ack, ==, 7);
}

/* The time with the router begins with the session. */
static void
test_session_began(void)
{
    for (guint live = 0; live < 2; live++) {
        WlPeer *hub, *peer;
        g_autoptr(Harness) harness = leaf_new(&hub, &peer);

        peer->path.agreement.live = live;
        peer->path.agreement.routed_since = 1;
        wl_path_run(harness->engine, peer);
        g_assert_true(peer->path.agreement.live);
        g_assert_cmpint(peer->path.agreement.routed_since, ==, live ? 1 : harness->engine->now);
    }
}

/* The direct path of a native member. */
/* clang-format off */
static const struct {
    const char *name;
    gboolean router;  /* a fallback */
    gboolean agreed;  /* on the direct path */
    gboolean was, ready;
    gboolean direct, watched;
} paths[] = {
    {"agreed, beside a router", TRUE, TRUE, TRUE, TRUE, TRUE, TRUE},
    {"not agreed, beside a router", TRUE, FALSE, TRUE, TRUE, FALSE, FALSE},
    {"without a router it is the only one", FALSE, FALSE, FALSE, TRUE, TRUE, FALSE},
    {"but not before its Alive", FALSE, FALSE, FALSE, FALSE, FALSE, FALSE},
    {"and stays when that is late", FALSE, FALSE, TRUE, FALSE, TRUE, FALSE},
};
/* clang-format on */

static void
test_path(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *hub, *peer;
    g_autoptr(Harness) harness = leaf_new(&hub, &peer);
    WlPathAgreement *agreement = &peer->path.agreement;

    hub->liveness.healthy = paths[i].router;
    agreement->direct = paths[i].agreed;
    agreement->last_ack = WL_LONG_AGO;
    agreement->last_probe = harness->engine->now;
    agreement->probe_due = WL_NEVER;
    peer->path.direct = paths[i].was;
    peer->path.fell_back = harness->engine->now;
    peer->liveness.alive_until = paths[i].ready ? WL_NEVER : 0;
    peer->liveness.alive = paths[i].ready;
    wl_path_run(harness->engine, peer);
    g_assert_cmpint(peer->path.direct, ==, paths[i].direct);
    g_assert_cmpint(peer->traffic.watched, ==, paths[i].watched);
}

/* A member that owns no prefix of the peer any more cannot stay on the direct path. */
static void
test_no_prefix(void)
{
    WlPeer *hub, *peer;
    g_autoptr(Harness) harness = leaf_new(&hub, &peer);
    WlPathAgreement *agreement = &peer->path.agreement;
    const guint32 epoch = agreement->epoch;

    set_prefixes(peer->prefixes.direct_ips, NULL);
    agreement->direct = TRUE;
    wl_path_run(harness->engine, peer);
    g_assert_false(agreement->direct);
    g_assert_cmpuint(agreement->epoch, ==, epoch + 1);
    /* without a router it stays as it is */
    agreement->direct = TRUE;
    hub->liveness.healthy = FALSE;
    wl_path_run(harness->engine, peer);
    g_assert_true(agreement->direct);
}

/* A path that another uplink ends is not held down: its end says nothing about the next one. */
static void
test_failure(void)
{
    static const struct {
        gint64 after; /* the last change of uplink */
        gboolean counts;
    } rows[] = {{0, FALSE}, {WL_PATH_CHECK - 1, FALSE}, {WL_PATH_CHECK, TRUE}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPeer *hub, *peer;
        g_autoptr(Harness) harness = leaf_new(&hub, &peer);

        g_test_message("row %u", (guint) i);
        memset(peer->path.failures, 0, sizeof peer->path.failures);
        harness->engine->uplink.since = harness->engine->now - rows[i].after;
        set_prefixes(peer->prefixes.direct_ips, NULL);
        peer->path.agreement.direct = TRUE;
        wl_path_run(harness->engine, peer);
        g_assert_false(peer->path.agreement.direct);
        g_assert_cmpint(peer->path.failures[0].when != 0, ==, rows[i].counts);
    }
}

/* What a router says about itself is no path message. */
static void
test_router_message(void)
{
    WlPeer *hub, *peer;
    g_autoptr(Harness) harness = leaf_new(&hub, &peer);
    const WlRouterMessage message = {WL_ROUTER_VERSION, WL_ROUTER_HOLDS, 99, hub->key};
    const guint32 epoch = hub->path.agreement.epoch;
    WlFact fact;

    wl_fact_init_router(&fact, &hub->key, &message);
    wl_path_receive(harness->engine, hub, &fact);
    g_assert_cmpuint(hub->path.agreement.epoch, ==, epoch);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(fallbacks); i++) {
        g_autofree char *name = g_strdup_printf("/path-turn/fallback/%s", fallbacks[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_fallback);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *name = g_strdup_printf("/path-turn/path/%s", paths[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_path);
    }
    g_test_add_func("/path-turn/the session ended", test_session_ended);
    g_test_add_func("/path-turn/the session began", test_session_began);
    g_test_add_func("/path-turn/no prefix", test_no_prefix);
    g_test_add_func("/path-turn/a failure after a change of uplink", test_failure);
    g_test_add_func("/path-turn/a router message", test_router_message);
    return g_test_run();
}
