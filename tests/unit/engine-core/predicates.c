/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine knows of a peer, an endpoint or a fact, one row each. */
#include "state/wl-engine-predicates.h"

#include "harness.h"
#include "state/wl-engine-marks.h"

/*
 * 1  a router with 10.77.0.0/24 and 172.30.0.0/16
 * 2  a router with 172.30.1.0/24 and a default route
 * 3  a leaf with 10.77.0.3/32
 * 9  no peer
 * This member has 10.77.0.2/24 and 10.78.0.2/24.
 */
static Harness *
network_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlPrefix second = harness_prefix("10.78.0.2/24");

    g_array_append_val(config->addresses, second);
    harness_add(config, harness_member(harness, 1), NULL, "10.77.0.0/24,172.30.0.0/16")->trust =
        WL_TRUST_MEMBERSHIP;
    harness_add(config, harness_member(harness, 2), NULL, "172.30.1.0/24,0.0.0.0/0")->trust =
        WL_TRUST_ALLOWED_IPS;
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.3/32")->trust =
        WL_TRUST_ENDPOINT;
    harness_start(harness, config);
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint member)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, member)->key);
}

/* ---- peers */

/* A peer can be reached over an uplink with an address of its family, or if it was heard since. */
static void
test_can_reach(void)
{
    static const struct {
        const char *name;
        gboolean uplink;
        const char *endpoint;    /* NULL: none */
        gint64 heard, handshake; /* s since the uplink came; < 0: before */
        gboolean reach;
    } rows[] = {
        {"no endpoint yet", TRUE, NULL, -1, -1, TRUE},
        {"an address of the family of the uplink", TRUE, "198.51.100.1:1", -1, -1, TRUE},
        {"an address of the other family", TRUE, "[2001:db8::1]:1", -1, -1, FALSE},
        {"heard since", TRUE, "[2001:db8::1]:1", 0, -1, TRUE},
        {"a handshake since", TRUE, "[2001:db8::1]:1", -1, 0, TRUE},
        {"no uplink", FALSE, "198.51.100.1:1", -1, -1, FALSE},
        {"no uplink and no endpoint", FALSE, NULL, -1, -1, FALSE},
        {"no uplink but heard", FALSE, "198.51.100.1:1", 0, -1, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = peer_of(harness, 3);

        g_test_message("%s", rows[i].name);
        harness_uplink(harness, "192.168.1.10/24");
        engine->uplink.present = rows[i].uplink;
        engine->uplink.since = SEC(4000);
        peer->device.endpoint = (WlEndpoint){0};
        if (rows[i].endpoint)
            peer->device.endpoint = harness_endpoint(rows[i].endpoint);
        peer->liveness.last_heard = SEC(4000) + rows[i].heard;
        peer->device.handshake = SEC(4000) + rows[i].handshake;
        g_assert_cmpint(wl_engine_can_reach(engine, peer), ==, rows[i].reach);
    }
}

/* The router with the most specific prefix of the profile that has a session. */
static void
test_fallback_router(void)
{
    static const struct {
        const char *prefix;
        guint peer;       /* of which the router is sought */
        guint healthy[3]; /* 0: no more */
        guint router;     /* 0: none */
    } rows[] = {
        {"172.30.1.5/32", 3, {1, 2}, 2},   {"172.30.1.5/32", 3, {1}, 1},
        {"172.30.1.5/32", 2, {1, 2}, 1},   {"172.30.2.5/32", 3, {1, 2}, 1},
        {"172.30.2.5/32", 1, {1, 2}, 2},   {"10.77.0.3/32", 3, {1, 2, 3}, 1},
        {"10.77.0.3/32", 1, {1, 2, 3}, 2}, {"10.77.0.3/32", 3, {3}, 0},
        {"2001:db8::/64", 3, {1, 2}, 0},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlPrefix prefix = harness_prefix(rows[i].prefix);

        g_test_message("row %u", i);
        for (guint j = 0; j < 3 && rows[i].healthy[j]; j++)
            peer_of(harness, rows[i].healthy[j])->liveness.healthy = TRUE;
        g_assert_true(wl_engine_find_fallback_router(harness->engine,
                                                     peer_of(harness, rows[i].peer), &prefix) ==
                      (rows[i].router ? peer_of(harness, rows[i].router) : NULL));
    }
}

/* The router through which others reach this member, by the first or second address. */
static void
test_own_router(void)
{
    static const struct {
        guint peer, healthy, router; /* 0: none */
    } rows[] = {{3, 0, 0}, {3, 1, 1}, {1, 1, 0}, {3, 3, 0}, {3, 2, 2}, {2, 2, 0}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();

        g_test_message("row %u", i);
        if (rows[i].healthy)
            peer_of(harness, rows[i].healthy)->liveness.healthy = TRUE;
        g_assert_true(wl_engine_find_own_router(harness->engine, peer_of(harness, rows[i].peer)) ==
                      (rows[i].router ? peer_of(harness, rows[i].router) : NULL));
    }
}

static void
test_without_router(void)
{
    static const struct {
        guint healthy;
        gboolean router, without; /* this member is one */
    } rows[] = {
        {0, FALSE, TRUE}, {1, FALSE, FALSE}, {2, FALSE, FALSE}, {3, FALSE, TRUE}, {0, TRUE, FALSE}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();

        if (rows[i].healthy)
            peer_of(harness, rows[i].healthy)->liveness.healthy = TRUE;
        harness->engine->own.router = rows[i].router;
        g_assert_cmpint(wl_engine_is_without_router(harness->engine), ==, rows[i].without);
    }
}

/* ---- endpoints */

static void
own(Harness *harness, const char *text, guint owner, WlTrust trust)
{
    WlEngine *engine = harness->engine;
    WlPrefix prefix = harness_prefix(text);
    WlClaimedPrefix *claimed;
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    wl_fact_init_allowed(&fact, &harness_member(harness, owner ? owner : 1)->key, &prefix, 0);
    wl_fact_set_add_source(engine->facts, &fact, &harness_member(harness, 1)->key, engine->now,
                           engine->now + SEC(99), &entry, &origin);
    wl_engine_prefix_changed(engine, entry);
    claimed = wl_prefix_map_get(engine->prefixes.claimed, &prefix);
    claimed->owned = owner != 0;
    claimed->owner = harness_member(harness, owner)->key;
    claimed->trust = trust;
}

/* Whether an endpoint of a member is inside the tunnel, by the profile and by what was learned. */
static void
test_inside(void)
{
    static const struct {
        const char *name, *endpoint;
        guint subject;
        const char *learned; /* a prefix that is owned; NULL: none */
        guint owner;         /* 0: nobody owns it, though it is claimed */
        WlTrust trust;       /* in the source of that */
        gboolean profile, inside;
    } rows[] = {
        {"no endpoint", NULL, 3, NULL, 0, WL_TRUST_UNSET, FALSE, FALSE},
        {"an address elsewhere", "198.51.100.1:1", 3, NULL, 0, WL_TRUST_UNSET, FALSE, FALSE},
        {"one in the own subnet", "10.78.0.9:1", 3, NULL, 0, WL_TRUST_UNSET, TRUE, TRUE},
        {"one in a prefix of the profile", "172.30.1.9:1", 3, NULL, 0, WL_TRUST_UNSET, TRUE, TRUE},
        {"a learned host", "198.51.100.1:1", 3, "198.51.100.1/32", 1, WL_TRUST_UNSET, FALSE, TRUE},
        {"a learned network of another", "198.51.100.1:1", 3, "198.51.100.0/24", 1,
         WL_TRUST_ENDPOINT, FALSE, FALSE},
        {"by a source with more trust", "198.51.100.1:1", 3, "198.51.100.0/24", 1,
         WL_TRUST_ALLOWED_IPS, FALSE, TRUE},
        {"a learned network of itself", "198.51.100.1:1", 3, "198.51.100.0/24", 3, WL_TRUST_UNSET,
         FALSE, TRUE},
        {"one that nobody owns", "198.51.100.1:1", 3, "198.51.100.1/32", 0, WL_TRUST_UNSET, FALSE,
         FALSE},
        {"of a stranger by a source with trust", "198.51.100.1:1", 9, "198.51.100.0/24", 1,
         WL_TRUST_ENDPOINT, FALSE, TRUE},
        {"of a stranger by a source without", "198.51.100.1:1", 9, "198.51.100.0/24", 1,
         WL_TRUST_UNSET, FALSE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEndpoint endpoint = {0};

        g_test_message("%s", rows[i].name);
        if (rows[i].endpoint)
            endpoint = harness_endpoint(rows[i].endpoint);
        if (rows[i].learned)
            own(harness, rows[i].learned, rows[i].owner, rows[i].trust);
        g_assert_cmpint(wl_engine_is_inside_profile(harness->engine, &endpoint), ==,
                        rows[i].profile);
        g_assert_cmpint(wl_engine_is_inside(harness->engine,
                                            &harness_member(harness, rows[i].subject)->key,
                                            &endpoint),
                        ==, rows[i].inside);
    }
}

/* ---- facts */

static void
test_member(void)
{
    static const struct {
        gboolean metadata; /* else allowed IPs */
        WlVerdict verdict;
        gboolean stale, live_member, member; /* by live sources, by all */
    } rows[] = {
        {TRUE, WL_VERDICT_ACCEPTED, FALSE, TRUE, TRUE},
        {TRUE, WL_VERDICT_ACCEPTED, TRUE, FALSE, TRUE},
        {TRUE, WL_VERDICT_UNTRUSTED, FALSE, FALSE, FALSE},
        {FALSE, WL_VERDICT_ACCEPTED, FALSE, FALSE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        g_autoptr(WlMetadata) metadata = wl_metadata_new("nine", -1);
        const WlKey *key = &harness_member(harness, 9)->key;
        WlPrefix prefix = harness_prefix("10.77.0.9/32");
        WlEngine *engine = harness->engine;
        WlFactSource *origin;
        WlFactEntry *entry;
        WlFact fact;

        g_test_message("row %u", i);
        g_assert_false(wl_engine_is_member(engine, key, TRUE));
        if (rows[i].metadata)
            wl_fact_init_metadata(&fact, key, metadata, 0);
        else
            wl_fact_init_allowed(&fact, key, &prefix, 0);
        wl_fact_set_add_source(engine->facts, &fact, &harness_member(harness, 1)->key, engine->now,
                               engine->now + SEC(99), &entry, &origin);
        wl_fact_set_set_verdict(engine->facts, origin, rows[i].verdict);
        origin->stale = rows[i].stale;
        g_assert_cmpint(wl_engine_is_member(engine, key, FALSE), ==, rows[i].live_member);
        g_assert_cmpint(wl_engine_is_member(engine, key, TRUE), ==, rows[i].member);
        wl_fact_clear(&fact);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/predicates/can reach", test_can_reach);
    g_test_add_func("/predicates/fallback router", test_fallback_router);
    g_test_add_func("/predicates/own router", test_own_router);
    g_test_add_func("/predicates/without a router", test_without_router);
    g_test_add_func("/predicates/inside the tunnel", test_inside);
    g_test_add_func("/predicates/member", test_member);
    return g_test_run();
}
