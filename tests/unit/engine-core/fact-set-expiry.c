/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When facts expire, which are kept as stale, and when they must be advertised again. */
#include <string.h>

#include "harness.h"
#include "state/wl-engine-state.h"

#define NOW WL_SEC(1000)

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

static void
init(WlFact *fact, guint subject, gboolean endpoint)
{
    WlEndpoint value = harness_endpoint("192.0.2.1:1");
    WlPrefix prefix = harness_prefix("10.77.0.0/24");
    WlKey about = key_of(subject);

    if (endpoint)
        wl_fact_init_endpoint(fact, &about, &value, 0);
    else
        wl_fact_init_allowed(fact, &about, &prefix, 0);
}

static WlFactEntry *
add(WlFactSet *set, guint subject, guint source, gint64 expires, WlVerdict verdict)
{
    WlKey from = key_of(source);
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    init(&fact, subject, FALSE);
    g_assert_cmpint(wl_fact_set_add_source(set, &fact, &from, NOW, expires, &entry, &origin), !=,
                    WL_FACT_SOURCE_REFUSED);
    wl_fact_set_set_verdict(set, origin, verdict);
    wl_fact_set_verdict_changed(set, entry);
    return entry;
}

/* ---- expiry */

static gboolean
keep_none(const WlFactEntry *entry, const WlFactSource *origin, gpointer user_data)
{
    return FALSE;
}

static gboolean
keep_all(const WlFactEntry *entry, const WlFactSource *origin, gpointer user_data)
{
    return TRUE;
}

/* The subjects that lost a source, with a mark for an accepted one. */
static void
note(WlFactEntry *entry, gpointer user_data)
{
    g_string_append_printf(user_data, "%u%s", entry->fact.subject.bytes[0], entry->lost ? "!" : "");
}

/* A fact with two sources, of which the first expires, or both do. */
static const struct {
    const char *name;
    WlVerdict first, second;
    gboolean both, kept;
    const char *expired;
} expiries[] = {
    {"an accepted source", WL_VERDICT_ACCEPTED, WL_VERDICT_TAKEN, FALSE, FALSE, "5!"},
    {"a refused source", WL_VERDICT_TAKEN, WL_VERDICT_ACCEPTED, FALSE, FALSE, "5"},
    {"an accepted and a refused one", WL_VERDICT_ACCEPTED, WL_VERDICT_TAKEN, TRUE, FALSE, "5!"},
    {"a refused and an accepted one", WL_VERDICT_TAKEN, WL_VERDICT_ACCEPTED, TRUE, FALSE, "5!"},
    {"an accepted source that is kept", WL_VERDICT_ACCEPTED, WL_VERDICT_TAKEN, FALSE, TRUE, "5!"},
    {"a refused source that is kept", WL_VERDICT_TAKEN, WL_VERDICT_ACCEPTED, FALSE, TRUE, "5"},
    {"both are kept", WL_VERDICT_TAKEN, WL_VERDICT_ACCEPTED, TRUE, TRUE, "5!"},
};

static void
test_expire(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    gint64 soon = NOW + WL_SEC(10), late = NOW + WL_SEC(20);
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    g_autoptr(GString) expired = g_string_new(NULL);
    gboolean kept = expiries[row].kept, both = expiries[row].both;
    guint stale = 0;

    add(set, 5, 10, soon, expiries[row].first);
    add(set, 5, 11, both ? soon : late, expiries[row].second);
    add(set, 6, 12, late, WL_VERDICT_ACCEPTED);
    g_assert_false(wl_fact_set_expire(set, soon - 1, FALSE, keep_none, note, expired));
    g_assert_true(wl_fact_set_expire(set, soon, FALSE, kept ? keep_all : keep_none, note, expired));
    g_assert_cmpstr(expired->str, ==, expiries[row].expired);
    g_assert_cmpuint(wl_fact_set_size(set), ==, both && !kept ? 1 : 2);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, kept ? 3 : both ? 1 : 2);
    g_assert_cmpint(wl_fact_set_has_stale(set), ==, kept);
    for (guint i = 0; i < wl_fact_set_size(set); i++) {
        const WlFactEntry *entry = wl_fact_set_get(set, i);
        for (guint j = 0; j < entry->sources->len; j++)
            stale += g_array_index(entry->sources, WlFactSource, j).stale;
    }
    g_assert_cmpuint(stale, ==, !kept ? 0 : both ? 2 : 1);
    /* once is enough */
    g_assert_false(wl_fact_set_expire(set, soon, FALSE, keep_none, note, expired));
    g_assert_cmpstr(expired->str, ==, expiries[row].expired);
    /* stale ones are asked about again, if the caller wants it */
    g_assert_false(wl_fact_set_expire(set, soon, TRUE, keep_all, note, expired));
    g_assert_cmpint(wl_fact_set_expire(set, soon, TRUE, keep_none, note, expired), ==, kept);
    g_assert_false(wl_fact_set_has_stale(set));
    g_assert_true(wl_fact_set_expire(set, late, FALSE, keep_none, note, expired));
    g_assert_cmpuint(wl_fact_set_size(set), ==, 0);
}

