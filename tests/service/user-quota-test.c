/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one user of the bus costs, another does not pay. */
#include "wl-user-quota.h"

#define ALICE 1000u
#define BOB   1001u
#define NOW   (1000 * G_USEC_PER_SEC)
#define HOUR  (3600 * (gint64) G_USEC_PER_SEC)

static guint
take(WlUserQuota *quota, guint32 uid, gint64 now, guint n)
{
    guint taken = 0;

    for (guint i = 0; i < n; i++)
        taken += wl_user_quota_take_call(quota, uid, now);
    return taken;
}

static void
test_calls(void)
{
    g_autoptr(WlUserQuota) quota = wl_user_quota_new();

    g_assert_cmpuint(take(quota, ALICE, NOW, 100000), ==, WL_USER_CALLS);
    g_assert_cmpuint(take(quota, BOB, NOW, 10), ==, 10);
    g_assert_cmpuint(take(quota, ALICE, NOW + G_USEC_PER_SEC, 100000), ==, WL_USER_CALLS_SECOND);
    g_assert_cmpuint(take(quota, ALICE, NOW + HOUR, 100000), ==, WL_USER_CALLS);
}

static void
test_checks(void)
{
    g_autoptr(WlUserQuota) quota = wl_user_quota_new();

    g_assert_true(wl_user_quota_take_call(quota, ALICE, NOW));
    g_assert_true(wl_user_quota_take_call(quota, BOB, NOW));
    for (guint i = 0; i < WL_USER_CHECKS; i++)
        g_assert_true(wl_user_quota_begin_check(quota, ALICE));
    g_assert_false(wl_user_quota_begin_check(quota, ALICE));
    g_assert_true(wl_user_quota_begin_check(quota, BOB));
    wl_user_quota_end_check(quota, ALICE);
    g_assert_true(wl_user_quota_begin_check(quota, ALICE));
    g_assert_false(wl_user_quota_begin_check(quota, ALICE));
}

/* So many users have the rest in common, until others use nothing any more. */
static void
test_many_users(void)
{
    g_autoptr(WlUserQuota) quota = wl_user_quota_new();

    for (guint uid = 1; uid <= 256; uid++)
        g_assert_cmpuint(take(quota, uid, NOW, WL_USER_CALLS), ==, WL_USER_CALLS);
    g_assert_cmpuint(take(quota, ALICE, NOW, WL_USER_CALLS - 1), ==, WL_USER_CALLS - 1);
    g_assert_cmpuint(take(quota, BOB, NOW, 10), ==, 1);
    g_assert_cmpuint(take(quota, BOB, NOW + HOUR, 10), ==, 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/user-quota/calls", test_calls);
    g_test_add_func("/user-quota/checks", test_checks);
    g_test_add_func("/user-quota/many-users", test_many_users);
    return g_test_run();
}
