/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorted sets of prefixes. */
#include "harness.h"
#include "wl-prefix-set.h"

static void
test_prefix_set(void)
{
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    WlPrefix net = harness_prefix("10.9.1.0/24"), other = harness_prefix("10.9.2.0/24");

    g_assert_true(wl_prefix_set_add(set, &net));
    g_assert_false(wl_prefix_set_add(set, &net));
    g_assert_false(wl_prefix_set_remove(set, &other));
    g_assert_true(wl_prefix_set_remove(set, &net));
    g_assert_false(wl_prefix_set_remove(set, &net));
    g_assert_cmpuint(set->len, ==, 0);
}

/* The last of a set that remains, and the first of an empty one. */
static void
test_prefix_set_removed(void)
{
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    WlPrefix one = harness_prefix("10.9.1.0/24"), two = harness_prefix("10.9.2.0/24");

    wl_prefix_set_add(set, &one);
    wl_prefix_set_add(set, &two);
    g_assert_true(wl_prefix_set_remove(set, &two));
    g_assert_true(wl_prefix_set_outermost_covers(set, &one));
    g_assert_false(wl_prefix_set_outermost_covers(set, &two));
    g_assert_false(wl_prefix_set_contains(set, &two));
    g_assert_true(wl_prefix_set_remove(set, &one));
    g_assert_false(wl_prefix_set_outermost_covers(set, &one));
    g_assert_false(wl_prefix_set_contains(set, &one));
}

/* A set is sorted, whatever the order in which its members come and go. */
static void
test_prefix_set_order(void)
{
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    g_autoptr(GArray) same = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    gboolean held[40] = {FALSE};

    for (guint i = 0; i < 2000; i++) {
        guint number = (guint) g_rand_int_range(random, 0, G_N_ELEMENTS(held)), n = 0;
        g_autofree char *text = g_strdup_printf("10.9.%u.0/24", number);
        WlPrefix prefix = harness_prefix(text);

        g_assert_cmpint(wl_prefix_set_contains(set, &prefix), ==, held[number]);
        if (g_rand_boolean(random)) {
            g_assert_cmpint(wl_prefix_set_add(set, &prefix), ==, !held[number]);
            held[number] = TRUE;
        } else {
            g_assert_cmpint(wl_prefix_set_remove(set, &prefix), ==, held[number]);
            held[number] = FALSE;
        }
        for (guint j = 0; j < G_N_ELEMENTS(held); j++) {
            if (!held[j])
                continue;
            g_assert_cmpuint(n, <, set->len);
            g_assert_cmpuint(g_array_index(set, WlPrefix, n++).ip.bytes[2], ==, j);
        }
        g_assert_cmpuint(n, ==, set->len);
        g_array_set_size(same, 0);
        g_array_append_vals(same, set->data, set->len);
        g_assert_true(wl_prefix_set_equal(set, same));
        if (same->len > 0) {
            g_array_index(same, WlPrefix, same->len - 1).length--;
            g_assert_false(wl_prefix_set_equal(set, same));
            g_array_set_size(same, same->len - 1);
            g_assert_false(wl_prefix_set_equal(set, same));
        }
    }
}

/* Of nested prefixes the outermost stay. */
static void
test_prefix_set_outermost(void)
{
    static const char *const texts[] = {"10.9.1.0/24", "10.9.0.0/16",  "10.9.1.0/24",
                                        "fd00::/64",   "10.10.0.0/16", "10.9.255.255/32",
                                        "fd00::1/128"};
    static const char *const outermost[] = {"10.9.0.0/16", "10.10.0.0/16", "fd00::/64"};
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    WlPrefix prefix;

    wl_prefix_set_make_outermost(set);
    g_assert_cmpuint(set->len, ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        prefix = harness_prefix(texts[i]);
        g_array_append_val(set, prefix);
    }
    wl_prefix_set_make_outermost(set);
    g_assert_cmpuint(set->len, ==, G_N_ELEMENTS(outermost));
    for (guint i = 0; i < set->len; i++) {
        prefix = harness_prefix(outermost[i]);
        g_assert_true(wl_prefix_equal(&g_array_index(set, WlPrefix, i), &prefix));
        g_assert_true(wl_prefix_set_outermost_covers(set, &prefix));
    }
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        prefix = harness_prefix(texts[i]);
        g_assert_true(wl_prefix_set_outermost_covers(set, &prefix));
    }
    prefix = harness_prefix("10.8.0.0/15");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
    prefix = harness_prefix("10.11.0.0/16");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
    prefix = harness_prefix("1.0.0.0/8");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
    prefix = harness_prefix("fd01::/64");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prefix-set/remove", test_prefix_set);
    g_test_add_func("/prefix-set/a removed prefix is not covered", test_prefix_set_removed);
    g_test_add_func("/prefix-set/order", test_prefix_set_order);
    g_test_add_func("/prefix-set/outermost", test_prefix_set_outermost);
    return g_test_run();
}
