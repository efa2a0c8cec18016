/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views of peers that the engine publishes. */
#include "harness.h"

#define HUB_ENDPOINT "203.0.113.1:51820"

/* Members: 1 hub, 2 desktop, 3 another configured peer without an address, 4 and up unknown
 * ones. */
static Harness *
leaf_new(WlTrust hub_trust)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlPeerConfig *hub =
        harness_add(config, harness_member(harness, 1), HUB_ENDPOINT, "10.77.0.0/24");

    hub->name = g_strdup("hub");
    hub->trust = hub_trust;
    harness_add(config, harness_member(harness, 2), "198.51.100.2:51820", "10.77.0.3/32")->name =
        g_strdup("desktop");
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    return harness;
}

static void
meet(Harness *harness, guint number, const char *endpoint)
{
    harness_handshake(harness, harness_member(harness, number), endpoint);
    harness_snapshot(harness);
    harness_alive(harness, harness_member(harness, number));
}

/* "rank source result" of an address, or NULL. */
static char *
candidate(Harness *harness, guint number, const char *text)
{
    g_autoptr(GArray) views =
        wl_engine_dup_candidates(harness->engine, &harness_member(harness, number)->key);
    WlEndpoint endpoint = harness_endpoint(text);

    g_assert_nonnull(views);
    for (guint i = 0; i < views->len; i++) {
        const WlCandidateView *view = &g_array_index(views, WlCandidateView, i);

        if (wl_endpoint_equal(&view->endpoint, &endpoint))
            return g_strdup_printf("%s %s %s", view->rank, view->source,
                                   wl_candidate_result_to_string(view->result));
    }
    return NULL;
}

static void
assert_candidate(Harness *harness, guint number, const char *text, const char *expected)
{
    g_autofree char *found = candidate(harness, number, text);

    g_assert_cmpstr(found, ==, expected);
}

static const WlFactView *
find_fact(GPtrArray *views, const char *attribute, const char *value, const WlKey *source)
{
    for (guint i = 0; i < views->len; i++) {
        const WlFactView *view = g_ptr_array_index(views, i);

        if (g_str_equal(view->type, attribute) && g_str_equal(view->value, value) &&
            (source ? !view->local && wl_key_equal(&view->source, source) : view->local))
            return view;
    }
    g_assert_not_reached();
}

/* In one datagram. */
static void
tell_all(Harness *harness, const HarnessMember *from, const HarnessMember *about,
         const char **addresses)
{
    g_autoptr(GArray) facts = wl_fact_array_new();

    for (; *addresses; addresses++) {
        WlEndpoint endpoint = harness_endpoint(*addresses);
        WlFact fact;

        wl_fact_init_endpoint(&fact, &about->key, &endpoint, harness->now + SEC(255));
        g_array_append_val(facts, fact);
    }
    harness_datagram(harness, from, facts);
}

static void
test_candidates(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    HarnessMember *hub = harness_member(harness, 1);
    const char *addresses[] = {"192.168.1.33:51820", "198.51.100.3:51820", "10.9.9.9:51820", NULL};
    WlKey stranger = {{1}};

    g_assert_null(wl_engine_dup_candidates(harness->engine, &stranger));
    assert_candidate(harness, 1, HUB_ENDPOINT, "configured profile trying");
    meet(harness, 1, HUB_ENDPOINT);
    assert_candidate(harness, 1, HUB_ENDPOINT, "configured profile in-use");

    tell_all(harness, hub, harness_member(harness, 3), addresses);
    /* The best is being tried, the others wait for their slots. */
    harness_run(harness, MS(150));
    assert_candidate(harness, 3, "192.168.1.33:51820", "on-link router trying");
    assert_candidate(harness, 3, "198.51.100.3:51820", "public router not-tried");
    assert_candidate(harness, 3, "10.9.9.9:51820", "private router not-tried");
    harness_run(harness, MS(600));
    assert_candidate(harness, 3, "192.168.1.33:51820", "on-link router no-answer");
    assert_candidate(harness, 3, "198.51.100.3:51820", "public router trying");

    meet(harness, 3, "198.51.100.3:51820");
    assert_candidate(harness, 3, "198.51.100.3:51820", "public router in-use");
    harness_advertise_endpoint(harness, harness_member(harness, 3), harness_member(harness, 2),
                               "192.0.2.2:1", 255);
    harness_run(harness, MS(1500)); /* what was known was tried four times */
    assert_candidate(harness, 2, "192.0.2.2:1", "public third-party trying");
    harness_advertise_endpoint(harness, harness_member(harness, 3), harness_member(harness, 3),
                               "192.0.2.3:1", 255);
    assert_candidate(harness, 3, "192.0.2.3:1", "public self not-tried");
    harness_run(harness,
                MS(164500)); /* its session ended, and its endpoint is no longer a local fact */
    assert_candidate(harness, 3, "198.51.100.3:51820", "public cache worked");
}

