/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The reload of a changed profile by a running engine. */
#include <string.h>

#include "harness.h"
#include "state/wl-timing.h"

#define DESKTOP_ENDPOINT "198.51.100.3:51820"
#define HUB_PREFIXES     "10.77.0.0/24,fd77::/64"

/* The leaf of harness_leaf_new(), whose desktop has a network behind it and a preshared key. */
static WlEngineConfig *
usual(Harness *harness)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlPeerConfig *desktop;

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, HUB_PREFIXES);
    desktop = harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32,192.168.50.7/32");
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
start(Harness *harness)
{
    harness_start(harness, usual(harness));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, DESKTOP_ENDPOINT);
    harness_run(harness, SEC(10)); /* a Go daemon has taken the direct path by then */
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->state, ==, WL_PEER_DIRECT);
}

static guint
all_changes(Harness *harness, const HarnessMember *member)
{
    guint n = 0;

    for (WlPeerChangeKind kind = WL_PEER_ADD; kind <= WL_PEER_REMOVE; kind++)
        n += harness_changes(harness, member, kind);
    return n;
}

static const WlPeerChange *
last_change(Harness *harness, const HarnessMember *member)
{
    const WlPeerChange *change = NULL;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_CHANGE_PEER && wl_key_equal(&output->key, &member->key))
            change = output->change;
    }
    return change;
}

static void
test_nothing(void)
{
    g_autoptr(Harness) harness = harness_new();
    guint64 steps;

    start(harness);
    wl_engine_advance_time(harness->engine,
                           harness->now); /* pending work that is not urgent is done with it */
    harness_drain(harness);
    steps = wl_engine_get_work(harness->engine);
    harness_change(harness, usual(harness));
    g_assert_cmpuint(harness->outputs->len, ==, 0);
    g_assert_cmpuint(wl_engine_get_work(harness->engine), ==, steps);
}

static void
test_added(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *stranger = harness_member(harness, 3);
    WlEngineConfig *config;
    gint64 handshake;

    start(harness);
    handshake = harness_view(harness, hub)->last_handshake;
    config = usual(harness);
    harness_add(config, stranger, "198.51.100.4:51820", "10.77.0.4/32,192.168.60.7/32")->keepalive =
        25;
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_ADD), ==, 1);
    g_assert_cmpint(last_change(harness, stranger)->keepalive, ==, 25);
    g_assert_true(harness_has_allowed(harness, stranger, "192.168.60.7/32"));
    g_assert_false(harness_has_allowed(harness, stranger, "10.77.0.4/32"));
    g_assert_true(harness_has_route(harness, "192.168.60.7/32"));
    g_assert_cmpint(harness_view(harness, stranger)->state, ==, WL_PEER_CONNECTING);
    g_assert_true(harness_view(harness, stranger)->configured);

    /* the other peers are not affected */
    g_assert_cmpuint(all_changes(harness, hub), ==, 0);
    g_assert_cmpuint(all_changes(harness, harness_member(harness, 2)), ==, 0);
    g_assert_cmpint(harness_view(harness, hub)->last_handshake, ==, handshake);
    g_assert_true(harness_view(harness, hub)->healthy);
}

static void
test_removed(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;
    WlPeerView view;

    start(harness);
    g_assert_true(harness_has_route(harness, "192.168.50.7/32"));
    config = usual(harness);
    g_ptr_array_remove_index(config->peers, 1);
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_REMOVED), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 1);
    g_assert_false(harness_has_route(harness, "192.168.50.7/32"));
    g_assert_false(wl_engine_get_peer(harness->engine, &desktop->key, &view));
    g_assert_cmpuint(all_changes(harness, hub), ==, 0);
    /* and no facts about it are advertised any more */
    harness_clear(harness);
    harness_live(harness, SEC(300), 1, 1);
    g_assert_false(harness_sent_allowed(harness, hub, &desktop->key, "10.77.0.3/32"));

    /* it returns: a new boot id requests all of its facts again */
    harness_change(harness, usual(harness));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_ADD), ==, 1);
    g_assert_true(last_change(harness, desktop)->has_preshared_key);
    g_assert_true(harness_has_route(harness, "192.168.50.7/32"));
}

