/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of the endpoints that are tried. */
#include "harness.h"
#include "state/wl-candidates.h"

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
    g_assert_false(wl_candidates_inherit(again, list));
    g_assert_cmpint(g_array_index(again, WlCandidate, 0).last_tried, ==, 77);
    endpoint = harness_endpoint("192.168.1.8:1");
    wl_candidates_add(again, &endpoint, WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_SELF, FALSE);
    g_assert_true(wl_candidates_inherit(again, list));
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/candidates", test_candidates);
    g_test_add_func("/candidates/families-alternate-within-a-class", test_candidates_alternate);
    return g_test_run();
}
