/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the engine believes of others, and what it makes of WireGuard's peers. */

#include "bench.h"

static void
test_start(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    WlPeerConfig *hub =
        bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    BenchMember *self = bench_member(bench, 0);
    g_autoptr(GArray) sent = NULL;

    hub->has_preshared_key = TRUE;
    hub->preshared_key.bytes[0] = 9;
    hub->keepalive = 25;
    bench_add(config, bench_member(bench, 2), NULL, "10.77.0.3/32,192.168.50.7/32");
    bench_add(config, self, NULL, NULL)->trust = WL_TRUST_UNTRUSTED;
    bench_start(bench, config);

    g_assert_false(wl_engine_is_router(bench->engine));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_CHANGE_PEER), ==, 2);
    g_assert_true(bench_has_allowed(bench, bench_member(bench, 1), "10.77.0.0/24"));
    /* inside the router's: only when direct; not covered: at once */
    g_assert_false(bench_has_allowed(bench, bench_member(bench, 2), "10.77.0.3/32"));
    g_assert_true(bench_has_allowed(bench, bench_member(bench, 2), "192.168.50.7/32"));
    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        if (output->kind != WL_OUTPUT_CHANGE_PEER ||
            !wl_key_equal(&output->key, &bench_member(bench, 1)->key))
            continue;
        g_assert_cmpint(output->change->kind, ==, WL_PEER_ADD);
        g_assert_true(output->change->has_preshared_key);
        g_assert_cmpint(output->change->preshared_key.bytes[0], ==, 9);
        g_assert_cmpint(output->change->keepalive, ==, 25);
        g_assert_true(wl_endpoint_is_set(&output->change->endpoint));
    }
    /* no uplink: silence without a deadline */
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 0);
    g_assert_cmpint(wl_engine_get_deadline(bench->engine), ==, G_MAXINT64);
    g_assert_cmpstr(bench_view(bench, bench_member(bench, 1))->reason_text, ==, "no uplink");

    bench_uplink(bench, "192.168.1.10/24");
    sent = bench_sent(bench, bench_member(bench, 1));
    g_assert_cmpuint(sent->len, ==, 1);
    g_assert_cmpint(g_array_index(sent, WlFact, 0).attribute, ==, WL_ATTRIBUTE_ALIVE);
    g_assert_cmpint(g_array_index(sent, WlFact, 0).ttl, ==, 255);
    g_assert_true(wl_key_equal(&g_array_index(sent, WlFact, 0).subject, &self->key));
    /* the peer was made a moment ago: no need to make it again */
    g_assert_cmpuint(bench_changes(bench, bench_member(bench, 1), WL_PEER_RECREATE), ==, 0);
    g_assert_cmpint(bench_view(bench, bench_member(bench, 1))->state, ==, WL_PEER_CONNECTING);
    g_assert_cmpint(wl_engine_get_deadline(bench->engine), ==, bench->now + MS(100));
}

static void
test_contradictions(void)
{
    g_autoptr(Bench) bench = bench_new();
    g_autoptr(WlEngineConfig) twice = bench_config(bench, WL_ROLE_LEAF);
    g_autoptr(WlEngineConfig) keyless = bench_config(bench, WL_ROLE_LEAF);
    g_autoptr(GError) error = NULL;
    WlKey zero = {{0}};

    bench_add(twice, bench_member(bench, 1), NULL, NULL);
    bench_add(twice, bench_member(bench, 1), NULL, NULL);
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
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), NULL, "10.77.0.0/24");
    bench_add(config, bench_member(bench, 2), NULL, "10.77.0.0/24,10.88.0.0/24");
    bench_start(bench, config);
    g_assert_true(bench_has_allowed(bench, bench_member(bench, 1), "10.77.0.0/24"));
    g_assert_false(bench_has_allowed(bench, bench_member(bench, 2), "10.77.0.0/24"));
    g_assert_true(bench_has_allowed(bench, bench_member(bench, 2), "10.88.0.0/24"));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_LOG), ==, 1);
    g_assert_true(bench_has_route(bench, "10.88.0.0/24"));
    g_assert_false(bench_has_route(bench, "10.77.0.0/24")); /* the address brings it */
}

static void
test_default_route_makes_router(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), NULL, "0.0.0.0/0");
    bench_start(bench, config);
    g_assert_false(wl_engine_is_router(bench->engine));
    g_assert_true(bench_view(bench, bench_member(bench, 1))->router);
    g_assert_cmpint(bench_view(bench, bench_member(bench, 1))->trust, ==, WL_TRUST_MEMBERSHIP);
    g_assert_false(bench_has_route(bench, "0.0.0.0/0"));
}