static void
test_best_first(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    g_autoptr(GArray) views = NULL;

    meet(harness, 1, HUB_ENDPOINT);
    harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                               "10.9.9.9:51820", 255);
    harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                               "192.168.1.22:51820", 255);
    views = wl_engine_dup_candidates(harness->engine, &harness_member(harness, 2)->key);
    g_assert_cmpuint(views->len, ==, 3);
    g_assert_cmpstr(g_array_index(views, WlCandidateView, 0).rank, ==, "on-link");
    g_assert_cmpstr(g_array_index(views, WlCandidateView, 1).source, ==, "profile");
    g_assert_cmpstr(g_array_index(views, WlCandidateView, 2).rank, ==, "private");
}

static void
test_facts(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    HarnessMember *hub = harness_member(harness, 1);
    g_autoptr(GPtrArray) views = NULL;
    const WlFactView *view;

    meet(harness, 1, HUB_ENDPOINT);
    meet(harness, 2, NULL);
    harness_advertise_endpoint(harness, hub, harness_member(harness, 3), "198.51.100.3:51820", 255);
    harness_advertise_member(harness, hub, harness_member(harness, 4), "printer", 200);
    harness_advertise_allowed(harness, hub, harness_member(harness, 4), "10.77.0.44/32", 255);
    harness_advertise_allowed(harness, hub, harness_member(harness, 4), "172.16.0.0/16", 255);
    harness_advertise_member(harness, harness_member(harness, 2), harness_member(harness, 5), "spy",
                             255);
    views = wl_engine_dup_facts(harness->engine);
    for (guint i = 1; i < views->len; i++)
        g_assert_cmpint(wl_key_compare(&((WlFactView *) g_ptr_array_index(views, i - 1))->subject,
                                       &((WlFactView *) g_ptr_array_index(views, i))->subject),
                        <=, 0);

    view = find_fact(views, "endpoint", "198.51.100.3:51820", &hub->key);
    g_assert_true(view->accepted);
    g_assert_cmpstr(view->source_name, ==, "hub");
    g_assert_cmpstr(view->reason->text, ==, "hub has trust Membership in the profile");
    g_assert_cmpint(view->expires, ==, harness->now + SEC(255));

    view = find_fact(views, "member", "printer", &hub->key);
    g_assert_true(view->accepted);
    g_assert_cmpstr(view->subject_name, ==, "printer");
    g_assert_cmpint(view->expires, ==, harness->now + SEC(200));
    g_assert_true(find_fact(views, "allowed-ips", "10.77.0.44/32", &hub->key)->accepted);

    view = find_fact(views, "allowed-ips", "172.16.0.0/16", &hub->key);
    g_assert_false(view->accepted);
    g_assert_cmpstr(view->reason->text, ==, "refused: outside the networks of the profile");

    view = find_fact(views, "member", "spy", &harness_member(harness, 2)->key);
    g_assert_false(view->accepted);
    g_assert_cmpstr(view->subject_name, ==, "");
    g_assert_cmpstr(view->reason->text, ==,
                    "refused: desktop is not trusted to introduce members; its trust is Endpoint");

    view = find_fact(views, "endpoint", HUB_ENDPOINT, NULL);
    g_assert_true(view->accepted);
    g_assert_cmpstr(view->source_name, ==, "");
}

