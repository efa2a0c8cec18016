/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The rules for received facts, and the WireGuard peers that result from them. */

#include "harness.h"
#include "wl-fact-codec.h"

static void
test_start(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlPeerConfig *hub =
        harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    HarnessMember *self = harness_member(harness, 0);
    g_autoptr(GArray) sent = NULL;

    hub->has_preshared_key = TRUE;
    hub->preshared_key.bytes[0] = 9;
    hub->keepalive = 25;
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32,192.168.50.7/32");
    harness_add(config, self, NULL, NULL)->trust = WL_TRUST_UNTRUSTED;
    harness_start(harness, config);

    g_assert_false(wl_engine_is_router(harness->engine));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_CHANGE_PEER), ==, 2);
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 1), "10.77.0.0/24"));
    /* inside the router's: only when direct; not covered: at once */
    g_assert_false(harness_has_allowed(harness, harness_member(harness, 2), "10.77.0.3/32"));
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 2), "192.168.50.7/32"));
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind != WL_OUTPUT_CHANGE_PEER ||
            !wl_key_equal(&output->key, &harness_member(harness, 1)->key))
            continue;
        g_assert_cmpint(output->change->kind, ==, WL_PEER_ADD);
        g_assert_true(output->change->has_preshared_key);
        g_assert_cmpint(output->change->preshared_key.bytes[0], ==, 9);
        g_assert_cmpint(output->change->keepalive, ==, 25);
        g_assert_true(wl_endpoint_is_set(&output->change->endpoint));
    }
    /* no uplink: silence without a deadline */
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, G_MAXINT64);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 1))->reason_text, ==,
                    "no uplink");

    harness_uplink(harness, "192.168.1.10/24");
    sent = harness_sent(harness, harness_member(harness, 1));
    g_assert_cmpuint(sent->len, ==, 1);
    g_assert_cmpint(g_array_index(sent, WlFact, 0).attribute, ==, WL_ATTRIBUTE_ALIVE);
    g_assert_cmpint(g_array_index(sent, WlFact, 0).ttl, ==, 255);
    g_assert_true(wl_key_equal(&g_array_index(sent, WlFact, 0).subject, &self->key));
    /* the peer was just created: it is not recreated */
    g_assert_cmpuint(harness_changes(harness, harness_member(harness, 1), WL_PEER_RECREATE), ==, 0);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->state, ==,
                    WL_PEER_CONNECTING);
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), ==, harness->now + MS(100));
}

static void
test_contradictions(void)
{
    g_autoptr(Harness) harness = harness_new();
    g_autoptr(WlEngineConfig) twice = harness_config(harness, WL_ROLE_LEAF);
    g_autoptr(WlEngineConfig) keyless = harness_config(harness, WL_ROLE_LEAF);
    g_autoptr(GError) error = NULL;
    WlKey zero = {{0}};

    harness_add(twice, harness_member(harness, 1), NULL, NULL);
    harness_add(twice, harness_member(harness, 1), NULL, NULL);
    g_assert_null(wl_engine_new(twice, 0, NULL, NULL, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_clear_error(&error);
    g_ptr_array_add(keyless->peers, wl_peer_config_new(&zero));
    g_assert_null(wl_engine_new(keyless, 0, NULL, NULL, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_KEY);
    g_clear_error(&error);
    keyless->private_key = zero;
    g_assert_null(wl_engine_new(keyless, 0, NULL, NULL, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_KEY);
}

static void
test_two_routers(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NULL, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.0/24,10.88.0.0/24");
    harness_start(harness, config);
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 1), "10.77.0.0/24"));
    g_assert_false(harness_has_allowed(harness, harness_member(harness, 2), "10.77.0.0/24"));
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 2), "10.88.0.0/24"));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_LOG), ==, 1);
    g_assert_true(harness_has_route(harness, "10.88.0.0/24"));
    g_assert_false(harness_has_route(harness, "10.77.0.0/24")); /* the address brings it */
}

static void
test_default_route_makes_router(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), NULL, "0.0.0.0/0");
    harness_start(harness, config);
    g_assert_false(wl_engine_is_router(harness->engine));
    g_assert_true(harness_view(harness, harness_member(harness, 1))->router);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->trust, ==,
                    WL_TRUST_MEMBERSHIP);
    g_assert_false(harness_has_route(harness, "0.0.0.0/0"));
}