static void
test_goes_direct_and_back(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    g_autoptr(GArray) before = NULL;
    g_autoptr(GArray) after = NULL;

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    g_assert_cmpint(bench_view(bench, hub)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_ROUTED);
    g_assert_true(wl_key_equal(&bench_view(bench, desktop)->via, &hub->key));
    before = wl_engine_dup_routes(bench->engine);

    bench_clear(bench);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.7:51820", 254);
    bench_run(bench, MS(100)); /* one side lets the other go first */
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 1);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), >=, 1);
    g_assert_false(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    /* a handshake alone does not make it direct */
    bench_handshake(bench, desktop, NULL);
    bench_run(bench, MS(200));
    g_assert_false(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_ROUTED);
    /* and a Go daemon takes it at its next chunk only */
    bench_alive(bench, desktop);
    bench_run(bench, MS(4900));
    g_assert_false(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    bench_run(bench, MS(500));
    g_assert_true(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_DIRECT);
    g_assert_cmpstr(bench_view(bench, desktop)->reason_text, ==, "direct on 198.51.100.7:51820");

    /* the hub lives on, the other is gone: at 165.334 s, not before */
    bench_clear(bench);
    for (guint i = 0; i < 6; i++) {
        bench_meet(bench, 1, NULL);
        bench_run(bench, SEC(25));
    }
    bench_meet(bench, 1, NULL);
    bench_run(bench, SEC(15) - MS(5500) + MS(30));
    g_assert_true(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
    bench_run(bench, MS(400));
    g_assert_false(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_ROUTED);
    bench_run(bench, SEC(1));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), >=, 1);

    after = wl_engine_dup_routes(bench->engine);
    g_assert_cmpmem(before->data, before->len * sizeof(WlPrefix), after->data,
                    after->len * sizeof(WlPrefix));
}

static void
test_stays_without_router(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, hub, desktop, "198.51.100.7:51820", 254);
    bench_run(bench, MS(200));
    bench_meet(bench, 2, NULL);
    bench_run(bench, SEC(6));
    g_assert_true(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    /* both gone: there is no better way, so it stays */
    bench_run(bench, SEC(900));
    g_assert_true(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    g_assert_true(bench_has_allowed(bench, hub, "10.77.0.0/24"));
    g_assert_cmpint(bench_view(bench, desktop)->state, <=, WL_PEER_CONNECTING);
    /* the hub is back: it carries the other */
    bench_meet(bench, 1, BENCH_HUB_ENDPOINT);
    g_assert_false(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
}

static void
test_basic(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    BenchMember *phone = bench_member(bench, 2);

    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    bench_add(config, phone, "192.0.2.50:51820", "10.77.0.9/32")->basic = TRUE;
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    g_assert_false(bench_has_allowed(bench, phone, "10.77.0.9/32"));
    bench_handshake(bench, phone, NULL);
    bench_run(bench, MS(100));
    g_assert_true(bench_has_allowed(bench, phone, "10.77.0.9/32"));
    g_assert_cmpint(bench_view(bench, phone)->state, ==, WL_PEER_DIRECT);
}

/* ---- what others tell */

static void
test_refusals(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2),
                *site = bench_member(bench, 3), *other = bench_member(bench, 4);
    WlPrefix network;

    for (guint i = 0; i < 3; i++) {
        const char *texts[] = {"10.77.0.0/24", "172.30.0.0/16", "203.0.113.0/24"};
        network = bench_prefix(texts[i]);
        g_array_append_val(config->networks, network);
    }
    bench_add(config, hub, BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    bench_add(config, desktop, NULL, "10.77.0.3/32");
    bench_start(bench, config);
    bench_uplink(bench, "172.30.9.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_member(bench, hub, site, "site", 254);
    bench_tell_member(bench, hub, other, "other", 254);
    g_assert_cmpuint(bench_n_peers(bench), ==, 4);

#define CHECK(about, prefix, expected)                                                             \
    bench_tell_allowed(bench, hub, about, prefix, 254);                                            \
    g_assert_cmpint(bench_verdict_allowed(bench, hub, about, prefix), ==, expected)
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
    CHECK(desktop, "10.77.0.3/32", WL_VERDICT_ACCEPTED); /* what the profile gives it anyway */
    CHECK(other, "172.30.4.0/24", WL_VERDICT_TAKEN);
    CHECK(other, "172.30.4.8/29", WL_VERDICT_TAKEN);
    CHECK(other, "172.30.6.0/24", WL_VERDICT_ACCEPTED);
    CHECK(bench_member(bench, 0), "172.30.7.0/24", WL_VERDICT_ABOUT_US);
#undef CHECK
    g_assert_true(bench_has_route(bench, "172.30.4.0/24"));
    g_assert_true(bench_has_route(bench, "172.30.5.0/24"));
    g_assert_false(bench_has_route(bench, "172.30.9.0/25"));
    g_assert_false(bench_has_route(bench, "192.0.2.0/24"));
    g_assert_cmpuint(wl_engine_get_verdict_counters(bench->engine)[WL_VERDICT_TAKEN], ==, 2);

    /* nothing is set before it is direct, and then only what is accepted */
    g_assert_false(bench_has_allowed(bench, site, "172.30.4.0/24"));
    bench_tell_endpoint(bench, hub, site, "198.51.100.8:51820", 254);
    bench_run(bench, MS(200));
    bench_meet(bench, 3, NULL);
    g_assert_true(bench_has_allowed(bench, site, "172.30.4.0/24"));
    g_assert_true(bench_has_allowed(bench, site, "172.30.5.0/24"));
    g_assert_false(bench_has_allowed(bench, site, "10.77.0.3/32"));
    g_assert_false(bench_has_allowed(bench, site, "0.0.0.0/0"));

    /* the first is gone for good: the second gets it */
    bench_tell_allowed(bench, hub, other, "172.30.4.0/24", 3600);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, other, "172.30.4.0/24"), ==,
                    WL_VERDICT_TAKEN);
    bench_live(bench, SEC(700), 1, 1);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, other, "172.30.4.0/24"), ==,
                    WL_VERDICT_ACCEPTED);
}

