/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members that facts name: who may name them, and when they are removed. */
#include "facts/wl-members.h"
#include "harness.h"
#include "state/wl-engine-state.h"

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

/* ---- one step at a time */

/* Makes the member known by a fact of the hub, which is accepted. */
static void
name_member(Harness *harness, guint number, gboolean stale)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new("site", FALSE);
    WlEngine *engine = harness->engine;
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    wl_fact_init_metadata(&fact, &harness_member(harness, number)->key, metadata, 0);
    wl_fact_set_add_source(engine->facts, &fact, &harness_member(harness, 1)->key, engine->now,
                           engine->now + SEC(255), &entry, &origin);
    wl_fact_set_set_verdict(engine->facts, origin, WL_VERDICT_ACCEPTED);
    origin->stale = stale;
    wl_fact_clear(&fact);
}

static void
subject_changed(Harness *harness, guint number)
{
    g_array_append_val(harness->engine->membership.changed, harness_member(harness, number)->key);
}

static guint
count_logs(Harness *harness)
{
    guint n = harness_count(harness, WL_OUTPUT_LOG);

    harness_clear(harness);
    return n;
}

/* A subject that changed several times is examined once. */
static void
test_once(void)
{
    g_autoptr(Harness) harness = simple_leaf_new();
    WlEngine *engine = harness->engine;
    const guint changed[] = {7, 8, 7, 9, 8, 7};
    guint64 work = engine->scheduler.work;

    for (guint i = 0; i < G_N_ELEMENTS(changed); i++)
        subject_changed(harness, changed[i]);
    wl_members_update(engine);
    g_assert_cmpuint(engine->scheduler.work - work, ==, 3);
    g_assert_cmpuint(engine->membership.changed->len, ==, 0);
    wl_members_update(engine);
    g_assert_cmpuint(engine->scheduler.work - work, ==, 3);
}

/* Which subjects become members. */
static void
test_added(void)
{
    static const struct {
        const char *name;
        guint learned; /* peers before */
        gboolean named, stale, own, address_taken;
        gboolean added;
        WlVerdict refused; /* WL_VERDICT_N: not */
    } rows[] = {
        {"one that a fact names", 0, TRUE, FALSE, FALSE, FALSE, TRUE, WL_VERDICT_N},
        {"one that no fact names", 0, FALSE, FALSE, FALSE, FALSE, FALSE, WL_VERDICT_N},
        {"one that a stale fact names", 0, TRUE, TRUE, FALSE, FALSE, FALSE, WL_VERDICT_N},
        {"this member", 0, TRUE, FALSE, TRUE, FALSE, FALSE, WL_VERDICT_N},
        {"the last one", 999, TRUE, FALSE, FALSE, FALSE, TRUE, WL_VERDICT_N},
        {"one too many", 1000, TRUE, FALSE, FALSE, FALSE, FALSE, WL_VERDICT_TOO_MANY},
        {"one with the address of another", 0, TRUE, FALSE, FALSE, TRUE, FALSE,
         WL_VERDICT_COLLISION},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = simple_leaf_new();
        WlEngine *engine = harness->engine;
        guint number = rows[i].own ? 0 : 7;
        HarnessMember *member = harness_member(harness, number);
        const guint64 *refused = engine->receiver.refused;
        guint learned = engine->peers.learned;

        g_test_message("%s", rows[i].name);
        if (rows[i].named)
            name_member(harness, number, rows[i].stale);
        if (rows[i].address_taken)
            g_hash_table_insert(engine->peers.by_link_local, &member->link_local,
                                wl_peer_table_get(&engine->peers, 0));
        engine->peers.learned = rows[i].learned;
        subject_changed(harness, number);
        wl_members_update(engine);
        g_assert_cmpint(wl_peer_table_find(&engine->peers, &member->key) != NULL, ==,
                        rows[i].added);
        g_assert_cmpuint(refused[WL_VERDICT_TOO_MANY], ==, rows[i].refused == WL_VERDICT_TOO_MANY);
        g_assert_cmpuint(refused[WL_VERDICT_COLLISION], ==,
                         rows[i].refused == WL_VERDICT_COLLISION);
        engine->peers.learned = learned + rows[i].added;
        if (rows[i].address_taken)
            g_hash_table_remove(engine->peers.by_link_local, &member->link_local);
    }
}

