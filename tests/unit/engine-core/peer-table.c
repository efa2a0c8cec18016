/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of peers, the lists in which they are, and when their steps run. */
#include "state/wl-peer-table.h"

#include <string.h>

#include "state/wl-output.h"
#include "state/wl-scheduler.h"
#include "state/wl-subscribers.h"
#include "state/wl-timing.h"

static WlKey
key_of(guint8 number)
{
    return (WlKey){{number, [31] = 1}};
}

/* ---- the table */

/* Peers are found by key and address and listed by key, whatever the order in which they come and
 * go; a slot that is free is used again. */
static void
test_table(void)
{
    static const guint8 added[] = {5, 2, 9, 1, 7}, removed[] = {9, 5, 1}, again[] = {4, 8, 3, 6};
    static const guint slots[] = {0, 2, 3, 5}; /* of the last ones: the lowest free */
    WlPeerTable table = {0};
    gboolean there[10] = {FALSE};

    wl_peer_table_init(&table);
    for (guint step = 0; step < G_N_ELEMENTS(added) + G_N_ELEMENTS(removed) + G_N_ELEMENTS(again);
         step++) {
        guint n = 0, last = 0;

        if (step < G_N_ELEMENTS(added)) {
            WlKey key = key_of(added[step]);
            g_assert_cmpuint(wl_peer_table_add(&table, &key, NULL)->slot, ==, step);
            there[added[step]] = TRUE;
        } else if (step < G_N_ELEMENTS(added) + G_N_ELEMENTS(removed)) {
            WlKey key = key_of(removed[step - G_N_ELEMENTS(added)]);
            wl_peer_table_remove(&table, wl_peer_table_find(&table, &key));
            there[removed[step - G_N_ELEMENTS(added)]] = FALSE;
        } else {
            guint i = step - G_N_ELEMENTS(added) - G_N_ELEMENTS(removed);
            WlKey key = key_of(again[i]);
            g_assert_cmpuint(wl_peer_table_add(&table, &key, NULL)->slot, ==, slots[i]);
            there[again[i]] = TRUE;
        }
        for (guint8 i = 0; i < 10; i++) {
            WlKey key = key_of(i);
            const WlPeer *peer = wl_peer_table_find(&table, &key);

            g_assert_cmpint(peer != NULL, ==, there[i]);
            n += there[i];
            if (peer)
                g_assert_true(wl_peer_table_find_link_local(&table, &peer->link_local) == peer);
        }
        g_assert_cmpuint(wl_peer_table_size(&table), ==, n);
        g_assert_cmpuint(table.learned, ==, n);
        for (guint i = 0; i < n; i++) {
            g_assert_cmpuint(wl_peer_table_get(&table, i)->key.bytes[0], >, last);
            last = wl_peer_table_get(&table, i)->key.bytes[0];
        }
    }
    wl_peer_table_clear(&table);
}

/* Learned peers are those that the profile does not name, or no longer does. */
static void
test_learned(void)
{
    static const struct {
        gboolean before, after; /* the profile names it */
        guint learned;
    } rows[] = {{FALSE, FALSE, 1}, {FALSE, TRUE, 0}, {TRUE, FALSE, 1}, {TRUE, TRUE, 0}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlKey key = key_of(1);
        g_autoptr(WlPeerConfig) one = wl_peer_config_new(&key), other = wl_peer_config_new(&key);
        WlPeerTable table = {0};
        WlPeer *peer;
        WlIp address;

        wl_peer_table_init(&table);
        peer = wl_peer_table_add(&table, &key, rows[i].before ? one : NULL);
        address = peer->link_local;
        g_assert_cmpuint(table.learned, ==, !rows[i].before);
        wl_peer_table_set_config(&table, peer, rows[i].after ? other : NULL);
        g_assert_true(peer->config == (rows[i].after ? other : NULL));
        g_assert_cmpuint(table.learned, ==, rows[i].learned);
        wl_peer_table_remove(&table, peer);
        g_assert_cmpuint(table.learned, ==, 0);
        g_assert_null(wl_peer_table_find_link_local(&table, &address));
        wl_peer_table_clear(&table);
    }
}

/* ---- subscribers */

