/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of the endpoints that are tried. */
#include "harness.h"
#include "state/wl-candidates.h"
#include "wl-time.h"

static void
test_candidates(void)
{
    static const char *const expected[] = {
        "198.51.100.9:9", /* worked */
        "192.168.1.7:1",  /* on link */
        "203.0.113.5:1",  /* configured */
        "203.0.113.9:1",  /* seen by a router, then the other family */
        "[2001:db8::1]:1", "203.0.113.8:1", "10.1.2.3:1", /* private elsewhere */
        "[fd00::1]:1",
    };
    g_autoptr(GArray) list = wl_candidates_new();
    g_autoptr(GArray) again = wl_candidates_new();
    WlEndpoint endpoint;

#define ADD(text, rank, source, worked)                                                            \
    (endpoint = harness_endpoint(text), wl_candidates_add(list, &endpoint, rank, source, worked))
    ADD("10.1.2.3:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("203.0.113.8:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("[fd00::1]:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("203.0.113.5:1", WL_RANK_CONFIGURED, WL_CANDIDATE_SOURCE_PROFILE, FALSE);
    ADD("203.0.113.9:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_THIRD_PARTY, FALSE);
    ADD("203.0.113.9:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER, FALSE);
    ADD("[2001:db8::1]:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("192.168.1.7:1", WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("198.51.100.9:9", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_CACHE, TRUE);
#undef ADD
    wl_candidates_sort(list);
    g_assert_cmpuint(list->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *text =
            wl_endpoint_to_string(&g_array_index(list, WlCandidate, i).endpoint);
        g_assert_cmpstr(text, ==, expected[i]);
    }

    g_array_index(list, WlCandidate, 1).last_tried = 77;
    endpoint = harness_endpoint("192.168.1.7:1");
    wl_candidates_add(again, &endpoint, WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_SELF, FALSE);
    g_assert_false(wl_candidates_inherit(again, list, WL_SEC(2)));
    g_assert_cmpint(g_array_index(again, WlCandidate, 0).last_tried, ==, 77);
    endpoint = harness_endpoint("192.168.1.8:1");
    wl_candidates_add(again, &endpoint, WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_SELF, FALSE);
    g_assert_true(wl_candidates_inherit(again, list, WL_SEC(2)));
}

/* Families alternate within a class only: among endpoints of one rank that both worked or both did
 * not. */
static void
test_candidates_alternate(void)
{
    static const struct {
        const char *text;
        WlRank rank;
        gboolean worked;
    } added[] = {
        {"203.0.113.1:1", WL_RANK_PUBLIC, TRUE},     {"192.168.1.7:1", WL_RANK_ON_LINK, FALSE},
        {"192.168.1.8:1", WL_RANK_ON_LINK, FALSE},   {"[fd00::7]:1", WL_RANK_ON_LINK, FALSE},
        {"203.0.113.2:1", WL_RANK_PUBLIC, FALSE},    {"[2001:db8::2]:1", WL_RANK_PUBLIC, FALSE},
        {"[2001:db8::3]:1", WL_RANK_PUBLIC, FALSE},  {"203.0.113.3:1", WL_RANK_PUBLIC, FALSE},
        {"[2001:db8::4]:1", WL_RANK_PRIVATE, FALSE}, {"[2001:db8::5]:1", WL_RANK_PRIVATE, FALSE},
        {"203.0.113.4:256", WL_RANK_PRIVATE, FALSE},
    };
    static const char *const expected[] = {
        "203.0.113.1:1",   "192.168.1.7:1",   "[fd00::7]:1",     "192.168.1.8:1",
        "203.0.113.2:1",   "[2001:db8::2]:1", "203.0.113.3:1",   "[2001:db8::3]:1",
        "203.0.113.4:256", "[2001:db8::4]:1", "[2001:db8::5]:1",
    };

    for (guint turn = 0; turn < 2; turn++) {
        g_autoptr(GArray) list = wl_candidates_new();

        for (guint i = 0; i < G_N_ELEMENTS(added); i++) {
            guint n = turn == 0 ? i : G_N_ELEMENTS(added) - 1 - i;
            WlEndpoint endpoint = harness_endpoint(added[n].text);
            wl_candidates_add(list, &endpoint, added[n].rank, WL_CANDIDATE_SOURCE_SELF,
                              added[n].worked);
        }
        wl_candidates_sort(list);
        for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
            g_autofree char *text =
                wl_endpoint_to_string(&g_array_index(list, WlCandidate, i).endpoint);
            g_assert_cmpstr(text, ==, expected[i]);
        }
    }
}

/* The list is made anew; what is known about an endpoint stays, its source and rank do not. */
static void
test_inherit(void)
{
    const WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
    g_autoptr(GArray) old = wl_candidates_new(), fresh = wl_candidates_new();
    const WlCandidate *candidate;
    WlCandidate *before;

    wl_candidates_add(old, &endpoint, WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_THIRD_PARTY, TRUE);
    before = &g_array_index(old, WlCandidate, 0);
    before->last_tried = 1;
    before->round = 2;
    before->roaming_serial = 3;
    before->last_upgrade = 4;
    before->misses = 5;
    before->heard_tries = 6;
    wl_candidates_add(fresh, &endpoint, WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_SELF, FALSE);
    candidate = &g_array_index(fresh, WlCandidate, 0);
    g_assert_cmpint(candidate->last_tried, ==, WL_LONG_AGO);
    g_assert_cmpint(candidate->last_upgrade, ==, WL_LONG_AGO);
    g_assert_false(wl_candidates_inherit(fresh, old, WL_SEC(2)));
    g_assert_cmpint(candidate->last_tried, ==, 1);
    g_assert_cmpuint(candidate->round, ==, 2);
    g_assert_cmpuint(candidate->roaming_serial, ==, 3);
    g_assert_cmpint(candidate->last_upgrade, ==, 4);
    g_assert_cmpuint(candidate->misses, ==, 5);
    g_assert_cmpuint(candidate->heard_tries, ==, 6);
    g_assert_cmpint(candidate->source, ==, WL_CANDIDATE_SOURCE_SELF);
    g_assert_cmpint(candidate->rank, ==, WL_RANK_PUBLIC);
    g_assert_false(candidate->worked);
}

/* Of two words for one endpoint the better counts. */
static void
test_add_again(void)
{
    const WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");

    for (guint turn = 0; turn < 2; turn++) {
        g_autoptr(GArray) list = wl_candidates_new();
        const WlCandidate *candidate;

        for (guint i = 0; i < 2; i++) {
            gboolean better = i == turn;
            wl_candidates_add(list, &endpoint, better ? WL_RANK_ON_LINK : WL_RANK_PRIVATE,
                              better ? WL_CANDIDATE_SOURCE_SELF : WL_CANDIDATE_SOURCE_ROUTER,
                              better);
        }
        g_assert_cmpuint(list->len, ==, 1);
        candidate = &g_array_index(list, WlCandidate, 0);
        g_assert_cmpint(candidate->rank, ==, MIN(WL_RANK_ON_LINK, WL_RANK_PRIVATE));
        g_assert_cmpint(candidate->source, ==,
                        MIN(WL_CANDIDATE_SOURCE_SELF, WL_CANDIDATE_SOURCE_ROUTER));
        g_assert_true(candidate->worked);
    }
}

/* What is tried first, whatever the order in which it was added. */
static void
test_order(void)
{
    static const struct {
        const char *endpoint;
        WlRank rank;
        WlCandidateSource source;
        gboolean worked;
        guint seen; /* s: the last session there */
    } sorted[] = {
        /* what worked last */
        {"203.0.113.9:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_THIRD_PARTY, TRUE, 0},
        /* advertised endpoints, by rank, then by source, then by address and port */
        {"192.168.1.9:1", WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_CACHE, FALSE, 1},
        {"198.51.100.1:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER, FALSE, 0},
        {"198.51.100.2:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER, FALSE, 0},
        {"198.51.100.2:2", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER, FALSE, 0},
        {"198.51.99.9:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_SELF, FALSE, 0},
        {"10.1.1.1:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_SELF, FALSE, 0},
        /* where it was, the latest first */
        {"10.1.1.7:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_CACHE, FALSE, 30},
        {"198.51.100.5:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_CACHE, FALSE, 20},
        {"10.1.1.6:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_CACHE, FALSE, 10},
        /* what third parties say */
        {"192.168.1.8:1", WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_THIRD_PARTY, FALSE, 0},
        {"198.51.100.7:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_THIRD_PARTY, FALSE, 0},
    };
    const guint n = G_N_ELEMENTS(sorted);

    for (guint turn = 0; turn < 2 * n; turn++) { /* from each of them on, in both directions */
        g_autoptr(GArray) list = wl_candidates_new();

        for (guint i = 0; i < n; i++) {
            guint k = (turn + (turn < n ? i : n - i)) % n;
            WlEndpoint endpoint = harness_endpoint(sorted[k].endpoint);

            wl_candidates_add(list, &endpoint, sorted[k].rank, sorted[k].source, sorted[k].worked);
            wl_candidates_find(list, &endpoint)->seen = WL_SEC(sorted[k].seen);
        }
        wl_candidates_sort(list);
        g_assert_cmpuint(list->len, ==, n);
        for (guint i = 0; i < n; i++) {
            g_autofree char *text =
                wl_endpoint_to_string(&g_array_index(list, WlCandidate, i).endpoint);
            g_assert_cmpstr(text, ==, sorted[i].endpoint);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/candidates", test_candidates);
    g_test_add_func("/candidates/families-alternate-within-a-class", test_candidates_alternate);
    g_test_add_func("/candidates/order", test_order);
    g_test_add_func("/candidates/what is known stays", test_inherit);
    g_test_add_func("/candidates/two words for one endpoint", test_add_again);
    return g_test_run();
}