static void
test_goes_direct_and_back(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    g_autoptr(GArray) before = NULL;
    g_autoptr(GArray) after = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    g_assert_cmpint(harness_view(harness, hub)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    g_assert_true(wl_key_equal(&harness_view(harness, desktop)->via, &hub->key));
    before = wl_engine_dup_routes(harness->engine);

    harness_clear(harness);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 254);
    harness_run(harness, MS(100)); /* the tie-breaker lets one side initiate first */
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), >=, 1);
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    /* a handshake alone does not make it direct */
    harness_handshake(harness, desktop, NULL);
    harness_run(harness, MS(200));
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    /* and a Go daemon promotes only at its next chunk */
    harness_alive(harness, desktop);
    harness_run(harness, MS(4900));
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    harness_run(harness, MS(500));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpstr(harness_view(harness, desktop)->reason_text, ==,
                    "direct on 198.51.100.7:51820");

    /* the hub is live, the other peer is gone: falls back at 165.334 s, not earlier */
    harness_clear(harness);
    for (guint i = 0; i < 6; i++) {
        harness_meet(harness, 1, NULL);
        harness_run(harness, SEC(25));
    }
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(15) - MS(5500) + MS(30));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    harness_run(harness, MS(400));
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
    harness_run(harness, SEC(1));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), >=, 1);

    after = wl_engine_dup_routes(harness->engine);
    g_assert_cmpmem(before->data, before->len * sizeof(WlPrefix), after->data,
                    after->len * sizeof(WlPrefix));
}

static void
test_stays_without_router(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, hub, desktop, "198.51.100.7:51820", 254);
    harness_run(harness, MS(200));
    harness_meet(harness, 2, NULL);
    harness_run(harness, SEC(6));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    /* both are gone: the path stays, since there is no better one */
    harness_run(harness, SEC(900));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_true(harness_has_allowed(harness, hub, "10.77.0.0/24"));
    g_assert_cmpint(harness_view(harness, desktop)->state, <=, WL_PEER_CONNECTING);
    /* the hub is back: the other peer is routed through it */
    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
}

static void
test_basic(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *phone = harness_member(harness, 2);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, phone, "192.0.2.50:51820", "10.77.0.9/32")->basic = TRUE;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_false(harness_has_allowed(harness, phone, "10.77.0.9/32"));
    harness_handshake(harness, phone, NULL);
    harness_run(harness, MS(100));
    g_assert_true(harness_has_allowed(harness, phone, "10.77.0.9/32"));
    g_assert_cmpint(harness_view(harness, phone)->state, ==, WL_PEER_DIRECT);
}

/* ---- received facts */

static void
test_refusals(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2),
                  *site = harness_member(harness, 3), *other = harness_member(harness, 4);
    WlPrefix network;

    for (guint i = 0; i < 3; i++) {
        const char *texts[] = {"10.77.0.0/24", "172.30.0.0/16", "203.0.113.0/24"};
        network = harness_prefix(texts[i]);
        g_array_append_val(config->networks, network);
    }
    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "172.30.9.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_member(harness, hub, site, "site", 254);
    harness_advertise_member(harness, hub, other, "other", 254);
    g_assert_cmpuint(harness_n_peers(harness), ==, 4);

#define CHECK(about, prefix, expected)                                                             \
    harness_advertise_allowed(harness, hub, about, prefix, 254);                                   \
    g_assert_cmpint(harness_verdict_allowed(harness, hub, about, prefix), ==, expected)
    CHECK(site, "172.30.4.0/24", WL_VERDICT_ACCEPTED);
    CHECK(site, "172.30.5.7/24", WL_VERDICT_ACCEPTED); /* counts masked */
    CHECK(site, "0.0.0.0/0", WL_VERDICT_DEFAULT_ROUTE);
    CHECK(site, "128.0.0.0/1", WL_VERDICT_DEFAULT_ROUTE);
    CHECK(site, "192.0.2.0/24", WL_VERDICT_OUTSIDE);
    CHECK(site, "10.77.0.2/32", WL_VERDICT_OWN_ADDRESS);
    CHECK(site, "172.30.9.0/25", WL_VERDICT_ON_LINK);
    CHECK(site, "203.0.113.0/28", WL_VERDICT_HAS_ENDPOINT);
    CHECK(site, "10.77.0.3/32", WL_VERDICT_CONFIGURED);
    CHECK(site, "10.77.0.0/25", WL_VERDICT_CONFIGURED); /* between the desktop and its router */
    CHECK(site, "10.77.0.0/24", WL_VERDICT_CONFIGURED);
    CHECK(desktop, "10.77.0.3/32", WL_VERDICT_ACCEPTED); /* prefixes that the profile gives it */
    CHECK(other, "172.30.4.0/24", WL_VERDICT_TAKEN);
    CHECK(other, "172.30.4.8/29", WL_VERDICT_TAKEN);
    CHECK(other, "172.30.6.0/24", WL_VERDICT_ACCEPTED);
    CHECK(harness_member(harness, 0), "172.30.7.0/24", WL_VERDICT_ABOUT_US);
