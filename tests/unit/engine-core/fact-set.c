/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts that are held, their sources, and when they expire. */
#include <string.h>

#include "harness.h"
#include "state/wl-engine-state.h"

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

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

static void
count_gone(WlFactEntry *entry, gpointer user_data)
{
    if (entry->sources->len == 0)
        ++*(guint *) user_data;
}

static WlFactSourceResult
receive_endpoint(WlFactSet *set, guint subject, guint source, guint number, gint64 now,
                 gint64 expires)
{
    WlKey about = key_of(subject), from = key_of(source);
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    endpoint.port = (guint16) (number + 1);
    wl_fact_init_endpoint(&fact, &about, &endpoint, 0);
    return wl_fact_set_add_source(set, &fact, &from, now, expires, &entry, &origin);
}

static void
test_fact_set_merge(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    guint gone = 0;
    WlFactEntry *entry;

    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_NEVER);
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100)), ==, WL_FACT_SOURCE_NEW);
    g_assert_cmpint(receive_endpoint(set, 1, 11, 0, 0, WL_SEC(200)), ==, WL_FACT_SOURCE_NEW);
    g_assert_cmpuint(wl_fact_set_size(set), ==, 1);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 2);
    entry = wl_fact_set_get(set, 0);
    /* third parties are not relayed */
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, 0);
    /* renewal: never shorter, and the deadline follows */
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, WL_SEC(50), WL_SEC(300)), ==,
                    WL_FACT_SOURCE_RENEWED);
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, WL_SEC(50), WL_SEC(60)), ==,
                    WL_FACT_SOURCE_RENEWED);
    g_assert_cmpint(wl_fact_entry_first_expiry(entry), ==, WL_SEC(200));
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_SEC(200));
    g_assert_cmpint(
        receive_endpoint(set, 1, 10, 0, WL_SEC(50) + WL_RETURNED_AFTER + 1, WL_SEC(300)), ==,
        WL_FACT_SOURCE_RETURNED);
    g_assert_true(wl_fact_set_expire(set, WL_SEC(200), FALSE, keep_none, count_gone, &gone));
    g_assert_cmpuint(gone, ==, 0);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 1);
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_SEC(300));
    g_assert_true(wl_fact_set_expire(set, WL_SEC(300), FALSE, keep_none, count_gone, &gone));
    g_assert_cmpuint(gone, ==, 1);
    g_assert_cmpuint(wl_fact_set_size(set), ==, 0);
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_NEVER);
}

/* Also of a fact that is refused and has no effect. */
static void
test_fact_set_has_expired(void)
{
    for (guint refused = 0; refused < 2; refused++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        guint gone = 0;

        receive_endpoint(set, 1, 1, 0, 0, WL_SEC(100));
        wl_fact_set_set_verdict(set,
                                &g_array_index(wl_fact_set_get(set, 0)->sources, WlFactSource, 0),
                                refused ? WL_VERDICT_UNTRUSTED : WL_VERDICT_ACCEPTED);
        wl_fact_set_verdict_changed(set, wl_fact_set_get(set, 0));
        g_assert_cmpint(wl_fact_set_get(set, 0)->idle, ==, refused);
        g_assert_false(wl_fact_set_has_expired(set, WL_SEC(100) - 1));
        g_assert_false(
            wl_fact_set_expire(set, WL_SEC(100) - 1, FALSE, keep_none, count_gone, &gone));
        g_assert_true(wl_fact_set_has_expired(set, WL_SEC(100)));
        g_assert_true(wl_fact_set_expire(set, WL_SEC(100), FALSE, keep_none, count_gone, &gone));
        g_assert_cmpuint(gone, ==, 1);
        g_assert_false(wl_fact_set_has_expired(set, WL_SEC(100)));
    }
}

