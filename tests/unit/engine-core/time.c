/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intervals that double, and the order of keys: what a member and all others compute alike. */
#include "wl-time.h"

#include "wl-key.h"

static const struct {
    const char *name;
    int first, max; /* s */
    guint times;
    int expect; /* s */
} intervals[] = {
    {"the first one", 5, 60, 0, 5},
    {"the second one is twice as long", 5, 60, 1, 10},
    {"and the third one again", 5, 60, 2, 20},
    {"up to the maximum", 5, 60, 4, 60},
    {"which may be between two", 5, 70, 4, 70},
    {"it stays there, however often it is doubled", 5, 60, G_MAXUINT, 60},
};

static void
test_doubled(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);

    g_assert_cmpint(
        wl_time_doubled(WL_SEC(intervals[i].first), intervals[i].times, WL_SEC(intervals[i].max)),
        ==, WL_SEC(intervals[i].expect));
}

/* The first byte counts most, and no key comes before itself. */
static void
test_keys(void)
{
    const WlKey small = {{1, 9}}, great = {{200, 1}};

    g_assert_true(wl_key_is_before(&small, &great));
    g_assert_false(wl_key_is_before(&great, &small));
    g_assert_false(wl_key_is_before(&small, &small));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(intervals); i++) {
        g_autofree char *name = g_strdup_printf("/time/interval/%s", intervals[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_doubled);
    }
    g_test_add_func("/time/keys", test_keys);
    return g_test_run();
}
