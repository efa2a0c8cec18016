/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The reload of a changed profile by a running engine: the endpoints of a peer, by address and by
 * name. */

#include "reload.h"
#include "state/wl-engine-state.h"

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
    harness_start(harness, reload_profile(harness));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    config = reload_profile(harness);
    g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup(DESKTOP_ENDPOINT));
    harness_change(harness, config);
    endpoint = harness_endpoint(DESKTOP_ENDPOINT);
    g_assert_true(wl_endpoint_equal(&reload_last_change(harness, desktop)->endpoint, &endpoint));

    /* a live session is kept, and its endpoint is checked */
    config = reload_profile(harness);
    g_ptr_array_set_size(reload_peer_of(config, 0)->endpoints, 0);
    g_ptr_array_add(reload_peer_of(config, 0)->endpoints, g_strdup("203.0.113.9:51820"));
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

/* A peer that has not answered for long is tried at once at an endpoint that the profile adds. */
static void
test_endpoint_added_in_pause(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEndpoint added = harness_endpoint("198.51.100.9:51820");
    WlEngineConfig *config = reload_profile(harness);

    g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup("198.51.100.10:51820"));
    g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup(DESKTOP_ENDPOINT));
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_live(harness, SEC(3000), 1, 1);
    for (guint i = 0; i < 3; i++) {
        const WlDevicePeer *peer;

        config = reload_profile(harness);
        g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup("198.51.100.10:51820"));
        g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup(DESKTOP_ENDPOINT));
        if (i != 1)
            g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup("198.51.100.9:51820"));
        harness_change(harness, config);
        for (guint j = 0; j < 100; j++) {
            harness_run(harness, MS(20));
            peer = wl_device_find(harness->device, &harness_member(harness, 2)->key);
            if (wl_endpoint_equal(&peer->endpoint, &added))
                break;
        }
        if (i != 1)
            g_assert_true(wl_endpoint_equal(&peer->endpoint, &added));
        harness_live(harness, SEC(3000), 1, 1);
    }
}

/* The endpoint of a leaf with a session is a candidate at once. */
static void
test_endpoint_of_live_leaf(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    reload_start(harness);
    config = reload_profile(harness);
    g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup("203.0.113.9:51820"));
    harness_change(harness, config);
    g_assert_true(harness_view(harness, desktop)->healthy);
    g_assert_true(has_candidate(harness, desktop, "203.0.113.9:51820"));
    harness_change(harness, reload_profile(harness));
    g_assert_false(has_candidate(harness, desktop, "203.0.113.9:51820"));
}

/* A learned member with a session that the profile now has with another endpoint is checked, and
 * tried there if it does not answer. */
static void
test_endpoint_of_learned(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *stranger = harness_member(harness, 3);
    WlEndpoint endpoint = harness_endpoint("203.0.113.9:51820");
    WlEngineConfig *config;

    reload_start(harness);
    harness_advertise_member(harness, harness_member(harness, 1), stranger, NULL, 255);
    harness_meet(harness, 3, "198.51.100.8:51820");
    harness_run(harness, SEC(1));
    config = reload_profile(harness);
    harness_add(config, stranger, "203.0.113.9:51820", NULL);
    harness_change(harness, config);
    g_assert_true(harness_view(harness, stranger)->configured);
    g_assert_true(has_candidate(harness, stranger, "203.0.113.9:51820"));
    harness_run(harness, SEC(12));
    g_assert_true(
        wl_endpoint_equal(&wl_device_find(harness->device, &stranger->key)->endpoint, &endpoint));
}

static WlEngineConfig *
with_endpoints(Harness *harness, const char *first, const char *second)
{
    WlEngineConfig *config = reload_profile(harness);

    if (first)
        g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup(first));
    if (second)
        g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup(second));
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
    harness_change(harness, reload_profile(harness));
    assert_endpoint(harness, desktop, NULL);
    g_assert_cmpuint(harness_changes(harness, desktop, WL_PEER_RECREATE), ==, 1);
    g_assert_true(reload_last_change(harness, desktop)->has_preshared_key);
    g_assert_cmpuint(reload_all_changes(harness, hub), ==, 0);
    harness_clear(harness);
    harness_run(harness, SEC(60));
    g_assert_cmpuint(reload_all_changes(harness, desktop), ==, 0);

    /* one of two endpoints is dropped: the device has the other, which is tried */
    harness_change(harness, with_endpoints(harness, DESKTOP_ENDPOINT, "198.51.100.9:51820"));
    harness_run(harness, SEC(1));
    harness_change(harness, with_endpoints(harness, "198.51.100.9:51820", NULL));
    assert_endpoint(harness, desktop, "198.51.100.9:51820");
    harness_change(harness, reload_profile(harness));
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
    harness_change(harness, reload_profile(harness));
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
    harness_change(harness, reload_profile(harness));
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
    harness_change(harness, reload_profile(harness));
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
    WlEngineConfig *config = reload_profile(harness);
    WlEndpoint endpoint;

    g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup("desk.example.net:51820"));
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
    endpoint = harness_endpoint(DESKTOP_ENDPOINT);
    wl_engine_name_resolved(harness->engine, harness->now, "desk.example.net:51820", &endpoint, 1);
    harness_drain(harness);
    config = reload_profile(harness);
    g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup("other.example.net:51820"));
    g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup("desk.example.net:51820"));
    harness_change(harness, config);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_RESOLVE), ==, 1);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_RESOLVE)
            g_assert_cmpstr(output->name, ==, "other.example.net:51820");
    }
    g_assert_true(has_candidate(harness, desktop, DESKTOP_ENDPOINT));
}

