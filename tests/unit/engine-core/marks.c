/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change marks as due, and when: the boot id, the state file, facts. Small rules of
 * advertising. */
#include "state/wl-engine-marks.h"

#include "harness.h"
#include "state/wl-advertise-rules.h"
#include "state/wl-batch-delay.h"
#include "state/wl-device-bytes.h"

#define NOW WL_SEC(5000)

/* A leaf with a hub, 1, and members 2 and 3 of the profile. */
static Harness *
network_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    for (guint i = 1; i <= 3; i++)
        harness_add(config, harness_member(harness, i), NULL, NULL);
    harness_start(harness, config);
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint member)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, member)->key);
}

/* ---- boot id */

/* A new boot id on request, or because of lost facts. */
static void
test_boot_id(void)
{
    static const struct {
        gint64 created, lost, due; /* s before now; of a due one: after now, 0: none */
        gint64 wanted, fact_lost;  /* s from now on: when it is due then */
    } rows[] = {
        {10, 9999, 0, 50, 50},    {90, 9999, 0, -30, -30}, {10, 9999, 20, 20, 20},
        {10, 9999, 50, 50, 50},   {10, 300, 0, 50, 300},   {90, 300, 0, -30, 300},
        {90, 300, 299, -30, 299}, {10, 560, 0, 50, 50},    {10, 540, 0, 50, 60},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gint64 due = rows[i].due ? NOW + WL_SEC(rows[i].due) : WL_NEVER;
        gint64 created = NOW - WL_SEC(rows[i].created), lost = NOW - WL_SEC(rows[i].lost);
        gint64 when = NOW + WL_SEC(rows[i].fact_lost);
        WlEngine engine = {.now = NOW};

        g_test_message("row %u", i);
        engine.own.boot_id_created = created;
        engine.own.boot_id_due = due;
        wl_engine_want_boot_id(&engine);
        g_assert_cmpint(engine.own.boot_id_due, ==, NOW + WL_SEC(rows[i].wanted));
        engine.own.fact_lost = lost;
        engine.own.boot_id_due = due;
        wl_engine_fact_lost(&engine);
        g_assert_cmpint(engine.own.boot_id_due, ==, when);
        /* the interval begins with the new boot id, not before */
        g_assert_cmpint(engine.own.fact_lost, ==, when == due ? lost : MAX(when, NOW));
    }
}

/* ---- state file */

static void
test_state_due(void)
{
    static const struct {
        gint64 due, saved;        /* s from now on; s before now */
        gint64 changed, location; /* s from now on: when it is due then */
    } rows[] = {
        {9999, 9999, 10, 10}, {9999, 100, 10, 200}, {9999, 290, 10, 10},
        {9999, 289, 10, 11},  {5, 100, 5, 5},       {50, 100, 10, 50},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlEngine engine = {.now = NOW};
        gint64 due = rows[i].due == 9999 ? WL_NEVER : NOW + WL_SEC(rows[i].due);

        g_test_message("row %u", i);
        engine.outputs.state_saved = NOW - WL_SEC(rows[i].saved);
        engine.outputs.state_save_due = due;
        wl_engine_state_changed(&engine);
        g_assert_cmpint(engine.outputs.state_save_due, ==, NOW + WL_SEC(rows[i].changed));
        engine.outputs.state_save_due = due;
        wl_engine_location_changed(&engine);
        g_assert_cmpint(engine.outputs.state_save_due, ==, NOW + WL_SEC(rows[i].location));
        engine.outputs.state_save_due = due;
        wl_engine_state_save_now(&engine);
        g_assert_cmpint(engine.outputs.state_save_due, ==, due == WL_NEVER ? WL_NEVER : NOW);
    }
}

/* ---- members */

static void
test_subject(void)
{
    g_autoptr(Harness) harness = network_new();
    WlEngine *engine = harness->engine;
    const WlKey *keys[] = {&harness_member(harness, 2)->key, &harness_member(harness, 9)->key};
    WlPeer *peer = peer_of(harness, 2);

    peer->dirty.name = peer->dirty.local_facts = peer->turn.scheduled = FALSE;
    engine->outputs.state_save_due = WL_NEVER;
    for (guint i = 0; i < 2; i++) {
        wl_engine_subject_changed(engine, keys[i]);
        g_assert_cmpuint(engine->membership.changed->len, ==, i + 1);
        g_assert_true(wl_key_equal(&g_array_index(engine->membership.changed, WlKey, i), keys[i]));
    }
    g_assert_true(peer->dirty.name && peer->dirty.local_facts && peer->turn.scheduled);
    g_assert_cmpint(engine->outputs.state_save_due, ==, engine->now + WL_SEC(10));
}

/* ---- facts */