#undef CHECK
    g_assert_true(harness_has_route(harness, "172.30.4.0/24"));
    g_assert_true(harness_has_route(harness, "172.30.5.0/24"));
    g_assert_false(harness_has_route(harness, "172.30.9.0/25"));
    g_assert_false(harness_has_route(harness, "192.0.2.0/24"));
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_TAKEN], ==, 2);

    /* no prefix is set before the peer is direct, and then only accepted ones */
    g_assert_false(harness_has_allowed(harness, site, "172.30.4.0/24"));
    harness_advertise_endpoint(harness, hub, site, "198.51.100.8:51820", 254);
    harness_run(harness, MS(200));
    harness_meet(harness, 3, NULL);
    g_assert_true(harness_has_allowed(harness, site, "172.30.4.0/24"));
    g_assert_true(harness_has_allowed(harness, site, "172.30.5.0/24"));
    g_assert_false(harness_has_allowed(harness, site, "10.77.0.3/32"));
    g_assert_false(harness_has_allowed(harness, site, "0.0.0.0/0"));

    /* the first member is gone: the second one gets the prefix */
    harness_advertise_allowed(harness, hub, other, "172.30.4.0/24", 3600);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, other, "172.30.4.0/24"), ==,
                    WL_VERDICT_TAKEN);
    harness_live(harness, SEC(700), 1, 1);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, other, "172.30.4.0/24"), ==,
                    WL_VERDICT_ACCEPTED);
}

static void
test_trust(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2),
                  *stranger = harness_member(harness, 3);
    g_autoptr(GArray) peers = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    /* a leaf may advertise endpoints of known peers, and nothing else */
    harness_advertise_endpoint(harness, desktop, hub, "203.0.113.77:51820", 254);
    harness_advertise_allowed(harness, desktop, desktop, "10.77.0.44/32", 254);
    g_assert_cmpint(harness_verdict_allowed(harness, desktop, desktop, "10.77.0.44/32"), ==,
                    WL_VERDICT_UNTRUSTED);
    harness_advertise_member(harness, desktop, stranger, "mallory", 254);
    harness_advertise_endpoint(harness, desktop, stranger, "203.0.113.78:51820", 254);
    peers = wl_engine_dup_peers(harness->engine);
    g_assert_cmpuint(peers->len, ==, 2);
    /* a router may; facts of a leaf about the new member are accepted with it */
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_UNKNOWN_SUBJECT],
                     ==, 1);
    harness_advertise_member(harness, hub, stranger, "printer", 254);
    g_assert_cmpstr(harness_view(harness, stranger)->name, ==, "printer");
    g_assert_false(harness_view(harness, stranger)->configured);
    harness_run(harness, MS(200));
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_ADD), ==, 1);
    g_assert_true(wl_endpoint_is_set(&harness_view(harness, stranger)->endpoint));
    /* not a router, and its own facts do not make it one */
    harness_advertise_allowed(harness, hub, stranger, "10.77.0.64/26", 254);
    g_assert_false(harness_view(harness, stranger)->router);
    g_assert_cmpint(harness_view(harness, stranger)->trust, ==, WL_TRUST_ENDPOINT);
}

static void
test_one_trust_value(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1), *stranger = harness_member(harness, 3);

    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32")->trust =
        WL_TRUST_UNTRUSTED;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    g_assert_cmpint(harness_view(harness, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_cmpint(harness_view(harness, hub)->trust_source, ==, WL_TRUST_SOURCE_KNOWN_PEER);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->trust, ==,
                    WL_TRUST_UNTRUSTED);
    harness_advertise_member(harness, hub, stranger, "printer", 254);
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_ADD), ==, 0);
}

static void
test_names(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1), *a = harness_member(harness, 3),
                  *b = harness_member(harness, 4);

    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24")->name = g_strdup("Hub");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_member(harness, hub, hub, "evil", 254);
    g_assert_cmpstr(harness_view(harness, hub)->name, ==, "Hub");
    harness_advertise_member(harness, hub, a, "\xef\xbc\xa8UB", 254); /* full-width H */
    g_assert_true(g_str_has_suffix(harness_view(harness, a)->name, ")"));
    g_assert_false(harness_view(harness, a)->name_configured);
    harness_advertise_member(harness, hub, b, "printer", 254);
    g_assert_cmpstr(harness_view(harness, b)->name, ==, "printer");
    /* a second, empty fact does not remove the name */
    harness_advertise_member(harness, hub, b, NULL, 254);
    g_assert_cmpstr(harness_view(harness, b)->name, ==, "printer");
}