/* An expiry that every source refuses wakes nobody, but is noticed with the next turn. */
static void
test_idle(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    gint64 expires = NOW + WL_SEC(10);
    WlFactEntry *entry = add(set, 5, 10, expires, WL_VERDICT_ACCEPTED);
    WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, 0);

    for (guint i = 0; i < 3; i++) {
        wl_fact_set_set_verdict(set, origin, WL_VERDICT_ACCEPTED);
        wl_fact_set_verdict_changed(set, entry);
        g_assert_cmpint(wl_fact_set_next_expiry(set, NOW), ==, expires);
        wl_fact_set_set_verdict(set, origin, WL_VERDICT_TAKEN);
        wl_fact_set_verdict_changed(set, entry);
        g_assert_cmpint(wl_fact_set_next_expiry(set, NOW), ==, WL_NEVER);
        g_assert_false(wl_fact_set_has_expired(set, expires - 1));
        g_assert_true(wl_fact_set_has_expired(set, expires));
    }
    /* a source that is not refused, and expires sooner */
    add(set, 5, 11, NOW + WL_SEC(5), WL_VERDICT_ACCEPTED);
    g_assert_cmpint(wl_fact_set_next_expiry(set, NOW), ==, NOW + WL_SEC(5));
}

/* A renewal does not move the timer, which is corrected when it comes within a minute. */
static void
test_renewed(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    gint64 first = NOW + WL_SEC(100), later = NOW + WL_SEC(150);

    add(set, 5, 10, first, WL_VERDICT_ACCEPTED);
    add(set, 6, 10, NOW + WL_SEC(180), WL_VERDICT_ACCEPTED);
    add(set, 5, 10, later, WL_VERDICT_ACCEPTED);
    g_assert_cmpint(wl_fact_set_next_expiry(set, first - WL_SEC(60) - 1), ==, first);
    g_assert_cmpint(wl_fact_set_next_expiry(set, first - WL_SEC(60)), ==, later);
    g_assert_false(wl_fact_set_has_expired(set, first));
    g_assert_true(wl_fact_set_has_expired(set, later));
}

/* All facts of one source go, those of others stay. */
static void
test_drop_source(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    g_autoptr(GString) dropped = g_string_new(NULL);
    WlKey source = key_of(10), unknown = key_of(99);
    WlFact own;

    add(set, 1, 10, NOW + WL_SEC(10), WL_VERDICT_ACCEPTED);
    add(set, 2, 11, NOW + WL_SEC(10), WL_VERDICT_ACCEPTED);
    add(set, 2, 10, NOW + WL_SEC(10), WL_VERDICT_TAKEN);
    add(set, 3, 11, NOW + WL_SEC(10), WL_VERDICT_ACCEPTED);
    add(set, 4, 10, NOW + WL_SEC(10), WL_VERDICT_ACCEPTED);
    init(&own, 4, FALSE);
    wl_fact_set_local_begin(set);
    wl_fact_set_local_add(set, &own, NOW);
    wl_fact_set_drop_source(set, &unknown, note, dropped);
    g_assert_cmpstr(dropped->str, ==, "");
    wl_fact_set_drop_source(set, &source, note, dropped);
    g_assert_cmpstr(dropped->str, ==, "4!21!");
    g_assert_cmpuint(wl_fact_set_size(set), ==, 3);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 2);
}

