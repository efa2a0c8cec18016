/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A profile that is changed while it runs. */
#include <string.h>

#include "bench.h"

#define DESKTOP_ENDPOINT "198.51.100.3:51820"
#define HUB_PREFIXES     "10.77.0.0/24,fd77::/64"

/* The leaf of bench_leaf_new(), whose desktop has a network behind it and a preshared key. */
static WlEngineConfig *
usual(Bench *bench)
{
    WlEngineConfig *config = bench_config(bench, WL_ROLE_LEAF);
    WlPeerConfig *desktop;

    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, HUB_PREFIXES);
    desktop = bench_add(config, bench_member(bench, 2), NULL, "10.77.0.3/32,192.168.50.7/32");
    desktop->has_preshared_key = TRUE;
    desktop->preshared_key.bytes[0] = 9;
    return config;
}

static WlPeerConfig *
peer_of(WlEngineConfig *config, guint index)
{
    return config->peers->pdata[index];
}

static void
start(Bench *bench)
{
    bench_start(bench, usual(bench));
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_meet(bench, 2, DESKTOP_ENDPOINT);
    bench_run(bench, SEC(10)); /* a Go daemon has taken the direct way by then */
    g_assert_cmpint(bench_view(bench, bench_member(bench, 1))->state, ==, WL_PEER_DIRECT);
}

static guint
all_changes(Bench *bench, const BenchMember *member)
{
    guint n = 0;

    for (WlPeerChangeKind kind = WL_PEER_ADD; kind <= WL_PEER_REMOVE; kind++)
        n += bench_changes(bench, member, kind);
    return n;
}

static const WlPeerChange *
last_change(Bench *bench, const BenchMember *member)
{
    const WlPeerChange *change = NULL;

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_CHANGE_PEER && wl_key_equal(&output->key, &member->key))
            change = output->change;
    }
    return change;
}

static void
test_nothing(void)
{
    g_autoptr(Bench) bench = bench_new();
    guint64 steps;

    start(bench);
    wl_engine_advance_time(bench->engine, bench->now); /* what is not in a hurry goes with it */
    bench_drain(bench);
    steps = wl_engine_get_work(bench->engine);
    bench_change(bench, usual(bench));
    g_assert_cmpuint(bench->outputs->len, ==, 0);
    g_assert_cmpuint(wl_engine_get_work(bench->engine), ==, steps);
}

static void
test_added(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *stranger = bench_member(bench, 3);
    WlEngineConfig *config;
    gint64 handshake;

    start(bench);
    handshake = bench_view(bench, hub)->last_handshake;
    config = usual(bench);
    bench_add(config, stranger, "198.51.100.4:51820", "10.77.0.4/32,192.168.60.7/32")->keepalive =
        25;
    bench_change(bench, config);
    g_assert_cmpuint(bench_changes(bench, stranger, WL_PEER_ADD), ==, 1);
    g_assert_cmpint(last_change(bench, stranger)->keepalive, ==, 25);
    g_assert_true(bench_has_allowed(bench, stranger, "192.168.60.7/32"));
    g_assert_false(bench_has_allowed(bench, stranger, "10.77.0.4/32"));
    g_assert_true(bench_has_route(bench, "192.168.60.7/32"));
    g_assert_cmpint(bench_view(bench, stranger)->state, ==, WL_PEER_CONNECTING);
    g_assert_true(bench_view(bench, stranger)->configured);

    /* the others do not notice */
    g_assert_cmpuint(all_changes(bench, hub), ==, 0);
    g_assert_cmpuint(all_changes(bench, bench_member(bench, 2)), ==, 0);
    g_assert_cmpint(bench_view(bench, hub)->last_handshake, ==, handshake);
    g_assert_true(bench_view(bench, hub)->healthy);
}

