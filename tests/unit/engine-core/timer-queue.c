/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of times. */
#include "wl-timer-queue.h"

/* Entries leave the queue from any place of its heap; the others stay in order. */
static void
test_timer_queue(void)
{
    g_autoptr(WlTimerQueue) queue = wl_timer_queue_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(3);

    for (guint round = 0; round < 500; round++) {
        WlTimerEntry entries[50] = {{0}};
        gint64 last = 0;

        for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
            entries[i].owner = &entries[i];
            wl_timer_queue_set(queue, &entries[i], g_rand_int_range(random, 1, 1000));
        }
        for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
            if (g_rand_boolean(random))
                wl_timer_queue_set(queue, &entries[i], G_MAXINT64);
        }
        while (wl_timer_queue_first(queue) != G_MAXINT64) {
            WlTimerEntry *first = wl_timer_queue_due(queue, G_MAXINT64 - 1);

            g_assert_cmpint(first->when, >=, last);
            last = first->when;
            wl_timer_queue_set(queue, first, G_MAXINT64);
        }
    }
}

/* An entry that is set again moves, to an earlier or a later time or to none. */
static void
test_moved(void)
{
    static const struct {
        gint64 when; /* of the second of three at 10, 20 and 30 */
        const char *order;
    } rows[] = {{5, "213"}, {15, "123"}, {20, "123"}, {25, "123"}, {35, "132"}, {G_MAXINT64, "13"}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(WlTimerQueue) queue = wl_timer_queue_new();
        g_autoptr(GString) order = g_string_new(NULL);
        const char *names[] = {"1", "2", "3"};
        WlTimerEntry entries[3] = {{0}};

        g_assert_cmpint(wl_timer_queue_first(queue), ==, G_MAXINT64);
        for (guint j = 0; j < 3; j++) {
            entries[j].owner = (gpointer) names[j];
            wl_timer_queue_set(queue, &entries[j], 10 + 10 * j);
        }
        g_assert_null(wl_timer_queue_due(queue, 9));
        g_assert_true(wl_timer_queue_due(queue, 10) == names[0]);
        wl_timer_queue_set(queue, &entries[1], rows[i].when);
        for (gint64 now = 0; now < 40; now++) {
            const char *name = wl_timer_queue_due(queue, now);

            if (!name)
                continue;
            g_assert_cmpint(wl_timer_queue_first(queue), ==, now);
            g_string_append(order, name);
            wl_timer_queue_set(queue, &entries[name[0] - '1'], G_MAXINT64);
            g_assert_cmpuint(entries[name[0] - '1'].place, ==, 0);
            wl_timer_queue_set(queue, &entries[name[0] - '1'], G_MAXINT64);
        }
        g_assert_cmpstr(order->str, ==, rows[i].order);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/timer-queue/any-order", test_timer_queue);
    g_test_add_func("/timer-queue/moved", test_moved);
    return g_test_run();
}
