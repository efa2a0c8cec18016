/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates, and delays by the number of peers. */
#include "state/wl-batch-delay.h"
#include "state/wl-log-limiter.h"
#include "wl-rate-limit.h"
#include "wl-time.h"

static void
test_batch_delay(void)
{
    g_assert_cmpint(wl_batch_delay(0, 20), ==, 0);
    g_assert_cmpint(wl_batch_delay(100, 20), ==, 0);
    g_assert_cmpint(wl_batch_delay(101, 20), ==, 20);
    g_assert_cmpint(wl_batch_delay(5100, 20), ==, WL_MS(100));
}

static void
test_log_limiter(void)
{
    WlLogLimiter limiter = {.suppressed = 0};
    guint suppressed = 9;

    for (guint i = 0; i < 60; i++) {
        g_assert_true(wl_log_limiter_take(&limiter, NULL, WL_SEC(100), &suppressed));
        g_assert_cmpuint(suppressed, ==, 0);
    }
    for (guint i = 0; i < 3; i++)
        g_assert_false(wl_log_limiter_take(&limiter, NULL, WL_SEC(100), &suppressed));
    g_assert_true(wl_log_limiter_take(&limiter, NULL, WL_SEC(102), &suppressed));
    g_assert_cmpuint(suppressed, ==, 3);
    g_assert_false(wl_log_limiter_take(&limiter, NULL, WL_SEC(102), &suppressed));
}

/* Lines about some members do not suppress the first ones about another. */
static void
test_log_limiter_shares(void)
{
    for (guint sources = 1; sources <= 50; sources++) {
        WlFairShare shares[50] = {0}, other = {0};
        WlLogLimiter limiter = {.suppressed = 0};
        guint suppressed, n = 0;
        gint64 now;

        for (now = WL_SEC(100); now < WL_SEC(400); now += WL_SEC(1)) {
            for (guint i = 0; i < sources; i++)
                n += wl_log_limiter_take(&limiter, &shares[i], now, &suppressed);
        }
        g_assert_cmpuint(n, <=, 60 + 150);
        g_assert_true(wl_log_limiter_take(&limiter, &other, now, &suppressed));
        g_assert_true(wl_log_limiter_take(&limiter, NULL, now, &suppressed) || sources > 25);
    }
}

static void
test_bucket(void)
{
    WlRateLimit bucket = {0};

    for (guint i = 0; i < 3; i++)
        g_assert_true(wl_rate_limit_take(&bucket, WL_SEC(100), WL_SEC(1), 3));
    g_assert_false(wl_rate_limit_take(&bucket, WL_SEC(100), WL_SEC(1), 3));
    g_assert_cmpint(wl_rate_limit_when(&bucket, WL_SEC(100), WL_SEC(1), 3), ==, WL_SEC(101));
    g_assert_true(wl_rate_limit_take(&bucket, WL_SEC(101), WL_SEC(1), 3));
    g_assert_false(wl_rate_limit_take(&bucket, WL_SEC(101), WL_SEC(1), 3));
    for (guint i = 0; i < 3; i++)
        g_assert_true(wl_rate_limit_take(&bucket, WL_SEC(200), WL_SEC(1), 3));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/batch-delay", test_batch_delay);
    g_test_add_func("/log-limiter", test_log_limiter);
    g_test_add_func("/log-limiter/shares", test_log_limiter_shares);
    g_test_add_func("/bucket", test_bucket);
    return g_test_run();
}
