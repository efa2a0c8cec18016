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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/timer-queue/any-order", test_timer_queue);
    return g_test_run();
}
