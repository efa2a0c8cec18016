/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which facts a subscriber is sent, and until when they are valid for it. */
#include "exchange/wl-due-facts.h"

#include "exchange/wl-acks.h"
#include "harness.h"
#include "state/wl-engine-state.h"
#include "state/wl-fact-set-private.h"
#include "state/wl-fact-set-renewal.h"

/* A router with sessions with the leaves 1 and 2; 3 is offline. */
static Harness *
router_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);

    for (guint i = 1; i <= 3; i++) {
        g_autofree char *allowed = g_strdup_printf("10.77.0.%u/32", 10 + i);
        harness_add(config, harness_member(harness, i), NULL, allowed);
    }
    harness_start(harness, config);
    harness_uplink(harness, "203.0.113.1/24");
    harness_meet(harness, 1, "198.51.100.1:51820");
    harness_meet(harness, 2, "198.51.100.2:51820");
    harness_run(harness, SEC(1));
    harness_clear(harness);
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint number)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, number)->key);
}

typedef enum {
    LOCAL,   /* originated by this member */
    RELAYED, /* of its subject */
} Origin;

/* The endpoint, or the name, of @about, valid until @expires; it is the last change. */
static WlFactEntry *
add(Harness *harness, Origin origin, gboolean name, guint about, gint64 expires)
{
    WlEngine *engine = harness->engine;
    const WlKey *subject = &harness_member(harness, about)->key;
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
    g_autoptr(WlMetadata) metadata = wl_metadata_new("x", 0);
    WlFactEntry *entry;
    WlFactSource *source;
    WlFact fact;

    if (name)
        wl_fact_init_metadata(&fact, subject, metadata, expires);
    else
        wl_fact_init_endpoint(&fact, subject, &endpoint, expires);
    g_assert_cmpint(wl_fact_set_add_source(engine->facts, &fact, subject, engine->now, expires,
                                           &entry, &source),
                    ==, WL_FACT_SOURCE_NEW);
    wl_fact_clear(&fact);
    wl_fact_set_set_verdict(engine->facts, source, WL_VERDICT_ACCEPTED);
    entry->local = origin == LOCAL;
    wl_fact_set_mark_changed(engine->facts, entry, engine->now);
    return entry;
}

/* ---- needed */

static const struct {
    const char *name;
    Origin origin;
    gboolean is_name;
    guint about, to;
    gint64 left;  /* until the fact expires */
    gint64 known; /* until the receiver forgets it; 0: it does not know it */
    gint64 until; /* it is sent, valid for this time; 0: it is not */
} rows[] = {
    {"a fact that it does not know", RELAYED, FALSE, 2, 1, SEC(200), 0, SEC(200)},
    {"a fact that ends in 30 s", RELAYED, FALSE, 2, 1, SEC(30), 0, SEC(30)},
    {"none that ends sooner", RELAYED, FALSE, 2, 1, SEC(30) - 1, 0, 0},
    {"no fact is valid longer than 255 s", RELAYED, FALSE, 2, 1, SEC(300), 0, SEC(255)},
    {"a local fact is valid for 255 s", LOCAL, FALSE, 2, 1, SEC(1), 0, SEC(255)},
    {"a fact that it will forget in 145 s", RELAYED, FALSE, 2, 1, SEC(200), SEC(145), SEC(200)},
    {"none that it knows for 150 s", RELAYED, FALSE, 2, 1, SEC(200), SEC(150), 0},
    {"none that it knows as long as it lasts", RELAYED, FALSE, 2, 1, SEC(100), SEC(102), 0},
    {"a local fact that it will forget in 238 s", LOCAL, FALSE, 2, 1, 0, SEC(238), SEC(255)},
    {"no local fact that it knows for 243 s", LOCAL, FALSE, 2, 1, 0, SEC(243), 0},
    {"not where it is itself", RELAYED, FALSE, 1, 1, SEC(200), 0, 0},
    {"but how it is named", LOCAL, TRUE, 1, 1, SEC(200), 0, SEC(255)},
    {"nothing about a member that is not there", RELAYED, FALSE, 3, 1, SEC(200), 0, 0},
    {"a fact about one that is no peer", RELAYED, FALSE, 9, 1, SEC(200), 0, SEC(200)},
};

