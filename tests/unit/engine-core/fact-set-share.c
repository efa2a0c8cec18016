/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A full table of facts: whose make room for those of others. */
#include <string.h>

#include "harness.h"
#include "state/wl-engine-state.h"

#define SOURCES 4
#define ROUTER  3

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

/* @source advertises an allowed IP of the member with this number. */
static WlFactSourceResult
advertise(WlFactSet *set, guint source, guint member, WlVerdict verdict)
{
    WlKey about = key_of(member), from = key_of(source);
    WlPrefix prefix = harness_prefix("10.77.0.0/24");
    WlFactSourceResult result;
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    wl_fact_init_allowed(&fact, &about, &prefix, 0);
    result = wl_fact_set_add_source(set, &fact, &from, 0, WL_SEC(255), &entry, &origin);
    if (result != WL_FACT_SOURCE_REFUSED)
        wl_fact_set_set_verdict(set, origin, verdict);
    return result;
}

static guint
count(const WlFactSet *set, guint source, gboolean untrusted)
{
    WlKey key = key_of(source);
    guint n = 0;

    for (guint i = 0; i < wl_fact_set_size(set); i++) {
        const WlFactSource *origin = wl_fact_entry_find_source(wl_fact_set_get(set, i), &key);
        n += origin && (!untrusted || wl_verdict_is_untrusted(origin->verdict));
    }
    return n;
}

static gboolean
is_router(const WlKey *source, gpointer user_data)
{
    WlKey router = key_of(ROUTER);

    return wl_key_equal(source, &router);
}

/* What gave way: the members of the facts, and whether an accepted source was lost. */
static void
note_displaced(WlFactEntry *entry, gpointer user_data)
{
    g_string_append_printf(user_data, " %u%s%s", entry->fact.subject.bytes[0],
                           entry->lost ? "!" : "", entry->sources->len > 0 ? "+" : "");
}

/* Sources 0 to 3, of which the last is a router, advertise facts one after the other. */
static const struct {
    const char *name;
    guint max;
    guint n[SOURCES], expect[SOURCES];
} tables[] = {
    {"one source fills it", 8, {9}, {8}},
    {"two share it", 8, {9, 9}, {4, 4}},
    {"the first of two has the odd one", 9, {9, 9}, {5, 4}},
    {"one more is not worth a change", 3, {2, 1, 0}, {2, 1}},
    {"the largest makes room, not the smaller", 8, {6, 2, 1}, {5, 2, 1}},
    {"three share it", 9, {9, 9, 9}, {3, 3, 3}},
    {"of those with as many the first by key", 9, {3, 3, 3, 1}, {2, 3, 3, 1}},
    {"one with few facts is not asked for one", 4, {2, 2, 1}, {1, 2, 1}},
    {"a router has as many as it likes", 6, {6, 0, 0, 9}, {0, 0, 0, 6}},
    {"others have none of a router", 6, {0, 0, 0, 5}, {0, 0, 0, 5}},
};

static void
test_table(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    const WlFactShareFuncs funcs = {.is_router = is_router};
    guint member = 100;

    wl_fact_set_set_max_sources(set, tables[row].max);
    wl_fact_set_set_share(set, &funcs);
    for (guint i = 0; i < SOURCES; i++) {
        for (guint j = 0; j < tables[row].n[i]; j++)
            advertise(set, i, member++, WL_VERDICT_ACCEPTED);
    }
    for (guint i = 0; i < SOURCES; i++)
        g_assert_cmpuint(count(set, i, FALSE), ==, tables[row].expect[i]);
}

/* Of two sources with as many facts, the first by key makes room, whichever they are. */
static void
test_first_by_key(void)
{
    for (guint i = 10; i < 40; i++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        const WlFactShareFuncs funcs = {.is_router = is_router};
        guint member = 100;

        wl_fact_set_set_max_sources(set, 4);
        wl_fact_set_set_share(set, &funcs);
        for (guint j = 0; j < 4; j++)
            advertise(set, i + j % 2, member++, WL_VERDICT_ACCEPTED);
        advertise(set, ROUTER, member++, WL_VERDICT_ACCEPTED);
        g_assert_cmpuint(count(set, i, FALSE), ==, 1);
        g_assert_cmpuint(count(set, i + 1, FALSE), ==, 2);
    }
}