/* A source that goes leaves the times of the others. */
static void
test_left(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    g_autoptr(GString) dropped = g_string_new(NULL);
    WlKey source = key_of(10);

    add(set, 5, 10, NOW + WL_SEC(10), WL_VERDICT_ACCEPTED);
    add(set, 5, 11, NOW + WL_SEC(20), WL_VERDICT_TAKEN);
    g_assert_cmpint(wl_fact_set_next_expiry(set, NOW), ==, NOW + WL_SEC(10));
    wl_fact_set_drop_source(set, &source, note, dropped);
    g_assert_cmpint(wl_fact_set_next_expiry(set, NOW), ==, WL_NEVER);
    g_assert_false(wl_fact_set_has_expired(set, NOW + WL_SEC(20) - 1));
    g_assert_true(wl_fact_set_has_expired(set, NOW + WL_SEC(20)));
}

/* The entries of the list of stale ones leave it from any place. */
static void
test_stale_list(void)
{
    static const guint orders[][3] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}, {1, 3, 2}};

    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        g_autoptr(GString) expired = g_string_new(NULL);

        for (guint j = 1; j <= 3; j++)
            add(set, j, 10, NOW + WL_SEC(1), WL_VERDICT_ACCEPTED);
        wl_fact_set_expire(set, NOW + WL_SEC(1), FALSE, keep_all, note, expired);
        for (guint j = 0; j < 3; j++) {
            guint places = 0;

            g_assert_true(wl_fact_set_has_stale(set));
            add(set, orders[i][j], 10, NOW + WL_SEC(9), WL_VERDICT_ACCEPTED);
            for (guint k = 0; k < wl_fact_set_size(set); k++)
                places += wl_fact_set_get(set, k)->stale_place;
            g_assert_cmpuint(places, ==, j == 0 ? 1 + 2 : j == 1 ? 1 : 0);
        }
        g_assert_false(wl_fact_set_has_stale(set));
    }
}

/* ---- sources that come back */

static void
test_restore(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey source = key_of(10), other = key_of(11);
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    init(&fact, 5, FALSE);
    g_assert_true(wl_fact_set_restore_source(set, &fact, &source, NOW, &entry, &origin));
    g_assert_true(origin->stale);
    g_assert_true(wl_fact_set_has_stale(set));
    g_assert_cmpint(wl_fact_set_next_expiry(set, NOW), ==, WL_NEVER);
    g_assert_cmpint(wl_fact_entry_first_expiry(entry), ==, WL_NEVER);
    g_assert_false(wl_fact_set_restore_source(set, &fact, &source, NOW, &entry, &origin));
    /* one that has advertised the fact since is not stale */
    add(set, 5, 11, NOW + WL_SEC(9), WL_VERDICT_ACCEPTED);
    g_assert_false(wl_fact_set_restore_source(set, &fact, &other, NOW, &entry, &origin));
    g_assert_false(wl_fact_entry_find_source(entry, &other)->stale);
    g_assert_cmpint(wl_fact_set_next_expiry(set, NOW), ==, NOW + WL_SEC(9));
}

/* A source that was silent for longer than 135 s returns; one that is stale does at once. */
static void
test_returned(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey source = key_of(10);
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    init(&fact, 5, FALSE);
    for (guint i = 0; i < 3; i++) {
        static const gint64 times[] = {0, WL_SEC(135), WL_SEC(270) + 1};
        static const WlFactSourceResult results[] = {WL_FACT_SOURCE_NEW, WL_FACT_SOURCE_RENEWED,
                                                     WL_FACT_SOURCE_RETURNED};

        g_assert_cmpint(wl_fact_set_add_source(set, &fact, &source, NOW + times[i],
                                               NOW + WL_SEC(900), &entry, &origin),
                        ==, results[i]);
        g_assert_cmpint(origin->received, ==, NOW + times[i]);
        g_assert_cmpint(origin->added, ==, NOW);
    }
}

/* Sources are numbered in the order in which they first advertised a fact. */
static void
test_sequence(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();

    for (guint i = 0; i < 3; i++) {
        const WlFactEntry *entry = add(set, 5 + i % 2, 10 + i, NOW + WL_SEC(9), WL_VERDICT_TAKEN);
        g_assert_cmpuint(g_array_index(entry->sources, WlFactSource, i / 2).sequence, ==, i);
        add(set, 5 + i % 2, 10 + i, NOW + WL_SEC(10), WL_VERDICT_TAKEN);
        g_assert_cmpuint(g_array_index(entry->sources, WlFactSource, i / 2).sequence, ==, i);
    }
}