/* Two routers of the network, 1 and 2, and a leaf, 4, all with sessions. */
static Harness *
two_routers_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), "203.0.113.2:51820", "10.76.0.0/15");
    harness_add(config, harness_member(harness, 4), "198.51.100.4:51820", "10.77.0.4/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, NULL);
    harness_meet(harness, 4, NULL);
    return harness;
}

/* Of several names of a member one counts: one before none, a live one before a stale one, and of
 * those the first received. */
static void
test_names_of_two(void)
{
    for (guint turn = 0; turn < 2; turn++) {
        g_autoptr(Harness) harness = two_routers_new();
        HarnessMember *first = harness_member(harness, 1 + turn),
                      *second = harness_member(harness, 2 - turn),
                      *site = harness_member(harness, 3), *other = harness_member(harness, 5);

        /* the first, of facts with two sources, too, and as long as it is live */
        harness_advertise_member(harness, first, site, "one", 100);
        harness_advertise_member(harness, second, site, "two", 900);
        g_assert_cmpstr(harness_view(harness, site)->name, ==, "one");
        harness_advertise_member(harness, first, site, "two", 100);
        harness_advertise_member(harness, second, site, "three", 900);
        g_assert_cmpstr(harness_view(harness, site)->name, ==, "one");
        harness_live(harness, SEC(300), 3 - (1 + turn), 3 - (1 + turn));
        g_assert_cmpstr(harness_view(harness, site)->name, ==, "two");

        /* none, then one */
        harness_advertise_member(harness, second, other, NULL, 254);
        harness_advertise_member(harness, second, other, "site", 254);
        g_assert_cmpstr(harness_view(harness, other)->name, ==, "site");
    }
}

/* A name that a leaf without trust gave first counts when a router gives it. */
static void
test_name_of_second_source(void)
{
    g_autoptr(Harness) harness = two_routers_new();
    HarnessMember *hub = harness_member(harness, 1), *leaf = harness_member(harness, 4),
                  *site = harness_member(harness, 3);

    harness_advertise_member(harness, leaf, site, "site", 254);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_ADD), ==, 0);
    harness_advertise_member(harness, hub, site, "site", 254);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_ADD), ==, 1);
    g_assert_cmpstr(harness_view(harness, site)->name, ==, "site");
}

/* What a leaf without trust said does not make the name of a router the first one. */
static void
test_name_refused_first(void)
{
    g_autoptr(Harness) harness = two_routers_new();
    HarnessMember *leaf = harness_member(harness, 4), *site = harness_member(harness, 3);

    harness_advertise_member(harness, leaf, site, "one", 254);
    harness_advertise_member(harness, harness_member(harness, 1), site, "two", 254);
    harness_advertise_member(harness, harness_member(harness, 2), site, "one", 254);
    g_assert_cmpstr(harness_view(harness, site)->name, ==, "two");
}

/* A member that a router names without a name is basic if the router says so. */
static void
test_basic_without_name(void)
{
    g_autoptr(Harness) harness = two_routers_new();
    g_autoptr(WlMetadata) metadata = wl_metadata_new(NULL, 1);
    g_autoptr(GArray) facts = wl_fact_array_new();
    HarnessMember *site = harness_member(harness, 3);
    WlFact fact;

    wl_fact_init_metadata(&fact, &site->key, metadata, harness->now + SEC(254));
    g_array_append_val(facts, fact);
    harness_datagram(harness, harness_member(harness, 1), facts);
    g_assert_cmpstr(harness_view(harness, site)->name, ==, "");
    g_assert_true(harness_view(harness, site)->basic);
}

/* ---- taking away */

static void
learn_member(Harness *harness)
{
    HarnessMember *hub = harness_member(harness, 1), *site = harness_member(harness, 3);

    harness_advertise_member(harness, hub, site, "site", 254);
    harness_advertise_allowed(harness, hub, site, "10.77.0.64/26", 254);
    harness_advertise_endpoint(harness, hub, site, "198.51.100.8:51820", 254);
    harness_run(harness, MS(200));
    harness_meet(harness, 3, NULL);
    harness_run(harness, SEC(6));
    g_assert_true(harness_has_allowed(harness, site, "10.77.0.64/26"));
}