static WlBootId
told_boot_id(Harness *harness, const HarnessMember *member)
{
    g_autoptr(GArray) sent = harness_sent(harness, member);
    WlBootId id = {0};

    for (guint i = 0; i < sent->len; i++) {
        const WlFact *fact = &g_array_index(sent, WlFact, i);
        if (fact->attribute == WL_ATTRIBUTE_ALIVE)
            id = fact->value.boot_id;
    }
    return id;
}

/* A new peer may have been a peer before and assume that we still have its facts, so its addition
 * changes the boot id. A removal does not. */
static void
test_boot_id(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlEngineConfig *config;
    WlBootId before, after;

    start(harness);
    harness_live(harness, SEC(100), 1, 2);
    before = told_boot_id(harness, hub);
    config = usual(harness);
    g_ptr_array_remove_index(config->peers, 1);
    harness_change(harness, config);
    harness_live(harness, SEC(50), 1, 1);
    after = told_boot_id(harness, hub);
    g_assert_cmpmem(&before, sizeof(before), &after, sizeof(after));
    harness_change(harness, usual(harness));
    after = told_boot_id(harness, hub);
    g_assert_cmpint(after.bytes[0], !=, 0);
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
}

/* A peer that an accepted fact still names stays as a learned member, without the settings of the
 * profile. */
static void
test_removed_but_named(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    start(harness);
    harness_advertise_member(harness, hub, desktop, "desk", 255);
    harness_advertise_allowed(harness, hub, desktop, "10.77.0.3/32", 255);
    config = usual(harness);
    g_ptr_array_remove_index(config->peers, 1);
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_REMOVE), ==, 0);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_false(harness_view(harness, desktop)->configured);
    g_assert_true(harness_view(harness, desktop)->healthy);
    g_assert_false(harness_has_allowed(harness, desktop, "192.168.50.7/32"));
    g_assert_false(harness_has_route(harness, "192.168.50.7/32"));
    g_assert_true(last_change(harness, desktop)->replace_settings);
    g_assert_false(last_change(harness, desktop)->has_preshared_key);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "desk");
    /* and back */
    harness_change(harness, usual(harness));
    g_assert_true(harness_view(harness, desktop)->configured);
    g_assert_true(last_change(harness, desktop)->has_preshared_key);
    g_assert_true(harness_has_allowed(harness, desktop, "192.168.50.7/32"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    /* it stays when the hub no longer names it, because the profile does */
    harness_live(harness, SEC(600), 1, 1);
    g_assert_true(harness_view(harness, desktop)->configured);
}

static void
set_trust(Harness *harness, WlTrust trust)
{
    WlEngineConfig *config = usual(harness);

    peer_of(config, 0)->trust = trust;
    harness_change(harness, config);
}

static void
test_trust(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    HarnessMember *stranger = harness_member(harness, 3);
    WlPeerView view;

    start(harness);
    harness_advertise_member(harness, hub, stranger, "stranger", 255);
    harness_advertise_member(harness, hub, desktop, "desk", 255);
    harness_advertise_allowed(harness, hub, stranger, "10.77.0.4/32", 255);
    harness_advertise_allowed(harness, hub, desktop, "192.168.50.0/24", 255);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "10.77.0.4/32"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "desk");

    /* The loss of trust needs no confirmation: it takes effect at once. */
    set_trust(harness, WL_TRUST_ENDPOINT);
    g_assert_cmpint(harness_view(harness, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_REMOVE), ==, 1);
    g_assert_false(wl_engine_get_peer(harness->engine, &stranger->key, &view));
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "");
    g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "10.77.0.4/32"), !=,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpuint(all_changes(harness, hub), ==, 0);

    /* A refused fact that is held counts as soon as it is permitted. */
    set_trust(harness, WL_TRUST_MEMBERSHIP);
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_ADD), ==, 1);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "10.77.0.4/32"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "desk");
    g_assert_cmpuint(all_changes(harness, hub), ==, 0);
}