static void
test_fact_set_stale(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey source = key_of(10);
    guint gone = 0;

    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    g_assert_true(wl_fact_set_expire(set, WL_SEC(100), FALSE, keep_all, count_gone, &gone));
    g_assert_true(wl_fact_set_has_stale(set));
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_NEVER);
    /* kept, but neither relayed nor alive */
    g_assert_cmpint(wl_fact_entry_expires(wl_fact_set_get(set, 0), WL_SEC(101)), ==, 0);
    g_assert_true(wl_fact_entry_accepted(wl_fact_set_get(set, 0), TRUE));
    g_assert_false(wl_fact_entry_accepted(wl_fact_set_get(set, 0), FALSE));
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, WL_SEC(110), WL_SEC(200)), ==,
                    WL_FACT_SOURCE_RETURNED);
    g_assert_false(wl_fact_set_has_stale(set));
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_SEC(200));
    g_assert_cmpuint(gone, ==, 0);
    wl_fact_set_drop_source(set, &source, count_gone, &gone);
    g_assert_cmpuint(wl_fact_set_size(set), ==, 0);
    g_assert_cmpuint(gone, ==, 1);
}

static guint
count_facts_of(const WlFactSet *set, guint number)
{
    WlKey source = key_of(number);
    guint n = 0;

    for (guint i = 0; i < wl_fact_set_size(set); i++)
        n += wl_fact_entry_find_source(wl_fact_set_get(set, i), &source) != NULL;
    return n;
}

static gboolean
is_first_source(const WlKey *source, gpointer user_data)
{
    WlKey first = key_of(10);

    return wl_key_equal(source, &first);
}

/* Sources advertise one after the other; what each has at the end. */
static const struct {
    guint n[4];
    gboolean first_is_router;
    guint expect[4];
} fact_shares[] = {
    {{99999}, FALSE, {10000}},
    {{99999, 99999}, FALSE, {10000, 10000}},
    {{99999, 99999, 99999}, FALSE, {6667, 6667, 6666}},
    {{99999, 99999, 100}, FALSE, {9950, 9950, 100}},
    {{99999, 99999, 99999, 1}, FALSE, {6666, 6667, 6666, 1}},
    {{99999, 99999, 99999}, TRUE, {10000, 5000, 5000}},
    {{99999, 4000, 99999}, TRUE, {10000, 4000, 6000}},
};

static void
test_fact_set_shares(void)
{
    const WlFactShareFuncs funcs = {.is_router = is_first_source};

    for (guint row = 0; row < G_N_ELEMENTS(fact_shares); row++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();

        if (fact_shares[row].first_is_router)
            wl_fact_set_set_share(set, &funcs);
        for (guint j = 0; j < 4; j++) {
            for (guint i = 0; i < MIN(fact_shares[row].n[j], WL_MAX_FACTS_OF_SOURCE + 5); i++)
                receive_endpoint(set, 100 + i, 10 + j, 10 + j, 0, WL_SEC(255));
            g_assert_cmpuint(wl_fact_set_count_sources(set), <=, WL_MAX_FACT_SOURCES);
        }
        for (guint j = 0; j < 4; j++)
            g_assert_cmpint(
                ABS((int) count_facts_of(set, 10 + j) - (int) fact_shares[row].expect[j]), <=, 1);
    }
}

static void
test_fact_set_bounds(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    guint held = 0;

    for (guint source = 10; source < 12; source++) {
        for (guint i = 0; i < WL_MAX_FACTS_OF_SOURCE + 5; i++)
            held += receive_endpoint(set, 100 + i, source, source, 0, WL_SEC(255)) ==
                    WL_FACT_SOURCE_NEW;
    }
    g_assert_cmpuint(held, ==, WL_MAX_FACT_SOURCES);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, WL_MAX_FACT_SOURCES);
    /* held endpoints are still renewed */
    g_assert_cmpint(receive_endpoint(set, 100, 10, 10, WL_SEC(1), WL_SEC(256)), ==,
                    WL_FACT_SOURCE_RENEWED);
    /* a larger profile has room for more */
    wl_fact_set_set_max_sources(set, WL_MAX_FACT_SOURCES + WL_MAX_FACT_SOURCES_OF_PEER);
    for (guint i = 0; i < 100; i++)
        receive_endpoint(set, 200 + i, 14, 14, 0, WL_SEC(255));
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==,
                     WL_MAX_FACT_SOURCES + WL_MAX_FACT_SOURCES_OF_PEER);
}