static void
test_removed(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlEngineConfig *config;
    WlPeerView view;

    start(bench);
    g_assert_true(bench_has_route(bench, "192.168.50.7/32"));
    config = usual(bench);
    g_ptr_array_remove_index(config->peers, 1);
    bench_change(bench, config);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_PEER_REMOVED), ==, 1);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_ROUTES_CHANGED), ==, 1);
    g_assert_false(bench_has_route(bench, "192.168.50.7/32"));
    g_assert_false(wl_engine_get_peer(bench->engine, &desktop->key, &view));
    g_assert_cmpuint(all_changes(bench, hub), ==, 0);
    /* nor is anything said of it any more */
    bench_clear(bench);
    bench_live(bench, SEC(300), 1, 1);
    g_assert_false(bench_sent_allowed(bench, hub, &desktop->key, "10.77.0.3/32"));

    /* it comes back: it is asked to say everything again, and we know it */
    bench_change(bench, usual(bench));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_ADD), ==, 1);
    g_assert_true(last_change(bench, desktop)->has_preshared_key);
    g_assert_true(bench_has_route(bench, "192.168.50.7/32"));
}

static WlBootId
told_boot_id(Bench *bench, const BenchMember *member)
{
    g_autoptr(GArray) sent = bench_sent(bench, member);
    WlBootId id = {0};

    for (guint i = 0; i < sent->len; i++) {
        const WlFact *fact = &g_array_index(sent, WlFact, i);
        if (fact->attribute == WL_ATTRIBUTE_ALIVE)
            id = fact->value.boot_id;
    }
    return id;
}

/* Whoever is new may have been here before, and believe that we still have what it told: everybody
 * hears a new boot id. Who goes is no reason for one. */
static void
test_boot_id(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1);
    WlEngineConfig *config;
    WlBootId before, after;

    start(bench);
    bench_live(bench, SEC(100), 1, 2);
    before = told_boot_id(bench, hub);
    config = usual(bench);
    g_ptr_array_remove_index(config->peers, 1);
    bench_change(bench, config);
    bench_live(bench, SEC(50), 1, 1);
    after = told_boot_id(bench, hub);
    g_assert_cmpmem(&before, sizeof(before), &after, sizeof(after));
    bench_change(bench, usual(bench));
    after = told_boot_id(bench, hub);
    g_assert_cmpint(after.bytes[0], !=, 0);
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
}

/* Who is still called a member stays one, as learned: with nothing of what the profile gave it. */
static void
test_removed_but_named(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlEngineConfig *config;

    start(bench);
    bench_tell_member(bench, hub, desktop, "desk", 255);
    bench_tell_allowed(bench, hub, desktop, "10.77.0.3/32", 255);
    config = usual(bench);
    g_ptr_array_remove_index(config->peers, 1);
    bench_change(bench, config);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_REMOVE), ==, 0);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_false(bench_view(bench, desktop)->configured);
    g_assert_true(bench_view(bench, desktop)->healthy);
    g_assert_false(bench_has_allowed(bench, desktop, "192.168.50.7/32"));
    g_assert_false(bench_has_route(bench, "192.168.50.7/32"));
    g_assert_true(last_change(bench, desktop)->replace_settings);
    g_assert_false(last_change(bench, desktop)->has_preshared_key);
    g_assert_cmpstr(bench_view(bench, desktop)->name, ==, "desk");
    /* and back */
    bench_change(bench, usual(bench));
    g_assert_true(bench_view(bench, desktop)->configured);
    g_assert_true(last_change(bench, desktop)->has_preshared_key);
    g_assert_true(bench_has_allowed(bench, desktop, "192.168.50.7/32"));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
    /* once the hub does not say so any more it stays, for the profile does */
    bench_live(bench, SEC(600), 1, 1);
    g_assert_true(bench_view(bench, desktop)->configured);
}

static void
set_trust(Bench *bench, WlTrust trust)
{
    WlEngineConfig *config = usual(bench);

    peer_of(config, 0)->trust = trust;
    bench_change(bench, config);
}