/* A single trust value affects the trust of all peers (docs/protocol.md 6.2). */
static void
test_trust_of_another(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlEngineConfig *config;

    start(harness);
    harness_advertise_member(harness, hub, harness_member(harness, 3), NULL, 255);
    g_assert_cmpuint(harness_n_peers(harness), ==, 3);
    config = usual(harness);
    peer_of(config, 1)->trust = WL_TRUST_ENDPOINT;
    harness_change(harness, config);
    g_assert_cmpint(harness_view(harness, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_cmpuint(harness_n_peers(harness), ==, 2);
}

/* Two keys with the same link-local address, found by search. */
static const char *const twins[] = {"PbGMFenLGWh0d28ga2V5cywgb25lIGZlODA6Oi82NCA=",
                                    "Ze6ghEkDlfx0d28ga2V5cywgb25lIGZlODA6Oi82NCA="};

/* A configured member replaces a learned one with its link-local address; two configured ones are
 * refused. */
static void
test_same_address(void)
{
    g_autoptr(Harness) harness = harness_new();
    g_autoptr(GError) error = NULL;
    HarnessMember *hub = harness_member(harness, 1), *one = harness_member(harness, 3),
                  *two = harness_member(harness, 4);
    WlEngineConfig *config;

    g_assert_true(wl_key_parse(twins[0], &one->key));
    g_assert_true(wl_key_parse(twins[1], &two->key));
    start(harness);
    harness_advertise_member(harness, hub, one, "one", 255);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_ADD), ==, 1);
    config = usual(harness);
    harness_add(config, two, NULL, "10.77.0.4/32");
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_changes(harness, two, WL_PEER_ADD), ==, 1);
    harness_advertise_member(harness, hub, one, "one", 255);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_ADD), ==, 0);

    config = usual(harness);
    harness_add(config, one, NULL, NULL);
    harness_add(config, two, NULL, NULL);
    g_assert_false(wl_engine_reload_profile(harness->engine, harness->now, config, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_assert_nonnull(strstr(error->message, twins[1]));
    g_assert_nonnull(strstr(error->message, "needs a new key"));
    wl_engine_config_free(config);
}

static void
test_settings(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    start(harness);
    config = usual(harness);
    peer_of(config, 0)->keepalive = 25;
    harness_change(harness, config);
    g_assert_cmpuint(all_changes(harness, hub), ==, 1);
    g_assert_cmpint(last_change(harness, hub)->kind, ==, WL_PEER_UPDATE);
    g_assert_false(last_change(harness, hub)->replace_allowed_ips);
    g_assert_cmpint(wl_device_find(harness->device, &hub->key)->keepalive, ==, 25);
    g_assert_cmpuint(all_changes(harness, desktop), ==, 0);

    /* a change that the link refused is requested again */
    config = usual(harness);
    peer_of(config, 1)->preshared_key.bytes[0] = 8;
    harness_change(harness, config);
    g_assert_true(last_change(harness, desktop)->replace_settings);
    harness_clear(harness);
    wl_engine_peer_change_failed(harness->engine, harness->now, &desktop->key);
    harness_drain(harness);
    harness_run(harness, SEC(2));
    g_assert_true(last_change(harness, desktop)->replace_settings);
    g_assert_true(last_change(harness, desktop)->has_preshared_key);
    g_assert_cmpint(last_change(harness, desktop)->preshared_key.bytes[0], ==, 8);
    harness_clear(harness);
    harness_run(harness, SEC(10));
    g_assert_cmpuint(all_changes(harness, desktop), ==, 0);
}

static gboolean
has_candidate(Harness *harness, const HarnessMember *member, const char *endpoint)
{
    g_autoptr(GArray) candidates = wl_engine_dup_candidates(harness->engine, &member->key);
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
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    g_autoptr(GArray) sent = NULL;
    WlEngineConfig *config;
    WlEndpoint endpoint;

    /* a peer without a session is tried at once at the new endpoint */
    harness_start(harness, usual(harness));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    config = usual(harness);
    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup(DESKTOP_ENDPOINT));
    harness_change(harness, config);
    endpoint = harness_endpoint(DESKTOP_ENDPOINT);
    g_assert_true(wl_endpoint_equal(&last_change(harness, desktop)->endpoint, &endpoint));

    /* a live session is kept, and its endpoint is checked */
    config = usual(harness);
    g_ptr_array_set_size(peer_of(config, 0)->endpoints, 0);
    g_ptr_array_add(peer_of(config, 0)->endpoints, g_strdup("203.0.113.9:51820"));
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    sent = harness_sent(harness, hub);
    g_assert_cmpuint(sent->len, >, 0);
    g_assert_true(has_candidate(harness, hub, "203.0.113.9:51820"));
    g_assert_true(harness_view(harness, hub)->healthy);
    /* no answer: the new endpoint is tried inside the session */
    harness_run(harness, SEC(12));
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    endpoint = harness_endpoint("203.0.113.9:51820");
    g_assert_true(
        wl_endpoint_equal(&wl_device_find(harness->device, &hub->key)->endpoint, &endpoint));
}

