/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"
#include "state/wl-peer-table.h"

/** The subscribers, and when facts and Alives are due. Written by exchange/wl-advertise.c,
 * `in_flight` by wl-acks.c; other files use the functions below. Times in engine time
 * (microseconds). */
typedef struct {
    GPtrArray *subscribers; /* of WlPeer: healthy peers that are sent facts */
    WlTimerQueue *alives;   /* of healthy WlPeer: when the next Alive is due */
    gint64 alive_horizon;   /* Alives that are due until then are sent in this turn */
    gint64 flushed;         /* when changes were last sent to all subscribers */
    guint64 generation;     /* number of the turn, for WlFactEntry.generation */
    gboolean pending;       /* a subscriber may need facts */
    guint in_flight;        /* datagrams without ack, of all peers */
} WlAdvertiser;

void wl_advertiser_init(WlAdvertiser *self);
void wl_advertiser_clear(WlAdvertiser *self);

/** A fact changed that a subscriber may need. */
static inline void
wl_advertiser_set_pending(WlAdvertiser *self)
{
    self->pending = TRUE;
}

/** Ends the subscription of @peer, a subscriber. */
void wl_advertiser_unsubscribe(WlAdvertiser *self, WlPeer *peer);
/** @peer is about to be removed: neither facts nor Alives are due for it. */
void wl_advertiser_drop(WlAdvertiser *self, WlPeer *peer);

/** docs/protocol.md 5.6.1: FALSE if the subject of @fact is a peer that is neither healthy nor
 * alive.
 */
gboolean wl_advertiser_may_advertise(const WlPeerTable *peers, const WlKey *own_key,
                                     const WlFact *fact);
/** docs/protocol.md 5.6.3: TRUE if @fact, other than metadata, describes its receiver @to. */
gboolean wl_advertiser_is_about_receiver(const WlPeer *to, const WlFact *fact);