static void
test_rules(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_UNSET);
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    g_autoptr(GPtrArray) views = NULL;
    const WlFactView *view;

    meet(harness, 1, HUB_ENDPOINT);
    meet(harness, 2, NULL);
    harness_advertise_endpoint(harness, hub, harness_member(harness, 3), "198.51.100.3:1", 255);
    harness_advertise_endpoint(harness, desktop, harness_member(harness, 3), "198.51.100.3:2", 255);
    harness_advertise_endpoint(harness, desktop, harness_member(harness, 3), "127.0.0.1:3", 255);
    harness_advertise_endpoint(harness, hub, harness_member(harness, 9), "198.51.100.3:4", 255);
    harness_advertise_endpoint(harness, desktop, harness_member(harness, 9), "198.51.100.3:5", 255);
    views = wl_engine_dup_facts(harness->engine);
    view = find_fact(views, "endpoint", "198.51.100.3:1", &hub->key);
    g_assert_cmpstr(view->reason->text, ==,
                    "hub is a router in the profile and may introduce members");
    view = find_fact(views, "endpoint", "198.51.100.3:2", &desktop->key);
    g_assert_cmpstr(view->reason->text, ==, "desktop is a known peer and may advertise endpoints");
    view = find_fact(views, "endpoint", "127.0.0.1:3", &desktop->key);
    g_assert_false(view->accepted);
    g_assert_true(find_fact(views, "endpoint", "198.51.100.3:4", &hub->key)->accepted);
    view = find_fact(views, "endpoint", "198.51.100.3:5", &desktop->key);
    g_assert_cmpstr(view->reason->text, ==,
                    "refused: unknown subject, and desktop is not trusted to introduce members");
}

static void
test_stale_fact(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    HarnessMember *hub = harness_member(harness, 1);
    const WlFactView *view;

    meet(harness, 1, HUB_ENDPOINT);
    harness_advertise_member(harness, hub, harness_member(harness, 4), "printer", 100);
    harness_advertise_endpoint(harness, hub, harness_member(harness, 4), "192.0.2.1:1", 100);
    harness_advertise_allowed(harness, hub, harness_member(harness, 4), "172.16.0.0/16", 100);
    harness_run(harness, SEC(300));

    g_autoptr(GPtrArray) views = wl_engine_dup_facts(harness->engine);

    /* The hub is not there to withdraw the member; its endpoints and the refused facts have
     * expired. */
    view = find_fact(views, "member", "printer", &hub->key);
    g_assert_true(view->stale && view->accepted);
    g_assert_cmpint(view->expires, <=, harness->now);
    g_assert_cmpstr(view->reason->text, ==,
                    "hub has trust Membership in the profile; kept while hub is unreachable");
    for (guint i = 0; i < views->len; i++) {
        view = g_ptr_array_index(views, i);
        g_assert_cmpstr(view->value, !=, "192.0.2.1:1");
        g_assert_cmpstr(view->value, !=, "172.16.0.0/16");
    }
}

static gboolean
forget(Harness *harness, guint number, const char *text, GError **error)
{
    WlEndpoint endpoint = harness_endpoint(text);
    gboolean done = wl_engine_forget_endpoint(
        harness->engine, harness->now, &harness_member(harness, number)->key, &endpoint, error);

    harness_drain(harness);
    return done;
}

