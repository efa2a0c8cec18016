/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who owns a claimed prefix, and what follows from a change. */
#include "facts/wl-prefix-owner.h"

#include "facts/wl-allowed-ips-arbitration.h"
#include "facts/wl-claim-rivals.h"
#include "facts/wl-routes.h"
#include "harness.h"
#include "state/wl-engine-marks.h"
#include "wl-prefix-set.h"

#define PREFIX "172.30.1.0/24"

/* Members: 1 a router, 2 and 3 leaves, 4 a leaf behind a name; 5 is none. */
static Harness *
network_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlPrefix second = harness_prefix("10.78.0.2/24");

    g_array_append_val(config->addresses, second);
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24")->trust =
        WL_TRUST_MEMBERSHIP;
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32")->trust =
        WL_TRUST_ENDPOINT;
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32")->trust =
        WL_TRUST_ALLOWED_IPS;
    harness_add(config, harness_member(harness, 4), "name.example:1", "10.77.0.5/32");
    harness_start(harness, config);
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint member)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, member)->key);
}

static WlClaimedPrefix *
claim(Harness *harness, const char *text, guint subject, guint source, WlVerdict verdict)
{
    WlEngine *engine = harness->engine;
    WlPrefix prefix = harness_prefix(text);
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    wl_fact_init_allowed(&fact, &harness_member(harness, subject)->key, &prefix, 0);
    wl_fact_set_add_source(engine->facts, &fact, &harness_member(harness, source)->key,
                           harness->now, harness->now + SEC(255), &entry, &origin);
    wl_fact_set_set_verdict(engine->facts, origin, verdict);
    wl_engine_prefix_changed(engine, entry);
    return wl_prefix_map_get(engine->prefixes.claimed, &prefix);
}

static void
update(Harness *harness, WlClaimedPrefix *claimed, const char *text)
{
    WlEngine *engine = harness->engine;
    WlPrefix prefix = harness_prefix(text);

    for (guint i = 0; i < wl_peer_table_size(&engine->peers); i++)
        wl_peer_table_get(&engine->peers, i)->dirty.candidates = FALSE;
    g_array_set_size(engine->prefixes.dirty, 0);
    engine->routes.changed = FALSE;
    engine->outputs.state_save_due = WL_NEVER;
    wl_prefix_owner_update(engine, claimed, &prefix);
}

/* Claims of one prefix, each of a subject by a source; who owns it in the end. */
static const struct {
    const char *name;
    struct {
        guint subject, source; /* 0: no more */
        WlVerdict verdict;
    } claims[4];
    guint owner; /* 0: none */
    WlTrust trust;
} owners[] = {
    {"an accepted claim", {{2, 1, WL_VERDICT_ACCEPTED}}, 2, WL_TRUST_MEMBERSHIP},
    {"a refused claim", {{2, 1, WL_VERDICT_TAKEN}}, 0, WL_TRUST_UNSET},
    {"the second claim",
     {{2, 1, WL_VERDICT_TAKEN}, {3, 2, WL_VERDICT_ACCEPTED}},
     3,
     WL_TRUST_ENDPOINT},
    {"the second source has more trust",
     {{2, 2, WL_VERDICT_ACCEPTED}, {2, 1, WL_VERDICT_ACCEPTED}},
     2,
     WL_TRUST_MEMBERSHIP},
    {"the second of three sources has the most",
     {{2, 2, WL_VERDICT_ACCEPTED}, {2, 1, WL_VERDICT_ACCEPTED}, {2, 3, WL_VERDICT_ACCEPTED}},
     2,
     WL_TRUST_MEMBERSHIP},
    {"a refused source does not count",
     {{2, 2, WL_VERDICT_ACCEPTED}, {2, 1, WL_VERDICT_TAKEN}, {2, 3, WL_VERDICT_ACCEPTED}},
     2,
     WL_TRUST_ALLOWED_IPS},
    {"nor does a source of another subject",
     {{2, 2, WL_VERDICT_ACCEPTED}, {3, 1, WL_VERDICT_ACCEPTED}},
     2,
     WL_TRUST_ENDPOINT},
    {"nor does a stranger", {{2, 5, WL_VERDICT_ACCEPTED}}, 2, WL_TRUST_UNSET},
    {"a stranger owns it", {{5, 1, WL_VERDICT_ACCEPTED}}, 5, WL_TRUST_MEMBERSHIP},
};