static void
test_trust(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    BenchMember *stranger = bench_member(bench, 3);
    WlPeerView view;

    start(bench);
    bench_tell_member(bench, hub, stranger, "stranger", 255);
    bench_tell_member(bench, hub, desktop, "desk", 255);
    bench_tell_allowed(bench, hub, stranger, "10.77.0.4/32", 255);
    bench_tell_allowed(bench, hub, desktop, "192.168.50.0/24", 255);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, stranger, "10.77.0.4/32"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpstr(bench_view(bench, desktop)->name, ==, "desk");

    /* Nobody has to confirm that it is not believed any more: it counts at once. */
    set_trust(bench, WL_TRUST_ENDPOINT);
    g_assert_cmpint(bench_view(bench, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_cmpuint(bench_changes(bench, stranger, WL_PEER_REMOVE), ==, 1);
    g_assert_false(wl_engine_get_peer(bench->engine, &stranger->key, &view));
    g_assert_cmpstr(bench_view(bench, desktop)->name, ==, "");
    g_assert_cmpint(bench_verdict_allowed(bench, hub, stranger, "10.77.0.4/32"), !=,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpuint(all_changes(bench, hub), ==, 0);

    /* What is held as refused is believed as soon as it may be. */
    set_trust(bench, WL_TRUST_MEMBERSHIP);
    g_assert_cmpuint(bench_changes(bench, stranger, WL_PEER_ADD), ==, 1);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, stranger, "10.77.0.4/32"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpstr(bench_view(bench, desktop)->name, ==, "desk");
    g_assert_cmpuint(all_changes(bench, hub), ==, 0);
}

/* One trust value anywhere is about everybody (docs/protocol.md 6.2). */
static void
test_trust_of_another(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1);
    WlEngineConfig *config;

    start(bench);
    bench_tell_member(bench, hub, bench_member(bench, 3), NULL, 255);
    g_assert_cmpuint(bench_n_peers(bench), ==, 3);
    config = usual(bench);
    peer_of(config, 1)->trust = WL_TRUST_ENDPOINT;
    bench_change(bench, config);
    g_assert_cmpint(bench_view(bench, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_cmpuint(bench_n_peers(bench), ==, 2);
}

/* Two keys with one link-local address, which were searched for. */
static const char *const twins[] = {"PbGMFenLGWh0d28ga2V5cywgb25lIGZlODA6Oi82NCA=",
                                    "Ze6ghEkDlfx0d28ga2V5cywgb25lIGZlODA6Oi82NCA="};

/* A learned member gives way to the one that the user names; two that the user names are refused.
 */
static void
test_same_address(void)
{
    g_autoptr(Bench) bench = bench_new();
    g_autoptr(GError) error = NULL;
    BenchMember *hub = bench_member(bench, 1), *one = bench_member(bench, 3),
                *two = bench_member(bench, 4);
    WlEngineConfig *config;

    g_assert_true(wl_key_parse(twins[0], &one->key));
    g_assert_true(wl_key_parse(twins[1], &two->key));
    start(bench);
    bench_tell_member(bench, hub, one, "one", 255);
    g_assert_cmpuint(bench_changes(bench, one, WL_PEER_ADD), ==, 1);
    config = usual(bench);
    bench_add(config, two, NULL, "10.77.0.4/32");
    bench_change(bench, config);
    g_assert_cmpuint(bench_changes(bench, one, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(bench_changes(bench, two, WL_PEER_ADD), ==, 1);
    bench_tell_member(bench, hub, one, "one", 255);
    g_assert_cmpuint(bench_changes(bench, one, WL_PEER_ADD), ==, 0);

    config = usual(bench);
    bench_add(config, one, NULL, NULL);
    bench_add(config, two, NULL, NULL);
    g_assert_false(wl_engine_reload_profile(bench->engine, bench->now, config, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_assert_nonnull(strstr(error->message, twins[1]));
    g_assert_nonnull(strstr(error->message, "needs a new key"));
    wl_engine_config_free(config);
}

static void
test_settings(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlEngineConfig *config;

    start(bench);
    config = usual(bench);
    peer_of(config, 0)->keepalive = 25;
    bench_change(bench, config);
    g_assert_cmpuint(all_changes(bench, hub), ==, 1);
    g_assert_cmpint(last_change(bench, hub)->kind, ==, WL_PEER_UPDATE);
    g_assert_false(last_change(bench, hub)->replace_allowed_ips);
    g_assert_cmpint(wl_device_find(bench->device, &hub->key)->keepalive, ==, 25);
    g_assert_cmpuint(all_changes(bench, desktop), ==, 0);

    /* one that the link refused is asked for again */
    config = usual(bench);
    peer_of(config, 1)->preshared_key.bytes[0] = 8;
    bench_change(bench, config);
    g_assert_true(last_change(bench, desktop)->replace_settings);
    bench_clear(bench);
    wl_engine_peer_change_failed(bench->engine, bench->now, &desktop->key);
    bench_drain(bench);
    bench_run(bench, SEC(2));
    g_assert_true(last_change(bench, desktop)->replace_settings);
    g_assert_true(last_change(bench, desktop)->has_preshared_key);
    g_assert_cmpint(last_change(bench, desktop)->preshared_key.bytes[0], ==, 8);
    bench_clear(bench);
    bench_run(bench, SEC(10));
    g_assert_cmpuint(all_changes(bench, desktop), ==, 0);
}

static gboolean
has_candidate(Bench *bench, const BenchMember *member, const char *endpoint)
{
    g_autoptr(GArray) candidates = wl_engine_dup_candidates(bench->engine, &member->key);
    gboolean has = FALSE;

    for (guint i = 0; i < candidates->len; i++) {
        g_autofree char *text =
            wl_endpoint_to_string(&g_array_index(candidates, WlCandidateView, i).endpoint);
        has |= g_str_equal(text, endpoint);
    }
    return has;
}

static void
test_endpoints(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    g_autoptr(GArray) sent = NULL;
    WlEngineConfig *config;
    WlEndpoint endpoint;

    /* somebody who is not there is tried at once where the profile now says */
    bench_start(bench, usual(bench));
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_run(bench, SEC(1));
    config = usual(bench);
    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup(DESKTOP_ENDPOINT));
    bench_change(bench, config);
    endpoint = bench_endpoint(DESKTOP_ENDPOINT);
    g_assert_true(wl_endpoint_equal(&last_change(bench, desktop)->endpoint, &endpoint));

    /* a live session is kept, and asked whether it still leads there */
    config = usual(bench);
    g_ptr_array_set_size(peer_of(config, 0)->endpoints, 0);
    g_ptr_array_add(peer_of(config, 0)->endpoints, g_strdup("203.0.113.9:51820"));
    bench_change(bench, config);
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_RECREATE), ==, 0);
    sent = bench_sent(bench, hub);
    g_assert_cmpuint(sent->len, >, 0);
    g_assert_true(has_candidate(bench, hub, "203.0.113.9:51820"));
    g_assert_true(bench_view(bench, hub)->healthy);
    /* it does not answer: the new one is tried inside the session */
    bench_run(bench, SEC(12));
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_RECREATE), ==, 0);
    endpoint = bench_endpoint("203.0.113.9:51820");
    g_assert_true(
        wl_endpoint_equal(&wl_device_find(bench->device, &hub->key)->endpoint, &endpoint));
}

static WlEngineConfig *
with_endpoints(Bench *bench, const char *first, const char *second)
{
    WlEngineConfig *config = usual(bench);

    if (first)
        g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup(first));
    if (second)
        g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup(second));
    return config;
}

static void
assert_endpoint(Bench *bench, const BenchMember *member, const char *expected)
{
    const WlDevicePeer *peer = wl_device_find(bench->device, &member->key);
    g_autofree char *text =
        wl_endpoint_is_set(&peer->endpoint) ? wl_endpoint_to_string(&peer->endpoint) : NULL;

    g_assert_cmpstr(text, ==, expected);
}

/* An address that the profile takes away is not sent to any more, where there is no session. */
static void
test_endpoint_taken_away(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);

    bench_start(bench, with_endpoints(bench, DESKTOP_ENDPOINT, NULL));
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_run(bench, SEC(1));
    assert_endpoint(bench, desktop, DESKTOP_ENDPOINT);
    bench_change(bench, usual(bench));
    assert_endpoint(bench, desktop, NULL);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 1);
    g_assert_true(last_change(bench, desktop)->has_preshared_key);
    g_assert_cmpuint(all_changes(bench, hub), ==, 0);
    bench_clear(bench);
    bench_run(bench, SEC(60));
    g_assert_cmpuint(all_changes(bench, desktop), ==, 0);

    /* one of two: the other is what the link has, and what is tried */
    bench_change(bench, with_endpoints(bench, DESKTOP_ENDPOINT, "198.51.100.9:51820"));
    bench_run(bench, SEC(1));
    bench_change(bench, with_endpoints(bench, "198.51.100.9:51820", NULL));
    assert_endpoint(bench, desktop, "198.51.100.9:51820");
    bench_change(bench, usual(bench));
    assert_endpoint(bench, desktop, NULL);
}