static void
test_forget(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    HarnessMember *hub = harness_member(harness, 1), *third = harness_member(harness, 3);
    g_autofree char *found = NULL;
    g_autoptr(GError) error = NULL;
    guint facts;

    meet(harness, 1, HUB_ENDPOINT);
    facts = wl_engine_get_fact_count(harness->engine);
    harness_advertise_endpoint(harness, hub, third, "198.51.100.3:51820", 255);
    harness_run(harness, MS(150));
    assert_candidate(harness, 3, "198.51.100.3:51820", "public router trying");
    g_assert_true(wl_endpoint_is_set(&wl_device_find(harness->device, &third->key)->endpoint));

    g_assert_true(forget(harness, 3, "198.51.100.3:51820", &error));
    g_assert_no_error(error);
    assert_candidate(harness, 3, "198.51.100.3:51820", NULL);
    g_assert_cmpuint(wl_engine_get_fact_count(harness->engine), ==, facts);
    /* No packets are sent there any more. */
    g_assert_false(wl_endpoint_is_set(&wl_device_find(harness->device, &third->key)->endpoint));

    g_assert_false(forget(harness, 3, "198.51.100.3:51820", &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN);
    g_clear_error(&error);
    g_assert_false(forget(harness, 9, "198.51.100.3:51820", &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN);
    g_clear_error(&error);

    /* Its source advertises it again. */
    harness_advertise_endpoint(harness, hub, third, "198.51.100.3:51820", 255);
    found = candidate(harness, 3, "198.51.100.3:51820");
    g_assert_nonnull(found);
}

static void
test_forget_configured(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    g_autoptr(GError) error = NULL;
    g_autofree char *found = NULL;

    g_assert_false(forget(harness, 2, "198.51.100.2:51820", &error));
    g_assert_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_PROFILE);
    g_clear_error(&error);
    found = candidate(harness, 2, "198.51.100.2:51820");
    g_assert_nonnull(found);
    g_clear_pointer(&found, g_free);

    /* Advertised by the hub as well: that source is dropped, the entry of the profile stays. */
    meet(harness, 1, HUB_ENDPOINT);
    harness_advertise_endpoint(harness, harness_member(harness, 1), harness_member(harness, 2),
                               "198.51.100.2:51820", 255);
    g_assert_true(forget(harness, 2, "198.51.100.2:51820", &error));
    found = candidate(harness, 2, "198.51.100.2:51820");
    g_assert_true(g_str_has_prefix(found, "configured profile "));
}

static void
test_forget_live(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    HarnessMember *third = harness_member(harness, 3);
    g_autoptr(GError) error = NULL;

    meet(harness, 1, HUB_ENDPOINT);
    harness_advertise_endpoint(harness, harness_member(harness, 1), third, "198.51.100.3:51820",
                               255);
    meet(harness, 3, "198.51.100.3:51820");
    harness_clear(harness);
    g_assert_true(forget(harness, 3, "198.51.100.3:51820", &error));
    /* The session is kept. */
    g_assert_cmpuint(harness_changes(harness, third, WL_PEER_RECREATE), ==, 0);
    g_assert_true(wl_endpoint_is_set(&wl_device_find(harness->device, &third->key)->endpoint));
}

static void
test_refresh(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);

    meet(harness, 1, HUB_ENDPOINT);
    harness_run(harness, SEC(2));
    harness_clear(harness);
    g_assert_true(wl_engine_refresh(harness->engine, harness->now));
    harness_drain(harness);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_SEND), >, 0);

    harness_run(harness, SEC(4));
    harness_clear(harness);
    g_assert_false(wl_engine_refresh(harness->engine, harness->now));
    harness_drain(harness);
    g_assert_cmpuint(harness->outputs->len, ==, 0);

    harness_run(harness, SEC(1));
    g_assert_true(wl_engine_refresh(harness->engine, harness->now));
    /* A recreated link does not wait for that. */
    harness_drain(harness);
    harness_clear(harness);
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    wl_engine_link_recreated(harness->engine, harness->now);
    harness_drain(harness);
    g_assert_cmpuint(harness->outputs->len, >, 0);
}