/* A source that is refused keeps what it has, and without a router nobody is one. */
static void
test_refused(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    const WlFactShareFuncs funcs = {.is_router = is_router};

    wl_fact_set_set_max_sources(set, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(advertise(set, ROUTER, 100 + i, WL_VERDICT_ACCEPTED), ==,
                        WL_FACT_SOURCE_NEW);
    wl_fact_set_set_share(set, &funcs);
    g_assert_cmpint(advertise(set, 0, 200, WL_VERDICT_ACCEPTED), ==, WL_FACT_SOURCE_REFUSED);
    g_assert_cmpint(advertise(set, ROUTER, 101, WL_VERDICT_ACCEPTED), ==, WL_FACT_SOURCE_RENEWED);
    g_assert_cmpuint(count(set, ROUTER, FALSE), ==, 3);
    wl_fact_set_set_share(set, &(WlFactShareFuncs){NULL});
    g_assert_cmpint(advertise(set, 0, 200, WL_VERDICT_ACCEPTED), ==, WL_FACT_SOURCE_NEW);
    g_assert_cmpuint(count(set, ROUTER, FALSE), ==, 2);
}

/* The facts of a source give way in turns, and each loss is reported. */
static void
test_turns(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    g_autoptr(GString) displaced = g_string_new(NULL);
    const WlFactShareFuncs funcs = {.displaced = note_displaced, .user_data = displaced};
    WlKey about = key_of(103), own = key_of(102);
    WlPrefix prefix = harness_prefix("10.77.0.0/24");
    WlFact fact;

    wl_fact_set_set_max_sources(set, 9);
    wl_fact_set_set_share(set, &funcs);
    for (guint i = 0; i < 8; i++)
        advertise(set, 0, 100 + i, i == 1 ? WL_VERDICT_UNTRUSTED : WL_VERDICT_ACCEPTED);
    /* another source has a fact as well, and one is local */
    advertise(set, 1, 103, WL_VERDICT_ACCEPTED);
    wl_fact_init_allowed(&fact, &own, &prefix, 0);
    wl_fact_set_local_begin(set);
    wl_fact_set_local_add(set, &fact, 0);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(advertise(set, 1, 200 + i, WL_VERDICT_ACCEPTED), ==, WL_FACT_SOURCE_NEW);
    g_assert_cmpstr(displaced->str, ==, " 101 102! 103!+");
    g_assert_nonnull(wl_fact_set_lookup(set, &fact));
    g_assert_cmpuint(wl_fact_set_about(set, &about)->len, ==, 1);
    about = key_of(101);
    g_assert_null(wl_fact_set_about(set, &about));
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 9);
    g_assert_cmpuint(wl_fact_set_count_untrusted(set), ==, 0);
}

/* Facts that are refused because of trust have a limit of their own. Source 3 is a router. */
static const struct {
    const char *name;
    guint trusted[SOURCES], untrusted[SOURCES];
    guint source; /* which has one more */
    gboolean room;
    guint expect[SOURCES]; /* untrusted ones */
} refused[] = {
    {"one with two makes room", {0}, {2, 0}, 1, TRUE, {1, 0}},
    {"one with one makes none", {0}, {1, 0}, 1, FALSE, {1, 0}},
    {"nobody has any", {5, 1}, {0}, 1, FALSE, {0}},
    {"one more is not enough", {0}, {3, 2}, 1, FALSE, {3, 2}},
    {"two more are", {0}, {4, 2}, 1, TRUE, {3, 2}},
    {"not for itself", {0}, {4, 2}, 0, FALSE, {4, 2}},
    {"accepted ones do not count", {9, 0}, {1, 2}, 2, TRUE, {1, 1}},
    {"nor those of the one that asks", {0, 9}, {2, 0}, 1, TRUE, {1, 0}},
    {"an unknown verdict is no refusal", {0}, {3, 0, 0}, 2, TRUE, {2, 0}},
    {"a router makes no room", {0}, {0, 0, 0, 5}, 1, FALSE, {0, 0, 0, 5}},
    {"a router is given room by one with fewer", {0}, {1, 0, 0, 5}, ROUTER, TRUE, {0, 0, 0, 5}},
};