/* Without an uplink, too: it would be sent to as soon as there is one. */
static void
test_endpoint_taken_away_offline(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *desktop = bench_member(bench, 2);

    bench_start(bench, with_endpoints(bench, DESKTOP_ENDPOINT, NULL));
    assert_endpoint(bench, desktop, DESKTOP_ENDPOINT);
    bench_change(bench, usual(bench));
    assert_endpoint(bench, desktop, NULL);
}

/* It is being tried because somebody else told it. */
static void
test_endpoint_told(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    const WlDevicePeer *peer;
    WlEndpoint told;

    bench_start(bench, with_endpoints(bench, "198.51.100.9:51820", NULL));
    bench_uplink(bench, "192.168.1.10/24");
    bench_meet(bench, 1, NULL);
    bench_tell_endpoint(bench, hub, desktop, DESKTOP_ENDPOINT, 255);
    g_assert_true(wl_endpoint_parse(DESKTOP_ENDPOINT, &told));
    peer = wl_device_find(bench->device, &desktop->key);
    for (guint i = 0; i < 100 && !wl_endpoint_equal(&peer->endpoint, &told); i++) {
        bench_run(bench, MS(50));
        peer = wl_device_find(bench->device, &desktop->key);
    }
    assert_endpoint(bench, desktop, DESKTOP_ENDPOINT);
    bench_clear(bench);
    bench_change(bench, usual(bench));
    assert_endpoint(bench, desktop, DESKTOP_ENDPOINT);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
}