/* Periodic attempts to reach a silent peer do not change its view. */
static void
test_quiet_back_off(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    const HarnessMember *lost[] = {harness_member(harness, 2), harness_member(harness, 3)};
    const char *addresses[] = {"198.51.100.3:51820", "10.9.9.9:51820", NULL};
    guint tried = 0;

    meet(harness, 1, HUB_ENDPOINT);
    /* Both are routed through the hub; the third has two addresses. */
    for (guint i = 0; i < 10; i++) {
        tell_all(harness, harness_member(harness, 1), harness_member(harness, 3), addresses);
        if (i == 2)
            harness_clear(harness);
        harness_run(harness, SEC(60));
        meet(harness, 1, HUB_ENDPOINT);
    }
    g_assert_cmpint(harness_view(harness, lost[0])->state, ==, WL_PEER_ROUTED);
    for (guint i = 0; i < G_N_ELEMENTS(lost); i++) {
        tried += harness_changes(harness, lost[i], WL_PEER_RECREATE);
        g_assert_false(wl_endpoint_is_set(&harness_view(harness, lost[i])->endpoint));
    }
    g_assert_cmpuint(tried, >, 2);
    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = g_ptr_array_index(harness->outputs, i);

        if (output->kind == WL_OUTPUT_PEER_CHANGED)
            g_assert_true(wl_key_equal(&output->key, &harness_member(harness, 1)->key));
    }
}

/* The same without a transit peer: offline. */
static void
test_quiet_offline(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlPeerConfig *peer =
        harness_add(config, harness_member(harness, 2), "198.51.100.2:51820", "10.77.0.3/32");

    g_ptr_array_add(peer->endpoints, g_strdup("198.51.100.3:51820"));
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(600));
    g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->state, ==, WL_PEER_OFFLINE);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 2))->reason_text, ==,
                    "no answer from 2 endpoints; retrying with increasing delay");
    harness_clear(harness);
    harness_run(harness, SEC(900));
    g_assert_cmpuint(harness_changes(harness, harness_member(harness, 2), WL_PEER_RECREATE), >, 0);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_CHANGED), ==, 0);
}

/* The only endpoint that did not answer is named. */
static void
test_offline_at_one(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 2), "198.51.100.2:51820", "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(600));
    g_assert_cmpint(harness_view(harness, harness_member(harness, 2))->state, ==, WL_PEER_OFFLINE);
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 2))->reason_text, ==,
                    "no answer from 198.51.100.2:51820; retrying with increasing delay");
}

/* A router without a resolved name cannot advertise its own endpoint. */
static void
test_no_address(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), "hub.example.net:51820", "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(5));
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 1))->reason_text, ==,
                    "name hub.example.net not resolved yet");
    g_assert_true(g_str_has_suffix(harness_view(harness, harness_member(harness, 2))->reason_text,
                                   " to advertise one"));
}

/* The router that is awaited is one of the profile as it is now. */
static void
test_awaited_router(void)
{
    static const struct {
        const char *router;
        const char *text;
    } profiles[] = {
        {"first", "no known endpoint; waiting for first to advertise one"},
        {"second", "no known endpoint; waiting for second to advertise one"},
        {NULL, "no known endpoint; waiting for a router to advertise one"},
        {"third", "no known endpoint; waiting for third to advertise one"},
    };
    g_autoptr(Harness) harness = harness_new();

    for (guint i = 0; i < G_N_ELEMENTS(profiles); i++) {
        WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

        if (profiles[i].router)
            harness_add(config, harness_member(harness, 3 + i), HUB_ENDPOINT, "10.77.0.0/24")
                ->name = g_strdup(profiles[i].router);
        harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
        if (i == 0) {
            harness_start(harness, config);
            harness_uplink(harness, "192.168.1.10/24");
        } else {
            harness_change(harness, config);
        }
        g_assert_cmpstr(harness_view(harness, harness_member(harness, 2))->reason_text, ==,
                        profiles[i].text);
    }
}

