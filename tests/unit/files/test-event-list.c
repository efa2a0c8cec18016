/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of events: its bounds, who displaces whom, and its text form with any contents. */
#include "wl-event-list.h"

#include <string.h>

static void
add(WlEventList *list, gint64 time, const char *key, const char *text)
{
    const WlEvent event = {
        .time = time, .kind = WL_EVENT_PEER, .key = (char *) key, .text = (char *) text};

    wl_event_list_add(list, &event);
}

static guint
count(const WlEventList *list, const char *key)
{
    guint n = 0;

    for (guint i = 0; i < list->events->len; i++) {
        const WlEvent *event = list->events->pdata[i];

        n += strcmp(event->key, key) == 0;
    }
    return n;
}

/* A peer that changes all the time displaces its own events, whenever it began. */
static void
test_fair(void)
{
    g_autoptr(WlEventList) list = wl_event_list_new();

    for (guint i = 0; i < 10; i++)
        add(list, i, "calm", "");
    for (guint i = 0; i < 20; i++)
        add(list, i, "", "");
    for (guint i = 0; i < 5000; i++)
        add(list, i, "flapping", "");
    for (guint i = 0; i < 10; i++)
        add(list, i, "late", "");
    g_assert_cmpuint(list->events->len, ==, WL_EVENT_LIST_MAX);
    g_assert_cmpuint(count(list, "calm"), ==, 10);
    g_assert_cmpuint(count(list, ""), ==, 20);
    g_assert_cmpuint(count(list, "late"), ==, 10);
    g_assert_cmpint(((WlEvent *) list->events->pdata[WL_EVENT_LIST_MAX - 11])->time, ==, 4999);
}

/* Many peers share the list equally. */
static void
test_many(void)
{
    g_autoptr(WlEventList) list = wl_event_list_new();

    for (guint i = 0; i < 4000; i++) {
        g_autofree char *key = g_strdup_printf("peer-%u", i % 100);

        add(list, i, key, "");
    }
    for (guint i = 0; i < 100; i++) {
        g_autofree char *key = g_strdup_printf("peer-%u", i);

        g_assert_cmpuint(count(list, key), ==, WL_EVENT_LIST_MAX / 100);
    }
}

static void
test_text(void)
{
    g_autoptr(WlEventList) list = wl_event_list_new();
    g_autoptr(WlEventList) read = wl_event_list_new();
    g_autofree char *long_text = g_strnfill(1000, 'x');
    g_autofree char *text = NULL;
    g_autofree char *again = NULL;
    const WlEvent up = {.time = 1700000000, .kind = WL_EVENT_UP};
    const WlEvent evil = {
        .time = 1, .kind = WL_EVENT_REMOVED, .key = "k\ney", .name = "a\tb\033", .text = "\xff"};

    wl_event_list_add(list, &up);
    wl_event_list_add(list, &evil);
    add(list, 2, "key", long_text);
    text = wl_event_list_to_text(list);
    wl_event_list_parse(read, text);
    again = wl_event_list_to_text(read);
    g_assert_cmpstr(text, ==, again);
    g_assert_true(g_str_has_prefix(
        text, "1700000000\tup\t\t\t\t\n1\tremoved\tk ey\ta b \t\t\357\277\275\n2\tpeer\tkey\t"));
    g_assert_cmpuint(strlen(((WlEvent *) read->events->pdata[2])->text), ==, 255);
}

/* A character of several bytes is not cut. */
static void
test_cut(void)
{
    g_autoptr(WlEventList) list = wl_event_list_new();
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 200; i++)
        g_string_append(text, "\342\202\254");
    add(list, 1, "key", text->str);
    g_assert_true(g_utf8_validate(((WlEvent *) list->events->pdata[0])->text, -1, NULL));
    g_assert_cmpuint(strlen(((WlEvent *) list->events->pdata[0])->text), ==, 255);
}

static void
test_invalid(void)
{
    static const char *const lines[] = {
        "",
        "x",
        "1\tup",
        "1\tup\t\t\t",
        "x\tup\t\t\t\t",
        "-1\tup\t\t\t\t",
        "99999999999999999999\tup\t\t\t\t",
        "1\tsideways\t\t\t\t",
    };
    g_autoptr(WlEventList) list = wl_event_list_new();

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        wl_event_list_parse(list, lines[i]);
    g_assert_cmpuint(list->events->len, ==, 0);
    wl_event_list_parse(list, "broken\n5\tdown\t\t\t\t\nbroken again");
    g_assert_cmpuint(list->events->len, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/files/event-list/fair", test_fair);
    g_test_add_func("/files/event-list/many", test_many);
    g_test_add_func("/files/event-list/text", test_text);
    g_test_add_func("/files/event-list/cut", test_cut);
    g_test_add_func("/files/event-list/invalid", test_invalid);
    return g_test_run();
}
