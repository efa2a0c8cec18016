/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The reload of a changed profile by a running engine: who may advertise what, who
 * is a router, who is sent facts. */

#include "facts/wl-members.h"
#include "reload.h"
#include "state/wl-engine-state.h"

static void
set_trust(Harness *harness, WlTrust trust)
{
    WlEngineConfig *config = reload_profile(harness);

    reload_peer_of(config, 0)->trust = trust;
    harness_change(harness, config);
}

static void
test_trust(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    HarnessMember *stranger = harness_member(harness, 3);
    WlPeerView view;

    reload_start(harness);
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
    g_assert_cmpuint(reload_all_changes(harness, hub), ==, 0);

    /* A refused fact that is held counts as soon as it is permitted. */
    set_trust(harness, WL_TRUST_MEMBERSHIP);
    g_assert_cmpuint(harness_changes(harness, stranger, WL_PEER_ADD), ==, 1);
    g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "10.77.0.4/32"), ==,
                    WL_VERDICT_ACCEPTED);
    g_assert_cmpstr(harness_view(harness, desktop)->name, ==, "desk");
    g_assert_cmpuint(reload_all_changes(harness, hub), ==, 0);
}

/* Only those sources withdraw members by their silence that the present profile trusts with them.
 */
static void
test_authorities(void)
{
    g_autoptr(Harness) harness = harness_new();

    reload_start(harness);
    for (guint i = 0; i < 3; i++) {
        WlEngineConfig *config = reload_profile(harness);
        const GPtrArray *authorities;
        guint wanted = i == 1 ? 2 : 1;

        reload_peer_of(config, wanted - 1)->trust = WL_TRUST_MEMBERSHIP;
        harness_change(harness, config);
        authorities = harness->engine->peers.authorities;
        g_assert_cmpuint(authorities->len, ==, 1);
        g_assert_true(wl_key_equal(&((const WlPeer *) authorities->pdata[0])->key,
                                   &harness_member(harness, wanted)->key));
        g_assert_cmpuint(harness->engine->peers.routers->len, ==, 1);
    }
}

/* A member that nobody names leaves as soon as the profile trusts a source whose silence counts. */
static void
test_new_authority(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *member = harness_member(harness, 4);
    WlEngineConfig *config;
    WlPeerView view;

    reload_start(harness);
    wl_members_set_orphaned(harness->engine, wl_members_add(harness->engine, &member->key, NULL),
                            TRUE);
    harness_live(harness, SEC(300), 2, 2); /* the hub is not there */
    g_assert_true(wl_engine_get_peer(harness->engine, &member->key, &view));
    config = reload_profile(harness);
    reload_peer_of(config, 1)->trust = WL_TRUST_MEMBERSHIP;
    harness_change(harness, config);
    g_assert_false(wl_engine_get_peer(harness->engine, &member->key, &view));
}

/* A profile whose desktop has @trust, within the network of two claims. */
static WlEngineConfig *
with_desktop_trust(Harness *harness, WlTrust trust)
{
    WlEngineConfig *config = reload_within(reload_profile(harness), "10.77.0.0/24,172.30.0.0/16");

    reload_peer_of(config, 0)->trust = WL_TRUST_MEMBERSHIP;
    reload_peer_of(config, 1)->trust = trust;
    return config;
}

/* A peer with the trust Allowed IPs is a transit peer: within its learned prefix another member may
 * have one. The claims count anew as soon as a reload changes that. */
static void
test_transit(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    HarnessMember *stranger = harness_member(harness, 3);

    harness_start(harness, with_desktop_trust(harness, WL_TRUST_ENDPOINT));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_advertise_member(harness, hub, stranger, "stranger", 255);
    harness_advertise_allowed(harness, hub, desktop, "172.30.0.0/20", 255);
    harness_advertise_allowed(harness, hub, stranger, "172.30.1.0/24", 255);
    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.0.0/20"), ==,
                        WL_VERDICT_ACCEPTED);
        g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "172.30.1.0/24"), ==,
                        WL_VERDICT_TAKEN);
        harness_change(harness, with_desktop_trust(harness, WL_TRUST_ALLOWED_IPS));
        g_assert_cmpint(harness_verdict_allowed(harness, hub, desktop, "172.30.0.0/20"), ==,
                        WL_VERDICT_ACCEPTED);
        g_assert_cmpint(harness_verdict_allowed(harness, hub, stranger, "172.30.1.0/24"), ==,
                        WL_VERDICT_ACCEPTED);
        harness_change(harness, with_desktop_trust(harness, WL_TRUST_ENDPOINT));
    }
}