static void
test_no_endpoint(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), NULL, "10.77.0.0/24");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(5));
    g_assert_cmpstr(harness_view(harness, harness_member(harness, 1))->reason_text, ==,
                    "no known endpoint; waiting for it to connect");
}

static void
test_networks(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    g_autoptr(GArray) networks = wl_engine_dup_networks(harness->engine);
    g_autofree char *first = NULL;

    g_assert_cmpuint(networks->len, >, 0);
    first = wl_prefix_to_string(&g_array_index(networks, WlPrefix, 0));
    g_assert_cmpstr(first, ==, "10.77.0.0/24");
}

/* The endpoint in the profile is a fact of this machine until the peer has one that works. */
static void
test_configured_endpoint(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    g_autoptr(GPtrArray) views = wl_engine_dup_facts(harness->engine);
    const WlFactView *view = find_fact(views, "endpoint", "198.51.100.2:51820", NULL);

    g_assert_true(wl_key_equal(&view->subject, &harness_member(harness, 2)->key));
    g_assert_true(view->accepted);
}

/* A peer that is no longer in the device, and that the link does not add, has no endpoint. */
static void
test_removed_from_device(void)
{
    g_autoptr(Harness) harness = leaf_new(WL_TRUST_MEMBERSHIP);
    HarnessMember *member = harness_member(harness, 3);
    WlDevicePeer *peer = wl_device_find(harness->device, &member->key);

    peer->endpoint = harness_endpoint("198.51.100.3:51820");
    harness_snapshot(harness);
    wl_engine_peer_change_failed(harness->engine, harness->now, &member->key);
    harness_drain(harness);
    g_assert_true(wl_endpoint_is_set(&harness_view(harness, member)->endpoint));
    g_ptr_array_remove(harness->device->peers, peer);
    harness_snapshot(harness);
    g_assert_false(wl_endpoint_is_set(&harness_view(harness, member)->endpoint));
}

/* An endpoint of the profile that is advertised as well stays when it is forgotten. */
static void
test_forget_advertised(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    g_autoptr(GError) error = NULL;

    harness_uplink(harness, "192.168.1.10/24");
    harness_run(harness, SEC(3));
    harness_meet(harness, 2, "198.51.100.7:51820");
    harness_clear(harness);
    harness_advertise_endpoint(harness, desktop, hub, HARNESS_HUB_ENDPOINT, 255);
    g_assert_true(forget(harness, 1, HARNESS_HUB_ENDPOINT, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(harness_changes(harness, hub, WL_PEER_RECREATE), ==, 0);
    g_assert_true(wl_endpoint_is_set(&wl_device_find(harness->device, &hub->key)->endpoint));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/views/candidates", test_candidates);
    g_test_add_func("/views/candidates/best-first", test_best_first);
    g_test_add_func("/views/facts", test_facts);
    g_test_add_func("/views/facts/rules", test_rules);
    g_test_add_func("/views/facts/stale", test_stale_fact);
    g_test_add_func("/views/forget", test_forget);
    g_test_add_func("/views/forget/configured", test_forget_configured);
    g_test_add_func("/views/forget/live", test_forget_live);
    g_test_add_func("/views/refresh", test_refresh);
    g_test_add_func("/views/networks", test_networks);
    g_test_add_func("/views/no-address", test_no_address);
    g_test_add_func("/views/no-endpoint", test_no_endpoint);
    g_test_add_func("/views/the awaited router is in the profile", test_awaited_router);
    g_test_add_func("/views/quiet-back-off", test_quiet_back_off);
    g_test_add_func("/views/quiet-offline", test_quiet_offline);
    g_test_add_func("/views/the only endpoint without an answer is named", test_offline_at_one);
    g_test_add_func("/views/configured-endpoint", test_configured_endpoint);
    g_test_add_func("/views/removed-from-device", test_removed_from_device);
    g_test_add_func("/candidates/forget-advertised", test_forget_advertised);
    return g_test_run();
}
