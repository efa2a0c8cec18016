/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Token buckets, and what those who share one leave to the others. */
#include "wl-fair-limit.h"
#include "wl-time.h"

#define NOW      WL_SEC(10000)
#define INTERVAL WL_SEC(1)
#define BURST    4

/* A bucket from which tokens were taken at once. */
static const struct {
    const char *name;
    guint taken;
    gint64 later; /* us */
    guint left;
    gint64 next; /* us from then on until there is one */
} buckets[] = {
    {"a full one", 0, 0, 4, 0},
    {"one that lacks a token", 1, 0, 3, 0},
    {"a token is not back before the interval", 1, WL_SEC(1) - 1, 3, 0},
    {"a token is back after the interval", 1, WL_SEC(1), 4, 0},
    {"there are no more than the burst", 1, WL_SEC(9), 4, 0},
    {"the last token", 3, 0, 1, 0},
    {"an empty one", 4, 0, 0, WL_SEC(1)},
    {"an empty one before the interval", 4, WL_SEC(1) - 1, 0, 1},
    {"an empty one after the interval", 4, WL_SEC(1), 1, 0},
    {"an empty one after three", 4, WL_SEC(3), 3, 0},
    {"what was refused costs nothing", 9, 0, 0, WL_SEC(1)},
};

static void
test_bucket(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    gint64 later = NOW + buckets[row].later;
    WlRateLimit bucket = {0};

    for (guint i = 0; i < buckets[row].taken; i++)
        g_assert_cmpint(wl_rate_limit_take(&bucket, NOW, INTERVAL, BURST), ==, i < BURST);
    g_assert_cmpuint(wl_rate_limit_left(&bucket, later, INTERVAL, BURST), ==, buckets[row].left);
    g_assert_cmpint(wl_rate_limit_when(&bucket, later, INTERVAL, BURST), ==,
                    later + buckets[row].next);
    g_assert_cmpint(wl_rate_limit_take(&bucket, later, INTERVAL, BURST), ==, buckets[row].left > 0);
}

/* The tokens that a source took, each of which counts for ten seconds after the one before. */
static void
test_share(void)
{
    WlFairShare share = {0};

    g_assert_cmpuint(wl_fair_share_count(&share, NOW, WL_SEC(10)), ==, 0);
    wl_fair_share_add(&share, NOW, WL_SEC(10));
    wl_fair_share_add(&share, NOW, WL_SEC(10));
    g_assert_cmpuint(wl_fair_share_count(&share, NOW, WL_SEC(10)), ==, 2);
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + 1, WL_SEC(10)), ==, 2);
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + WL_SEC(10) - 1, WL_SEC(10)), ==, 2);
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + WL_SEC(10), WL_SEC(10)), ==, 1);
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + WL_SEC(20) - 1, WL_SEC(10)), ==, 1);
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + WL_SEC(20), WL_SEC(10)), ==, 0);
    /* one that was idle begins anew */
    wl_fair_share_add(&share, NOW + WL_SEC(99), WL_SEC(10));
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + WL_SEC(109) - 1, WL_SEC(10)), ==, 1);
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + WL_SEC(109), WL_SEC(10)), ==, 0);
    /* more than the most do not count */
    for (guint i = 0; i < 2 * WL_FAIR_MOST; i++)
        wl_fair_share_add(&share, NOW + WL_SEC(200), WL_SEC(10));
    g_assert_cmpuint(wl_fair_share_count(&share, NOW + WL_SEC(200), WL_SEC(10)), ==, WL_FAIR_MOST);
}

/* What a source must leave: for each token that it took two, but never a whole bucket. */
static const struct {
    const char *name;
    guint took, others; /* at the same time */
    gboolean expect;
} shares[] = {
    {"the first token of a source", 0, 3, TRUE},
    {"none is left", 0, 4, FALSE},
    {"the second token leaves two", 1, 1, TRUE},
    {"it would leave one", 1, 2, FALSE},
    {"the third token takes the last but three", 2, 0, FALSE},
};

static void
test_left(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    const WlFairRate rate = {.interval = INTERVAL, .burst = BURST, .refill = WL_SEC(10), .step = 2};
    WlFairShare share = {0}, others[BURST] = {{0}};
    WlRateLimit bucket = {0};
    gint64 before = shares[row].took;

    for (guint i = 0; i < shares[row].took; i++)
        g_assert_true(wl_fair_limit_take(&bucket, &share, NOW + WL_SEC(2) * i, &rate));
    for (guint i = 0; i < shares[row].others; i++)
        g_assert_true(wl_fair_limit_take(&bucket, &others[i], NOW + WL_SEC(before), &rate));
    for (guint i = 0; i < 2; i++) /* to ask takes none */
        g_assert_cmpint(wl_fair_limit_has(&bucket, &share, NOW + WL_SEC(before), &rate), ==,
                        shares[row].expect);
    g_assert_cmpint(wl_fair_limit_take(&bucket, &share, NOW + WL_SEC(before), &rate), ==,
                    shares[row].expect);
}

/* A source that took more than it should ever get still has one token of a full bucket. */
static void
test_greedy(void)
{
    const WlFairRate rate = {.interval = INTERVAL, .burst = BURST, .refill = WL_SEC(10), .step = 2};
    WlFairShare share = {0};
    WlRateLimit bucket = {0};

    for (guint i = 0; i < WL_FAIR_MOST; i++)
        wl_fair_share_add(&share, NOW, rate.refill);
    g_assert_true(wl_fair_limit_take(&bucket, &share, NOW, &rate));
    g_assert_false(wl_fair_limit_take(&bucket, &share, NOW, &rate));
    g_assert_false(wl_fair_limit_take(&bucket, &share, NOW + INTERVAL - 1, &rate));
    g_assert_true(wl_fair_limit_take(&bucket, &share, NOW + INTERVAL, &rate));
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(buckets); i++) {
        g_autofree char *name = g_strdup_printf("/rate-limit/%s", buckets[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_bucket);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(shares); i++) {
        g_autofree char *name = g_strdup_printf("/fair-limit/%s", shares[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_left);
    }
    g_test_add_func("/fair-limit/tokens count for a while", test_share);
    g_test_add_func("/fair-limit/a greedy source gets one of a full bucket", test_greedy);
    return g_test_run();
}