/* A reload that makes several peers transit peers. */
static void
test_transit_each(void)
{
    static const char *const prefixes[] = {"172.30.0.0/20", "172.30.16.0/20"};
    static const char *const inside[] = {"172.30.1.0/24", "172.30.17.0/24"};
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);

    for (guint round = 0; round < 2; round++) {
        WlEngineConfig *config =
            with_desktop_trust(harness, round == 0 ? WL_TRUST_ENDPOINT : WL_TRUST_ALLOWED_IPS);

        harness_add(config, harness_member(harness, 4), NULL, NULL)->trust =
            reload_peer_of(config, 1)->trust;
        if (round == 0) {
            harness_start(harness, config);
            harness_uplink(harness, "192.168.1.10/24");
            harness_meet(harness, 1, NULL);
            for (guint i = 0; i < 2; i++) {
                HarnessMember *other = harness_member(harness, 5 + i);

                harness_advertise_member(harness, hub, other, "other", 255);
                harness_advertise_allowed(harness, hub, harness_member(harness, 2 + 2 * i),
                                          prefixes[i], 255);
                harness_advertise_allowed(harness, hub, other, inside[i], 255);
            }
        } else {
            harness_change(harness, config);
        }
        for (guint i = 0; i < 2; i++)
            g_assert_cmpint(
                harness_verdict_allowed(harness, hub, harness_member(harness, 5 + i), inside[i]),
                ==, round == 0 ? WL_VERDICT_TAKEN : WL_VERDICT_ACCEPTED);
    }
}

/* A reload that takes away the trust of their only source removes all the members that it named. */
static void
test_several_orphans(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlPeerView view;

    reload_start(harness);
    for (guint i = 3; i <= 5; i++) {
        HarnessMember *member = harness_member(harness, i);

        harness_advertise_member(harness, harness_member(harness, 1), member, NULL, 255);
        g_assert_true(wl_engine_get_peer(harness->engine, &member->key, &view));
    }
    set_trust(harness, WL_TRUST_ENDPOINT);
    for (guint i = 3; i <= 5; i++) {
        HarnessMember *member = harness_member(harness, i);

        g_assert_cmpuint(harness_changes(harness, member, WL_PEER_REMOVE), ==, 1);
        g_assert_false(wl_engine_get_peer(harness->engine, &member->key, &view));
    }
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_REMOVED), ==, 3);
}

/* A single trust value affects the trust of all peers (docs/protocol.md 6.2). */
static void
test_trust_of_another(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1);
    WlEngineConfig *config;

    reload_start(harness);
    harness_advertise_member(harness, hub, harness_member(harness, 3), NULL, 255);
    g_assert_cmpuint(harness_n_peers(harness), ==, 3);
    config = reload_profile(harness);
    reload_peer_of(config, 1)->trust = WL_TRUST_ENDPOINT;
    harness_change(harness, config);
    g_assert_cmpint(harness_view(harness, hub)->trust, ==, WL_TRUST_ENDPOINT);
    g_assert_cmpuint(harness_n_peers(harness), ==, 2);
}

/* TRUE if this member originates a fact of @type about @member. */
static gboolean
originates(Harness *harness, const HarnessMember *member, const char *type)
{
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(harness->engine);

    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *fact = facts->pdata[i];
        if (fact->local && wl_key_equal(&fact->subject, &member->key) &&
            g_str_equal(fact->type, type))
            return TRUE;
    }
    return FALSE;
}

static gboolean
says_member(Harness *harness, const HarnessMember *member)
{
    return originates(harness, member, "member");
}

/* What this member may say of others by the trust that the profile gives to itself. */
static void
test_own_trust(void)
{
    static const struct {
        WlTrust trust;
        gboolean allowed, member;
    } rows[] = {
        {WL_TRUST_UNSET, FALSE, FALSE},    {WL_TRUST_ALLOWED_IPS, TRUE, FALSE},
        {WL_TRUST_MEMBERSHIP, TRUE, TRUE}, {WL_TRUST_ENDPOINT, FALSE, FALSE},
        {WL_TRUST_MEMBERSHIP, TRUE, TRUE}, {WL_TRUST_UNSET, FALSE, FALSE},
    };
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *learned = harness_member(harness, 4);

    reload_start(harness);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlEngineConfig *config = reload_profile(harness);

        g_test_message("row %u", i);
        reload_peer_of(config, 0)->trust = WL_TRUST_MEMBERSHIP;
        harness_add(config, harness_member(harness, 0), NULL, NULL)->trust = rows[i].trust;
        harness_change(harness, config);
        if (i == 0) {
            harness_advertise_member(harness, hub, learned, "x", 255);
            harness_advertise_allowed(harness, hub, learned, "10.77.0.9/32", 255);
            harness_meet(harness, 4, "198.51.100.9:51820");
            harness_live(harness, SEC(25), 1, 4);
            g_assert_true(harness_has_allowed(harness, learned, "10.77.0.9/32"));
        }
        g_assert_cmpint(originates(harness, learned, "allowed-ips"), ==, rows[i].allowed);
        g_assert_cmpint(says_member(harness, learned), ==, rows[i].member);
    }
}

