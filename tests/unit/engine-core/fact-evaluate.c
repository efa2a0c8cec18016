/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows when facts are evaluated again, end, or give way. */
#include "facts/wl-fact-evaluate.h"

#include <string.h>

#include "harness.h"
#include "state/wl-engine-marks.h"

#define NOW WL_SEC(5000)

typedef enum {
    ENDPOINT,
    ALLOWED,
    MEMBER,
} Kind;

/* A leaf with a hub, 1, and leaves 2 and 3 of the profile; 9 is no peer. */
static Harness *
network_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_add(config, harness_member(harness, 3), NULL, "10.77.0.4/32");
    harness_start(harness, config);
    return harness;
}

static WlPeer *
peer_of(Harness *harness, guint member)
{
    return wl_peer_table_find(&harness->engine->peers, &harness_member(harness, member)->key);
}

static void
init(Harness *harness, WlFact *fact, Kind kind, guint subject, guint number)
{
    WlEndpoint endpoint = harness_endpoint("198.51.100.1:1");
    WlPrefix prefix = harness_prefix("10.77.0.100/32");
    g_autofree char *name = g_strdup_printf("name %u", number);
    g_autoptr(WlMetadata) metadata = wl_metadata_new(name, FALSE);
    const WlKey *about = &harness_member(harness, subject)->key;

    endpoint.port = (guint16) (number + 1);
    prefix.ip.bytes[3] = (guint8) (100 + number);
    if (kind == ENDPOINT)
        wl_fact_init_endpoint(fact, about, &endpoint, 0);
    else if (kind == ALLOWED)
        wl_fact_init_allowed(fact, about, &prefix, 0);
    else
        wl_fact_init_metadata(fact, about, metadata, 0);
}

static WlFactEntry *
add(Harness *harness, Kind kind, guint subject, guint source, guint number, WlVerdict verdict)
{
    WlEngine *engine = harness->engine;
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    init(harness, &fact, kind, subject, number);
    wl_fact_set_add_source(engine->facts, &fact, &harness_member(harness, source)->key, NOW,
                           NOW + WL_SEC(100), &entry, &origin);
    wl_fact_set_set_verdict(engine->facts, origin, verdict);
    wl_fact_set_verdict_changed(engine->facts, entry);
    wl_fact_clear(&fact);
    return entry;
}

static WlFactSource *
source_of(Harness *harness, WlFactEntry *entry, guint member)
{
    return wl_fact_entry_find_source(entry, &harness_member(harness, member)->key);
}

/* As after a turn: nothing is marked. */
static void
settle(Harness *harness)
{
    WlEngine *engine = harness->engine;

    for (guint i = 0; i < wl_peer_table_size(&engine->peers); i++)
        wl_peer_table_get(&engine->peers, i)->dirty.candidates = FALSE;
    g_array_set_size(engine->membership.changed, 0);
    g_array_set_size(engine->prefixes.dirty, 0);
    engine->prefixes.due = FALSE;
    engine->own.boot_id_due = WL_NEVER;
}

/* What is marked: candidates of member 2, its membership, a prefix, a new boot id. */
static void
assert_marked(Harness *harness, const char *expected)
{
    WlEngine *engine = harness->engine;
    g_autofree char *marked = g_strdup_printf(
        "%s%s%s%s", peer_of(harness, 2)->dirty.candidates ? "c" : "",
        engine->membership.changed->len > 0 ? "m" : "", engine->prefixes.dirty->len > 0 ? "p" : "",
        engine->own.boot_id_due != WL_NEVER ? "b" : "");

    g_assert_cmpstr(marked, ==, expected);
}

/* ---- verdicts */