static Harness *
simple_leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    return harness;
}

static void
test_start_protection(void)
{
    g_autoptr(Harness) harness = simple_leaf_new();
    HarnessMember *site = harness_member(harness, 3);

    learn_member(harness);
    /* the hub is live and stops advertising the member: the fact expires after 254 s, the hub is
     * authoritative after 260 s */
    harness_live(harness, SEC(249), 1, 3);
    g_assert_true(harness_has_allowed(harness, site, "10.77.0.64/26"));
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_REMOVE), ==, 0);
    harness_live(harness, SEC(25), 1, 3);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_REMOVED), ==, 1);
    g_assert_false(harness_has_route(harness, "10.77.0.64/26"));
}

static void
test_losing_the_hub(void)
{
    g_autoptr(Harness) harness = simple_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *site = harness_member(harness, 3);

    learn_member(harness);
    harness_live(harness, SEC(400), 1, 3);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_REMOVE), ==, 1);
    harness_clear(harness);
    learn_member(harness);
    /* then the hub is lost, and the member stays */
    harness_live(harness, SEC(3600), 3, 3);
    g_assert_true(harness_has_allowed(harness, site, "10.77.0.64/26"));
    g_assert_cmpint(harness_view(harness, site)->state, ==, WL_PEER_DIRECT);
    /* the hub is back, but authoritative only after some time */
    harness_live(harness, SEC(250), 1, 3);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_REMOVE), ==, 0);
    harness_live(harness, SEC(50), 1, 3);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_REMOVE), ==, 0);
}

/* Of nested prefixes only the outermost is a route, as long as it is accepted. */
static void
test_nested_routes(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlPrefix network;

    network = harness_prefix("172.30.0.0/16");
    g_array_append_val(config->networks, network);
    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_allowed(harness, hub, desktop, "172.30.1.0/24", 900);
    harness_advertise_allowed(harness, hub, desktop, "172.30.1.128/25", 900);
    harness_advertise_allowed(harness, hub, desktop, "172.30.9.0/24", 900);
    g_assert_true(harness_has_route(harness, "172.30.1.0/24"));
    g_assert_false(harness_has_route(harness, "172.30.1.128/25"));
    harness_advertise_allowed(harness, hub, desktop, "172.30.0.0/20", 200);
    g_assert_true(harness_has_route(harness, "172.30.0.0/20"));
    g_assert_false(harness_has_route(harness, "172.30.1.0/24"));
    harness_live(harness, SEC(300), 1, 1);
    g_assert_false(harness_has_route(harness, "172.30.0.0/20"));
    g_assert_true(harness_has_route(harness, "172.30.1.0/24"));
    g_assert_true(harness_has_route(harness, "172.30.9.0/24"));
    g_assert_false(harness_has_route(harness, "172.30.1.128/25"));
}

/* Facts about an unknown subject count as soon as the subject is a member. */
static void
test_subject_not_yet_member(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *stranger = harness_member(harness, 3);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_allowed(harness, hub, stranger, "10.77.0.4/32", 255);
    harness_advertise_endpoint(harness, hub, stranger, "198.51.100.4:51820", 255);
    harness_advertise_member(harness, hub, stranger, "stranger", 255);
    g_assert_cmpint(harness_view(harness, stranger)->state, ==, WL_PEER_ROUTED);
}

/* ---- when the device differs from the request */