/* There is a session, which came since the engine last looked. */
static void
test_endpoint_in_session(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *desktop = bench_member(bench, 2);

    bench_start(bench, with_endpoints(bench, DESKTOP_ENDPOINT, NULL));
    bench_uplink(bench, "192.168.1.10/24");
    bench_run(bench, SEC(10));
    bench->now += MS(7); /* it has not looked now */
    bench_clear(bench);
    bench_handshake(bench, desktop, DESKTOP_ENDPOINT);
    bench_change(bench, usual(bench));
    bench_run(bench, SEC(100));
    assert_endpoint(bench, desktop, DESKTOP_ENDPOINT);
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
}

/* A name that stays keeps what it led to; one that is new is asked for. */
static void
test_resolved_names(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *desktop = bench_member(bench, 2);
    WlEngineConfig *config = usual(bench);
    WlEndpoint endpoint;

    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup("desk.example.net:51820"));
    bench_start(bench, config);
    bench_uplink(bench, "192.168.1.10/24");
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1);
    endpoint = bench_endpoint(DESKTOP_ENDPOINT);
    wl_engine_name_resolved(bench->engine, bench->now, "desk.example.net:51820", &endpoint, 1);
    bench_drain(bench);
    config = usual(bench);
    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup("other.example.net:51820"));
    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup("desk.example.net:51820"));
    bench_change(bench, config);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_RESOLVE), ==, 1);
    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_RESOLVE)
            g_assert_cmpstr(output->name, ==, "other.example.net:51820");
    }
    g_assert_true(has_candidate(bench, desktop, DESKTOP_ENDPOINT));
}

static void
test_names(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *desktop = bench_member(bench, 2);
    WlEngineConfig *config;

    start(bench);
    bench_tell_member(bench, bench_member(bench, 1), desktop, "desk", 255);
    config = usual(bench);
    config->name = g_strdup("desk");
    bench_change(bench, config);
    g_assert_true(g_str_has_prefix(bench_view(bench, desktop)->name, "desk ("));
    config = usual(bench);
    config->name = g_strdup("laptop");
    bench_change(bench, config);
    g_assert_cmpstr(bench_view(bench, desktop)->name, ==, "desk");
    config = usual(bench);
    peer_of(config, 1)->name = g_strdup("attic");
    bench_change(bench, config);
    g_assert_cmpstr(bench_view(bench, desktop)->name, ==, "attic");
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_PEER_CHANGED), ==, 1);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_CHANGE_PEER), ==, 0);
}

