/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which prefixes a member may have beside those of the profile, one row each. */
#include "facts/wl-profile-conflicts.h"

#include "harness.h"
#include "state/wl-engine-marks.h"

/*
 * 1  a router with 10.77.0.0/24 and 10.77.0.81/32, trusted with members, at 10.30.0.9:1
 * 2  a leaf with 10.77.0.3/32, trusted with allowed IPs
 * 3  a leaf with 172.30.5.1/32 and 172.31.0.7/32, trusted with allowed IPs
 * 4  a router with 172.30.0.0/16 and 172.31.0.7/32, trusted with everything; it owns 10.20.0.0/16
 * 5  if `gateway`: a router with a default route and a half of one
 * 6  a leaf that owns 10.21.0.0/16
 * 7  a leaf with 10.77.0.40/32
 * 8  a leaf with the same, and with 10.77.0.81/32
 * 9  no peer
 * This member has 10.77.0.2/24 and 10.78.0.2/24; the networks are 10.0.0.0/8 and 172.16.0.0/12.
 */
/* clang-format off */
static const struct {
    const char *name;
    guint subject, source;
    const char *prefix;
    WlVerdict verdict;
    gboolean gateway, router; /* this member is one */
    gboolean several;         /* 1 and 4 stand in for each other */
} rows[] = {
    {"a free prefix", 3, 2, "10.9.1.0/24", WL_VERDICT_ACCEPTED},
    {"of a stranger", 9, 2, "10.9.1.0/24", WL_VERDICT_UNKNOWN_SUBJECT},
    {"of a stranger that a router names", 9, 1, "10.9.1.0/24", WL_VERDICT_ACCEPTED},
    {"by a stranger", 3, 9, "10.9.1.0/24", WL_VERDICT_UNTRUSTED},
    {"of this member", 0, 1, "10.9.1.0/24", WL_VERDICT_ABOUT_US},
    {"half of a default route", 3, 1, "0.0.0.0/1", WL_VERDICT_DEFAULT_ROUTE},
    {"outside the networks", 3, 1, "192.0.2.0/24", WL_VERDICT_OUTSIDE},
    {"an address of this member", 3, 1, "10.78.0.2/32", WL_VERDICT_OWN_ADDRESS},

    {"the address of another leaf", 3, 1, "10.77.0.3/32", WL_VERDICT_CONFIGURED},
    {"the address of another leaf behind a router", 2, 1, "172.30.5.1/32", WL_VERDICT_CONFIGURED},
    {"an address that two leaves have", 7, 1, "10.77.0.40/32", WL_VERDICT_CONFIGURED},
    {"an address that a router has too", 3, 1, "172.31.0.7/32", WL_VERDICT_CONFIGURED},
    {"around an address that a router has too", 3, 1, "10.77.0.80/29", WL_VERDICT_CONFIGURED},
    {"its own address by a router", 2, 1, "10.77.0.3/32", WL_VERDICT_ACCEPTED},
    {"its own address by itself", 2, 2, "10.77.0.3/32", WL_VERDICT_CONFIGURED},

    {"the prefix of a router", 3, 1, "10.77.0.0/24", WL_VERDICT_CONFIGURED},
    {"the prefix of a router by itself", 1, 1, "10.77.0.0/24", WL_VERDICT_ACCEPTED},
    {"a part of it by that router", 3, 1, "10.77.0.8/29", WL_VERDICT_ACCEPTED},
    {"a part of it by another router", 3, 4, "10.77.0.8/29", WL_VERDICT_ACCEPTED},
    {"a part of it by a leaf", 3, 2, "10.77.0.8/29", WL_VERDICT_CONFIGURED},
    {"a part of it of the router by a leaf", 1, 2, "10.77.0.8/29", WL_VERDICT_ACCEPTED},
    {"a part of the second router by a leaf", 3, 2, "172.30.6.0/24", WL_VERDICT_CONFIGURED},
    {"a part of the second router by a router", 3, 1, "172.30.6.0/24", WL_VERDICT_ACCEPTED},
    {"a part that contains the address of another", 3, 1, "10.77.0.0/29", WL_VERDICT_CONFIGURED},
    {"a part that contains the address of the subject", 2, 1, "10.77.0.0/29", WL_VERDICT_ACCEPTED},
    {"around a prefix of a router", 3, 2, "10.76.0.0/15", WL_VERDICT_ACCEPTED},

    {"a part of a default route", 3, 2, "10.9.1.0/24", WL_VERDICT_ACCEPTED, .gateway = TRUE},
    {"in the own subnet", 3, 2, "10.78.0.9/32", WL_VERDICT_ACCEPTED},
    {"in the own subnet behind a default route", 3, 2, "10.78.0.9/32", WL_VERDICT_CONFIGURED, .gateway = TRUE},
    {"in the own subnet of a router", 3, 2, "10.78.0.9/32", WL_VERDICT_CONFIGURED, .router = TRUE},
    {"in the own subnet by a router", 3, 1, "10.78.0.9/32", WL_VERDICT_ACCEPTED, .gateway = TRUE},
    {"beside the own subnet of a router", 3, 2, "10.79.0.9/32", WL_VERDICT_ACCEPTED, .router = TRUE},

    {"a subnet on a leaf with one router", 3, 1, "10.78.0.0/24", WL_VERDICT_ACCEPTED},
    {"a subnet that routers share", 3, 1, "10.78.0.0/24", WL_VERDICT_CONFIGURED, .several = TRUE},
    {"a subnet that a router shares with its fellows", 3, 1, "10.78.0.0/24", WL_VERDICT_CONFIGURED, .router = TRUE},
    {"a part of a subnet that routers share", 3, 1, "10.78.0.0/25", WL_VERDICT_ACCEPTED, .several = TRUE},

    {"in what another router owns", 3, 2, "10.20.1.0/24", WL_VERDICT_TAKEN},
    {"in it by a router", 3, 1, "10.20.1.0/24", WL_VERDICT_ACCEPTED},
    {"in it of the owner", 4, 2, "10.20.1.0/24", WL_VERDICT_ACCEPTED},
    {"in what a leaf owns", 3, 2, "10.21.1.0/24", WL_VERDICT_ACCEPTED},

    {"where the router is, by a leaf", 3, 2, "10.30.0.0/24", WL_VERDICT_HAS_ENDPOINT},
    {"where it is, by itself", 3, 1, "10.30.0.9/32", WL_VERDICT_HAS_ENDPOINT},
    {"where it is, by one with more trust", 3, 4, "10.30.0.0/24", WL_VERDICT_ACCEPTED},
    {"beside it", 3, 2, "10.30.0.8/32", WL_VERDICT_ACCEPTED},
};
/* clang-format on */