static void
test_link(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlDevicePeer *peer;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    /* the device was changed from outside: corrected with the next snapshot */
    peer = wl_device_find(harness->device, &hub->key);
    g_array_set_size(peer->allowed_ips, 1);
    harness_clear(harness);
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 1);
    g_assert_true(harness_has_allowed(harness, hub, "10.77.0.0/24"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_UPDATE), ==, 0);

    /* or took a peer away */
    g_ptr_array_remove(harness->device->peers, wl_device_find(harness->device, &desktop->key));
    harness_clear(harness);
    harness_snapshot(harness);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_ADD), ==, 1);

    /* or gave it another port */
    harness->device->listen_port = 4242;
    harness_clear(harness);
    harness_snapshot(harness);
    harness_drain(harness);
    harness_run(harness, SEC(1));
    g_assert_true(
        harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key, "192.168.1.10:4242"));
    harness->device->listen_port = 51820;
    harness_snapshot(harness);
    harness_drain(harness);
    harness_run(harness, SEC(1));

    /* a failed change is tried again, after a delay that increases */
    g_array_set_size(peer->allowed_ips, 1);
    harness_clear(harness);
    for (guint i = 0; i < 5; i++) {
        g_array_set_size(peer->allowed_ips, 1);
        wl_engine_peer_change_failed(harness->engine, harness->now, &hub->key);
        harness_drain(harness);
    }
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 0);
    harness_run(harness, SEC(40));
    g_assert_true(harness_has_allowed(harness, hub, "10.77.0.0/24"));

    /* a fact whose sending failed does not count as known */
    harness_clear(harness);
    wl_engine_send_failed(harness->engine, harness->now, &hub->key);
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), ==, 0);
    harness_run(harness, SEC(6));
    g_assert_true(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));

    /* an empty link is filled again */
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    harness_clear(harness);
    wl_engine_link_recreated(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_ADD), ==, 1);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_ADD), ==, 1);
    harness_run(harness, MS(100));
    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    g_assert_true(harness_sent_endpoint(harness, hub, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
}

/* A leaf with two routers whose profile gives this machine the trust Membership. */
static Harness *
trusted_leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24")->trust =
        WL_TRUST_MEMBERSHIP;
    harness_add(config, harness_member(harness, 2), "203.0.113.2:51820", "10.88.0.0/24")->trust =
        WL_TRUST_MEMBERSHIP;
    harness_add(config, harness_member(harness, 0), NULL, NULL)->trust = WL_TRUST_MEMBERSHIP;
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    return harness;
}

/* A machine of the trust Membership keeps the members that no source names any more. */
static void
test_trusted_machine_keeps_members(void)
{
    g_autoptr(Harness) harness = trusted_leaf_new();
    HarnessMember *site = harness_member(harness, 3);

    harness_advertise_member(harness, harness_member(harness, 1), site, "site", 254);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_ADD), ==, 1);
    harness_live(harness, SEC(900), 1, 1);
    g_assert_cmpuint(harness_changes(harness, site, WL_PEER_REMOVE), ==, 0);
}

/* A machine of the trust Membership originates the membership of the members that it learned. */
static void
test_trusted_machine_names_members(void)
{
    g_autoptr(Harness) harness = trusted_leaf_new();
    HarnessMember *site = harness_member(harness, 3);
    g_autoptr(GArray) sent = NULL;
    gboolean originated = FALSE;

    harness_advertise_member(harness, harness_member(harness, 1), site, "site", 254);
    harness_meet(harness, 3, "198.51.100.8:51820");
    harness_run(harness, SEC(10));
    harness_meet(harness, 2, NULL);
    harness_live(harness, SEC(10), 1, 3);
    sent = harness_sent(harness, harness_member(harness, 2));
    for (guint i = 0; i < sent->len; i++) {
        const WlFact *fact = &g_array_index(sent, WlFact, i);
        g_autofree char *name = NULL;

        if (fact->attribute != WL_ATTRIBUTE_METADATA || !wl_key_equal(&fact->subject, &site->key))
            continue;
        name = wl_metadata_dup_display_name(fact->value.metadata);
        originated |= name == NULL; /* the hub's has a name */
    }
    g_assert_true(originated);
}

/* Within the prefix of its router, a member may have what contains its own configured address, but
 * not what contains that of another. */
static void
test_around_own_address(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *hub = harness_member(harness, 1), *one = harness_member(harness, 2),
                  *two = harness_member(harness, 3);

    harness_add(config, hub, HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, one, "198.51.100.7:51820", "10.77.0.5/32");
    harness_add(config, two, "198.51.100.8:51820", "10.77.0.9/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_allowed(harness, hub, one, "10.77.0.4/31", 255);
    harness_advertise_allowed(harness, hub, one, "10.77.0.8/31", 255);
    harness_advertise_allowed(harness, hub, two, "10.77.0.8/30", 255);
    harness_advertise_allowed(harness, hub, two, "10.77.0.4/30", 255);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, one, "10.77.0.4/31"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, one, "10.77.0.8/31"), ==,
                    WL_VERDICT_CONFIGURED);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, two, "10.77.0.8/30"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, two, "10.77.0.4/30"), ==,
                    WL_VERDICT_CONFIGURED);
}

static gboolean
originates(Harness *harness, const HarnessMember *about, const char *type, const char *value)
{
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(harness->engine);

    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *fact = facts->pdata[i];
        if (fact->local && wl_key_equal(&fact->subject, &about->key) &&
            g_str_equal(fact->type, type) && g_str_equal(fact->value, value))
            return TRUE;
    }
    return FALSE;
}

/* A machine originates what its profile says of a peer: the name, each allowed IP and, while
 * nothing was heard of the peer, each endpoint and each address of each name. */
