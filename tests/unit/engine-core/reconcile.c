/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is changed in the device so that a peer has what it should have, one row each. */
#include "paths/wl-reconcile.h"

#include "harness.h"
#include "wl-prefix-set.h"

#define AT    "192.0.2.1:1"
#define OTHER "192.0.2.2:1"

enum {
    NOBODY,
    HUB,
    PEER,
    N_MEMBERS,
};

/* A leaf with the hub and a peer, both in the device. */
static Harness *
leaf_new(const char *endpoint, WlPeer **peer)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlPeerConfig *entry;

    harness_add(config, harness_member(harness, HUB), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    entry = harness_add(config, harness_member(harness, PEER), endpoint, "10.77.0.3/32");
    entry->keepalive = 25;
    entry->has_preshared_key = TRUE;
    entry->preshared_key.bytes[0] = 7;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    *peer = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, PEER)->key);
    (*peer)->reconcile.recreate = (*peer)->reconcile.set_endpoint = FALSE;
    return harness;
}

/* Runs it, and returns the change that it made, or NULL. */
static WlOutput *
reconcile(Harness *harness, WlPeer *peer)
{
    WlOutput *output, *change = NULL;

    while ((output = wl_engine_next_output(harness->engine)))
        wl_output_free(output);
    wl_scheduler_run_step(&harness->engine->scheduler, harness->engine, peer, WL_STEP_RECONCILE,
                          wl_reconcile_peer);
    while ((output = wl_engine_next_output(harness->engine))) {
        if (output->kind == WL_OUTPUT_CHANGE_PEER) {
            g_assert_null(change);
            change = output;
        } else {
            wl_output_free(output);
        }
    }
    return change;
}

typedef enum {
    ABSENT = 1 << 0, /* from the device */
    RECREATE = 1 << 1,
    MOVE = 1 << 2,
    SETTINGS = 1 << 3,
    DIRECT = 1 << 4,   /* the peer has its prefix, which the device lacks */
    LINKLESS = 1 << 5, /* the device lacks its link-local address */
    LEARNED = 1 << 6,  /* the peer is not of the profile */
    NOWHERE = 1 << 7,  /* with RECREATE: without an endpoint */
    RETRY = 1 << 8,    /* the link refused a change a moment ago */
} Flags;

#define NO_CHANGE (-1)

/* clang-format off */
static const struct {
    const char *name;
    Flags flags;
    int kind;
    const char *endpoint; /* NULL: none */
    gboolean allowed;     /* they are replaced */
    gboolean keys;        /* preshared key and keepalive are set */
} rows[] = {
    {"nothing to change", 0, NO_CHANGE, NULL, FALSE, FALSE},
    {"a peer that is missing has its configured endpoint", ABSENT, WL_PEER_ADD, AT, TRUE, TRUE},
    {"or the one that is being tried", ABSENT | RECREATE, WL_PEER_ADD, OTHER, TRUE, TRUE},
    {"or none", ABSENT | RECREATE | NOWHERE, WL_PEER_ADD, NULL, TRUE, TRUE},
    {"a learned peer has no keys", ABSENT | LEARNED, WL_PEER_ADD, NULL, TRUE, FALSE},
    {"a try recreates it", RECREATE, WL_PEER_RECREATE, OTHER, TRUE, TRUE},
    {"and so does the end of one", RECREATE | NOWHERE, WL_PEER_RECREATE, NULL, TRUE, TRUE},
    {"another endpoint in the session", MOVE, WL_PEER_UPDATE, OTHER, FALSE, FALSE},
    {"other allowed IPs", DIRECT, WL_PEER_UPDATE, NULL, TRUE, FALSE},
    {"the link-local address is missing", LINKLESS, WL_PEER_UPDATE, NULL, TRUE, FALSE},
    {"another preshared key", SETTINGS, WL_PEER_UPDATE, NULL, FALSE, TRUE},
    {"another preshared key of a peer that left the profile", SETTINGS | LEARNED, WL_PEER_UPDATE, NULL, FALSE, FALSE},
    {"not while the link refuses changes", DIRECT | RETRY, NO_CHANGE, NULL, FALSE, FALSE},
};
/* clang-format on */