static void
add_prefix(GArray *list, const char *text)
{
    WlPrefix prefix = harness_prefix(text);

    g_array_append_val(list, prefix);
}

static Harness *
network_new(gboolean gateway)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    add_prefix(config->addresses, "10.78.0.2/24");
    add_prefix(config->networks, "10.0.0.0/8");
    add_prefix(config->networks, "172.16.0.0/12");
    harness_add(config, harness_member(harness, 1), NULL, "10.77.0.0/24,10.77.0.81/32")->trust =
        WL_TRUST_MEMBERSHIP;
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32")->trust =
        WL_TRUST_ALLOWED_IPS;
    harness_add(config, harness_member(harness, 3), NULL, "172.30.5.1/32,172.31.0.7/32")->trust =
        WL_TRUST_ALLOWED_IPS;
    harness_add(config, harness_member(harness, 4), NULL, "172.30.0.0/16,172.31.0.7/32")->trust =
        WL_TRUST_DELEGATE;
    if (gateway)
        harness_add(config, harness_member(harness, 5), NULL, "0.0.0.0/0,0.0.0.0/1");
    harness_add(config, harness_member(harness, 6), NULL, NULL);
    harness_add(config, harness_member(harness, 7), NULL, "10.77.0.40/32");
    harness_add(config, harness_member(harness, 8), NULL, "10.77.0.40/32,10.77.0.81/32");
    harness_start(harness, config);
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint member)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, member)->key);
}