static void
test_owner(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(Harness) harness = network_new();
    WlPrefix prefix = harness_prefix(PREFIX);
    WlClaimedPrefix *claimed = NULL;

    for (guint i = 0; owners[row].claims[i].subject != 0; i++)
        claimed = claim(harness, PREFIX, owners[row].claims[i].subject,
                        owners[row].claims[i].source, owners[row].claims[i].verdict);
    update(harness, claimed, PREFIX);
    g_assert_cmpint(claimed->owned, ==, owners[row].owner != 0);
    g_assert_cmpint(claimed->trust, ==, owners[row].trust);
    if (claimed->owned)
        g_assert_true(
            wl_key_equal(&claimed->owner, &harness_member(harness, owners[row].owner)->key));
    for (guint i = 1; i <= 4; i++)
        g_assert_cmpint(wl_prefix_set_contains(peer_of(harness, i)->prefixes.learned_ips, &prefix),
                        ==, i == owners[row].owner);
    g_assert_cmpint(harness->engine->routes.changed, ==, claimed->owned);
    g_assert_cmpint(harness->engine->outputs.state_save_due != WL_NEVER, ==, claimed->owned);
    /* again: nothing changes */
    update(harness, claimed, PREFIX);
    g_assert_false(harness->engine->routes.changed);
    g_assert_cmpint(harness->engine->outputs.state_save_due, ==, WL_NEVER);
}

static void
refuse(WlClaimedPrefix *claimed, guint index)
{
    const WlFactEntry *entry = claimed->entries->pdata[index];

    for (guint i = 0; i < entry->sources->len; i++)
        g_array_index(entry->sources, WlFactSource, i).verdict = WL_VERDICT_TAKEN;
}

/* The prefix goes from one member to another, and then to none. */
static void
test_moves(void)
{
    g_autoptr(Harness) harness = network_new();
    WlClaimedPrefix *claimed = claim(harness, PREFIX, 2, 1, WL_VERDICT_ACCEPTED);
    WlPrefix prefix = harness_prefix(PREFIX);

    claim(harness, PREFIX, 3, 1, WL_VERDICT_ACCEPTED);
    update(harness, claimed, PREFIX);
    g_assert_true(wl_prefix_set_contains(peer_of(harness, 2)->prefixes.learned_ips, &prefix));
    refuse(claimed, 0);
    /* The first one loses it at once, even if the link refused a change a moment ago. */
    peer_of(harness, 2)->reconcile.retry = peer_of(harness, 3)->reconcile.retry = SEC(1000);
    update(harness, claimed, PREFIX);
    g_assert_cmpint(peer_of(harness, 2)->reconcile.retry, <=, harness->engine->now);
    g_assert_cmpint(peer_of(harness, 3)->reconcile.retry, ==, SEC(1000));
    g_assert_true(wl_key_equal(&claimed->owner, &harness_member(harness, 3)->key));
    g_assert_false(wl_prefix_set_contains(peer_of(harness, 2)->prefixes.learned_ips, &prefix));
    g_assert_true(wl_prefix_set_contains(peer_of(harness, 3)->prefixes.learned_ips, &prefix));
    g_assert_true(wl_prefix_set_contains(harness->engine->routes.list, &prefix));
    g_assert_cmpint(harness->engine->outputs.state_save_due, !=, WL_NEVER);
    refuse(claimed, 1);
    update(harness, claimed, PREFIX);
    g_assert_false(claimed->owned);
    g_assert_cmpuint(peer_of(harness, 3)->prefixes.learned_ips->len, ==, 0);
    g_assert_false(wl_prefix_set_contains(harness->engine->routes.list, &prefix));
    g_assert_cmpint(claimed->trust, ==, WL_TRUST_UNSET);
}

/* The prefix of a member that facts named before gets to it once it is there. */
static void
test_member_later(void)
{
    g_autoptr(Harness) harness = network_new();
    WlClaimedPrefix *claimed = claim(harness, PREFIX, 2, 1, WL_VERDICT_ACCEPTED);
    GArray *learned = peer_of(harness, 2)->prefixes.learned_ips;

    update(harness, claimed, PREFIX);
    g_array_set_size(learned, 0);
    peer_of(harness, 2)->turn.scheduled = FALSE;
    update(harness, claimed, PREFIX);
    g_assert_cmpuint(learned->len, ==, 1);
    g_assert_true(peer_of(harness, 2)->turn.scheduled);
    g_assert_false(harness->engine->routes.changed);
}

/* Claims inside the prefix of a router are evaluated again when it gets or loses it. */
static void
test_router(void)
{
    for (guint owner = 1; owner <= 2; owner++) {
        g_autoptr(Harness) harness = network_new();
        WlClaimedPrefix *claimed = claim(harness, PREFIX, owner, 3, WL_VERDICT_ACCEPTED);
        GArray *dirty = harness->engine->prefixes.dirty;

        claim(harness, "172.30.1.8/32", 3, 3, WL_VERDICT_TAKEN);
        update(harness, claimed, PREFIX);
        g_assert_cmpuint(dirty->len, ==, owner == 1 ? 2 : 0);
        refuse(claimed, 0);
        update(harness, claimed, PREFIX);
        g_assert_cmpuint(dirty->len, ==, owner == 1 ? 2 : 0);
    }
}

