/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed since a subscriber last read. */
#include "wl-change-log.h"

static void
assert_changes(const WlChangeLog *news, guint64 since, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint cursor;

    for (const char *name = wl_change_log_first(news, since, &cursor); name;
         name = wl_change_log_next(news, &cursor))
        g_string_append(text, name);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_change_log(void)
{
    WlChangeLog *news = wl_change_log_new();
    WlChangeLogItem a = {.owner = (gpointer) "a"}, b = {.owner = (gpointer) "b"},
                    c = {.owner = (gpointer) "c"};
    guint64 told;

    assert_changes(news, 0, "");
    wl_change_log_push(news, &a);
    wl_change_log_push(news, &b);
    wl_change_log_push(news, &c);
    assert_changes(news, 0, "abc");
    assert_changes(news, a.number, "bc");
    assert_changes(news, wl_change_log_last(news), "");

    /* a subscriber that has seen b continues after the former place of b */
    told = b.number;
    wl_change_log_push(news, &b);
    assert_changes(news, 0, "acb");
    assert_changes(news, told, "cb");
    wl_change_log_remove(news, &c);
    g_assert_cmpuint(c.number, ==, 0);
    wl_change_log_remove(news, &c);
    assert_changes(news, told, "b");

    /* even after holes of many changes were closed */
    told = wl_change_log_last(news);
    for (guint i = 0; i < 1000; i++)
        wl_change_log_push(news, i % 2 ? &a : &c);
    assert_changes(news, 0, "bca");
    assert_changes(news, told, "ca");
    assert_changes(news, c.number, "a");
    g_assert_cmpuint(wl_change_log_last(news), ==, told + 1000);
    wl_change_log_remove(news, &a);
    wl_change_log_remove(news, &b);
    wl_change_log_remove(news, &c);
    assert_changes(news, 0, "");
    wl_change_log_free(news);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change-log/order", test_change_log);
    return g_test_run();
}