static void
test_untrusted(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    const WlFactShareFuncs funcs = {.is_router = is_router};
    WlKey source = key_of(refused[row].source);
    guint member = 100, trusted = 0, untrusted = 0;

    wl_fact_set_set_share(set, &funcs);
    for (guint i = 0; i < SOURCES; i++) {
        for (guint j = 0; j < refused[row].untrusted[i]; j++)
            advertise(set, i, member++, j % 2 ? WL_VERDICT_UNTRUSTED : WL_VERDICT_UNKNOWN_SUBJECT);
        for (guint j = 0; j < refused[row].trusted[i]; j++)
            advertise(set, i, member++, j % 2 ? WL_VERDICT_ACCEPTED : WL_VERDICT_TAKEN);
    }
    g_assert_cmpint(wl_fact_set_make_untrusted_room(set, &source), ==, refused[row].room);
    for (guint i = 0; i < SOURCES; i++) {
        g_assert_cmpuint(count(set, i, TRUE), ==, refused[row].expect[i]);
        g_assert_cmpuint(count(set, i, FALSE), ==,
                         refused[row].expect[i] + refused[row].trusted[i]);
        trusted += refused[row].trusted[i];
        untrusted += refused[row].expect[i];
    }
    g_assert_cmpuint(wl_fact_set_count_untrusted(set), ==, untrusted);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, trusted + untrusted);
}

/* Several verdicts in turn: each fact is counted once, and no more when it is gone. */
static void
test_count_untrusted(void)
{
    static const WlVerdict verdicts[] = {WL_VERDICT_UNTRUSTED, WL_VERDICT_UNKNOWN_SUBJECT,
                                         WL_VERDICT_ACCEPTED,  WL_VERDICT_UNTRUSTED,
                                         WL_VERDICT_N,         WL_VERDICT_UNTRUSTED};
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey source = key_of(0);
    g_autoptr(GString) dropped = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        advertise(set, 0, 100, verdicts[i]);
        g_assert_cmpuint(wl_fact_set_count_untrusted(set), ==,
                         wl_verdict_is_untrusted(verdicts[i]));
    }
    wl_fact_set_drop_source(set, &source, note_displaced, dropped);
    g_assert_cmpstr(dropped->str, ==, " 100");
    g_assert_cmpuint(wl_fact_set_count_untrusted(set), ==, 0);
}

/* The limit of all facts, and that of one source. */
static void
test_full(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey first = key_of(0), second = key_of(1), third = key_of(2);

    wl_fact_set_set_max_sources(set, WL_MAX_FACTS_OF_SOURCE + 2);
    for (guint i = 0; i < WL_MAX_FACTS_OF_SOURCE; i++) {
        g_assert_false(wl_fact_set_is_full(set, &first));
        advertise(set, 0, 100 + i, WL_VERDICT_ACCEPTED);
    }
    g_assert_true(wl_fact_set_is_full(set, &first));
    g_assert_false(wl_fact_set_is_full(set, &third));
    g_assert_cmpint(advertise(set, 0, 50, WL_VERDICT_ACCEPTED), ==, WL_FACT_SOURCE_REFUSED);
    advertise(set, 1, 100, WL_VERDICT_ACCEPTED);
    g_assert_false(wl_fact_set_is_full(set, &second));
    advertise(set, 1, 101, WL_VERDICT_ACCEPTED);
    g_assert_true(wl_fact_set_is_full(set, &second));
    g_assert_true(wl_fact_set_is_full(set, &third));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *name = g_strdup_printf("/fact-set/share/%s", tables[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_table);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *name = g_strdup_printf("/fact-set/untrusted/%s", refused[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_untrusted);
    }
    g_test_add_func("/fact-set/share/a refused source keeps what it has", test_refused);
    g_test_add_func("/fact-set/share/facts give way in turns", test_turns);
    g_test_add_func("/fact-set/untrusted facts are counted once", test_count_untrusted);
    g_test_add_func("/fact-set/a full table", test_full);
    g_test_add_func("/fact-set-share/the first by key makes room", test_first_by_key);
    return g_test_run();
}