static void
test_row(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = router_new();
    WlEngine *engine = harness->engine;
    WlPeer *to = peer_of(harness, rows[i].to);
    g_autoptr(WlGroup) group = wl_group_new();
    g_autoptr(WlGroup) nothing = wl_group_new();
    guint64 before = wl_change_log_last(wl_fact_set_get_changes(engine->facts));
    WlFactEntry *entry =
        add(harness, rows[i].origin, rows[i].is_name, rows[i].about, engine->now + rows[i].left);
    gboolean needed = rows[i].until > 0;

    to->advertise.position = before;
    if (rows[i].known > 0)
        wl_knowledge_learn(&entry->known, to->slot, engine->now + rows[i].known);
    g_assert_cmpint(wl_due_facts_exist(engine, to), ==, needed);
    g_assert_cmpuint(to->advertise.position, ==, before + !needed);

    to->advertise.position = before;
    g_assert_cmpint(wl_due_facts_add(engine, to, group), ==, needed && rows[i].known == 0);
    g_assert_cmpuint(wl_group_count(group), ==, needed);
    g_assert_cmpuint(to->advertise.position, ==, before + 1);
    if (needed) {
        g_assert_cmpint(entry->fact.expires, ==, engine->now + rows[i].until);
        g_assert_cmpint(wl_knowledge_get(&entry->known, to->slot), >,
                        engine->now + rows[i].until - SEC(2));
    }
    /* nothing is left */
    to->advertise.position = before;
    g_assert_false(wl_due_facts_add(engine, to, nothing));
    g_assert_cmpuint(wl_group_count(nothing), ==, 0);
}

/* The fact that is needed is found behind those that are not, which are not examined again. */
static void
test_position(void)
{
    g_autoptr(Harness) harness = router_new();
    WlEngine *engine = harness->engine;
    WlPeer *to = peer_of(harness, 1);
    guint64 before = wl_change_log_last(wl_fact_set_get_changes(engine->facts));

    to->advertise.position = before;
    g_assert_false(wl_due_facts_exist(engine, to));
    add(harness, RELAYED, FALSE, 3, engine->now + SEC(200));
    add(harness, RELAYED, FALSE, 1, engine->now + SEC(200));
    add(harness, RELAYED, FALSE, 2, engine->now + SEC(200));
    g_assert_true(wl_due_facts_exist(engine, to));
    g_assert_cmpuint(to->advertise.position, ==, before + 2);
}

/* ---- the send window */

/* A native peer gets as much as its window has room for, a Go daemon all. */
static void
test_partial(void)
{
    g_autoptr(Harness) harness = router_new();
    WlEngine *engine = harness->engine;
    WlPeer *to = peer_of(harness, 1);
    g_autoptr(WlGroup) first = wl_group_new();
    g_autoptr(WlGroup) second = wl_group_new();
    guint room;

    to->boot.native = TRUE;
    room = wl_acks_get_room(engine, to);
    g_assert_cmpuint(room, <=, WL_SEND_WINDOW_MIN);
    for (guint i = 0; i < 400; i++) {
        WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
        WlFactEntry *entry;
        WlFactSource *source;
        WlFact fact;

        endpoint.port = (guint16) (i + 1);
        wl_fact_init_endpoint(&fact, &harness_member(harness, 10 + i)->key, &endpoint,
                              engine->now + SEC(200));
        wl_fact_set_add_source(engine->facts, &fact, &fact.subject, engine->now, fact.expires,
                               &entry, &source);
        wl_fact_set_set_verdict(engine->facts, source, WL_VERDICT_ACCEPTED);
        wl_fact_set_mark_changed(engine->facts, entry, engine->now);
    }
    g_assert_true(wl_due_facts_add(engine, to, first));
    g_assert_true(to->advertise.partial);
    g_assert_cmpuint(wl_group_count(first), ==, room + 1);
    g_assert_true(wl_due_facts_exist(engine, to));
    to->boot.native = FALSE;
    g_assert_true(wl_due_facts_add(engine, to, second));
    g_assert_cmpuint(wl_group_count(second), >, 2);
    g_assert_false(to->advertise.partial);
    g_assert_false(wl_due_facts_exist(engine, to));
}