static WlEngineConfig *
with_endpoints(Harness *harness, const char *first, const char *second)
{
    WlEngineConfig *config = usual(harness);

    if (first)
        g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup(first));
    if (second)
        g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup(second));
    return config;
}

static void
assert_endpoint(Harness *harness, const HarnessMember *member, const char *expected)
{
    const WlDevicePeer *peer = wl_device_find(harness->device, &member->key);
    g_autofree char *text =
        wl_endpoint_is_set(&peer->endpoint) ? wl_endpoint_to_string(&peer->endpoint) : NULL;

    g_assert_cmpstr(text, ==, expected);
}

/* Without a session no packets are sent to an address that the profile dropped. */
static void
test_endpoint_taken_away(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);

    harness_start(harness, with_endpoints(harness, DESKTOP_ENDPOINT, NULL));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    assert_endpoint(harness, desktop, DESKTOP_ENDPOINT);
    harness_change(harness, usual(harness));
    assert_endpoint(harness, desktop, NULL);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    g_assert_true(last_change(harness, desktop)->has_preshared_key);
    g_assert_cmpuint(all_changes(harness, hub), ==, 0);
    harness_clear(harness);
    harness_run(harness, SEC(60));
    g_assert_cmpuint(all_changes(harness, desktop), ==, 0);

    /* one of two endpoints is dropped: the device has the other, which is tried */
    harness_change(harness, with_endpoints(harness, DESKTOP_ENDPOINT, "198.51.100.9:51820"));
    harness_run(harness, SEC(1));
    harness_change(harness, with_endpoints(harness, "198.51.100.9:51820", NULL));
    assert_endpoint(harness, desktop, "198.51.100.9:51820");
    harness_change(harness, usual(harness));
    assert_endpoint(harness, desktop, NULL);
}

/* Also without an uplink: packets would be sent there as soon as there is one. */
static void
test_endpoint_taken_away_offline(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_start(harness, with_endpoints(harness, DESKTOP_ENDPOINT, NULL));
    assert_endpoint(harness, desktop, DESKTOP_ENDPOINT);
    harness_change(harness, usual(harness));
    assert_endpoint(harness, desktop, NULL);
}

/* The candidate is being tried because another member advertised it. */
static void
test_endpoint_advertised(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    const WlDevicePeer *peer;
    WlEndpoint told;

    harness_start(harness, with_endpoints(harness, "198.51.100.9:51820", NULL));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_endpoint(harness, hub, desktop, DESKTOP_ENDPOINT, 255);
    g_assert_true(wl_endpoint_parse(DESKTOP_ENDPOINT, &told));
    peer = wl_device_find(harness->device, &desktop->key);
    for (guint i = 0; i < 100 && !wl_endpoint_equal(&peer->endpoint, &told); i++) {
        harness_run(harness, MS(50));
        peer = wl_device_find(harness->device, &desktop->key);
    }
    assert_endpoint(harness, desktop, DESKTOP_ENDPOINT);
    harness_clear(harness);
    harness_change(harness, usual(harness));
    assert_endpoint(harness, desktop, DESKTOP_ENDPOINT);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
}

/* A session began after the last snapshot. */
static void
test_endpoint_in_session(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);

    harness_start(harness, with_endpoints(harness, DESKTOP_ENDPOINT, NULL));
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(10));
    harness->now += MS(7); /* it has not looked now */
    harness_clear(harness);
    harness_handshake(harness, desktop, DESKTOP_ENDPOINT);
    harness_change(harness, usual(harness));
    harness_run(harness, SEC(100));
    assert_endpoint(harness, desktop, DESKTOP_ENDPOINT);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
}

/* A name that stays keeps its addresses; a new name is resolved. */
static void
test_resolved_names(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlEngineConfig *config = usual(harness);
    WlEndpoint endpoint;

    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup("desk.example.net:51820"));
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
    endpoint = harness_endpoint(DESKTOP_ENDPOINT);
    wl_engine_name_resolved(harness->engine, harness->now, "desk.example.net:51820", &endpoint, 1);
    harness_drain(harness);
    config = usual(harness);
    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup("other.example.net:51820"));
    g_ptr_array_add(peer_of(config, 1)->endpoints, g_strdup("desk.example.net:51820"));
    harness_change(harness, config);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_RESOLVE)
            g_assert_cmpstr(output->name, ==, "other.example.net:51820");
    }
    g_assert_true(has_candidate(harness, desktop, DESKTOP_ENDPOINT));
}

