/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"
#include "state/wl-peer-table.h"

/** Who is advertised facts, and when everybody last was. Written by exchange/wl-advertise.c, and by
 * the functions below. */
typedef struct {
    GPtrArray *subscribers; /* of WlPeer: those with a session who are advertised facts */
    WlTimerQueue *alives;   /* of WlPeer with a session: when it needs our Alive */
    gint64 alive_horizon;   /* whoever needs one until then gets it now */
    gint64 flushed;         /* when all subscribers last heard what changed */
    guint64 generation;     /* of the turn, for what is the same for all subscribers */
    gboolean pending;       /* some subscriber may need facts */
    guint in_flight;        /* datagrams of facts that are not acked yet, of all peers */
} WlAdvertiser;

void wl_advertiser_init(WlAdvertiser *self);
void wl_advertiser_clear(WlAdvertiser *self);

/** @peer is no subscriber any more. */
void wl_advertiser_unsubscribe(WlAdvertiser *self, WlPeer *peer);

/** docs/protocol.md 5.6.1: nothing is advertised about those who are gone. */
gboolean wl_advertiser_may_advertise(const WlPeerTable *peers, const WlKey *own_key,
                                     const WlFact *fact);
/** docs/protocol.md 5.6.3: nothing about the receiver @to but its name. */
gboolean wl_advertiser_is_about_receiver(const WlPeer *to, const WlFact *fact);
