/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

typedef struct _WlEngine WlEngine;

/**
 * Which peers run their steps, and when the engine must be called next. There is no tick: the steps
 * of a peer run in the turn of an event that concerns it, or at a time that one of them requested.
 * Only the turn (wl-engine-turn.c) moves peers between the lists; other code uses the functions
 * below.
 */
typedef struct {
    GPtrArray *scheduled; /* of WlPeer: scheduled since the steps last began */
    GPtrArray *spare;     /* swapped with `scheduled` when the steps begin; otherwise empty */
    GPtrArray *running;   /* of WlPeer, sorted by key: their steps are running */
    GPtrArray *served;    /* of WlPeer: their steps ran in this turn */
    GPtrArray *awaiting_snapshot; /* of WlPeer: to be scheduled when the next snapshot arrives */
    WlTimerQueue *timers;         /* of WlPeer: the earliest time requested by one of its steps */
    WlStep step;
    WlPeer *current; /* the peer whose step is running; NULL: none */
    gint64 deadline; /* engine time by which the engine must be called; WL_NEVER */
    guint64 work;    /* units of work since the start */
} WlScheduler;

void wl_scheduler_init(WlScheduler *self);
void wl_scheduler_clear(WlScheduler *self);

/** @peer changed: its steps run in this turn or, if they have run already, in the next. No effect
 * within one of its own steps, since the following steps run anyway. */
void wl_scheduler_schedule(WlScheduler *self, WlPeer *peer);
/** Removes @peer, which is about to be freed, from every list. */
void wl_scheduler_drop(WlScheduler *self, WlPeer *peer);
/** The engine must be called no later than @when. Within a step of a peer, the same as
 * wl_scheduler_wake_peer_at() for that peer. */
void wl_scheduler_wake_at(WlScheduler *self, gint64 when);
/** Runs the steps of @peer at @when. The time requested by a step is valid until that step runs
 * again. */
void wl_scheduler_wake_peer_at(WlScheduler *self, WlPeer *peer, gint64 when);
/** Runs the steps of @peer when the next snapshot arrives, even if nothing changed. */
void wl_scheduler_await_snapshot(WlScheduler *self, WlPeer *peer);
/** Schedules the peers that await a snapshot. */
void wl_scheduler_snapshot_read(WlScheduler *self);

/** Runs one step of @peer; @func gets @engine. */
void wl_scheduler_run_step(WlScheduler *self, WlEngine *engine, WlPeer *peer, WlStep step,
                           void (*func)(WlEngine *, WlPeer *));

/** Counts one unit of work (wl_engine_get_work()). */
static inline void
wl_scheduler_count_work(WlScheduler *self)
{
    self->work++;
}