static void
test_names(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    start(harness);
    harness_advertise_member(harness, harness_member(harness, 1), desktop, "desk", 255);
    config = usual(harness);
    config->name = g_strdup("desk");
    harness_change(harness, config);
    g_assert_true(g_str_has_prefix(harness_view(harness, desktop)->name, "desk ("));
    config = usual(harness);
    config->name = g_strdup("laptop");
    harness_change(harness, config);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "desk");
    config = usual(harness);
    peer_of(config, 1)->name = g_strdup("attic");
    harness_change(harness, config);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "attic");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_CHANGED), ==, 1);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_CHANGE_PEER), ==, 0);
}

static void
test_networks(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;
    WlPrefix network;

    start(harness);
    harness_advertise_allowed(harness, hub, desktop, "172.30.1.0/24", 255);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_OUTSIDE);
    config = usual(harness);
    network = harness_prefix("172.30.0.0/16");
    g_array_append_val(config->networks, network);
    harness_change(harness, config);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_true(harness_has_route(harness, "172.30.1.0/24"));
    harness_change(harness, usual(harness));
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.1.0/24"), ==,
                    WL_VERDICT_OUTSIDE);
    g_assert_false(harness_has_route(harness, "172.30.1.0/24"));
}

/* @config, with `networks`. */
static WlEngineConfig *
within(WlEngineConfig *config, const char *networks)
{
    g_auto(GStrv) parts = g_strsplit(networks, ",", 0);

    for (guint i = 0; parts[i]; i++) {
        WlPrefix prefix;
        prefix = harness_prefix(parts[i]);
        g_array_append_val(config->networks, prefix);
    }
    return config;
}

static void
test_allowed_ips(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;
    WlPrefix prefix;

    start(harness);
    /* moved between peers: the routes do not change */
    config = usual(harness);
    prefix = harness_prefix("192.168.50.7/32");
    g_array_set_size(peer_of(config, 1)->allowed_ips, 1);
    harness_add(config, harness_member(harness, 3), NULL, NULL);
    g_array_append_val(peer_of(config, 2)->allowed_ips, prefix);
    harness_change(harness, config);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_false(harness_has_allowed(harness, desktop, "192.168.50.7/32"));
    g_assert_true(harness_has_allowed(harness, harness_member(harness, 3), "192.168.50.7/32"));
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 0);
    g_assert_cmpuint(all_changes(harness, hub), ==, 0);

    /* and back, regardless of the order of the two */
    harness_change(harness, within(usual(harness), "10.77.0.0/24,192.168.50.7/32"));
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_ROUTES_CHANGED), ==, 0);
    g_assert_true(harness_has_allowed(harness, desktop, "192.168.50.7/32"));

    /* no fact may claim a prefix of the profile; one that has left the profile can be claimed again
     */
    harness_advertise_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32", 255);
    harness_advertise_member(harness, hub, harness_member(harness, 3), NULL, 255);
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32"), ==,
        WL_VERDICT_ACCEPTED);
    config = within(usual(harness), "10.77.0.0/24,192.168.50.7/32");
    prefix = harness_prefix("10.77.0.9/32");
    g_array_append_val(peer_of(config, 1)->allowed_ips, prefix);
    harness_change(harness, config);
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32"), ==,
        WL_VERDICT_CONFIGURED);
    harness_change(harness, within(usual(harness), "10.77.0.0/24,192.168.50.7/32"));
    g_assert_cmpint(
        harness_verdict_allowed(harness, hub, harness_member(harness, 3), "10.77.0.9/32"), ==,
        WL_VERDICT_ACCEPTED);
}

static gboolean
says_member(Harness *harness, const HarnessMember *member)
{
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(harness->engine);

    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *fact = facts->pdata[i];
        if (fact->local && wl_key_equal(&fact->subject, &member->key) &&
            g_str_equal(fact->type, "member"))
            return TRUE;
    }
    return FALSE;
}

/* The hub is a router by its prefixes: without them its trust shrinks, and this member may be the
 * router. */