static void
test_networks(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlEngineConfig *config;
    WlPrefix network;

    start(bench);
    bench_tell_allowed(bench, hub, desktop, "172.30.1.0/24", 255);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_OUTSIDE);
    config = usual(bench);
    network = bench_prefix("172.30.0.0/16");
    g_array_append_val(config->networks, network);
    bench_change(bench, config);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_true(bench_has_route(bench, "172.30.1.0/24"));
    bench_change(bench, usual(bench));
    g_assert_cmpint(bench_verdict_allowed(bench, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_OUTSIDE);
    g_assert_false(bench_has_route(bench, "172.30.1.0/24"));
}

/* @config, with `networks`. */
static WlEngineConfig *
within(WlEngineConfig *config, const char *networks)
{
    g_auto(GStrv) parts = g_strsplit(networks, ",", 0);

    for (guint i = 0; parts[i]; i++) {
        WlPrefix prefix;
        prefix = bench_prefix(parts[i]);
        g_array_append_val(config->networks, prefix);
    }
    return config;
}

static void
test_allowed_ips(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlEngineConfig *config;
    WlPrefix prefix;

    start(bench);
    /* from one peer to another: nothing for NetworkManager to do */
    config = usual(bench);
    prefix = bench_prefix("192.168.50.7/32");
    g_array_set_size(peer_of(config, 1)->allowed_ips, 1);
    bench_add(config, bench_member(bench, 3), NULL, NULL);
    g_array_append_val(peer_of(config, 2)->allowed_ips, prefix);
    bench_change(bench, config);
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_false(bench_has_allowed(bench, desktop, "192.168.50.7/32"));
    g_assert_true(bench_has_allowed(bench, bench_member(bench, 3), "192.168.50.7/32"));
    g_assert_cmpuint(bench_changes(bench, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_cmpuint(all_changes(bench, hub), ==, 0);

    /* and back, whichever of the two is looked at first */
    bench_change(bench, within(usual(bench), "10.77.0.0/24,192.168.50.7/32"));
    g_assert_cmpuint(bench_count(bench, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_true(bench_has_allowed(bench, desktop, "192.168.50.7/32"));

    /* what the profile gives nobody may origin, and again what it does not give any more */
    bench_tell_allowed(bench, hub, bench_member(bench, 3), "10.77.0.9/32", 255);
    bench_tell_member(bench, hub, bench_member(bench, 3), NULL, 255);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, bench_member(bench, 3), "10.77.0.9/32"), ==,
                    WL_VERDICT_ACCEPTED);
    config = within(usual(bench), "10.77.0.0/24,192.168.50.7/32");
    prefix = bench_prefix("10.77.0.9/32");
    g_array_append_val(peer_of(config, 1)->allowed_ips, prefix);
    bench_change(bench, config);
    g_assert_cmpint(bench_verdict_allowed(bench, hub, bench_member(bench, 3), "10.77.0.9/32"), ==,
                    WL_VERDICT_CONFIGURED);
    bench_change(bench, within(usual(bench), "10.77.0.0/24,192.168.50.7/32"));
    g_assert_cmpint(bench_verdict_allowed(bench, hub, bench_member(bench, 3), "10.77.0.9/32"), ==,
                    WL_VERDICT_ACCEPTED);
}

static gboolean
says_member(Bench *bench, const BenchMember *member)
{
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(bench->engine);

    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *fact = facts->pdata[i];
        if (fact->local && wl_key_equal(&fact->subject, &member->key) &&
            g_str_equal(fact->type, "member"))
            return TRUE;
    }
    return FALSE;
}

/* The hub is a router by its prefixes: without them its word counts less, and ours may count more.
 */
static void
test_roles(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *hub = bench_member(bench, 1), *desktop = bench_member(bench, 2);
    WlEngineConfig *config;

    start(bench);
    g_assert_true(bench_view(bench, hub)->router);
    g_assert_cmpint(bench_view(bench, desktop)->state, ==, WL_PEER_DIRECT);
    config = usual(bench);
    g_array_set_size(peer_of(config, 0)->allowed_ips, 0);
    config->role = WL_ROLE_AUTOMATIC;
    bench_change(bench, config);
    g_assert_false(bench_view(bench, hub)->router);
    g_assert_cmpint(bench_view(bench, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_true(wl_engine_is_router(bench->engine));
    g_assert_true(bench_has_allowed(bench, desktop, "10.77.0.3/32"));
    /* what a router says of its own network */
    g_assert_true(bench_sent_allowed(bench, hub, &bench_member(bench, 0)->key, "10.77.0.0/24"));
    g_assert_cmpuint(bench_changes(bench, hub, WL_PEER_RECREATE), ==, 0);
    bench_change(bench, usual(bench));
    g_assert_false(wl_engine_is_router(bench->engine));
    g_assert_true(bench_view(bench, hub)->router);

    /* as a router we stand for members that others named */
    bench_tell_member(bench, hub, bench_member(bench, 3), "stranger", 255);
    g_assert_false(says_member(bench, bench_member(bench, 3)));
    config = usual(bench);
    config->role = WL_ROLE_ROUTER;
    bench_change(bench, config);
    g_assert_true(says_member(bench, bench_member(bench, 3)));
}

/* Somebody who is to be told facts, or not any more. */
static void
test_told(void)
{
    g_autoptr(Bench) bench = bench_new();
    BenchMember *desktop = bench_member(bench, 2);
    WlEngineConfig *config;

    start(bench);
    bench_clear(bench);
    bench_live(bench, SEC(200), 1, 2);
    g_assert_false(
        bench_sent_endpoint(bench, desktop, &bench_member(bench, 0)->key, "192.168.1.10:51820"));
    config = usual(bench);
    peer_of(config, 1)->fact_exchanger = TRUE;
    bench_change(bench, config);
    bench_run(bench, SEC(1));
    g_assert_true(
        bench_sent_endpoint(bench, desktop, &bench_member(bench, 0)->key, "192.168.1.10:51820"));
    bench_change(bench, usual(bench));
    bench_live(bench, SEC(300), 1, 2);
    g_assert_false(
        bench_sent_endpoint(bench, desktop, &bench_member(bench, 0)->key, "192.168.1.10:51820"));
    config = usual(bench);
    config->chatty = TRUE;
    bench_change(bench, config);
    bench_run(bench, SEC(1));
    g_assert_true(
        bench_sent_endpoint(bench, desktop, &bench_member(bench, 0)->key, "192.168.1.10:51820"));
}

static void
test_contradiction(void)
{
    g_autoptr(Bench) bench = bench_new();
    g_autoptr(WlEngineConfig) config = usual(bench);
    g_autoptr(GError) error = NULL;

    start(bench);
    bench_add(config, bench_member(bench, 1), NULL, NULL);
    peer_of(config, 0)->trust = WL_TRUST_UNTRUSTED;
    bench_clear(bench);
    g_assert_false(wl_engine_reload_profile(bench->engine, bench->now, config, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_assert_cmpuint(bench->outputs->len, ==, 0);
    g_assert_cmpint(bench_view(bench, bench_member(bench, 1))->trust, ==, WL_TRUST_MEMBERSHIP);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change/nothing", test_nothing);
    g_test_add_func("/change/added", test_added);
    g_test_add_func("/change/removed", test_removed);
    g_test_add_func("/change/boot-id", test_boot_id);
    g_test_add_func("/change/removed-but-named", test_removed_but_named);
    g_test_add_func("/change/trust", test_trust);
    g_test_add_func("/change/trust-of-another", test_trust_of_another);
    g_test_add_func("/change/settings", test_settings);
    g_test_add_func("/change/endpoints", test_endpoints);
    g_test_add_func("/change/endpoint-taken-away", test_endpoint_taken_away);
    g_test_add_func("/change/endpoint-taken-away/offline", test_endpoint_taken_away_offline);
    g_test_add_func("/change/endpoint-told", test_endpoint_told);
    g_test_add_func("/change/endpoint-in-session", test_endpoint_in_session);
    g_test_add_func("/change/resolved-names", test_resolved_names);
    g_test_add_func("/change/names", test_names);
    g_test_add_func("/change/networks", test_networks);
    g_test_add_func("/change/allowed-ips", test_allowed_ips);
    g_test_add_func("/change/roles", test_roles);
    g_test_add_func("/change/told", test_told);
    g_test_add_func("/change/contradiction", test_contradiction);
    g_test_add_func("/change/same-address", test_same_address);
    return g_test_run();
}