static void
test_row(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    const Flags flags = rows[i].flags;
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(AT, &peer);
    const gint64 now = harness->engine->now;
    const WlPrefix link_local = wl_prefix_from_ip(&peer->link_local);
    WlEndpoint expect = rows[i].endpoint ? harness_endpoint(rows[i].endpoint) : (WlEndpoint){0};
    WlEndpoint other = harness_endpoint(OTHER);
    guint64 changes;
    WlPeerChange *change;
    WlOutput *output;

    peer->path.direct = (flags & DIRECT) != 0;
    peer->device.present = !(flags & ABSENT);
    peer->device.link_local = !(flags & LINKLESS);
    peer->device.handshake = now - SEC(9);
    peer->device.rx = peer->device.tx = 99;
    peer->connect.initiated = TRUE;
    peer->dirty.local_facts = FALSE;
    peer->reconcile.set_settings = (flags & SETTINGS) != 0;
    peer->reconcile.retry = flags & RETRY ? now + 1 : now;
    peer->reconcile.backoff = SEC(4);
    if (flags & LEARNED)
        peer->config = NULL;
    if (flags & RECREATE)
        wl_reconcile_request_recreate(peer, flags & NOWHERE ? NULL : &other);
    if (flags & MOVE)
        wl_reconcile_request_endpoint(peer, &other);
    changes = harness->engine->outputs.changes;
    output = reconcile(harness, peer);
    g_assert_cmpint(output ? (int) output->change->kind : NO_CHANGE, ==, rows[i].kind);
    g_assert_cmpint(peer->turn.wake_at[WL_STEP_RECONCILE], ==, flags & RETRY ? now + 1 : WL_NEVER);
    /* After a change was accepted the delay begins anew. */
    g_assert_cmpint(peer->reconcile.backoff, ==, rows[i].flags == 0 ? 0 : SEC(4));
    if (!output)
        return;

    change = output->change;
    g_assert_true(wl_key_equal(&output->key, &peer->key));
    g_assert_true(wl_key_equal(&change->public_key, &peer->key));
    g_assert_cmpint(wl_endpoint_is_set(&change->endpoint), ==, rows[i].endpoint != NULL);
    if (rows[i].endpoint) {
        g_assert_true(wl_endpoint_equal(&change->endpoint, &expect));
        g_assert_true(wl_endpoint_equal(&peer->device.endpoint, &expect));
    }
    g_assert_cmpint(change->replace_allowed_ips, ==, rows[i].allowed);
    g_assert_cmpuint(change->allowed_ips->len, ==,
                     !rows[i].allowed ? 0u
                     : flags & DIRECT ? 2u
                                      : 1u);
    if (rows[i].allowed)
        g_assert_true(
            wl_prefix_equal(&g_array_index(change->allowed_ips, WlPrefix, 0), &link_local));
    g_assert_cmpint(change->replace_settings, ==, (flags & SETTINGS) != 0);
    g_assert_cmpint(change->has_preshared_key, ==, rows[i].keys);
    g_assert_cmpint(change->preshared_key.bytes[0], ==, rows[i].keys ? 7 : 0);
    g_assert_cmpuint(change->keepalive, ==, rows[i].keys ? 25 : 0);
    g_assert_cmpuint(peer->reconcile.change, ==, changes + 1);
    /* What the device has now. */
    g_assert_true(peer->device.present);
    g_assert_cmpint(peer->device.link_local, ==, rows[i].allowed || !(flags & LINKLESS));
    g_assert_cmpint(peer->device.handshake, ==, rows[i].kind == WL_PEER_UPDATE ? now - SEC(9) : -1);
    g_assert_cmpuint(peer->device.rx, ==, rows[i].kind == WL_PEER_UPDATE ? 99 : 0);
    g_assert_cmpuint(peer->device.tx, ==, rows[i].kind == WL_PEER_UPDATE ? 99 : 0);
    g_assert_cmpint(peer->connect.initiated, ==, rows[i].kind == WL_PEER_UPDATE);
    g_assert_cmpint(peer->dirty.local_facts, ==, (flags & DIRECT) != 0);
    g_assert_cmpuint(peer->device.allowed->len, ==, flags & DIRECT ? 1 : 0);
    wl_output_free(output);
    /* Nothing is left to change. */
    g_assert_null(reconcile(harness, peer));
}

