/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** The time at which one item is due, embedded in the item, which must not move in memory while
 * the entry is in a queue. */
typedef struct {
    gint64 when; /* µs of the caller's clock; valid while in a queue */
    guint place; /* in the heap, from 1; 0: in no queue */
    gpointer owner;
} WlTimerEntry;

/**
 * A binary heap of times. Entries store their place: setting or removing one takes logarithmic
 * time, reading the earliest constant time.
 */
typedef struct _WlTimerQueue WlTimerQueue;

WlTimerQueue *wl_timer_queue_new(void);
/** Does not free the entries. */
void wl_timer_queue_free(WlTimerQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlTimerQueue, wl_timer_queue_free)
/** Adds or moves @entry; G_MAXINT64 removes it. */
void wl_timer_queue_set(WlTimerQueue *self, WlTimerEntry *entry, gint64 when);
/** The earliest time; G_MAXINT64: the queue is empty. */
gint64 wl_timer_queue_first(const WlTimerQueue *self);
/** The owner of the earliest entry, which stays in the queue; NULL if it is later than @now. */
gpointer wl_timer_queue_due(const WlTimerQueue *self, gint64 now);
