/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members that facts name: who may name them, and when they are removed. */
#include "harness.h"

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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/away/start-protection", test_start_protection);
    g_test_add_func("/away/losing-the-hub", test_losing_the_hub);
    g_test_add_func("/away/trusted-machine-keeps-members", test_trusted_machine_keeps_members);
    g_test_add_func("/facts/trusted-machine-names-members", test_trusted_machine_names_members);
    g_test_add_func("/facts/place-of-removed-peer", test_place_of_removed_peer);
    return g_test_run();
}