static void
test_configured_facts(void)
{
    static const char *const endpoints[] = {"198.51.100.1:51820", "198.51.100.2:51820",
                                            "198.51.100.3:51820", "198.51.100.4:51820",
                                            "198.51.100.5:51820", "198.51.100.6:51820"};
    static const char *const names[] = {"a.example.net:51820", "b.example.net:51820"};

    for (guint turn = 0; turn < 2; turn++) {
        gboolean live = turn == 1;
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
        HarnessMember *desktop = harness_member(harness, 2);
        WlPeerConfig *peer;

        harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
        peer = harness_add(config, desktop, endpoints[0], "10.77.0.3/32,192.168.50.7/32");
        peer->name = g_strdup("desk");
        g_ptr_array_add(peer->endpoints, g_strdup(endpoints[1]));
        for (guint i = 0; i < 2; i++)
            g_ptr_array_add(peer->endpoints, g_strdup(names[i]));
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        for (guint i = 0; i < 2; i++) {
            WlEndpoint resolved[] = {harness_endpoint(endpoints[2 + 2 * i]),
                                     harness_endpoint(endpoints[3 + 2 * i])};

            wl_engine_name_resolved(harness->engine, harness->now, names[i], resolved, 2);
            harness_drain(harness);
        }
        if (live)
            harness_meet(harness, 2, "198.51.100.99:51820");
        harness_run(harness, SEC(1));
        g_assert_true(originates(harness, desktop, "member", "desk"));
        g_assert_true(originates(harness, desktop, "allowed-ips", "10.77.0.3/32"));
        g_assert_true(originates(harness, desktop, "allowed-ips", "192.168.50.7/32"));
        for (guint i = 0; i < G_N_ELEMENTS(endpoints); i++)
            g_assert_cmpint(originates(harness, desktop, "endpoint", endpoints[i]), ==, !live);
        g_assert_cmpint(originates(harness, desktop, "endpoint", "198.51.100.99:51820"), ==, live);
    }
}

/* Each source of a fact has a verdict of its own. */
static void
test_verdict_of_each_source(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2),
                  *silent = harness_member(harness, 9);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_advertise_allowed(harness, desktop, desktop, "10.77.0.9/32", 255);
    harness_advertise_allowed(harness, hub, desktop, "10.77.0.9/32", 255);
    g_assert_cmpint(harness_verdict_allowed(harness, desktop, desktop, "10.77.0.9/32"), ==,
                    WL_VERDICT_UNTRUSTED);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "10.77.0.9/32"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpint(harness_verdict_allowed(harness, silent, desktop, "10.77.0.9/32"), ==,
                    WL_VERDICT_N);
}

/* Of two live routers whose prefixes cover an address, the one with the narrower prefix has it. */
static void
test_nested_routers(void)
{
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
        HarnessMember *desktop = harness_member(harness, 3);

        harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT,
                    i == 0 ? "10.77.0.0/24" : "10.77.0.0/28");
        harness_add(config, harness_member(harness, 2), "203.0.113.2:51820",
                    i == 0 ? "10.77.0.0/28" : "10.77.0.0/24");
        harness_add(config, desktop, NULL, "10.77.0.3/32");
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        harness_meet(harness, 1, NULL);
        harness_meet(harness, 2, NULL);
        g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
        g_assert_true(wl_key_equal(&harness_view(harness, desktop)->via,
                                   &harness_member(harness, i == 0 ? 2 : 1)->key));
    }
}

/* A peer that gets the slot of a removed one has no knowledge of its facts. */
static void
test_place_of_removed_peer(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *other = harness_member(harness, 4);
    const WlKey *self = &harness_member(harness, 0)->key;
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    g_assert_true(harness_sent_endpoint(harness, hub, self, "192.168.1.10:51820"));
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_change(harness, config);
    config = harness_config(harness, WL_ROLE_AUTOMATIC);
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_add(config, other, "203.0.113.4:51820", "10.77.0.0/24");
    harness_change(harness, config);
    harness_meet(harness, 4, NULL);
    harness_run(harness, SEC(1));
    g_assert_true(harness_sent_endpoint(harness, other, self, "192.168.1.10:51820"));
}

/* After a failed send all facts are sent to the peer again. */
static void
test_send_failed(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);
    g_autoptr(GArray) before = NULL;
    g_autoptr(GArray) after = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    before = harness_sent(harness, hub);
    g_assert_cmpuint(before->len, >=, 2);
    harness_clear(harness);
    wl_engine_send_failed(harness->engine, harness->now, &hub->key);
    harness_drain(harness);
    harness_run(harness, SEC(6));
    after = harness_sent(harness, hub);
    for (guint i = 0; i < before->len; i++) {
        gboolean found = FALSE;

        for (guint j = 0; j < after->len; j++)
            found |= wl_fact_identity_equal(&g_array_index(after, WlFact, j),
                                            &g_array_index(before, WlFact, i));
        g_assert_true(found);
    }
}

