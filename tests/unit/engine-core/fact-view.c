/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of facts: their order, and why each of them is accepted or refused. */
#include "harness.h"
#include "state/wl-engine-state.h"

#define ENDPOINT "192.0.2.1:1"
#define PREFIX   "10.77.0.66/32"

/* The hub (1), the desktop (2), and a member about which facts are advertised (3). */
static Harness *
leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24")->name =
        g_strdup("hub");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32");
    harness_start(harness, config);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.2:1");
    return harness;
}

typedef enum { MEMBER, AT, ALLOWED } Kind;

static const struct {
    const char *name;
    Kind kind;
    WlVerdict verdict;
    gboolean stale;
    WlTrustSource trust_source; /* of the hub */
    WlTrust trust;
    const char *expected;
} rows[] = {
    {"not evaluated yet", AT, WL_VERDICT_N, FALSE, WL_TRUST_SOURCE_CONFIG, WL_TRUST_MEMBERSHIP,
     "not evaluated yet"},
    {"by the trust of the profile", AT, WL_VERDICT_ACCEPTED, FALSE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_MEMBERSHIP, "hub has trust Membership in the profile"},
    {"by its route", AT, WL_VERDICT_ACCEPTED, FALSE, WL_TRUST_SOURCE_ROUTE, WL_TRUST_MEMBERSHIP,
     "hub is a router in the profile and may introduce members"},
    {"as a known peer", AT, WL_VERDICT_ACCEPTED, FALSE, WL_TRUST_SOURCE_KNOWN_PEER,
     WL_TRUST_ENDPOINT, "hub is a known peer and may advertise endpoints"},
    {"by no rule", AT, WL_VERDICT_ACCEPTED, FALSE, WL_TRUST_SOURCE_NONE, WL_TRUST_UNSET,
     "hub is trusted"},
    {"stale by the trust of the profile", MEMBER, WL_VERDICT_ACCEPTED, TRUE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_MEMBERSHIP, "hub has trust Membership in the profile; kept while hub is unreachable"},
    {"stale by its route", MEMBER, WL_VERDICT_ACCEPTED, TRUE, WL_TRUST_SOURCE_ROUTE,
     WL_TRUST_MEMBERSHIP,
     ""
     "hub is a router in the profile and may introduce members; kept while hub is unreachable"},
    {"stale as a known peer", MEMBER, WL_VERDICT_ACCEPTED, TRUE, WL_TRUST_SOURCE_KNOWN_PEER,
     WL_TRUST_ENDPOINT,
     "hub is a known peer and may advertise endpoints; kept while hub is unreachable"},
    {"stale by no rule", MEMBER, WL_VERDICT_ACCEPTED, TRUE, WL_TRUST_SOURCE_NONE, WL_TRUST_UNSET,
     "hub is trusted; kept while hub is unreachable"},
    {"an untrusted endpoint", AT, WL_VERDICT_UNTRUSTED, FALSE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_UNTRUSTED,
     "refused: hub is not trusted to advertise endpoints; its trust is Untrusted"},
    {"untrusted allowed IPs", ALLOWED, WL_VERDICT_UNTRUSTED, FALSE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_ENDPOINT,
     ""
     "refused: hub is not trusted to advertise allowed IPs of other members; its trust is Endpoint"},
    {"an untrusted member", MEMBER, WL_VERDICT_UNTRUSTED, FALSE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_ALLOWED_IPS,
     "refused: hub is not trusted to introduce members; its trust is AllowedIPs"},
    {"an endpoint of an unset trust", AT, WL_VERDICT_UNTRUSTED, FALSE, WL_TRUST_SOURCE_NONE,
     WL_TRUST_UNSET, "refused: hub is not trusted to advertise endpoints"},
    {"allowed IPs of an unset trust", ALLOWED, WL_VERDICT_UNTRUSTED, FALSE, WL_TRUST_SOURCE_NONE,
     WL_TRUST_UNSET, "refused: hub is not trusted to advertise allowed IPs of other members"},
    {"a member of an unset trust", MEMBER, WL_VERDICT_UNTRUSTED, FALSE, WL_TRUST_SOURCE_NONE,
     WL_TRUST_UNSET, "refused: hub is not trusted to introduce members"},
    {"an unknown subject", AT, WL_VERDICT_UNKNOWN_SUBJECT, FALSE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_ENDPOINT, "refused: unknown subject, and hub is not trusted to introduce members"},
    {"allowed IPs outside the networks", ALLOWED, WL_VERDICT_OUTSIDE, FALSE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_MEMBERSHIP, "refused: outside the networks of the profile"},
    {"allowed IPs of another member", ALLOWED, WL_VERDICT_TAKEN, FALSE, WL_TRUST_SOURCE_CONFIG,
     WL_TRUST_MEMBERSHIP, "refused: another member claimed it first"},
};