static void
test_roles(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    start(harness);
    g_assert_true(harness_view(harness, hub)->router);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_DIRECT);
    config = usual(harness);
    g_array_set_size(peer_of(config, 0)->allowed_ips, 0);
    config->role = WL_ROLE_AUTOMATIC;
    harness_change(harness, config);
    g_assert_false(harness_view(harness, hub)->router);
    g_assert_cmpint(harness_view(harness, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_true(wl_engine_is_router(harness->engine));
    g_assert_true(harness_has_allowed(harness, desktop, "10.77.0.3/32"));
    /* what a router advertises about its own network */
    g_assert_true(
        harness_sent_allowed(harness, hub, &harness_member(harness, 0)->key, "10.77.0.0/24"));
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    harness_change(harness, usual(harness));
    g_assert_false(wl_engine_is_router(harness->engine));
    g_assert_true(harness_view(harness, hub)->router);

    /* a router originates the members that others named */
    harness_advertise_member(harness, hub, harness_member(harness, 3), "stranger", 255);
    g_assert_false(says_member(harness, harness_member(harness, 3)));
    config = usual(harness);
    config->role = WL_ROLE_ROUTER;
    harness_change(harness, config);
    g_assert_true(says_member(harness, harness_member(harness, 3)));
}

/* A peer that becomes a fact exchanger, or ceases to be one. */
static void
test_fact_exchanger(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    start(harness);
    harness_clear(harness);
    harness_live(harness, SEC(200), 1, 2);
    g_assert_false(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                         "192.168.1.10:51820"));
    config = usual(harness);
    peer_of(config, 1)->fact_exchanger = TRUE;
    harness_change(harness, config);
    harness_run(harness, SEC(1));
    g_assert_true(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
    harness_change(harness, usual(harness));
    harness_live(harness, SEC(300), 1, 2);
    g_assert_false(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                         "192.168.1.10:51820"));
    config = usual(harness);
    config->chatty = TRUE;
    harness_change(harness, config);
    harness_run(harness, SEC(1));
    g_assert_true(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
}

static void
test_contradiction(void)
{
    g_autoptr(Harness) harness = harness_new();
    g_autoptr(WlEngineConfig) config = usual(harness);
    g_autoptr(GError) error = NULL;

    start(harness);
    harness_add(config, harness_member(harness, 1), NULL, NULL);
    peer_of(config, 0)->trust = WL_TRUST_UNTRUSTED;
    harness_clear(harness);
    g_assert_false(wl_engine_reload_profile(harness->engine, harness->now, config, &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE);
    g_assert_cmpuint(harness->outputs->len, ==, 0);
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->trust, ==,
                    WL_TRUST_MEMBERSHIP);
}

static void
test_basic(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config;

    start(harness);
    config = usual(harness);
    peer_of(config, 1)->basic = TRUE;
    harness_change(harness, config);
    g_assert_true(harness_view(harness, harness_member(harness, 2))->basic);
    harness_change(harness, usual(harness));
    g_assert_false(harness_view(harness, harness_member(harness, 2))->basic);
}

/* Adds member 3 to the profile, which makes a new boot id due. */
static void
add_stranger(Harness *harness)
{
    WlEngineConfig *config = usual(harness);

    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32");
    harness_change(harness, config);
}

/* The first boot id also lasts for the shortest interval between two changes. */
static void
test_first_boot_id(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    gint64 created = harness->now;
    WlBootId before, after;

    start(harness);
    before = told_boot_id(harness, hub);
    g_assert_cmpint(before.bytes[0], !=, 0);
    add_stranger(harness);
    harness_alive(harness, hub);
    harness_run(harness, created + WL_BOOT_ID_INTERVAL - MS(1) - harness->now);
    after = told_boot_id(harness, hub);
    g_assert_cmpint(after.bytes[0], !=, 0);
    g_assert_cmpmem(&before, sizeof(before), &after, sizeof(after));
    harness_clear(harness);
    harness_run(harness, MS(1));
    after = told_boot_id(harness, hub);
    g_assert_cmpint(after.bytes[0], !=, 0);
    g_assert_cmpint(memcmp(&before, &after, sizeof(before)), !=, 0);
}

/* A boot id that changed for another reason while a change was due does not change again. */
static void
test_boot_id_changed_meanwhile(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlBootId before, after;

    start(harness);
    add_stranger(harness);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    wl_engine_resumed(harness->engine, harness->now);
    harness_drain(harness);
    before = told_boot_id(harness, hub);
    g_assert_cmpint(before.bytes[0], !=, 0);
    harness_clear(harness);
    harness_live(harness, SEC(150), 1, 2);
    after = told_boot_id(harness, hub);
    g_assert_cmpmem(&before, sizeof(before), &after, sizeof(after));
}

/* The leaf of usual(), which may learn prefixes within 192.0.2.0/24. */
static WlEngineConfig *
usual_with_network(Harness *harness)
{
    WlEngineConfig *config = usual(harness);
    WlPrefix network = harness_prefix("192.0.2.0/24");

    g_array_append_val(config->networks, network);
    return config;
}

/* A member whose key follows those of the hub and the desktop: the engine visits it last. */
static HarnessMember *
last_member(Harness *harness)
{
    for (guint i = 3;; i++) {
        HarnessMember *member = harness_member(harness, i);

        if (wl_key_compare(&member->key, &harness_member(harness, 1)->key) > 0 &&
            wl_key_compare(&member->key, &harness_member(harness, 2)->key) > 0)
            return member;
    }
}

/* The endpoint of a removed entry no longer keeps a prefix from a member. */
static void
test_removed_endpoint(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config = usual_with_network(harness);

    harness_add(config, last_member(harness), "192.0.2.1:51820", "10.77.0.4/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_allowed(harness, hub, desktop, "192.0.2.0/28", 255);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "192.0.2.0/28"), ==,
                    WL_VERDICT_HAS_ENDPOINT);
    harness_uplink(harness, "192.168.1.11/24");
    harness_change(harness, usual_with_network(harness));
    g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "192.0.2.0/28"), ==,
                    WL_VERDICT_ACCEPTED);
}