/* A subscriber leaves the list from any place. */
static void
test_unsubscribe(void)
{
    for (guint gone = 0; gone < 3; gone++) {
        WlSubscribers subscribers = {0};
        WlPeer *peers[3];

        wl_subscribers_init(&subscribers);
        g_assert_cmpint(subscribers.flushed, ==, WL_LONG_AGO);
        for (guint8 i = 0; i < 3; i++) {
            WlKey key = key_of(i);

            peers[i] = wl_peer_new(&key, NULL, i);
            g_ptr_array_add(subscribers.list, peers[i]);
            peers[i]->subscription.index = subscribers.list->len;
            wl_timer_queue_set(subscribers.alives, &peers[i]->subscription.alive_due, 10 + i);
        }
        wl_subscribers_drop(&subscribers, peers[gone]);
        g_assert_cmpuint(subscribers.list->len, ==, 2);
        g_assert_cmpint(wl_timer_queue_first(subscribers.alives), ==, gone == 0 ? 11 : 10);
        for (guint i = 0; i < 3; i++) {
            guint index = peers[i]->subscription.index;

            g_assert_cmpint(index == 0, ==, i == gone);
            if (index > 0)
                g_assert_true(subscribers.list->pdata[index - 1] == peers[i]);
        }
        wl_subscribers_drop(&subscribers, peers[gone]); /* one that is none */
        g_assert_cmpuint(subscribers.list->len, ==, 2);
        for (guint i = 0; i < 3; i++) {
            wl_subscribers_drop(&subscribers, peers[i]);
            wl_peer_free(peers[i]);
        }
        wl_subscribers_clear(&subscribers);
    }
}

/* ---- times */

typedef struct {
    WlScheduler *scheduler;
    gint64 when; /* that the step asks for; WL_NEVER: none */
    WlPeer *other;
} Request;

static Request request;

static void
ask(WlEngine *engine, WlPeer *peer)
{
    wl_scheduler_schedule(request.scheduler, peer); /* no effect within its own step */
    if (request.when != WL_NEVER)
        wl_scheduler_wake_at(request.scheduler, request.when);
    if (request.other)
        wl_scheduler_wake_peer_at(request.scheduler, request.other, 70);
}

static void
run(WlScheduler *scheduler, WlPeer *peer, WlStep step, gint64 when)
{
    guint64 work = scheduler->work;

    request.scheduler = scheduler;
    request.when = when;
    wl_scheduler_run_step(scheduler, NULL, peer, step, ask);
    g_assert_cmpuint(scheduler->work, ==, work + 1);
    g_assert_null(scheduler->current);
    g_assert_cmpint(scheduler->step, ==, WL_STEP_INPUT);
}

/* The earliest time that a step of a peer asks for is when its steps run; what a step asked for is
 * valid until it runs again. */
static void
test_wake(void)
{
    WlKey key = key_of(1), second = key_of(2);
    WlPeer *peer = wl_peer_new(&key, NULL, 0), *other = wl_peer_new(&second, NULL, 1);
    WlScheduler scheduler = {0};
    const WlStep one = (WlStep) (WL_STEP_INPUT + 1), two = (WlStep) (WL_STEP_INPUT + 2);

    wl_scheduler_init(&scheduler);
    request.other = NULL;
    g_assert_cmpint(scheduler.deadline, ==, WL_NEVER);
    wl_scheduler_wake_at(&scheduler, 100); /* no peer: the engine itself */
    wl_scheduler_wake_at(&scheduler, 200);
    g_assert_cmpint(scheduler.deadline, ==, 100);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, WL_NEVER);
    run(&scheduler, peer, one, 50);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, 50);
    run(&scheduler, peer, two, 40);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, 40);
    run(&scheduler, peer, two, 60); /* later than the other step */
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, 50);
    run(&scheduler, peer, one, WL_NEVER);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, 60);
    g_assert_cmpint(scheduler.deadline, ==, 100);
    g_assert_cmpuint(scheduler.scheduled->len, ==, 0);
    /* an input, of which the earliest counts */
    wl_scheduler_wake_peer_at(&scheduler, peer, 30);
    wl_scheduler_wake_peer_at(&scheduler, peer, 35);
    g_assert_cmpint(peer->turn.wake_at[WL_STEP_INPUT], ==, 30);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, 30);
    /* a step of a peer wakes another peer */
    request.other = other;
    run(&scheduler, peer, one, 20);
    g_assert_cmpint(other->turn.wake_at[WL_STEP_INPUT], ==, 70);
    g_assert_cmpint(peer->turn.wake_at[one], ==, 20);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, 20);
    wl_scheduler_drop(&scheduler, peer);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, 70);
    wl_scheduler_drop(&scheduler, other);
    g_assert_cmpint(wl_timer_queue_first(scheduler.timers), ==, WL_NEVER);
    wl_scheduler_clear(&scheduler);
    wl_peer_free(peer);
    wl_peer_free(other);
}