static void
test_trust(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2),
                *stranger = bench_member(bench, 3);
    g_autoptr(GArray) peers = NULL;

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_meet(bench, 2, "198.51.100.7:51820");
    /* a leaf may tell addresses of known peers, and nothing else */
    bench_tell_endpoint(bench, desktop, hub, "203.0.113.77:51820", 254);
    bench_tell_allowed(bench, desktop, desktop, "10.77.0.44/32", 254);
    g_assert_cmpint(bench_verdict_allowed(bench, desktop, desktop, "10.77.0.44/32"), ==,
                    WL_VERDICT_UNTRUSTED);
    bench_tell_member(bench, desktop, stranger, "mallory", 254);
    bench_tell_endpoint(bench, desktop, stranger, "203.0.113.78:51820", 254);
    peers = wl_engine_dup_peers(bench->engine);
    g_assert_cmpuint(peers->len, ==, 2);
    /* a router may; what a leaf told of the new member comes into force with it */
    g_assert_cmpuint(wl_engine_get_verdict_counters(bench->engine)[WL_VERDICT_UNKNOWN_SUBJECT], ==,
                     1);
    bench_tell_member(bench, hub, stranger, "printer", 254);
    g_assert_cmpstr(bench_view(bench, stranger)->name, ==, "printer");
    g_assert_false(bench_view(bench, stranger)->configured);
    bench_run(bench, MS(200));
    g_assert_cmpuint(bench_changes(bench, stranger, WL_PEER_ADD), ==, 1);
    g_assert_true(wl_endpoint_is_set(&bench_view(bench, stranger)->endpoint));
    /* not a router, and nothing it says of itself makes it one */
    bench_tell_allowed(bench, hub, stranger, "10.77.0.64/26", 254);
    g_assert_false(bench_view(bench, stranger)->router);
    g_assert_cmpint(bench_view(bench, stranger)->trust, ==, WL_TRUST_ENDPOINT);
}

