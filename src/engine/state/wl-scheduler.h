/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

typedef struct _WlEngine WlEngine;

/**
 * Which peers' steps run, and when the engine must be called next. There is no tick: the steps of a
 * peer run in the turn of an event that concerns it, or at the time that one of them requested.
 * Only the turn (wl-engine-turn.c) moves peers between the lists; other code uses the functions
 * below.
 */
typedef struct {
    GPtrArray *scheduled;         /* of WlPeer: since the steps last began */
    GPtrArray *spare;             /* changes places with scheduled when they begin; else empty */
    GPtrArray *running;           /* of WlPeer: whose steps run, sorted by key */
    GPtrArray *served;            /* of WlPeer: whose steps ran this turn */
    GPtrArray *awaiting_snapshot; /* of WlPeer: scheduled when the next snapshot is there */
    WlTimerQueue *timers;         /* of WlPeer: the earliest time that one of its steps needs */
    WlStep step;
    WlPeer *current; /* whose step runs; NULL: none */
    gint64 deadline; /* engine time by which the engine must be called; WL_NEVER */
    guint64 work;    /* small pieces of work done since the start */
} WlScheduler;

void wl_scheduler_init(WlScheduler *self);
void wl_scheduler_clear(WlScheduler *self);

/** Something about @peer changed: its steps run in this turn, or in the next if they have run. From
 * within a step of its own: the steps that follow run anyway. */
void wl_scheduler_schedule(WlScheduler *self, WlPeer *peer);
/** Takes @peer, which is about to be freed, out of every list. */
void wl_scheduler_drop(WlScheduler *self, WlPeer *peer);
/** The engine must be called at @when at the latest. Within the step of a peer the same as
 * wl_scheduler_wake_peer_at() for that peer. */
void wl_scheduler_wake_at(WlScheduler *self, gint64 when);
/** Runs the steps of @peer at @when. The time that a step requests holds until it runs again. */
void wl_scheduler_wake_peer_at(WlScheduler *self, WlPeer *peer, gint64 when);
/** Runs the steps of @peer when the next snapshot arrives, even if nothing changed. */
void wl_scheduler_await_snapshot(WlScheduler *self, WlPeer *peer);
/** Schedules the peers that wait for a snapshot. */
void wl_scheduler_snapshot_read(WlScheduler *self);

/** Runs one step of @peer; @func gets @engine. */
void wl_scheduler_run_step(WlScheduler *self, WlEngine *engine, WlPeer *peer, WlStep step,
                           void (*func)(WlEngine *, WlPeer *));

/** Counts one small piece of work (wl_engine_get_work()). */
static inline void
wl_scheduler_count_work(WlScheduler *self)
{
    self->work++;
}

/** The batch delay of work that covers all @n peers, at @each microseconds per peer; 0 in a small
 * network. */
gint64 wl_scheduler_batch_delay(guint n, gint64 each);