static void
advertise(Harness *harness, Kind kind)
{
    const HarnessMember *hub = harness_member(harness, 1), *third = harness_member(harness, 3);

    if (kind == MEMBER)
        harness_advertise_member(harness, hub, third, "printer", 255);
    else if (kind == AT)
        harness_advertise_endpoint(harness, hub, third, ENDPOINT, 255);
    else
        harness_advertise_allowed(harness, hub, third, PREFIX, 255);
}

static void
test_reason(gconstpointer data)
{
    static const char *const types[] = {"member", "endpoint", "allowed-ips"};
    static const char *const values[] = {"printer", ENDPOINT, PREFIX};
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = leaf_new();
    const WlKey *hub = &harness_member(harness, 1)->key, *third = &harness_member(harness, 3)->key;
    WlPeerMembership *membership = &wl_peer_table_find(&harness->engine->peers, hub)->membership;
    g_autoptr(GPtrArray) views = NULL;
    const GPtrArray *about;
    guint n = 0;

    advertise(harness, rows[i].kind);
    about = wl_fact_set_about(harness->engine->facts, third);
    for (guint j = 0; j < about->len; j++) {
        const WlFactEntry *entry = about->pdata[j];
        WlFactSource *origin = wl_fact_entry_find_source((WlFactEntry *) entry, hub);

        if (!origin)
            continue;
        origin->verdict = rows[i].verdict;
        origin->stale = rows[i].stale;
    }
    membership->trust_source = rows[i].trust_source;
    membership->trust = rows[i].trust;
    views = wl_engine_dup_facts(harness->engine);
    for (guint j = 0; j < views->len; j++) {
        const WlFactView *view = views->pdata[j];

        if (view->local || !wl_key_equal(&view->subject, third))
            continue;
        n++;
        g_assert_cmpstr(view->type, ==, types[rows[i].kind]);
        g_assert_cmpstr(view->value, ==, values[rows[i].kind]);
        g_assert_cmpint(view->accepted, ==, rows[i].verdict == WL_VERDICT_ACCEPTED);
        g_assert_cmpint(view->stale, ==, rows[i].stale);
        g_assert_cmpint(view->expires, ==, harness->now + SEC(255));
        g_assert_cmpstr(view->source_name, ==, "hub");
        g_assert_cmpstr(view->reason->text, ==, rows[i].expected);
    }
    g_assert_cmpuint(n, ==, 1);
}

/* By subject, type and value; of the same fact what this member originates comes first, then by
 * source. */
static void
test_order(void)
{
    g_autoptr(Harness) harness = leaf_new();
    g_autoptr(GPtrArray) views = NULL;
    const WlKey *third = &harness_member(harness, 3)->key;
    GString *text = g_string_new(NULL);
    g_autofree char *found = NULL;
    const WlFactView *before = NULL;

    for (guint i = 1; i <= 2; i++) {
        harness_advertise_endpoint(harness, harness_member(harness, i), harness_member(harness, 3),
                                   "192.0.2.2:1", 255);
        harness_advertise_endpoint(harness, harness_member(harness, i), harness_member(harness, 3),
                                   "192.0.2.1:1", 255);
        harness_advertise_endpoint(harness, harness_member(harness, i), harness_member(harness, 1),
                                   HARNESS_HUB_ENDPOINT, 255);
    }
    harness_advertise_member(harness, harness_member(harness, 1), harness_member(harness, 3),
                             "printer", 255);
    harness_advertise_allowed(harness, harness_member(harness, 1), harness_member(harness, 3),
                              PREFIX, 255);
    views = wl_engine_dup_facts(harness->engine);
    for (guint i = 0; i < views->len; i++) {
        const WlFactView *view = views->pdata[i];

        if (before && wl_key_equal(&before->subject, &view->subject) &&
            g_str_equal(before->type, view->type) && g_str_equal(before->value, view->value)) {
            g_assert_false(view->local);
            if (!before->local)
                g_assert_cmpint(wl_key_compare(&before->source, &view->source), <, 0);
        }
        before = view;
        /* what this member originates has no end of its own */
        if (view->local)
            g_assert_cmpint(view->expires, ==, harness->now + SEC(255));
        if (wl_key_equal(&view->subject, third))
            g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "", view->type,
                                   view->value);
    }
    found = g_string_free(text, FALSE);
    g_assert_cmpstr(found, ==,
                    "allowed-ips 10.77.0.4/32, allowed-ips 10.77.0.66/32, endpoint 192.0.2.1:1, "
                    "endpoint 192.0.2.1:1, endpoint 192.0.2.2:1, endpoint 192.0.2.2:1, member , "
                    "member printer");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/fact-view/%s", rows[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_reason);
    }
    g_test_add_func("/fact-view/order", test_order);
    return g_test_run();
}