/* Every source of a fact is dropped; what this member says itself stays. */
static void
test_drop_sources(void)
{
    static const struct {
        guint sources;
        gboolean local, dropped;
        guint entries;
    } rows[] = {{0, FALSE, FALSE, 0},
                {0, TRUE, FALSE, 1},
                {1, FALSE, TRUE, 0},
                {2, FALSE, TRUE, 0},
                {2, TRUE, TRUE, 1}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        WlFact fact;

        init(&fact, 5, FALSE);
        wl_fact_set_local_begin(set);
        if (rows[i].local)
            wl_fact_set_local_add(set, &fact, NOW);
        for (guint j = 0; j < rows[i].sources; j++)
            add(set, 5, 10 + j, NOW + WL_SEC(9), WL_VERDICT_ACCEPTED);
        g_assert_cmpint(wl_fact_set_drop_sources(set, &fact), ==, rows[i].dropped);
        g_assert_cmpuint(wl_fact_set_size(set), ==, rows[i].entries);
        g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 0);
        g_assert_false(wl_fact_set_drop_sources(set, &fact));
    }
}

/* ---- what subscribers need */

/* What changed since @since: subjects, in order. */
static char *
changes_since(const WlFactSet *set, guint64 since)
{
    const WlChangeLog *changes = wl_fact_set_get_changes(set);
    GString *text = g_string_new(NULL);
    guint cursor;

    for (const WlFactEntry *entry = wl_change_log_first(changes, since, &cursor); entry;
         entry = wl_change_log_next(changes, &cursor))
        g_string_append_printf(text, "%u", entry->fact.subject.bytes[0]);
    return g_string_free(text, FALSE);
}

/* Local facts are replaced together. */
static void
test_local(void)
{
    static const struct {
        gboolean endpoint;
        gboolean before, now, heard; /* originated before and now; another source has it too */
        gboolean changed;
        guint entries;
    } rows[] = {
        {FALSE, FALSE, TRUE, FALSE, TRUE, 1}, {FALSE, TRUE, TRUE, FALSE, FALSE, 1},
        {FALSE, TRUE, FALSE, FALSE, TRUE, 0}, {FALSE, FALSE, TRUE, TRUE, TRUE, 1},
        {FALSE, TRUE, FALSE, TRUE, TRUE, 1},  {FALSE, FALSE, FALSE, TRUE, FALSE, 1},
        {TRUE, TRUE, FALSE, FALSE, TRUE, 0},  {TRUE, TRUE, FALSE, TRUE, TRUE, 0},
        {TRUE, FALSE, FALSE, TRUE, FALSE, 1}, {TRUE, TRUE, TRUE, TRUE, FALSE, 1},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        g_autofree char *changes = NULL;
        WlKey subject = key_of(5), sources[] = {key_of(10), key_of(11)};
        WlFactSource *origin;
        WlFactEntry *entry;
        guint64 before;
        WlFact fact;

        g_test_message("row %u", i);
        init(&fact, 5, rows[i].endpoint);
        wl_fact_set_local_begin(set);
        if (rows[i].before)
            wl_fact_set_local_add(set, &fact, NOW);
        g_assert_cmpint(wl_fact_set_local_end(set, &subject, NOW), ==, rows[i].before);
        for (guint j = 0; rows[i].heard && j < 2; j++)
            wl_fact_set_add_source(set, &fact, &sources[j], NOW, NOW + WL_SEC(9), &entry, &origin);
        before = wl_change_log_last(wl_fact_set_get_changes(set));
        wl_fact_set_local_begin(set);
        if (rows[i].now)
            wl_fact_set_local_add(set, &fact, NOW);
        g_assert_cmpint(wl_fact_set_local_end(set, &subject, NOW), ==, rows[i].changed);
        changes = changes_since(set, before);
        g_assert_cmpstr(changes, ==, rows[i].changed && rows[i].entries ? "5" : "");
        g_assert_cmpuint(wl_fact_set_size(set), ==, rows[i].entries);
        if (rows[i].entries)
            g_assert_cmpint(wl_fact_set_get(set, 0)->local, ==, rows[i].now);
    }
}