static WlFactEntry *
claim(Harness *harness, guint subject, guint source, const char *text, WlFactSource **origin)
{
    WlEngine *engine = harness->engine;
    WlPrefix prefix = harness_prefix(text);
    WlFactEntry *entry;
    WlFact fact;

    wl_fact_init_allowed(&fact, &harness_member(harness, subject)->key, &prefix, 0);
    wl_fact_set_add_source(engine->facts, &fact, &harness_member(harness, source)->key, engine->now,
                           engine->now + SEC(99), &entry, origin);
    wl_engine_prefix_changed(engine, entry);
    return entry;
}

static void
own(Harness *harness, guint member, const char *text)
{
    WlPrefix prefix = harness_prefix(text);
    WlClaimedPrefix *claimed;
    WlFactSource *origin;

    claim(harness, member, member, text, &origin);
    claimed = wl_prefix_map_get(harness->engine->prefixes.claimed, &prefix);
    claimed->owned = TRUE;
    claimed->owner = harness_member(harness, member)->key;
}

static void
test_row(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(Harness) harness = network_new(rows[row].gateway);
    WlEngine *engine = harness->engine;
    WlPrefix prefix = harness_prefix(rows[row].prefix);
    const WlKey *subject = &harness_member(harness, rows[row].subject)->key;
    WlFactSource *origin;
    WlFactEntry *entry;

    own(harness, 4, "10.20.0.0/16");
    own(harness, 6, "10.21.0.0/16");
    peer_of(harness, 1)->liveness.healthy = TRUE;
    peer_of(harness, 1)->device.endpoint = harness_endpoint("10.30.0.9:1");
    wl_prefix_table_update_hosts(&engine->prefixes, peer_of(harness, 1));
    engine->own.router = engine->routers.fellows = rows[row].router;
    if (rows[row].several)
        g_ptr_array_add(engine->routers.members, peer_of(harness, 4));
    /* the word of a router for another subject, or about another prefix, makes no difference */
    claim(harness, 6, 1, rows[row].prefix, &origin);
    claim(harness, rows[row].subject, 1, "10.99.0.0/16", &origin);
    entry = claim(harness, rows[row].subject, rows[row].source, rows[row].prefix, &origin);
    g_assert_cmpint(wl_prefix_rules_check(engine, entry, origin, &prefix), ==, rows[row].verdict);
    g_assert_cmpint(wl_prefix_rules_is_vouched(engine, subject, &prefix), ==,
                    rows[row].source == 1 || rows[row].source == 4);
}

/* A second source of a claim vouches for it as well. */
static void
test_second_source(void)
{
    g_autoptr(Harness) harness = network_new(FALSE);
    const WlKey *subject = &harness_member(harness, 3)->key;
    WlPrefix prefix = harness_prefix("10.77.0.8/29"), other = harness_prefix("10.77.0.16/29");
    WlFactSource *origin;
    WlFactEntry *entry;

    claim(harness, 6, 6, "10.77.0.8/29", &origin);
    claim(harness, 3, 2, "10.77.0.8/29", &origin);
    g_assert_false(wl_prefix_rules_is_vouched(harness->engine, subject, &prefix));
    entry = claim(harness, 3, 1, "10.77.0.8/29", &origin);
    g_assert_true(wl_prefix_rules_is_vouched(harness->engine, subject, &prefix));
    g_assert_false(wl_prefix_rules_is_vouched(harness->engine, subject, &other));
    origin = &g_array_index(entry->sources, WlFactSource, 0);
    g_assert_cmpint(wl_prefix_rules_check(harness->engine, entry, origin, &prefix), ==,
                    WL_VERDICT_ACCEPTED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/profile-conflicts/%s", rows[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_row);
    }
    g_test_add_func("/profile-conflicts/the second source of a claim", test_second_source);
    return g_test_run();
}