static void
test_fact_set_local(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
    WlKey subject = key_of(1);
    WlFact fact;

    wl_fact_init_endpoint(&fact, &subject, &endpoint, 0);
    wl_fact_set_local_begin(set);
    wl_fact_set_local_add(set, &fact, 0);
    g_assert_true(wl_fact_set_local_end(set, &subject, 0));
    wl_fact_set_local_begin(set);
    wl_fact_set_local_add(set, &fact, 0);
    g_assert_false(wl_fact_set_local_end(set, &subject, 0));
    g_assert_cmpint(wl_fact_entry_expires(wl_fact_set_get(set, 0), WL_SEC(7)), ==,
                    WL_SEC(7) + WL_FACT_TTL);
    /* an endpoint that this member no longer originates is dropped, even if it was received as well
     * (docs/protocol.md 5.3.5) */
    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    wl_fact_set_local_begin(set);
    g_assert_true(wl_fact_set_local_end(set, &subject, 0));
    g_assert_cmpuint(wl_fact_set_size(set), ==, 0);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 0);
}

/* Relaying facts that this machine refuses for itself. */
static void
test_fact_entry_relayed(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlFactEntry *entry;

    receive_endpoint(set, 1, 1, 0, 0, WL_SEC(100));
    entry = wl_fact_set_get(set, 0);
    for (WlVerdict verdict = 0; verdict < WL_VERDICT_N; verdict++) {
        gboolean relayed = verdict == WL_VERDICT_ACCEPTED || verdict == WL_VERDICT_ON_LINK ||
                           verdict == WL_VERDICT_HAS_SERVER || verdict == WL_VERDICT_IN_NETWORKS;

        wl_fact_set_set_verdict(set, &g_array_index(entry->sources, WlFactSource, 0), verdict);
        g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, relayed ? WL_SEC(100) : 0);
        g_assert_cmpint(wl_fact_entry_accepted(entry, FALSE), ==, verdict == WL_VERDICT_ACCEPTED);
        g_assert_cmpuint(wl_fact_set_count_untrusted(set), ==, wl_verdict_is_untrusted(verdict));
    }
}

/* An endpoint is relayed from its subject alone, and nothing for longer than a FactTTL. */
static void
test_fact_entry_first_hand(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlPrefix prefix = harness_prefix("10.77.9.0/24");
    WlKey subject = key_of(1), source = key_of(10);
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    entry = wl_fact_set_get(set, 0);
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, 0);
    g_assert_false(wl_fact_entry_outlives(entry, 0));
    receive_endpoint(set, 1, 1, 0, 0, WL_SEC(50));
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, WL_SEC(50));
    receive_endpoint(set, 1, 1, 0, 0, WL_SEC(3600));
    g_assert_cmpint(wl_fact_entry_expires(entry, WL_SEC(1)), ==, WL_SEC(256));
    g_assert_true(wl_fact_entry_outlives(entry, WL_SEC(256)));
    g_assert_false(wl_fact_entry_outlives(entry, WL_SEC(3600)));

    wl_fact_init_allowed(&fact, &subject, &prefix, 0);
    wl_fact_set_add_source(set, &fact, &source, 0, WL_SEC(3600), &entry, &origin);
    g_assert_cmpint(wl_fact_entry_expires(entry, WL_SEC(3500)), ==, WL_SEC(3600));
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, WL_FACT_TTL);
}

/* Entries and sources are counted once, regardless of the order in which they are added and
 * removed. */