/* The hub is a router by its prefixes: without them its trust shrinks, and this member may be the
 * router. */
static void
test_roles(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *hub = harness_member(harness, 1), *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    reload_start(harness);
    g_assert_true(harness_view(harness, hub)->router);
    g_assert_cmpint(harness_view(harness, desktop)->state, ==, WL_PEER_DIRECT);
    config = reload_profile(harness);
    g_array_set_size(reload_peer_of(config, 0)->allowed_ips, 0);
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
    harness_change(harness, reload_profile(harness));
    g_assert_false(wl_engine_is_router(harness->engine));
    g_assert_true(harness_view(harness, hub)->router);

    /* a router originates the members that others named */
    harness_advertise_member(harness, hub, harness_member(harness, 3), "stranger", 255);
    g_assert_false(says_member(harness, harness_member(harness, 3)));
    config = reload_profile(harness);
    config->role = WL_ROLE_ROUTER;
    harness_change(harness, config);
    g_assert_true(says_member(harness, harness_member(harness, 3)));
}

/* Who becomes a router knows better where others are than before. */
static void
test_word_of_router(void)
{
    static const char *const sources[] = {"third-party", "router", "third-party"};
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2), *third = harness_member(harness, 4);

    reload_start(harness);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
        WlEngineConfig *config = reload_profile(harness);
        g_autoptr(GArray) candidates = NULL;
        WlPrefix network = harness_prefix("10.78.0.0/24");

        if (i == 1)
            g_array_append_val(reload_peer_of(config, 1)->allowed_ips, network);
        harness_add(config, third, NULL, NULL);
        harness_change(harness, config);
        if (i == 0)
            harness_advertise_endpoint(harness, desktop, third, "192.0.2.2:1", 255);
        candidates = wl_engine_dup_candidates(harness->engine, &third->key);
        g_assert_cmpuint(candidates->len, ==, 1);
        g_assert_cmpstr(g_array_index(candidates, WlCandidateView, 0).source, ==, sources[i]);
    }
}

/* A peer that becomes a fact exchanger, or ceases to be one. */
static void
test_fact_exchanger(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *desktop = harness_member(harness, 2);
    WlEngineConfig *config;

    reload_start(harness);
    harness_clear(harness);
    harness_live(harness, SEC(200), 1, 2);
    g_assert_false(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                         "192.168.1.10:51820"));
    config = reload_profile(harness);
    reload_peer_of(config, 1)->fact_exchanger = TRUE;
    harness_change(harness, config);
    harness_run(harness, SEC(1));
    g_assert_true(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
    harness_change(harness, reload_profile(harness));
    harness_live(harness, SEC(300), 1, 2);
    g_assert_false(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                         "192.168.1.10:51820"));
    config = reload_profile(harness);
    config->chatty = TRUE;
    harness_change(harness, config);
    harness_run(harness, SEC(1));
    g_assert_true(harness_sent_endpoint(harness, desktop, &harness_member(harness, 0)->key,
                                        "192.168.1.10:51820"));
}

static void
test_basic(void)
{
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config;

    reload_start(harness);
    config = reload_profile(harness);
    reload_peer_of(config, 1)->basic = TRUE;
    harness_change(harness, config);
    g_assert_true(harness_view(harness, harness_member(harness, 2))->basic);
    g_assert_cmpuint(harness_count(harness, WL_OUTPUT_PEER_CHANGED), ==, 1);
    harness_change(harness, reload_profile(harness));
    g_assert_false(harness_view(harness, harness_member(harness, 2))->basic);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reload-trust/trust", test_trust);
    g_test_add_func("/reload-trust/whose silence withdraws members", test_authorities);
    g_test_add_func("/reload-trust/a member that nobody names leaves", test_new_authority);
    g_test_add_func("/reload-trust/trust-of-another", test_trust_of_another);
    g_test_add_func("/reload-trust/transit", test_transit);
    g_test_add_func("/reload-trust/several transit peers", test_transit_each);
    g_test_add_func("/reload-trust/several-orphans", test_several_orphans);
    g_test_add_func("/reload-trust/roles", test_roles);
    g_test_add_func("/reload-trust/what this member may say", test_own_trust);
    g_test_add_func("/reload-trust/whose word is that of a router", test_word_of_router);
    g_test_add_func("/reload-trust/fact-exchanger", test_fact_exchanger);
    g_test_add_func("/reload-trust/basic", test_basic);
    return g_test_run();
}