static void
test_set_verdict(void)
{
    static const struct {
        Kind kind;
        WlVerdict before, after;
        gboolean refused; /* it is counted */
        const char *marked;
    } rows[] = {
        {ENDPOINT, WL_VERDICT_N, WL_VERDICT_ACCEPTED, FALSE, "c"},
        {ENDPOINT, WL_VERDICT_ACCEPTED, WL_VERDICT_ACCEPTED, FALSE, ""},
        {ENDPOINT, WL_VERDICT_N, WL_VERDICT_UNTRUSTED, TRUE, ""},
        {ENDPOINT, WL_VERDICT_UNTRUSTED, WL_VERDICT_UNTRUSTED, FALSE, ""},
        {ENDPOINT, WL_VERDICT_UNTRUSTED, WL_VERDICT_BAD_ADDRESS, TRUE, ""},
        {ENDPOINT, WL_VERDICT_ACCEPTED, WL_VERDICT_BAD_ADDRESS, TRUE, "c"},
        {ENDPOINT, WL_VERDICT_BAD_ADDRESS, WL_VERDICT_ACCEPTED, FALSE, "c"},
        {MEMBER, WL_VERDICT_N, WL_VERDICT_ACCEPTED, FALSE, "m"},
        {MEMBER, WL_VERDICT_ACCEPTED, WL_VERDICT_UNTRUSTED, TRUE, "m"},
        {MEMBER, WL_VERDICT_N, WL_VERDICT_UNTRUSTED, TRUE, ""},
        {ALLOWED, WL_VERDICT_N, WL_VERDICT_ACCEPTED, FALSE, ""},
        {ALLOWED, WL_VERDICT_ACCEPTED, WL_VERDICT_TAKEN, TRUE, ""},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlFactEntry *entry = add(harness, rows[i].kind, 2, 1, 0, rows[i].before);
        WlFactSource *origin = source_of(harness, entry, 1);
        const guint64 *refused = harness->engine->receiver.refused;

        g_test_message("row %u", i);
        settle(harness);
        wl_fact_evaluate_set_verdict(harness->engine, entry, origin, rows[i].after);
        g_assert_cmpint(origin->verdict, ==, rows[i].after);
        g_assert_cmpuint(refused[rows[i].after], ==, rows[i].refused);
        g_assert_cmpint(entry->idle, ==, wl_fact_entry_is_refused(entry));
        assert_marked(harness, rows[i].marked);
    }
}

/* The verdict on one source; that on allowed IPs is left to the arbitration if the source is
 * trusted with them. */
static void
test_source(void)
{
    static const struct {
        Kind kind;
        guint subject, source;
        gboolean decided;
        WlVerdict verdict;
    } rows[] = {
        {ENDPOINT, 2, 1, TRUE, WL_VERDICT_ACCEPTED},
        {ENDPOINT, 2, 3, TRUE, WL_VERDICT_ACCEPTED},
        {ENDPOINT, 9, 1, TRUE, WL_VERDICT_ACCEPTED},
        {ENDPOINT, 9, 3, TRUE, WL_VERDICT_UNKNOWN_SUBJECT},
        {ENDPOINT, 2, 9, TRUE, WL_VERDICT_UNTRUSTED},
        {ENDPOINT, 0, 1, TRUE, WL_VERDICT_ABOUT_US},
        {MEMBER, 2, 1, TRUE, WL_VERDICT_ACCEPTED},
        {MEMBER, 2, 3, TRUE, WL_VERDICT_UNTRUSTED},
        {MEMBER, 0, 1, TRUE, WL_VERDICT_ABOUT_US},
        {ALLOWED, 2, 1, FALSE, WL_VERDICT_N},
        {ALLOWED, 2, 3, TRUE, WL_VERDICT_UNTRUSTED},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlFactEntry *entry =
            add(harness, rows[i].kind, rows[i].subject, rows[i].source, 0, WL_VERDICT_N);
        WlFactSource *origin = source_of(harness, entry, rows[i].source);

        g_test_message("row %u", i);
        g_assert_cmpint(wl_fact_evaluate_source(engine, entry, origin), ==, rows[i].decided);
        g_assert_cmpint(origin->verdict, ==, rows[i].verdict);
    }
}