/* Some of several local facts go, whatever their order; those of other subjects stay. */
static void
test_several_local(void)
{
    for (guint gone = 0; gone < 8; gone++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        WlKey subject = key_of(5);
        guint n = 0;
        WlFact facts[3], other;

        init(&other, 6, FALSE);
        wl_fact_set_local_begin(set);
        wl_fact_set_local_add(set, &other, NOW);
        wl_fact_set_local_begin(set);
        for (guint i = 0; i < 3; i++) {
            init(&facts[i], 5, FALSE);
            facts[i].value.prefix.length = (guint8) (24 + i);
            wl_fact_set_local_add(set, &facts[i], NOW);
        }
        wl_fact_set_local_end(set, &subject, NOW);
        wl_fact_set_local_begin(set);
        for (guint i = 0; i < 3; i++) {
            if (gone >> i & 1)
                continue;
            wl_fact_set_local_add(set, &facts[i], NOW);
            n++;
        }
        g_assert_cmpint(wl_fact_set_local_end(set, &subject, NOW), ==, gone != 0);
        for (guint i = 0; i < 3; i++)
            g_assert_cmpint(wl_fact_set_lookup(set, &facts[i]) == NULL, ==, gone >> i & 1);
        g_assert_cmpuint(wl_fact_set_size(set), ==, n + 1);
    }
}

/* A change of a fact of another is advertised with its expiry, at most for a FactTTL. */
static void
test_changed(void)
{
    static const struct {
        guint ttl; /* seconds; 0: a local fact */
        guint until;
        guint again; /* seconds after which it must be advertised again; 0: not at all */
    } rows[] = {{100, 100, 0}, {255, 255, 0}, {256, 255, 123}, {3600, 255, 123}, {0, 255, 123}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        WlFactEntry *entry;
        WlFact fact;

        g_test_message("row %u", i);
        init(&fact, 5, FALSE);
        if (rows[i].ttl)
            add(set, 5, 10, NOW + WL_SEC(rows[i].ttl), WL_VERDICT_ACCEPTED);
        else
            wl_fact_set_local_add(set, &fact, NOW);
        entry = wl_fact_set_get(set, 0);
        wl_fact_set_mark_changed(set, entry, NOW);
        g_assert_cmpint(entry->advertised_until, ==, NOW + WL_SEC(rows[i].until));
        g_assert_cmpint(entry->advertised_life, ==, WL_SEC(rows[i].until));
        if (!rows[i].again) {
            g_assert_cmpint(wl_fact_set_next_renewal(set), ==, WL_NEVER);
            continue;
        }
        /* half of a FactTTL and a chunk period before */
        g_assert_cmpint(wl_fact_set_next_renewal(set), ==, NOW + WL_MS(122500));
        g_assert_null(wl_fact_set_take_renewal(set, NOW + WL_MS(122500) - 1));
        g_assert_true(wl_fact_set_take_renewal(set, NOW + WL_MS(122500)) == entry);
        g_assert_null(wl_fact_set_take_renewal(set, NOW + WL_SEC(999)));
        g_assert_cmpint(wl_fact_set_next_renewal(set), ==, WL_NEVER);
    }
}

/* A source has renewed a fact that subscribers know for some time; when they need it again. */
static const struct {
    const char *name;
    guint life;    /* ms that it was valid when it was advertised */
    guint known;   /* s that they know it for; 0: they do not */
    guint expires; /* s until the new expiry */
    gint64 due;    /* ms until it is advertised; -1: it is not */
} renewals[] = {
    {"early, with the margin", 255000, 200, 255, 67500},
    {"as soon as the batch within the margin", 255000, 132, 255, 2500},
    {"just before the margin", 255000, 136, 255, 3500},
    {"the batch is half of the rest at most", 255000, 3, 255, 1500},
    {"at once if they hardly know it", 255000, 1, 255, 500},
    {"no later expiry", 255000, 200, 200, -1},
    {"a later expiry", 255000, 200, 201, 67500},
    {"they were never sent it", 255000, 0, 255, -1},
    {"a short one after half of its life", 100000, 80, 255, 30000},
    {"one that is as long as the margin", 132500, 140, 255, 7500},
    {"one that is a little shorter", 132498, 140, 255, 73751},
    {"it ends soon", 255000, 10, 29, -1},
    {"it ends a little later", 255000, 10, 30, 2500},
};

