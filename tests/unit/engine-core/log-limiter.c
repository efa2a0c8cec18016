/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many lines the log gets, and how many of them one member causes. */
#include "state/wl-log-limiter.h"

#include "wl-time.h"

#define NOW WL_SEC(10000)

/* Lines at one time: about members, in turns, or about none. */
static const struct {
    const char *name;
    guint before;  /* about none */
    guint members; /* 0: none */
    guint lines, expect;
} bursts[] = {
    {"sixty about none", 0, 0, 99, 60},
    {"nine about one member", 0, 1, 99, 9},
    {"eight if others left fifty-three", 7, 1, 99, 8},
    {"one if others left one", 59, 1, 99, 1},
    {"eight about each of two members, one more about the first", 0, 2, 99, 16},
    {"one about each of sixty", 0, 60, 60, 60},
};

static void
test_burst(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    WlLogLimiter limiter = {{0}};
    WlFairShare shares[60] = {{0}};
    guint suppressed, n = 0;

    for (guint i = 0; i < bursts[row].before; i++)
        g_assert_true(wl_log_limiter_take(&limiter, NULL, NOW, &suppressed));
    for (guint i = 0; i < bursts[row].lines; i++) {
        WlFairShare *share = bursts[row].members ? &shares[i % bursts[row].members] : NULL;
        n += wl_log_limiter_take(&limiter, share, NOW, &suppressed);
    }
    g_assert_cmpuint(n, ==, bursts[row].expect);
}

/* After the burst there is a line every two seconds; it tells how many were suppressed. */
static void
test_suppressed(void)
{
    WlLogLimiter limiter = {{0}};
    guint suppressed = 99;

    for (guint i = 0; i < 60; i++) {
        g_assert_true(wl_log_limiter_take(&limiter, NULL, NOW, &suppressed));
        g_assert_cmpuint(suppressed, ==, 0);
    }
    for (guint i = 0; i < 5; i++)
        g_assert_false(wl_log_limiter_take(&limiter, NULL, NOW + WL_SEC(2) - 1, &suppressed));
    g_assert_true(wl_log_limiter_take(&limiter, NULL, NOW + WL_SEC(2), &suppressed));
    g_assert_cmpuint(suppressed, ==, 5);
    g_assert_false(wl_log_limiter_take(&limiter, NULL, NOW + WL_SEC(2), &suppressed));
    g_assert_true(wl_log_limiter_take(&limiter, NULL, NOW + WL_SEC(4), &suppressed));
    g_assert_cmpuint(suppressed, ==, 1);
}

/* A line counts against its member for a minute. */
static void
test_minute(void)
{
    for (guint i = 0; i < 2; i++) {
        gint64 later = NOW + WL_SEC(60) - (i == 0);
        WlLogLimiter limiter = {{0}};
        WlFairShare share = {0};
        guint suppressed;

        g_assert_true(wl_log_limiter_take(&limiter, &share, NOW, &suppressed));
        while (wl_log_limiter_take(&limiter, NULL, later - WL_SEC(4), &suppressed))
            continue;
        g_assert_cmpint(wl_log_limiter_take(&limiter, &share, later, &suppressed), ==, i == 1);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(bursts); i++) {
        g_autofree char *name = g_strdup_printf("/log-limiter/%s", bursts[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_burst);
    }
    g_test_add_func("/log-limiter/suppressed lines are counted", test_suppressed);
    g_test_add_func("/log-limiter/a line counts for a minute", test_minute);
    return g_test_run();
}
