/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"
#include "state/wl-peer-table.h"

/** The subscribers, and when facts and Alives are due. Written by exchange/wl-advertise.c,
 * `list` and `alives` by wl-subscription.c, `in_flight` by wl-acks.c; other files use the functions
 * below. Times are engine times (microseconds). */
typedef struct {
    GPtrArray *list;      /* of WlPeer: healthy peers that are sent facts */
    WlTimerQueue *alives; /* of healthy WlPeer: when the next Alive is due */
    gint64 alive_horizon; /* Alives due before this time are sent in this turn */
    gint64 flushed;       /* when changes were last sent to all subscribers */
    guint64 generation;   /* the work before this turn advertises, which no two turns have in common
                             that compute something: for WlFactEntry.generation */
    gboolean pending;     /* a subscriber may need facts */
    guint in_flight;      /* datagrams without ack, of all native peers, of each no more than it may
                             have */
    guint in_flight_go;   /* of all Go daemons */
} WlSubscribers;

void wl_subscribers_init(WlSubscribers *self);
void wl_subscribers_clear(WlSubscribers *self);

/** A fact changed that a subscriber may need. */
static inline void
wl_subscribers_set_pending(WlSubscribers *self)
{
    self->pending = TRUE;
}

/** Ends the subscription of @peer, a subscriber. */
void wl_subscribers_unsubscribe(WlSubscribers *self, WlPeer *peer);
/** Cancels facts and Alives for @peer, which is about to be removed. */
void wl_subscribers_drop(WlSubscribers *self, WlPeer *peer);
