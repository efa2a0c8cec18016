/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which received facts are accepted, and which facts this member originates. */
#include "harness.h"

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
    g_assert_true(wl_endpoint_is_set(&wl_device_find(harness->device, &stranger->key)->endpoint));
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/refusals", test_refusals);
    g_test_add_func("/facts/trust", test_trust);
    g_test_add_func("/facts/one-trust-value", test_one_trust_value);
    g_test_add_func("/facts/subject-not-yet-member", test_subject_not_yet_member);
    g_test_add_func("/facts/around-own-address", test_around_own_address);
    g_test_add_func("/facts/configured", test_configured_facts);
    g_test_add_func("/facts/verdict-of-each-source", test_verdict_of_each_source);
    return g_test_run();
}
