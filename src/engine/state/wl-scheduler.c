/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-scheduler.h"

void
wl_scheduler_init(WlScheduler *self)
{
    self->scheduled = g_ptr_array_new();
    self->spare = g_ptr_array_new();
    self->running = g_ptr_array_new();
    self->served = g_ptr_array_new();
    self->awaiting_snapshot = g_ptr_array_new();
    self->timers = wl_timer_queue_new();
    self->deadline = WL_NEVER;
}

void
wl_scheduler_clear(WlScheduler *self)
{
    g_ptr_array_unref(self->scheduled);
    g_ptr_array_unref(self->spare);
    g_ptr_array_unref(self->running);
    g_ptr_array_unref(self->served);
    g_ptr_array_unref(self->awaiting_snapshot);
    wl_timer_queue_free(self->timers);
}

void
wl_scheduler_schedule(WlScheduler *self, WlPeer *peer)
{
    if (peer->turn.scheduled || peer == self->current)
        return;
    peer->turn.scheduled = TRUE;
    g_ptr_array_add(self->scheduled, peer);
}

void
wl_scheduler_drop(WlScheduler *self, WlPeer *peer)
{
    GPtrArray *lists[] = {self->scheduled, self->running, self->served, self->awaiting_snapshot};

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_remove(lists[i], peer);
    wl_timer_queue_set(self->timers, &peer->turn.timer, WL_NEVER);
}

void
wl_scheduler_wake_at(WlScheduler *self, gint64 when)
{
    if (self->current)
        wl_scheduler_wake_peer_at(self, self->current, when);
    else
        self->deadline = MIN(self->deadline, when);
}

void
wl_scheduler_wake_peer_at(WlScheduler *self, WlPeer *peer, gint64 when)
{
    gint64 *need = &peer->turn.wake_at[peer == self->current ? self->step : WL_STEP_INPUT];

    if (when >= *need)
        return;
    *need = when;
    if (peer->turn.timer.place == 0 || when < peer->turn.timer.when)
        wl_timer_queue_set(self->timers, &peer->turn.timer, when);
}

void
wl_scheduler_await_snapshot(WlScheduler *self, WlPeer *peer)
{
    if (peer->turn.awaits_snapshot)
        return;
    peer->turn.awaits_snapshot = TRUE;
    g_ptr_array_add(self->awaiting_snapshot, peer);
}

void
wl_scheduler_snapshot_read(WlScheduler *self)
{
    for (guint i = 0; i < self->awaiting_snapshot->len; i++) {
        WlPeer *peer = self->awaiting_snapshot->pdata[i];

        peer->turn.awaits_snapshot = FALSE;
        wl_scheduler_schedule(self, peer);
    }
    g_ptr_array_set_size(self->awaiting_snapshot, 0);
}

void
wl_scheduler_run_step(WlScheduler *self, WlEngine *engine, WlPeer *peer, WlStep step,
                      void (*func)(WlEngine *, WlPeer *))
{
    gint64 first = WL_NEVER;

    self->work++;
    self->step = step;
    self->current = peer;
    peer->turn.wake_at[step] = WL_NEVER;
    func(engine, peer);
    self->current = NULL;
    self->step = WL_STEP_INPUT;
    for (guint i = 0; i < WL_STEP_N; i++)
        first = MIN(first, peer->turn.wake_at[i]);
    wl_timer_queue_set(self->timers, &peer->turn.timer, first);
}
