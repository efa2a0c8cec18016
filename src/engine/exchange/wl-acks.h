/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** One datagram of facts. @awaited: it is told again, for the time @tries + 1, unless it is known
 * to have come. */
void wl_acks_send_facts(WlEngine *self, WlPeer *peer, const GByteArray *inner, gboolean awaited,
                        guint tries);
/** How many datagrams @peer may be sent now. */
guint wl_acks_get_room(const WlEngine *self, const WlPeer *peer);
/** Parts of its send step: takes a datagram whose facts are to be told again now, FALSE if there is
 * none; *tries: for which time. Asks for the time of the others. */
gboolean wl_acks_take_overdue(WlEngine *self, WlPeer *peer, GArray *facts, guint *tries);
void wl_acks_wake_overdue(WlEngine *self, WlPeer *peer);
/** Everything is told anew, or nothing. */
void wl_acks_drop_in_flight(WlEngine *self, WlPeer *peer);
void wl_acks_receive(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** The sender of this datagram wants to hear that it came. */
void wl_acks_queue(WlEngine *self, WlPeer *peer, const guint8 *data, gsize length);
/** A part of its send step. */
void wl_acks_send_queued(WlEngine *self, WlPeer *peer);
