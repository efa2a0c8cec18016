/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Acks of datagrams of facts (docs/protocol.md 16): what is in flight, and which acks are queued.
 * The only writer of WlSendWindow. */

/** Sends a datagram of facts. @in_flight: unless an ack arrives it is sent again, as try @tries +
 * 1. */
void wl_acks_send_facts(WlEngine *self, WlPeer *peer, const GByteArray *inner, gboolean in_flight,
                        guint tries);
/** The number of datagrams that @peer may be sent now. */
guint wl_acks_get_room(const WlEngine *self, const WlPeer *peer);
/** Takes the facts of a datagram that must be sent again; *tries is the number of the try. FALSE:
 * none is due. */
gboolean wl_acks_take_overdue(WlEngine *self, WlPeer *peer, GArray *facts, guint *tries);
/** Wakes @peer when its next datagram without ack is due. */
void wl_acks_wake_overdue(WlEngine *self, WlPeer *peer);
/** Forgets the datagrams in flight to @peer. */
void wl_acks_drop_in_flight(WlEngine *self, WlPeer *peer);
/** Handles the ack @fact from @peer. */
void wl_acks_receive(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** Queues the ack of a datagram from @peer. */
void wl_acks_queue(WlEngine *self, WlPeer *peer, const guint8 *data, gsize length);
/** Sends the queued acks of @peer when they are due. */
void wl_acks_send_queued(WlEngine *self, WlPeer *peer);