/* A new peer has the first configured address that is outside the tunnel; names are resolved
 * later. */
static void
test_first_endpoint(void)
{
    static const struct {
        const char *endpoints[3], *expect;
    } lists[] = {
        {{"peer.example.net:1", AT}, AT},
        {{"10.77.0.99:1", AT}, AT},
        {{AT, OTHER}, AT},
        {{"peer.example.net:1"}, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        WlPeer *peer;
        g_autoptr(Harness) harness = leaf_new(NULL, &peer);
        WlEndpoint expect = lists[i].expect ? harness_endpoint(lists[i].expect) : (WlEndpoint){0};
        WlOutput *output;

        for (guint j = 0; j < 3 && lists[i].endpoints[j]; j++)
            g_ptr_array_add(peer->config->endpoints, g_strdup(lists[i].endpoints[j]));
        peer->device.present = FALSE;
        output = reconcile(harness, peer);
        g_assert_true(wl_endpoint_equal(&output->change->endpoint, &expect));
        wl_output_free(output);
    }
}

/* The prefixes of a peer that is not direct move to a live router; without one they stay. */
static const struct {
    const char *name;
    gboolean direct, had, router; /* router: it answers */
    gboolean learned;             /* the prefix is of a fact, not of the profile */
    gboolean expect;
} prefixes[] = {
    {"a direct peer has them", TRUE, FALSE, TRUE, FALSE, TRUE},
    {"after a fall-back the router has them", FALSE, TRUE, TRUE, FALSE, FALSE},
    {"without a router they stay", FALSE, TRUE, FALSE, FALSE, TRUE},
    {"but do not come back", FALSE, FALSE, FALSE, FALSE, FALSE},
    {"learned ones as well", TRUE, FALSE, TRUE, TRUE, TRUE},
    {"which the router has after a fall-back", FALSE, TRUE, TRUE, TRUE, FALSE},
};

static void
test_prefix(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(AT, &peer);
    WlPrefix prefix = harness_prefix(prefixes[i].learned ? "10.77.0.7/32" : "10.77.0.3/32");

    peer->path.direct = prefixes[i].direct;
    if (prefixes[i].learned) {
        g_array_set_size(peer->prefixes.direct_ips, 0);
        wl_prefix_set_add(peer->prefixes.learned_ips, &prefix);
    }
    g_array_set_size(peer->device.allowed, 0);
    if (prefixes[i].had)
        wl_prefix_set_add(peer->device.allowed, &prefix);
    wl_peer_table_find(&harness->engine->peers, &harness_member(harness, HUB)->key)
        ->liveness.healthy = prefixes[i].router;
    {
        WlOutput *output = reconcile(harness, peer);

        if (output)
            wl_output_free(output);
    }
    g_assert_cmpint(wl_prefix_set_contains(peer->device.allowed, &prefix), ==, prefixes[i].expect);
}

/* A refused change is tried again after a second, then after twice the time, up to a minute. */
static void
test_refused(void)
{
    WlPeer *peer;
    g_autoptr(Harness) harness = leaf_new(AT, &peer);
    static const int seconds[] = {1, 2, 4, 8, 16, 32, 60, 60};

    peer->reconcile.backoff = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(seconds); i++) {
        peer->device.present = i % 2 == 0;
        harness->engine->outputs.snapshot_wanted = FALSE;
        wl_reconcile_failed(harness->engine, peer);
        g_assert_cmpint(peer->reconcile.retry, ==, harness->engine->now + SEC(seconds[i]));
        /* The snapshot shows everything but the keys. */
        g_assert_true(harness->engine->outputs.snapshot_wanted);
        g_assert_true(peer->turn.awaits_snapshot && peer->turn.scheduled);
        g_assert_cmpint(peer->reconcile.set_settings, ==, peer->device.present);
    }
    wl_reconcile_retry_now(peer);
    g_assert_cmpint(peer->reconcile.retry, <=, harness->engine->now);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/reconcile/change/%s", rows[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_row);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        g_autofree char *name = g_strdup_printf("/reconcile/prefixes/%s", prefixes[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_prefix);
    }
    g_test_add_func("/reconcile/first endpoint", test_first_endpoint);
    g_test_add_func("/reconcile/refused", test_refused);
    return g_test_run();
}
