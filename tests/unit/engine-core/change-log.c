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

/* The place of the last change, which tells how many holes there are before it. */
static guint
last_place(const WlChangeLog *log)
{
    guint cursor;

    g_assert_nonnull(wl_change_log_first(log, wl_change_log_last(log) - 1, &cursor));
    return cursor - 1;
}

/* Holes are closed if there are more than 64, and more than other places. */
static void
test_holes(void)
{
    static const struct {
        guint others, changes; /* items that do not change; changes of one that does */
        guint place;
    } rows[] = {{1, 65, 65},     {1, 66, 1},      {1, 67, 2},
                {200, 200, 399}, {200, 201, 400}, {200, 202, 200}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlChangeLog *log = wl_change_log_new();
        WlChangeLogItem others[200] = {{NULL}}, one = {.owner = &one};

        g_test_message("row %u", i);
        for (guint j = 0; j < rows[i].others; j++) {
            others[j].owner = &others[j];
            wl_change_log_push(log, &others[j]);
        }
        for (guint j = 0; j < rows[i].changes; j++)
            wl_change_log_push(log, &one);
        g_assert_cmpuint(last_place(log), ==, rows[i].place);
        wl_change_log_free(log);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change-log/order", test_change_log);
    g_test_add_func("/change-log/holes", test_holes);
    return g_test_run();
}