/* A router that leaves the profile gives way to a new entry with the same link-local address. */
static void
test_same_address_as_router(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *one = harness_member(harness, 3), *two = harness_member(harness, 4);
    WlEngineConfig *config;

    g_assert_true(wl_key_parse(twins[0], &one->key));
    g_assert_true(wl_key_parse(twins[1], &two->key));
    config = usual(harness);
    harness_add(config, one, NULL, "10.88.0.0/24");
    harness_start(harness, config);
    g_assert_true(harness_view(harness, one)->router);
    config = usual(harness);
    harness_add(config, two, NULL, "10.77.0.4/32");
    harness_change(harness, config);
    g_assert_cmpuint(harness_changes(harness, one, WL_PEER_REMOVE), ==, 1);
    g_assert_cmpuint(harness_changes(harness, two, WL_PEER_ADD), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile-reload/nothing", test_nothing);
    g_test_add_func("/profile-reload/added", test_added);
    g_test_add_func("/profile-reload/removed", test_removed);
    g_test_add_func("/profile-reload/boot-id", test_boot_id);
    g_test_add_func("/profile-reload/removed-but-named", test_removed_but_named);
    g_test_add_func("/profile-reload/trust", test_trust);
    g_test_add_func("/profile-reload/trust-of-another", test_trust_of_another);
    g_test_add_func("/profile-reload/settings", test_settings);
    g_test_add_func("/profile-reload/endpoints", test_endpoints);
    g_test_add_func("/profile-reload/endpoint-taken-away", test_endpoint_taken_away);
    g_test_add_func("/profile-reload/endpoint-taken-away/offline",
                    test_endpoint_taken_away_offline);
    g_test_add_func("/profile-reload/endpoint-advertised", test_endpoint_advertised);
    g_test_add_func("/profile-reload/endpoint-in-session", test_endpoint_in_session);
    g_test_add_func("/profile-reload/resolved-names", test_resolved_names);
    g_test_add_func("/profile-reload/names", test_names);
    g_test_add_func("/profile-reload/networks", test_networks);
    g_test_add_func("/profile-reload/allowed-ips", test_allowed_ips);
    g_test_add_func("/profile-reload/roles", test_roles);
    g_test_add_func("/profile-reload/fact-exchanger", test_fact_exchanger);
    g_test_add_func("/profile-reload/contradiction", test_contradiction);
    g_test_add_func("/profile-reload/same-address", test_same_address);
    g_test_add_func("/profile-reload/basic", test_basic);
    g_test_add_func("/profile-reload/first-boot-id", test_first_boot_id);
    g_test_add_func("/profile-reload/boot-id-changed-meanwhile", test_boot_id_changed_meanwhile);
    g_test_add_func("/profile-reload/removed-endpoint", test_removed_endpoint);
    g_test_add_func("/profile-reload/same-address-as-router", test_same_address_as_router);
    return g_test_run();
}