/* Endpoints inside a prefix that changes its owner are evaluated again, and names are. */
static void
test_endpoints(void)
{
    static const struct {
        const char *prefix, *endpoint; /* of member 3 */
        gboolean name, marked;         /* member 4 and member 3 are */
    } rows[] = {
        {"172.30.1.0/24", "172.30.1.9:1", TRUE, TRUE},
        {"172.30.1.0/24", "172.30.2.9:1", TRUE, FALSE},
        /* those in the subnets of this member always are inside the tunnel */
        {"10.77.0.0/24", "10.77.0.9:1", FALSE, FALSE},
        {"10.78.0.8/29", "10.78.0.9:1", FALSE, FALSE},
        {"10.78.0.0/23", "10.78.0.9:1", TRUE, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlClaimedPrefix *claimed = claim(harness, rows[i].prefix, 2, 3, WL_VERDICT_ACCEPTED);

        g_test_message("row %u", i);
        peer_of(harness, 3)->device.endpoint = harness_endpoint(rows[i].endpoint);
        for (guint j = 0; j < 4; j++) {
            if (j == 2) /* the trust in its source */
                peer_of(harness, 3)->membership.trust = WL_TRUST_DELEGATE;
            if (j == 3)
                refuse(claimed, 0);
            update(harness, claimed, rows[i].prefix);
            g_assert_cmpint(peer_of(harness, 4)->dirty.candidates, ==, rows[i].name && j != 1);
            g_assert_cmpint(peer_of(harness, 3)->dirty.candidates, ==, rows[i].marked && j != 1);
            g_assert_false(peer_of(harness, 1)->dirty.candidates);
        }
    }
}

/* What a member owned that is removed can be claimed by others. */
static void
test_release(void)
{
    static const char *const prefixes[] = {"172.30.1.0/24", "172.30.3.0/24"};
    g_autoptr(Harness) harness = network_new();
    WlClaimedPrefix *claimed[2];
    WlPeer *peer = peer_of(harness, 2);

    for (guint i = 0; i < 2; i++) {
        claimed[i] = claim(harness, prefixes[i], 2, 1, WL_VERDICT_ACCEPTED);
        update(harness, claimed[i], prefixes[i]);
    }
    g_assert_cmpuint(peer->prefixes.learned_ips->len, ==, 2);
    g_array_set_size(harness->engine->prefixes.dirty, 0);
    wl_prefix_owner_release(harness->engine, peer);
    g_assert_cmpuint(peer->prefixes.learned_ips->len, ==, 0);
    g_assert_cmpuint(harness->engine->prefixes.dirty->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        WlPrefix prefix = harness_prefix(prefixes[i]);
        const WlDirtyPrefix *dirty =
            &g_array_index(harness->engine->prefixes.dirty, WlDirtyPrefix, i);

        g_assert_false(claimed[i]->owned);
        g_assert_false(wl_prefix_set_contains(harness->engine->routes.list, &prefix));
        g_assert_true(wl_prefix_equal(&dirty->prefix, &prefix));
        g_assert_true(dirty->wide);
    }
}

/* ---- arbitration */

/* Two members claim one prefix by the word of a router, the second one later; who has it. */
static void
test_arbitrate(void)
{
    static const struct {
        const char *name;
        guint first, second; /* 5 is no peer */
        gboolean lost;       /* the first one no longer answers */
        guint owner;
    } rows[] = {
        {"the first", 2, 3, FALSE, 2},
        {"the second if the first is lost", 2, 3, TRUE, 3},
        {"the second if the first is no member", 5, 3, FALSE, 3},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlPrefix prefix = harness_prefix("10.77.0.64/29");
        WlClaimedPrefix *claimed;
        guint64 work;

        g_test_message("%s", rows[i].name);
        claim(harness, "10.77.0.64/29", rows[i].first, 1, WL_VERDICT_N);
        claimed = claim(harness, "10.77.0.64/29", rows[i].second, 1, WL_VERDICT_N);
        if (rows[i].lost)
            peer_of(harness, rows[i].first)->liveness.lost = TRUE;
        work = engine->scheduler.work;
        wl_allowed_ips_arbitrate(engine);
        g_assert_cmpuint(engine->scheduler.work - work, ==, 2);
        g_assert_true(wl_key_equal(&claimed->owner, &harness_member(harness, rows[i].owner)->key));
        g_assert_true(claimed->wide);
        g_assert_cmpint(engine->prefixes.due_at, ==, WL_LONG_AGO);
        /* nobody claims it any more */
        for (guint j = 0; j < claimed->entries->len; j++)
            g_array_set_size(((WlFactEntry *) claimed->entries->pdata[j])->sources, 0);
        while (claimed->entries->len > 0)
            wl_engine_prefix_changed(engine, claimed->entries->pdata[0]);
        wl_allowed_ips_arbitrate(engine);
        g_assert_null(wl_prefix_map_get(engine->prefixes.claimed, &prefix));
    }
}

/* When a member gives way to others that claim the same prefix: it had a session, which is over or
 * was silent when its path was left. */
static void
test_lost(void)
{
    static const struct {
        const char *name;
        gboolean worked, healthy, direct;
        guint fell_back; /* in seconds, as the following ones */
        guint heard, seen, handshake, promoted;
        gboolean lost;
    } rows[] = {
        {"it never had a session", FALSE, FALSE, FALSE, 0, 0, 0, 0, 0, FALSE},
        {"its session is over", TRUE, FALSE, FALSE, 0, 0, 0, 0, 0, TRUE},
        {"it is direct", TRUE, TRUE, TRUE, 9, 1, 1, 1, 1, FALSE},
        {"nothing was heard since its path was left", TRUE, TRUE, FALSE, 9, 8, 8, 8, 8, TRUE},
        {"a datagram was", TRUE, TRUE, FALSE, 9, 9, 8, 8, 8, FALSE},
        {"packets were", TRUE, TRUE, FALSE, 9, 8, 9, 8, 8, FALSE},
        {"a handshake was", TRUE, TRUE, FALSE, 9, 8, 8, 9, 8, FALSE},
        {"it was taken again", TRUE, TRUE, FALSE, 9, 8, 8, 8, 9, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        GArray *dirty = harness->engine->prefixes.dirty;
        WlPrefix shared = harness_prefix(PREFIX);
        HarnessMember *member = harness_member(harness, 6);
        WlPeer *peer;

        g_test_message("%s", rows[i].name);
        /* one prefix that another member claims as well, and one that it does not */
        claim(harness, PREFIX, 6, 1, WL_VERDICT_ACCEPTED);
        claim(harness, PREFIX, 3, 1, WL_VERDICT_TAKEN);
        claim(harness, "172.30.2.0/24", 6, 1, WL_VERDICT_ACCEPTED);
        peer = wl_peer_table_add(&harness->engine->peers, &member->key, NULL);
        if (rows[i].worked)
            peer->endpoints.worked = harness_endpoint("192.0.2.1:1");
        peer->liveness.healthy = rows[i].healthy;
        peer->path.direct = rows[i].direct;
        peer->path.fell_back = SEC(rows[i].fell_back);
        peer->liveness.last_heard = SEC(rows[i].heard);
        peer->traffic.rx_seen = SEC(rows[i].seen);
        peer->device.handshake = SEC(rows[i].handshake);
        peer->path.promoted = SEC(rows[i].promoted);
        g_array_set_size(dirty, 0);
        wl_claim_rivals_update(harness->engine, peer);
        g_assert_cmpint(peer->liveness.lost, ==, rows[i].lost);
        g_assert_cmpuint(dirty->len, ==, rows[i].lost);
        if (rows[i].lost)
            g_assert_true(wl_prefix_equal(&g_array_index(dirty, WlDirtyPrefix, 0).prefix, &shared));
        /* once */
        wl_claim_rivals_update(harness->engine, peer);
        g_assert_cmpuint(dirty->len, ==, rows[i].lost);
    }
}

/* Above 256 claims that depend on each other, the next arbitration waits. */
static void
test_many_claims(void)
{
    g_autoptr(Harness) harness = network_new();
    WlEngine *engine = harness->engine;

    for (guint n = 1; n <= 257; n++) {
        claim(harness, "10.77.0.64/29", 9 + n, 1, WL_VERDICT_N);
        if (n < 256)
            continue;
        wl_allowed_ips_arbitrate(engine);
        g_assert_cmpint(engine->prefixes.due_at, ==,
                        n == 256 ? WL_LONG_AGO : engine->now + MS(200));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(owners); i++) {
        g_autofree char *name = g_strdup_printf("/prefix-owner/%s", owners[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_owner);
    }
    g_test_add_func("/prefix-owner/a prefix moves", test_moves);
    g_test_add_func("/prefix-owner/a member comes later", test_member_later);
    g_test_add_func("/prefix-owner/claims inside that of a router", test_router);
    g_test_add_func("/prefix-owner/endpoints inside it", test_endpoints);
    g_test_add_func("/prefix-owner/a removed member", test_release);
    g_test_add_func("/prefix-owner/arbitration", test_arbitrate);
    g_test_add_func("/prefix-owner/who gives way to others", test_lost);
    g_test_add_func("/prefix-owner/many claims", test_many_claims);
    return g_test_run();
}