/* A peer is in each list once, and leaves all of them. */
static void
test_lists(void)
{
    WlKey key = key_of(1), second = key_of(2);
    WlPeer *peer = wl_peer_new(&key, NULL, 0), *other = wl_peer_new(&second, NULL, 1);
    WlScheduler scheduler = {0};

    wl_scheduler_init(&scheduler);
    for (guint i = 0; i < 2; i++) {
        wl_scheduler_await_snapshot(&scheduler, peer);
        wl_scheduler_await_snapshot(&scheduler, other);
    }
    g_assert_cmpuint(scheduler.awaiting_snapshot->len, ==, 2);
    g_assert_cmpuint(scheduler.scheduled->len, ==, 0);
    for (guint i = 0; i < 2; i++)
        wl_scheduler_snapshot_read(&scheduler);
    g_assert_cmpuint(scheduler.awaiting_snapshot->len, ==, 0);
    g_assert_cmpuint(scheduler.scheduled->len, ==, 2);
    g_assert_false(peer->turn.awaits_snapshot || other->turn.awaits_snapshot);
    g_assert_true(peer->turn.scheduled && other->turn.scheduled);
    wl_scheduler_schedule(&scheduler, peer);
    g_assert_cmpuint(scheduler.scheduled->len, ==, 2);
    wl_scheduler_await_snapshot(&scheduler, peer);
    g_ptr_array_add(scheduler.running, peer);
    g_ptr_array_add(scheduler.served, peer);
    wl_scheduler_drop(&scheduler, peer);
    g_assert_cmpuint(scheduler.scheduled->len, ==, 1);
    g_assert_cmpuint(scheduler.running->len, ==, 0);
    g_assert_cmpuint(scheduler.served->len, ==, 0);
    g_assert_cmpuint(scheduler.awaiting_snapshot->len, ==, 0);
    wl_scheduler_drop(&scheduler, other);
    wl_scheduler_clear(&scheduler);
    wl_peer_free(peer);
    wl_peer_free(other);
}

/* ---- outputs */

static void G_GNUC_PRINTF(3, 4) log_line(WlOutputs *outputs, gint64 now, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    wl_outputs_log(outputs, NULL, now, format, arguments);
    va_end(arguments);
}

/* Datagrams follow the changes of a turn, and a line says how many others were suppressed. */
static void
test_outputs(void)
{
    WlOutputs outputs = {0};
    WlOutput *output;

    wl_outputs_init(&outputs);
    g_assert_cmpint(outputs.state_save_due, ==, WL_NEVER);
    g_assert_cmpint(outputs.snapshot_requested, ==, WL_LONG_AGO);
    g_assert_cmpint(outputs.state_saved, ==, WL_LONG_AGO);
    wl_outputs_push_send(&outputs, wl_output_new(WL_OUTPUT_SEND));
    wl_outputs_push(&outputs, wl_output_new(WL_OUTPUT_READ_DEVICE));
    g_assert_cmpuint(outputs.queue.length, ==, 1);
    wl_outputs_flush_sends(&outputs);
    g_assert_cmpuint(outputs.queue.length, ==, 2);
    output = g_queue_peek_tail(&outputs.queue);
    g_assert_cmpint(output->kind, ==, WL_OUTPUT_SEND);
    for (guint i = 0; i < 63; i++)
        log_line(&outputs, WL_SEC(10), "line %u", i);
    g_assert_cmpuint(outputs.queue.length, ==, 62);
    output = g_queue_peek_tail(&outputs.queue);
    g_assert_cmpstr(output->name, ==, "line 59");
    log_line(&outputs, WL_SEC(12), "later");
    g_assert_cmpuint(outputs.queue.length, ==, 64);
    output = g_queue_peek_nth(&outputs.queue, 62);
    g_assert_cmpstr(output->name, ==, "3 messages suppressed");
    log_line(&outputs, WL_SEC(14), "still later");
    g_assert_cmpuint(outputs.queue.length, ==, 65);
    wl_outputs_clear(&outputs);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/peer-table/order and slots", test_table);
    g_test_add_func("/peer-table/learned peers", test_learned);
    g_test_add_func("/subscribers/leave from any place", test_unsubscribe);
    g_test_add_func("/scheduler/times", test_wake);
    g_test_add_func("/scheduler/lists", test_lists);
    g_test_add_func("/outputs/order and log", test_outputs);
    return g_test_run();
}