/* ---- again */

/* What was lost is sent again as it is now, unless it is over or of no use to the peer. */
static void
test_again(void)
{
    g_autoptr(Harness) harness = router_new();
    WlEngine *engine = harness->engine;
    WlPeer *to = peer_of(harness, 1);
    g_autoptr(GArray) lost = wl_fact_array_new();
    g_autoptr(GArray) sent = wl_fact_array_new();
    g_autoptr(WlGroup) group = wl_group_new();
    WlEndpoint gone = harness_endpoint("192.0.2.2:2");
    const GByteArray *inner;
    WlFactEntry *entry = NULL;
    WlFact fact;

    for (guint about = 3; about >= 1; about--) {
        entry =
            add(harness, RELAYED, FALSE, about, engine->now + (about == 2 ? SEC(150) : SEC(90)));
        wl_fact_copy(&entry->fact, &fact);
        g_array_append_val(lost, fact);
        if (about == 2)
            wl_knowledge_learn(&entry->known, to->slot, engine->now + SEC(20));
    }
    wl_fact_init_endpoint(&fact, &harness_member(harness, 2)->key, &gone, 0);
    g_array_append_val(lost, fact);
    wl_due_facts_add_again(engine, to, lost, group);
    g_assert_cmpuint(wl_group_count(group), ==, 1);
    inner = wl_group_get(group, 0);
    g_assert_cmpint(wl_group_decode(inner->data, inner->len, sent), ==, WL_DECODE_OK);
    g_assert_cmpuint(sent->len, ==, 1);
    fact = g_array_index(sent, WlFact, 0);
    g_assert_true(wl_key_equal(&fact.subject, &harness_member(harness, 2)->key));
    g_assert_cmpuint(fact.ttl, ==, 150);
    entry = wl_fact_set_lookup(engine->facts, &fact);
    g_assert_cmpint(wl_knowledge_get(&entry->known, to->slot), >, engine->now + SEC(148));
}

/* ---- renewal */

/* Renewals that are due within 15 s are sent with one that is due now. */
static void
test_renewals(void)
{
    static const struct {
        const char *name;
        gint64 first, second; /* in this time */
        guint renewed;
    } renewals[] = {
        {"none is due", 1, 1, 0},
        {"the second one soon", 0, SEC(15), 2},
        {"the second one later", 0, SEC(15) + 1, 1},
        {"both are late", -1, -1, 2},
    };

    for (guint i = 0; i < G_N_ELEMENTS(renewals); i++) {
        g_autoptr(Harness) harness = router_new();
        WlEngine *engine = harness->engine;
        gint64 due[] = {renewals[i].first, renewals[i].second};
        guint64 before;

        for (guint j = 0; j < 2; j++) {
            WlFactEntry *entry = add(harness, RELAYED, FALSE, 20 + j, engine->now + SEC(200));

            entry->advertised_until = engine->now;
            wl_timer_queue_set(engine->facts->renewals, &entry->renewal, engine->now + due[j]);
        }
        before = wl_change_log_last(wl_fact_set_get_changes(engine->facts));
        engine->subscribers.alive_horizon = engine->now;
        wl_due_facts_renew(engine);
        g_test_message("%s", renewals[i].name);
        g_assert_cmpuint(wl_change_log_last(wl_fact_set_get_changes(engine->facts)) - before, ==,
                         renewals[i].renewed);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/due-facts/%s", rows[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_row);
    }
    g_test_add_func("/due-facts/each change is examined once", test_position);
    g_test_add_func("/due-facts/no more than the window has room for", test_partial);
    g_test_add_func("/due-facts/lost facts are sent as they are now", test_again);
    g_test_add_func("/due-facts/renewals share a wake-up", test_renewals);
    return g_test_run();
}