/* A fact that may be relayed now, or no longer, is one for subscribers. */
static void
test_relayed(void)
{
    static const struct {
        WlVerdict before, after;
        gboolean changed;
    } rows[] = {
        {WL_VERDICT_N, WL_VERDICT_ACCEPTED, TRUE},
        {WL_VERDICT_N, WL_VERDICT_ON_LINK, TRUE},
        {WL_VERDICT_ACCEPTED, WL_VERDICT_ON_LINK, TRUE},
        {WL_VERDICT_N, WL_VERDICT_TAKEN, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlFactEntry *entry = add(harness, ALLOWED, 2, 1, 0, rows[i].before);
        const WlChangeLog *changes = wl_fact_set_get_changes(harness->engine->facts);
        guint64 before = wl_change_log_last(changes);

        g_test_message("row %u", i);
        wl_fact_evaluate_set_verdict(harness->engine, entry, source_of(harness, entry, 1),
                                     rows[i].after);
        g_assert_cmpuint(wl_change_log_last(changes) - before, ==, rows[i].changed);
    }
}

/* Every fact is evaluated again, or those of one source or about one subject. */
static void
test_evaluate(void)
{
    static const struct {
        const char *name;
        guint source, subject; /* 0: all */
        const char *evaluated; /* of the sources below, in order */
        guint prefixes;
    } rows[] = {
        {"all", 0, 0, "abcdef", 2},          {"of the hub", 1, 0, "ace", 1},
        {"of a leaf", 3, 0, "bdf", 1},       {"of a stranger", 9, 0, "", 0},
        {"about a member", 0, 2, "abce", 1}, {"about another", 0, 3, "df", 1},
        {"about a stranger", 0, 9, "", 0},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        g_autoptr(GString) evaluated = g_string_new(NULL);
        guint64 work;
        WlFactEntry *entries[] = {
            add(harness, ENDPOINT, 2, 1, 0, WL_VERDICT_N),
            add(harness, ENDPOINT, 2, 3, 0, WL_VERDICT_N),
            add(harness, MEMBER, 2, 1, 0, WL_VERDICT_N),
            add(harness, ENDPOINT, 3, 3, 0, WL_VERDICT_N),
            add(harness, ALLOWED, 2, 1, 0, WL_VERDICT_N),
            add(harness, ALLOWED, 3, 3, 1, WL_VERDICT_N),
        };

        g_test_message("%s", rows[i].name);
        settle(harness);
        work = engine->scheduler.work;
        if (rows[i].source) {
            wl_fact_evaluate_all_of(engine, &harness_member(harness, rows[i].source)->key);
        } else if (rows[i].subject) {
            wl_fact_evaluate_about(engine, &harness_member(harness, rows[i].subject)->key);
        } else {
            engine->evaluation.all_due = TRUE;
            engine->prefixes.due_at = WL_NEVER;
            wl_fact_evaluate_due(engine);
            g_assert_false(engine->evaluation.all_due);
        }
        for (guint j = 0; j < G_N_ELEMENTS(entries); j++) {
            const WlFactSource *origin =
                source_of(harness, entries[j], j % 2 == 0 && j != 3 ? 1 : 3);
            /* allowed IPs are left to the arbitration, if the source is trusted with them */
            if (origin->verdict != WL_VERDICT_N ||
                (entries[j]->fact.attribute == WL_ATTRIBUTE_ALLOWED_V4 &&
                 entries[j]->in_prefix_table))
                g_string_append_c(evaluated, (char) ('a' + j));
        }
        g_assert_cmpstr(evaluated->str, ==, rows[i].evaluated);
        g_assert_cmpuint(engine->prefixes.dirty->len, ==, rows[i].prefixes);
        g_assert_cmpuint(engine->scheduler.work - work, ==, strlen(rows[i].evaluated));
    }
}

/* Dirty prefixes are arbitrated when they are due, and until then this member wakes for it. */
static void
test_due(void)
{
    for (guint late = 0; late < 2; late++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        WlFactEntry *entry = add(harness, ALLOWED, 2, 1, 0, WL_VERDICT_N);

        settle(harness);
        wl_engine_prefix_changed(engine, entry);
        engine->prefixes.due_at = engine->now + late;
        engine->scheduler.deadline = WL_NEVER;
        wl_fact_evaluate_due(engine);
        g_assert_cmpint(source_of(harness, entry, 1)->verdict == WL_VERDICT_N, ==, late);
        g_assert_cmpint(engine->scheduler.deadline, ==, late ? engine->now + 1 : WL_NEVER);
        g_assert_cmpint(engine->prefixes.due, ==, late);
    }
}

/* ---- the end of a fact */

static void
make_authoritative(WlPeer *peer)
{
    peer->liveness = (WlPeerLiveness){
        .healthy = TRUE,
        .alive = TRUE,
        .last_alive = NOW + WL_SEC(100),
        .alive_since = 0,
        .alive_until = NOW + WL_SEC(500),
    };
}

/* A fact of @source has expired: it is kept as stale, or dropped. */
static const struct {
    const char *name;
    Kind kind;
    guint subject, source;
    WlVerdict verdict;
    gboolean started;    /* this member runs for longer than a FactTTL */
    guint authoritative; /* this peer is; 0: none */
    gboolean kept;
} endings[] = {
    {"a prefix after the start", ALLOWED, 2, 1, WL_VERDICT_ACCEPTED, FALSE, 1, TRUE},
    {"a prefix of an unreachable source", ALLOWED, 2, 1, WL_VERDICT_ACCEPTED, TRUE, 0, TRUE},
    {"a prefix of an authoritative source", ALLOWED, 2, 1, WL_VERDICT_ACCEPTED, TRUE, 1, FALSE},
    {"a refused prefix", ALLOWED, 2, 1, WL_VERDICT_TAKEN, FALSE, 0, FALSE},
    {"a prefix of a stranger", ALLOWED, 9, 1, WL_VERDICT_ACCEPTED, FALSE, 0, FALSE},
    {"the word of a stranger", ALLOWED, 2, 9, WL_VERDICT_ACCEPTED, FALSE, 0, FALSE},
    {"a member after the start", MEMBER, 2, 1, WL_VERDICT_ACCEPTED, FALSE, 1, TRUE},
    {"a member if none is authoritative", MEMBER, 2, 1, WL_VERDICT_ACCEPTED, TRUE, 0, TRUE},
    {"a member of an authoritative source", MEMBER, 2, 1, WL_VERDICT_ACCEPTED, TRUE, 1, FALSE},
    {"a member of another source", MEMBER, 2, 3, WL_VERDICT_ACCEPTED, TRUE, 1, TRUE},
    {"an endpoint", ENDPOINT, 2, 1, WL_VERDICT_ACCEPTED, FALSE, 0, FALSE},
};

static void
test_ending(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(Harness) harness = network_new();
    WlEngine *engine = harness->engine;
    guint n = wl_fact_set_count_sources(engine->facts);

    add(harness, endings[row].kind, endings[row].subject, endings[row].source, 0,
        endings[row].verdict);
    if (endings[row].authoritative)
        make_authoritative(peer_of(harness, endings[row].authoritative));
    engine->started = endings[row].started ? 0 : NOW;
    engine->now = NOW + WL_SEC(100) - 1;
    wl_fact_evaluate_expire(engine);
    g_assert_false(wl_fact_set_has_stale(engine->facts));
    g_assert_cmpuint(wl_fact_set_count_sources(engine->facts), ==, n + 1);
    engine->now++;
    wl_fact_evaluate_expire(engine);
    g_assert_cmpint(wl_fact_set_has_stale(engine->facts), ==, endings[row].kept);
    g_assert_cmpuint(wl_fact_set_count_sources(engine->facts), ==, n + endings[row].kept);
    /* stale ones are asked about again once a source may be authoritative */
    for (guint i = 1; i <= 3; i++)
        make_authoritative(peer_of(harness, i));
    engine->started = 0;
    wl_fact_evaluate_expire(engine);
    g_assert_cmpuint(wl_fact_set_count_sources(engine->facts), ==, n + endings[row].kept);
    wl_engine_authorities_changed(engine);
    wl_fact_evaluate_expire(engine);
    g_assert_cmpuint(wl_fact_set_count_sources(engine->facts), ==, n);
}

/* What a lost fact of the hub about member 2 marks. */
static void
test_lost(void)
{
    static const struct {
        Kind kind;
        WlVerdict verdict;
        gboolean second, local; /* another source has it, this member has it */
        const char *marked, *displaced;
    } rows[] = {
        {ENDPOINT, WL_VERDICT_ACCEPTED, FALSE, FALSE, "c", "c"},
        {ENDPOINT, WL_VERDICT_BAD_ADDRESS, FALSE, FALSE, "", ""},
        {ALLOWED, WL_VERDICT_ACCEPTED, FALSE, FALSE, "pb", "p"},
        {ALLOWED, WL_VERDICT_TAKEN, FALSE, FALSE, "p", "p"},
        {ALLOWED, WL_VERDICT_ACCEPTED, TRUE, FALSE, "p", "p"},
        {ALLOWED, WL_VERDICT_ACCEPTED, FALSE, TRUE, "p", "p"},
        {MEMBER, WL_VERDICT_ACCEPTED, FALSE, FALSE, "mb", "m"},
        {MEMBER, WL_VERDICT_UNTRUSTED, FALSE, FALSE, "", ""},
        {MEMBER, WL_VERDICT_ACCEPTED, TRUE, FALSE, "m", "m"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Harness) harness = network_new();
        WlEngine *engine = harness->engine;
        const guint64 *refused = engine->receiver.refused;
        WlFactEntry *entry = add(harness, rows[i].kind, 2, 1, 0, rows[i].verdict);
        guint64 work;

        g_test_message("row %u", i);
        if (rows[i].second)
            add(harness, rows[i].kind, 2, 3, 0, WL_VERDICT_UNTRUSTED);
        if (rows[i].kind == ALLOWED)
            wl_engine_prefix_changed(engine, entry);
        entry->local = rows[i].local;
        settle(harness);
        entry->lost = rows[i].verdict == WL_VERDICT_ACCEPTED;
        work = engine->scheduler.work;
        wl_fact_evaluate_displaced(entry, engine);
        assert_marked(harness, rows[i].displaced);
        g_assert_cmpuint(refused[WL_VERDICT_TOO_MANY], ==, 1);
        g_assert_cmpuint(engine->scheduler.work, ==, work + 1);
        settle(harness);
        wl_fact_evaluate_drop_source(engine, &harness_member(harness, 1)->key);
        assert_marked(harness, rows[i].marked);
        g_assert_cmpuint(engine->scheduler.work, ==, work + 2);
        if (rows[i].local)
            entry->local = FALSE;
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fact-evaluate/verdict", test_set_verdict);
    g_test_add_func("/fact-evaluate/source", test_source);
    g_test_add_func("/fact-evaluate/relayed", test_relayed);
    g_test_add_func("/fact-evaluate/again", test_evaluate);
    g_test_add_func("/fact-evaluate/arbitration", test_due);
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *name = g_strdup_printf("/fact-evaluate/end of %s", endings[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_ending);
    }
    g_test_add_func("/fact-evaluate/lost", test_lost);
    return g_test_run();
}