static WlFactEntry *
add(Harness *harness, guint subject, guint source, guint ttl)
{
    WlPrefix prefix = harness_prefix("10.77.0.9/32");
    WlEngine *engine = harness->engine;
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    wl_fact_init_allowed(&fact, &harness_member(harness, subject)->key, &prefix, 0);
    wl_fact_set_add_source(engine->facts, &fact, &harness_member(harness, source)->key, engine->now,
                           engine->now + WL_SEC(ttl), &entry, &origin);
    wl_fact_set_set_verdict(engine->facts, origin, WL_VERDICT_ACCEPTED);
    return entry;
}

static void
subscribe(Harness *harness, guint member)
{
    WlPeer *peer = peer_of(harness, member);

    g_ptr_array_add(harness->engine->subscribers.list, peer);
    peer->subscription.index = harness->engine->subscribers.list->len;
    peer->liveness.healthy = TRUE;
}

/* Whether a renewal of a fact of 9 by the hub needs a timer: a subscriber does not know it. */
static void
test_renewed(void)
{
    static const struct {
        const char *name;
        guint subscriber; /* 0: none */
        guint knows;      /* s that it knows the fact for; 0: it does not */
        guint source, until;
        gboolean local, needed;
    } rows[] = {
        {"no subscriber", 0, 0, 1, 200, FALSE, FALSE},
        {"one that does not know it", 2, 0, 1, 200, FALSE, TRUE},
        {"one that does not know the renewal", 2, 150, 1, 200, FALSE, TRUE},
        {"one that knows as much", 2, 230, 1, 200, FALSE, FALSE},
        {"the source", 1, 0, 1, 200, FALSE, FALSE},
        {"the source, which said a shorter one", 1, 0, 1, 199, FALSE, TRUE},
        {"a local fact", 0, 0, 1, 200, TRUE, TRUE},
        {"the member that it is about", 3, 0, 1, 200, FALSE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlFactEntry *entry = add(harness, 3, 1, 200);
        guint64 work = engine->scheduler.work;

        g_test_message("%s", rows[i].name);
        peer_of(harness, 3)->liveness.healthy = TRUE;
        entry->advertised_until = engine->now + WL_SEC(140);
        entry->advertised_life = WL_FACT_TTL;
        entry->local = rows[i].local;
        if (rows[i].subscriber)
            subscribe(harness, rows[i].subscriber);
        if (rows[i].knows)
            wl_knowledge_learn(&entry->known, peer_of(harness, rows[i].subscriber)->slot,
                               engine->now + WL_SEC(rows[i].knows));
        wl_engine_fact_renewed(engine, entry, peer_of(harness, rows[i].source),
                               engine->now + WL_SEC(rows[i].until));
        g_assert_cmpint(entry->renewal.place != 0, ==, rows[i].needed);
        g_assert_cmpint(entry->advertised_until, ==,
                        engine->now + WL_SEC(rows[i].needed ? 140 : 200));
        g_assert_cmpuint(engine->scheduler.work - work, ==,
                         rows[i].subscriber && !rows[i].local ? 1 : 0);
        entry->local = FALSE;
    }
}

/* Another source of a fact is a renewal for those that know it, else a change. */
static void
test_sources_changed(void)
{
    static const struct {
        gint64 until; /* us that subscribers know it for */
        guint ttl;    /* s; 0: it has ended */
        gboolean changed;
    } rows[] = {{1, 200, FALSE}, {0, 200, TRUE}, {-1, 200, TRUE}, {0, 0, FALSE}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlFactEntry *entry = add(harness, 9, 1, rows[i].ttl);
        guint64 before = wl_change_log_last(wl_fact_set_get_changes(engine->facts));

        g_test_message("row %u", i);
        entry->advertised_until = engine->now + rows[i].until;
        engine->subscribers.pending = FALSE;
        wl_engine_fact_sources_changed(engine, entry);
        g_assert_cmpuint(wl_change_log_last(wl_fact_set_get_changes(engine->facts)) - before, ==,
                         rows[i].changed);
        g_assert_cmpint(engine->subscribers.pending, ==, rows[i].changed);
    }
}

/* ---- advertising */

/* Facts about members that are away are not advertised; obsolete ones never are. */
static void
test_allow(void)
{
    static const struct {
        const char *name;
        guint subject; /* 0: this member; 9: none */
        gboolean healthy, alive, obsolete, allow;
    } rows[] = {
        {"this member", 0, FALSE, FALSE, FALSE, TRUE},
        {"this member in an obsolete way", 0, TRUE, TRUE, TRUE, FALSE},
        {"one with a session", 2, TRUE, FALSE, FALSE, TRUE},
        {"one that is alive", 2, FALSE, TRUE, FALSE, TRUE},
        {"one that is away", 2, FALSE, FALSE, FALSE, FALSE},
        {"one that is no peer", 9, FALSE, FALSE, FALSE, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlFact fact = {.attribute =
                           rows[i].obsolete ? WL_ATTRIBUTE_MEMBER : WL_ATTRIBUTE_ALLOWED_V4,
                       .subject = harness_member(harness, rows[i].subject)->key};
        WlPeer *peer = peer_of(harness, 2);

        g_test_message("%s", rows[i].name);
        peer->liveness.healthy = rows[i].healthy;
        peer->liveness.alive = rows[i].alive;
        g_assert_cmpint(wl_advertise_rules_allow(&engine->peers, &engine->own.key, &fact), ==,
                        rows[i].allow);
        /* others advertise only its name */
        g_assert_cmpint(wl_advertise_rules_is_about_receiver(peer, &fact), ==,
                        rows[i].subject == 2);
        fact.attribute = WL_ATTRIBUTE_METADATA;
        g_assert_false(wl_advertise_rules_is_about_receiver(peer, &fact));
    }
}

/* Work for each peer is delayed above 100 peers. */
static void
test_batch_delay(void)
{
    static const struct {
        guint n;
        gint64 delay;
    } rows[] = {{0, 0}, {99, 0}, {100, 0}, {101, 40}, {1100, 40000}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(wl_batch_delay(rows[i].n, 40), ==, rows[i].delay);
}

/* ---- the engine */

/* What WireGuard counts for a datagram: headers, padded to 16 bytes, and its own 32. */
static void
test_bytes(void)
{
    static const struct {
        guint length, counted;
    } rows[] = {{0, 80}, {1, 96}, {15, 96}, {16, 96}, {17, 112}, {1136, 1216}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        g_autofree guint8 *data = g_malloc0(rows[i].length);
        WlEngine *engine = harness->engine;
        WlPeer *peer = peer_of(harness, 1);
        const WlOutput *output;

        g_assert_cmpuint(wl_datagram_size_in_device(rows[i].length), ==, rows[i].counted);
        peer->traffic.own_tx = 7;
        wl_engine_send_datagram(engine, peer, g_bytes_new(data, rows[i].length));
        g_assert_cmpuint(peer->traffic.own_tx, ==, 7 + rows[i].counted);
        g_assert_cmpuint(engine->outputs.sends.length, ==, 1);
        output = g_queue_peek_head(&engine->outputs.sends);
        g_assert_true(wl_key_equal(&output->key, &peer->key));
        g_assert_true(wl_ip_equal(&output->destination, &peer->link_local));
        peer->traffic.own_rx = 7;
        wl_peer_add_own_rx(peer, 5);
        g_assert_cmpuint(peer->traffic.own_rx, ==, 12);
    }
}

/* A snapshot that is requested from a step of a peer, for a peer, or for none. */
static void
test_snapshot(void)
{
    for (guint from = 0; from < 3; from++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlPeer *peer = peer_of(harness, 1);

        wl_scheduler_snapshot_read(&engine->scheduler);
        peer->turn.awaits_snapshot = engine->outputs.snapshot_wanted = FALSE;
        engine->scheduler.current = from == 1 ? peer : NULL;
        if (from == 2)
            wl_engine_request_snapshot_for(engine, peer);
        else
            wl_engine_request_snapshot(engine);
        engine->scheduler.current = NULL;
        g_assert_true(engine->outputs.snapshot_wanted);
        g_assert_cmpint(peer->turn.awaits_snapshot, ==, from != 0);
    }
}

/* Every peer, whatever its place. */
static void
test_schedule_all(void)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    const WlPeerTable *peers = &harness->engine->peers;

    wl_engine_schedule_all(harness->engine);
    g_assert_cmpuint(harness->engine->scheduler.scheduled->len, ==, wl_peer_table_size(peers));
    for (guint i = 0; i < wl_peer_table_size(peers); i++)
        g_assert_true(wl_peer_table_get(peers, i)->turn.scheduled);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/marks/boot id", test_boot_id);
    g_test_add_func("/marks/state file", test_state_due);
    g_test_add_func("/marks/subject", test_subject);
    g_test_add_func("/marks/renewed fact", test_renewed);
    g_test_add_func("/marks/another source", test_sources_changed);
    g_test_add_func("/advertise/what is advertised", test_allow);
    g_test_add_func("/advertise/delay in large networks", test_batch_delay);
    g_test_add_func("/engine/bytes of a datagram", test_bytes);
    g_test_add_func("/engine/snapshots", test_snapshot);
    g_test_add_func("/engine/all peers are scheduled", test_schedule_all);
    return g_test_run();
}