static void
test_renewal(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    gint64 due = renewals[row].due < 0 ? WL_NEVER : NOW + WL_MS(renewals[row].due);
    gint64 expires = NOW + WL_SEC(renewals[row].expires);
    WlFactEntry *entry = add(set, 5, 10, NOW, WL_VERDICT_ACCEPTED);

    entry->advertised_life = WL_MS(renewals[row].life);
    entry->advertised_until = renewals[row].known ? NOW + WL_SEC(renewals[row].known) : 0;
    wl_fact_set_mark_renewed(set, entry, NOW, expires);
    g_assert_cmpint(wl_fact_set_next_renewal(set) / WL_MS(1), ==, due / WL_MS(1));
    due = wl_fact_set_next_renewal(set);
    /* a further renewal does not move the time */
    wl_fact_set_mark_renewed(set, entry, NOW + WL_MS(100), expires);
    g_assert_cmpint(wl_fact_set_next_renewal(set), ==, due);
    /* subscribers that know it need it no more */
    wl_fact_set_mark_settled(set, entry, expires);
    g_assert_cmpint(wl_fact_set_next_renewal(set), ==, WL_NEVER);
    g_assert_cmpint(entry->advertised_until, ==, expires);
    wl_fact_set_mark_settled(set, entry, NOW);
    g_assert_cmpint(entry->advertised_until, ==, expires);
}

/* A removed entry is in no list any more. */
static void
test_removed(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    g_autofree char *changes = NULL;
    WlFact fact;

    add(set, 4, 10, NOW + WL_SEC(3600), WL_VERDICT_ACCEPTED);
    add(set, 5, 10, NOW + WL_SEC(3600), WL_VERDICT_ACCEPTED);
    wl_fact_set_mark_changed(set, wl_fact_set_get(set, 0), NOW + WL_SEC(1));
    wl_fact_set_mark_changed(set, wl_fact_set_get(set, 1), NOW);
    init(&fact, 5, FALSE);
    g_assert_true(wl_fact_set_drop_sources(set, &fact));
    g_assert_cmpint(wl_fact_set_next_renewal(set), ==, NOW + WL_SEC(1) + WL_MS(122500));
    changes = changes_since(set, 0);
    g_assert_cmpstr(changes, ==, "4");
    g_assert_null(wl_fact_set_lookup(set, &fact));
    g_assert_null(wl_fact_set_about(set, &fact.subject));
}

/* A peer that is gone is known to know nothing. */
static void
test_forget(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();

    for (guint i = 0; i < 2; i++) {
        WlFactEntry *entry = add(set, 5 + i, 10, NOW, WL_VERDICT_ACCEPTED);
        wl_knowledge_learn(&entry->known, 7, NOW);
        wl_knowledge_learn(&entry->known, 8, NOW);
    }
    wl_fact_set_forget(set, 7);
    for (guint i = 0; i < 2; i++) {
        g_assert_cmpint(wl_knowledge_get(&wl_fact_set_get(set, i)->known, 7), ==, 0);
        g_assert_cmpint(wl_knowledge_get(&wl_fact_set_get(set, i)->known, 8), >, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(expiries); i++) {
        g_autofree char *name = g_strdup_printf("/fact-set/expiry/%s", expiries[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_expire);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(renewals); i++) {
        g_autofree char *name = g_strdup_printf("/fact-set/renewal/%s", renewals[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_renewal);
    }
    g_test_add_func("/fact-set/expiry/of refused facts", test_idle);
    g_test_add_func("/fact-set/expiry/of a renewed fact", test_renewed);
    g_test_add_func("/fact-set/expiry/a source is dropped", test_drop_source);
    g_test_add_func("/fact-set/expiry/what is left", test_left);
    g_test_add_func("/fact-set/expiry/stale facts are renewed", test_stale_list);
    g_test_add_func("/fact-set/a source is restored", test_restore);
    g_test_add_func("/fact-set/a source returns", test_returned);
    g_test_add_func("/fact-set/sources are numbered", test_sequence);
    g_test_add_func("/fact-set/all sources are dropped", test_drop_sources);
    g_test_add_func("/fact-set/local/replaced", test_local);
    g_test_add_func("/fact-set/local/several", test_several_local);
    g_test_add_func("/fact-set/renewal/changed", test_changed);
    g_test_add_func("/fact-set/renewal/removed", test_removed);
    g_test_add_func("/fact-set/forget", test_forget);
    return g_test_run();
}