static void
test_one_trust_value(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    BenchMember *hub = bench_member(bench, 1), *stranger = bench_member(bench, 3);

    bench_add(config, hub, BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    bench_add(config, bench_member(bench, 2), NULL, "10.77.0.3/32")->trust = WL_TRUST_UNTRUSTED;
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    g_assert_cmpint(bench_view(bench, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_cmpint(bench_view(bench, hub)->trust_source, ==, WL_TRUST_SOURCE_KNOWN_PEER);
    g_assert_cmpint(bench_view(bench, bench_member(bench, 2))->trust, ==, WL_TRUST_UNTRUSTED);
    bench_tell_member(bench, hub, stranger, "printer", 254);
    g_assert_cmpuint(bench_changes(bench, stranger, WL_PEER_ADD), ==, 0);
}

static void
test_names(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    BenchMember *hub = bench_member(bench, 1), *a = bench_member(bench, 3),
                *b = bench_member(bench, 4);

    bench_add(config, hub, BENCH_HUB_ENDPOINT, "10.77.0.0/24")->name = g_strdup("Hub");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_member(bench, hub, hub, "evil", 254);
    g_assert_cmpstr(bench_view(bench, hub)->name, ==, "Hub");
    bench_tell_member(bench, hub, a, "\xef\xbc\xa8UB", 254); /* full-width H */
    g_assert_true(g_str_has_suffix(bench_view(bench, a)->name, ")"));
    g_assert_false(bench_view(bench, a)->name_configured);
    bench_tell_member(bench, hub, b, "printer", 254);
    g_assert_cmpstr(bench_view(bench, b)->name, ==, "printer");
    /* an empty one beside it does not take the name away */
    bench_tell_member(bench, hub, b, NULL, 254);
    g_assert_cmpstr(bench_view(bench, b)->name, ==, "printer");
}

/* ---- taking away */

static void
learn_member(Bench *bench)
{
    BenchMember *hub = bench_member(bench, 1), *site = bench_member(bench, 3);

    bench_tell_member(bench, hub, site, "site", 254);
    bench_tell_allowed(bench, hub, site, "10.77.0.64/26", 254);
    bench_tell_endpoint(bench, hub, site, "198.51.100.8:51820", 254);
    bench_run(bench, MS(200));
    bench_meet(bench, 3, NULL);
    bench_run(bench, SEC(6));
    g_assert_true(bench_has_allowed(bench, site, "10.77.0.64/26"));
}

static Bench *
simple_leaf_new(void)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    return bench;
}

static void
test_start_protection(void)
{
    g_autoptr(Bench) bench = simple_leaf_new();
    BenchMember *site = bench_member(bench, 3);

    learn_member(bench);
    /* the hub lives and says nothing more of it: the fact is over after 254 s, its source is
     * reliable after 260 */
    bench_live(bench, SEC(249), 1, 3);
    g_assert_true(bench_has_allowed(bench, site, "10.77.0.64/26"));
    g_assert_cmpuint(bench_changes(bench, site, WL_PEER_REMOVE), ==, 0);
    bench_live(bench, SEC(25), 1, 3);
    g_assert_cmpuint(bench_changes(bench, site, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_PEER_REMOVED), ==, 1);
    g_assert_false(bench_has_route(bench, "10.77.0.64/26"));
}

static void
test_losing_the_hub(void)
{
    g_autoptr(Bench) bench = simple_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *site = bench_member(bench, 3);

    learn_member(bench);
    bench_live(bench, SEC(400), 1, 3);
    g_assert_cmpuint(bench_changes(bench, site, WL_PEER_REMOVE), ==, 1);
    bench_clear(bench);
    learn_member(bench);
    /* now the hub goes, and the member stays */
    bench_live(bench, SEC(3600), 3, 3);
    g_assert_true(bench_has_allowed(bench, site, "10.77.0.64/26"));
    g_assert_cmpint(bench_view(bench, site)->state, ==, WL_PEER_DIRECT);
    /* back, but not long enough to be believed; then it is */
    bench_live(bench, SEC(250), 1, 3);
    g_assert_cmpuint(bench_changes(bench, site, WL_PEER_REMOVE), ==, 0);
    bench_live(bench, SEC(50), 1, 3);
    g_assert_cmpuint(bench_changes(bench, site, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_REMOVE), ==, 0);
}

/* Of prefixes inside each other only the outermost is a route, as long as it stands. */
static void
test_nested_routes(void)
{
    g_autoptr(Bench) bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlPrefix network;

    network = bench_prefix("172.30.0.0/16");
    g_array_append_val(config->networks, network);
    bench_add(config, hub, BENCH_HUB_ENDPOINT, "10.77.0.0/24");
    bench_add(config, desktop, NULL, "10.77.0.3/32");
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_allowed(bench, hub, desktop, "172.30.1.0/24", 900);
    bench_tell_allowed(bench, hub, desktop, "172.30.1.128/25", 900);
    bench_tell_allowed(bench, hub, desktop, "172.30.9.0/24", 900);
    g_assert_true(bench_has_route(bench, "172.30.1.0/24"));
    g_assert_false(bench_has_route(bench, "172.30.1.128/25"));
    bench_tell_allowed(bench, hub, desktop, "172.30.0.0/20", 200);
    g_assert_true(bench_has_route(bench, "172.30.0.0/20"));
    g_assert_false(bench_has_route(bench, "172.30.1.0/24"));
    bench_live(bench, SEC(300), 1, 1);
    g_assert_false(bench_has_route(bench, "172.30.0.0/20"));
    g_assert_true(bench_has_route(bench, "172.30.1.0/24"));
    g_assert_true(bench_has_route(bench, "172.30.9.0/24"));
    g_assert_false(bench_has_route(bench, "172.30.1.128/25"));
}

/* What is told of somebody before it is named a member counts as soon as it is. */
static void
test_told_before_named(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *stranger = bench_member(bench, 3);

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_allowed(bench, hub, stranger, "10.77.0.4/32", 255);
    bench_tell_endpoint(bench, hub, stranger, "198.51.100.4:51820", 255);
    bench_tell_member(bench, hub, stranger, "stranger", 255);
    g_assert_cmpint(bench_view(bench, stranger)->state, ==, WL_PEER_ROUTED);
}

/* ---- when the link does not do as told */

static void
test_link(void)
{
    g_autoptr(Bench) bench = bench_leaf_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlDevicePeer *peer;

    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    /* somebody changed the device: put right with the next look */
    peer = wl_device_find(bench->device, &hub->key);
    g_array_set_size(peer->allowed_ips, 1);
    bench_clear(bench);
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_UPDATE), ==, 1);
    g_assert_true(bench_has_allowed(bench, hub, "10.77.0.0/24"));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_UPDATE), ==, 0);

    /* or took a peer away */
    g_ptr_array_remove(bench->device->peers, wl_device_find(bench->device, &desktop->key));
    bench_clear(bench);
    bench_snapshot(bench);
    bench_drain(bench);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_ADD), ==, 1);

    /* or gave it another port */
    bench->device->listen_port = 4242;
    bench_clear(bench);
    bench_snapshot(bench);
    bench_drain(bench);
    bench_run(bench, SEC(1));
    g_assert_true(
        bench_sent_endpoint(bench, hub, &bench_member(bench, 0)->key, "192.168.1.10:4242"));
    bench->device->listen_port = 51820;
    bench_snapshot(bench);
    bench_drain(bench);
    bench_run(bench, SEC(1));

    /* a change that fails is tried again, not at once and not for ever fast */
    g_array_set_size(peer->allowed_ips, 1);
    bench_clear(bench);
    for (guint i = 0; i < 5; i++) {
        g_array_set_size(peer->allowed_ips, 1);
        wl_engine_peer_change_failed(bench->engine, bench->now, &hub->key);
        bench_drain(bench);
    }
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_UPDATE), ==, 0);
    bench_run(bench, SEC(40));
    g_assert_true(bench_has_allowed(bench, hub, "10.77.0.0/24"));

    /* a send that fails is not known there */
    bench_clear(bench);
    wl_engine_send_failed(bench->engine, bench->now, &hub->key);
    bench_drain(bench);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_SEND), ==, 0);
    bench_run(bench, SEC(6));
    g_assert_true(
        bench_sent_endpoint(bench, hub, &bench_member(bench, 0)->key, "192.168.1.10:51820"));

    /* an empty link is filled again */
    g_ptr_array_set_size(bench->device->peers, 0);
    g_hash_table_remove_all(bench->handshakes);
    bench_clear(bench);
    wl_engine_link_recreated(bench->engine, bench->now);
    bench_drain(bench);
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_ADD), ==, 1);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_ADD), ==, 1);
    bench_run(bench, MS(100));
    bench_meet(bench, 1, BENCH_HUB_ENDPOINT);
    g_assert_true(
        bench_sent_endpoint(bench, hub, &bench_member(bench, 0)->key, "192.168.1.10:51820"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/start/adds", test_start);
    g_test_add_func("/start/contradictions", test_contradictions);
    g_test_add_func("/start/two-routers", test_two_routers);
    g_test_add_func("/start/default-route", test_default_route_makes_router);
    g_test_add_func("/way/direct-and-back", test_goes_direct_and_back);
    g_test_add_func("/way/no-router", test_stays_without_router);
    g_test_add_func("/way/basic", test_basic);
    g_test_add_func("/facts/refusals", test_refusals);
    g_test_add_func("/facts/trust", test_trust);
    g_test_add_func("/facts/one-trust-value", test_one_trust_value);
    g_test_add_func("/facts/names", test_names);
    g_test_add_func("/away/start-protection", test_start_protection);
    g_test_add_func("/away/losing-the-hub", test_losing_the_hub);
    g_test_add_func("/facts/told-before-named", test_told_before_named);
    g_test_add_func("/routes/nested", test_nested_routes);
    g_test_add_func("/link", test_link);
    return g_test_run();
}