/* A recreated link has no allowed IPs: those of a direct peer are set again only when it is direct
 * again. */
static void
test_link_recreated(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 2, "198.51.100.7:51820");
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    wl_engine_link_recreated(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_false(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(harness_view(harness, desktop)->allowed_ips->len, ==, 0);
}

/* The delay after a refused change is reset once a change was accepted. */
static void
test_refused_changes(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1);

    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    for (guint round = 0; round < 2; round++) {
        for (guint i = 0; i < 5; i++)
            wl_engine_peer_change_failed(harness->engine, harness->now, &hub->key);
        harness_drain(harness);
        harness_clear(harness);
        harness_run(harness, SEC(15));
        g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 0);
        harness_run(harness, SEC(2));
        g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_UPDATE), ==, 1);
        harness_meet(harness, 1, NULL);
        harness_snapshot(harness);
        harness_run(harness, SEC(30));
    }
}

/* A router covers an address that an earlier entry of the profile also names. */
static void
test_shared_address(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *desktop = harness_member(harness, 2);

    harness_add(config, desktop, NULL, "10.77.0.3/32");
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT,
                "10.88.0.0/24,10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_ROUTED);
}

/* Of two entries of the profile with one address the first has it, without a session, too. */
static void
test_same_host_twice(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    HarnessMember *first = harness_member(harness, 1), *second = harness_member(harness, 2);

    harness_add(config, first, NULL, "10.77.0.3/32,10.77.0.4/32");
    harness_add(config, second, NULL, "10.77.0.4/32,10.77.0.5/32");
    harness_start(harness, config);
    g_assert_true(harness_has_allowed(harness, first, "10.77.0.3/32"));
    g_assert_true(harness_has_allowed(harness, first, "10.77.0.4/32"));
    g_assert_false(harness_has_allowed(harness, second, "10.77.0.4/32"));
    g_assert_true(harness_has_allowed(harness, second, "10.77.0.5/32"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/start/adds", test_start);
    g_test_add_func("/start/contradictions", test_contradictions);
    g_test_add_func("/start/two-routers", test_two_routers);
    g_test_add_func("/start/default-route", test_default_route_makes_router);
    g_test_add_func("/path/direct-and-back", test_goes_direct_and_back);
    g_test_add_func("/path/no-router", test_stays_without_router);
    g_test_add_func("/path/basic", test_basic);
    g_test_add_func("/facts/refusals", test_refusals);
    g_test_add_func("/facts/trust", test_trust);
    g_test_add_func("/facts/one-trust-value", test_one_trust_value);
    g_test_add_func("/facts/names", test_names);
    g_test_add_func("/facts/names-of-two-routers", test_names_of_two);
    g_test_add_func("/facts/name-of-second-source", test_name_of_second_source);
    g_test_add_func("/facts/name-refused-first", test_name_refused_first);
    g_test_add_func("/facts/basic-without-name", test_basic_without_name);
    g_test_add_func("/away/start-protection", test_start_protection);
    g_test_add_func("/away/losing-the-hub", test_losing_the_hub);
    g_test_add_func("/facts/subject-not-yet-member", test_subject_not_yet_member);
    g_test_add_func("/routes/nested", test_nested_routes);
    g_test_add_func("/link", test_link);
    g_test_add_func("/away/trusted-machine-keeps-members", test_trusted_machine_keeps_members);
    g_test_add_func("/facts/trusted-machine-names-members", test_trusted_machine_names_members);
    g_test_add_func("/path/shared-address", test_shared_address);
    g_test_add_func("/path/nested-routers", test_nested_routers);
    g_test_add_func("/facts/configured", test_configured_facts);
    g_test_add_func("/facts/around-own-address", test_around_own_address);
    g_test_add_func("/facts/verdict-of-each-source", test_verdict_of_each_source);
    g_test_add_func("/facts/place-of-removed-peer", test_place_of_removed_peer);
    g_test_add_func("/facts/send-failed", test_send_failed);
    g_test_add_func("/link/recreated", test_link_recreated);
    g_test_add_func("/link/refused-changes", test_refused_changes);
    g_test_add_func("/path/same-host-twice", test_same_host_twice);
    return g_test_run();
}