/* No member has a key of zeros. */
static void
test_zero_key(void)
{
    g_autoptr(Harness) harness = simple_leaf_new();
    const HarnessMember nobody = {.harness = harness};

    harness_advertise_member(harness, harness_member(harness, 1), &nobody, "nobody", 254);
    g_assert_cmpuint(harness_n_peers(harness), ==, 1);
    g_assert_cmpuint(wl_engine_get_verdict_counters(harness->engine)[WL_VERDICT_COLLISION], ==, 1);
}

/* A full table is logged once an hour. */
static void
test_full_logged(void)
{
    g_autoptr(Harness) harness = simple_leaf_new();
    WlEngine *engine = harness->engine;
    static const struct {
        gint64 after; /* us since the line before */
        guint lines;
    } rows[] = {{0, 1}, {WL_SEC(3600) - 1, 0}, {1, 1}, {WL_SEC(3600), 1}};
    guint learned = engine->peers.learned;

    name_member(harness, 7, FALSE);
    harness_clear(harness);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %u", i);
        harness->now = engine->now += rows[i].after;
        engine->peers.learned = WL_MAX_LEARNED_PEERS;
        subject_changed(harness, 7);
        wl_members_update(engine);
        for (WlOutput *output; (output = wl_engine_next_output(engine));)
            g_ptr_array_add(harness->outputs, output);
        g_assert_cmpuint(count_logs(harness), ==, rows[i].lines);
    }
    engine->peers.learned = learned;
}

/* Members that no fact names any more leave if this member may remove them, last key first. */
static void
test_leavers(void)
{
    for (guint may = 0; may < 2; may++) {
        g_autoptr(Harness) harness = simple_leaf_new();
        g_autoptr(GHashTable) kept = g_hash_table_new(wl_key_hash, wl_key_equal);
        WlEngine *engine = harness->engine;
        WlPeer *hub = wl_peer_table_find(&engine->peers, &harness_member(harness, 1)->key);
        WlPeer *peers[3], *last = NULL, *first = NULL;

        for (guint i = 0; i < 3; i++) {
            peers[i] = wl_members_add(engine, &harness_member(harness, 7 + i)->key, NULL);
            subject_changed(harness, 7 + i);
            if (!last || wl_key_compare(&peers[i]->key, &last->key) > 0)
                last = peers[i];
            if (!first || wl_key_compare(&peers[i]->key, &first->key) < 0)
                first = peers[i];
        }
        hub->liveness = (WlPeerLiveness){.healthy = TRUE,
                                         .alive = TRUE,
                                         .last_alive = engine->now,
                                         .alive_since = engine->now - SEC(1000),
                                         .alive_until = engine->now + SEC(200)};
        engine->started = may ? engine->now - SEC(1000) : engine->now;
        g_assert_null(wl_members_get_leaver(engine));
        wl_members_update(engine);
        g_assert_cmpuint(engine->membership.orphaned->len, ==, 3);
        g_assert_true(wl_members_get_leaver(engine) == (may ? last : NULL));
        for (guint i = 0; i < 3; i++) { /* once is enough */
            g_assert_true(peers[i]->membership.orphaned);
            wl_members_set_orphaned(engine, peers[i], TRUE);
        }
        g_assert_cmpuint(engine->membership.orphaned->len, ==, 3);
        /* a fact names one of them again */
        wl_members_set_orphaned(engine, last, FALSE);
        wl_members_set_orphaned(engine, last, FALSE);
        g_assert_cmpuint(engine->membership.orphaned->len, ==, 2);
        g_assert_true(wl_members_get_leaver(engine) != last);
        /* a reload removes them at once, except those that the profile keeps */
        g_hash_table_add(kept, &first->key);
        for (guint i = 0; i < 3; i++) {
            if (peers[i] != first && peers[i] != last)
                g_assert_true(wl_members_update_by_profile(engine, kept) == peers[i]);
        }
        /* a source has become authoritative */
        engine->started = engine->now - SEC(1000);
        engine->membership.leaving = FALSE;
        wl_members_update(engine);
        g_assert_false(engine->membership.leaving);
        engine->evaluation.stale_due = TRUE;
        wl_members_update(engine);
        g_assert_true(engine->membership.leaving);
        g_assert_false(engine->evaluation.stale_due);
        /* in this turn only */
        wl_members_update(engine);
        g_assert_false(engine->membership.leaving);
        for (guint i = 0; i < 3; i++)
            wl_members_set_orphaned(engine, peers[i], FALSE);
        g_assert_null(wl_members_update_by_profile(engine, kept));
        wl_members_update(engine);
        g_assert_null(wl_members_get_leaver(engine));
    }
}