static void
test_fact_set_indices(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    guint gone = 0;

    for (guint i = 0; i < 2000; i++) {
        gint64 now = WL_SEC(i);
        guint held = 0;

        receive_endpoint(set, (guint) g_rand_int_range(random, 1, 9),
                         (guint) g_rand_int_range(random, 10, 14),
                         (guint) g_rand_int_range(random, 0, 3), now,
                         now + WL_SEC(g_rand_int_range(random, 1, 60)));
        wl_fact_set_expire(set, now, TRUE, i % 3 ? keep_none : keep_all, count_gone, &gone);
        if (i % 50 == 0) {
            WlKey source = key_of((guint) g_rand_int_range(random, 10, 14));
            wl_fact_set_drop_source(set, &source, count_gone, &gone);
        }
        for (guint j = 0; j < wl_fact_set_size(set); j++) {
            WlFactEntry *entry = wl_fact_set_get(set, j);
            const GPtrArray *about = wl_fact_set_about(set, &entry->fact.subject);

            g_assert_cmpuint(entry->index, ==, j);
            g_assert_true(wl_fact_set_lookup(set, &entry->fact) == entry);
            g_assert_true(g_ptr_array_find((GPtrArray *) about, entry, NULL));
            g_assert_cmpuint(entry->sources->len, >, 0);
            g_assert_cmpint(entry->stale_place > 0, ==, wl_fact_entry_has_stale(entry));
            held += entry->sources->len;
        }
        g_assert_cmpuint(wl_fact_set_count_sources(set), ==, held);
    }
    g_assert_cmpuint(gone, >, 100);
}

/* A fact is refused if each of its sources has a verdict, and none of these relays it. */
static void
test_fact_entry_refused(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlFactEntry *entry;

    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    receive_endpoint(set, 1, 11, 0, 0, WL_SEC(100));
    entry = wl_fact_set_get(set, 0);
    for (guint i = 0; i < 2; i++) {
        WlFactSource *one = &g_array_index(entry->sources, WlFactSource, i),
                     *other = &g_array_index(entry->sources, WlFactSource, 1 - i);

        for (WlVerdict verdict = 0; verdict <= WL_VERDICT_N; verdict++) {
            gboolean held = verdict == WL_VERDICT_ACCEPTED || verdict == WL_VERDICT_ON_LINK ||
                            verdict == WL_VERDICT_HAS_SERVER || verdict == WL_VERDICT_IN_NETWORKS;

            one->verdict = verdict;
            other->verdict = WL_VERDICT_UNTRUSTED;
            g_assert_cmpint(wl_fact_verdict_is_relayed(verdict), ==, held);
            g_assert_cmpint(wl_fact_entry_is_refused(entry), ==, !held && verdict != WL_VERDICT_N);
        }
        one->verdict = WL_VERDICT_UNTRUSTED;
    }
    /* a source that ended does not count, and without any a fact is not refused */
    g_array_index(entry->sources, WlFactSource, 1).verdict = WL_VERDICT_ACCEPTED;
    g_array_set_size(entry->sources, 1);
    g_assert_true(wl_fact_entry_is_refused(entry));
    g_array_set_size(entry->sources, 0);
    g_assert_false(wl_fact_entry_is_refused(entry));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fact-set/merge", test_fact_set_merge);
    g_test_add_func("/fact-set/a fact expires in time", test_fact_set_has_expired);
    g_test_add_func("/fact-set/stale", test_fact_set_stale);
    g_test_add_func("/fact-set/shares", test_fact_set_shares);
    g_test_add_func("/fact-set/bounds", test_fact_set_bounds);
    g_test_add_func("/fact-set/local", test_fact_set_local);
    g_test_add_func("/fact-set/relayed", test_fact_entry_relayed);
    g_test_add_func("/fact-set/first-hand", test_fact_entry_first_hand);
    g_test_add_func("/fact-set/indices", test_fact_set_indices);
    g_test_add_func("/fact-set/refused", test_fact_entry_refused);
    return g_test_run();
}