/* The leaf of reload_profile(), which may learn prefixes within 192.0.2.0/24. */
static WlEngineConfig *
usual_with_network(Harness *harness)
{
    WlEngineConfig *config = reload_profile(harness);
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

/* The endpoints of a removed entry no longer keep a prefix from a member. */
static void
test_removed_endpoint(void)
{
    static const char *const prefixes[] = {"192.0.2.0/28", "192.0.2.16/28", "192.0.2.32/28"};
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config = usual_with_network(harness);
    WlPeerConfig *peer;

    peer = harness_add(config, last_member(harness), "192.0.2.1:51820", "10.77.0.4/32");
    g_ptr_array_add(peer->endpoints, g_strdup("192.0.2.17:51820"));
    g_ptr_array_add(peer->endpoints, g_strdup("192.0.2.33:51820"));
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        harness_advertise_allowed(harness, hub, desktop, prefixes[i], 255);
        g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, prefixes[i]), ==,
                        WL_VERDICT_HAS_ENDPOINT);
    }
    harness_uplink(harness, "192.168.1.11/24");
    harness_change(harness, usual_with_network(harness));
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, prefixes[i]), ==,
                        WL_VERDICT_ACCEPTED);
}

/* Whether a change of the endpoints of an entry doubts the endpoint of the session. */
static const struct {
    const char *name;
    const char *before, *after;
    gboolean session, doubted;
} doubts[] = {
    {"another endpoint", DESKTOP_ENDPOINT, "192.0.2.1:1", TRUE, TRUE},
    {"the first endpoint", NULL, "192.0.2.1:1", TRUE, TRUE},
    {"the same endpoint", DESKTOP_ENDPOINT, DESKTOP_ENDPOINT, TRUE, FALSE},
    {"no endpoint any more", DESKTOP_ENDPOINT, NULL, TRUE, FALSE},
    {"another endpoint without a session", DESKTOP_ENDPOINT, "192.0.2.1:1", FALSE, FALSE},
};

static void
test_doubt(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = harness_new();
    WlPeer *desktop;

    for (guint round = 0; round < 2; round++) {
        const char *endpoint = round == 0 ? doubts[i].before : doubts[i].after;
        WlEngineConfig *config = reload_profile(harness);

        if (endpoint)
            g_ptr_array_add(reload_peer_of(config, 1)->endpoints, g_strdup(endpoint));
        /* something changes in any case */
        reload_peer_of(config, 1)->keepalive = (guint16) (20 + round);
        if (round == 1) {
            harness_change(harness, config);
            break;
        }
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        harness_meet(harness, 1, NULL);
        if (doubts[i].session)
            harness_meet(harness, 2, DESKTOP_ENDPOINT);
        harness_run(harness, SEC(20));
    }
    desktop = wl_peer_table_find(&harness->engine->peers, &harness_member(harness, 2)->key);
    g_assert_cmpint(desktop->roaming.phase == WL_ROAMING_CHECK, ==, doubts[i].doubted);
    /* what changed is saved */
    g_assert_cmpint(harness->engine->outputs.state_save_due, <, WL_NEVER);
    g_assert_cmpuint(wl_device_find(harness->device, &desktop->key)->keepalive, ==, 21);
}

/* What an entry changes in others. */
static void
test_others(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config;
    gint64 created;

    reload_start(harness);
    harness_run(harness, SEC(120));
    created = harness->engine->own.boot_id_created;
    /* an entry that changed is no new one: no facts are requested again */
    config = reload_profile(harness);
    reload_peer_of(config, 1)->keepalive = 21;
    harness_change(harness, config);
    g_assert_cmpint(harness->engine->own.boot_id_created, ==, created);
    g_assert_cmpuint(reload_all_changes(harness, harness_member(harness, 1)), ==, 0);
    /* a new one may have facts for this member */
    harness_add(config = reload_profile(harness), harness_member(harness, 5), NULL, NULL);
    harness_change(harness, config);
    g_assert_cmpint(harness->engine->own.boot_id_created, ==, harness->now);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reload-endpoints/endpoints", test_endpoints);
    g_test_add_func("/reload-endpoints/an added endpoint is tried at once",
                    test_endpoint_added_in_pause);
    g_test_add_func("/reload-endpoints/endpoint-of-live-leaf", test_endpoint_of_live_leaf);
    g_test_add_func("/reload-endpoints/endpoint-of-learned-member", test_endpoint_of_learned);
    g_test_add_func("/reload-endpoints/endpoint-taken-away", test_endpoint_taken_away);
    g_test_add_func("/reload-endpoints/endpoint-taken-away/offline",
                    test_endpoint_taken_away_offline);
    g_test_add_func("/reload-endpoints/endpoint-advertised", test_endpoint_advertised);
    g_test_add_func("/reload-endpoints/endpoint-in-session", test_endpoint_in_session);
    g_test_add_func("/reload-endpoints/resolved-names", test_resolved_names);
    g_test_add_func("/reload-endpoints/removed-endpoint", test_removed_endpoint);
    for (gsize i = 0; i < G_N_ELEMENTS(doubts); i++) {
        g_autofree char *name = g_strdup_printf("/reload-endpoints/doubt/%s", doubts[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_doubt);
    }
    g_test_add_func("/reload-endpoints/changed and new entries", test_others);
    return g_test_run();
}