/* ---- a full table */

/* Advertises the members @first to @last by one datagram of @source. */
static void
introduce(Harness *harness, guint source, guint first, guint last)
{
    g_autoptr(GArray) facts = wl_fact_array_new();

    for (guint i = first; i <= last; i++) {
        g_autoptr(WlMetadata) metadata = wl_metadata_new("x", FALSE);
        WlFact fact;

        wl_fact_init_metadata(&fact, &harness_member(harness, i)->key, metadata,
                              harness->now + SEC(255));
        g_array_append_val(facts, fact);
    }
    harness_datagram(harness, harness_member(harness, source), facts);
}

static guint
count_present(Harness *harness, guint first, guint last)
{
    guint n = 0;

    for (guint i = first; i <= last; i++)
        n += wl_peer_table_find(&harness->engine->peers, &harness_member(harness, i)->key) != NULL;
    return n;
}

/* In a full table a source that introduces few members gets places of one that introduces many, but
 * none of those that have a session. Who makes room leaves in the same turn. */
static void
test_full_table(void)
{
    static const struct {
        const char *name;
        guint with_session;  /* of the four members that the first source introduced */
        guint source, n;     /* introduces so many more */
        guint left, entered; /* of the four, and of those */
    } rows[] = {
        {"one of another source", 0, 2, 1, 3, 1},
        {"as many as make both even", 0, 2, 3, 2, 2},
        {"none of the same source", 0, 1, 1, 4, 0},
        {"one without a session makes room", 3, 2, 1, 3, 1},
        {"members with a session stay", 4, 2, 1, 4, 0},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
        WlEngine *engine;

        g_test_message("%s", rows[i].name);
        harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24")
            ->trust = WL_TRUST_MEMBERSHIP;
        harness_add(config, harness_member(harness, 2), NULL, NULL)->trust = WL_TRUST_MEMBERSHIP;
        harness_start(harness, config);
        harness_uplink(harness, "192.168.1.10/24");
        engine = harness->engine;
        introduce(harness, 1, 10, 13);
        for (guint j = 0; j < rows[i].with_session; j++)
            harness_meet(harness, 10 + j, "198.51.100.7:51820");
        harness_snapshot(harness);
        harness_drain(harness);
        engine->peers.learned += WL_MAX_LEARNED_PEERS - 4;
        introduce(harness, rows[i].source, 20, 20 + rows[i].n - 1);
        g_assert_cmpuint(count_present(harness, 10, 13), ==, rows[i].left);
        g_assert_cmpuint(count_present(harness, 10, 10 + rows[i].with_session - 1), ==,
                         rows[i].with_session);
        g_assert_cmpuint(count_present(harness, 20, 22), ==, rows[i].entered);
        g_assert_cmpuint(engine->peers.learned, ==, WL_MAX_LEARNED_PEERS);
        g_assert_cmpuint(engine->membership.displaced->len, ==, 0);
        g_assert_cmpuint(engine->receiver.refused[WL_VERDICT_TOO_MANY], ==, rows[i].n);
        engine->peers.learned -= WL_MAX_LEARNED_PEERS - 4;
    }
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
    g_test_add_func("/membership/a subject is examined once", test_once);
    g_test_add_func("/membership/who is added", test_added);
    g_test_add_func("/membership/no key", test_zero_key);
    g_test_add_func("/membership/a full table is logged", test_full_logged);
    g_test_add_func("/membership/who leaves", test_leavers);
    g_test_add_func("/membership/who makes room in a full table", test_full_table);
    return g_test_run();
}
