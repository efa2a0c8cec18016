/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "paths/wl-endpoint-cycling.h"
#include "state/wl-engine-state.h"

/*
 * The slot of one candidate that is tried, and what a peer without a session has until the next one
 * (docs/engine.md "Connect"). For wl-connect.c, which decides when, and wl-connect-hearsay.c; they
 * write WlPeer.connect together. Times are engine times in microseconds.
 */

/** The first candidate of the profile; NULL: there is none. */
const WlCandidate *wl_connect_slot_configured(const WlPeer *peer);
/** TRUE if the peer is away for longer than a server takes to restart. */
gboolean wl_connect_slot_is_long_away(const WlPeer *peer);
/** The present round of @peer. Borrows from @self and @peer. */
WlConnectCycle wl_connect_slot_make_cycle(const WlEngine *self, const WlPeer *peer);
/** How long the slot of @candidate is in the present round. */
gint64 wl_connect_slot_get_length(const WlEngine *self, const WlPeer *peer,
                                  const WlCandidate *candidate);
/** The round trip that peers without a session are expected to have, with its variation, by what
 * the routers have; 0 if none was measured. */
gint64 wl_connect_slot_round_trip(const WlEngine *self);
/** When WireGuard can initiate again after the last packet to @peer. */
gint64 wl_connect_slot_get_spaced(const WlPeer *peer);

/** Requests to recreate the peer in the device with @endpoint; NULL: without one. */
void wl_connect_slot_recreate(WlPeer *peer, const WlEndpoint *endpoint);
/** Records an initiation to @endpoint. */
void wl_connect_slot_note_try(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint);
/** Begins the slot of @candidate, which ends after @length: an Alive makes WireGuard initiate. */
void wl_connect_slot_begin(WlEngine *self, WlPeer *peer, WlCandidate *candidate, gint64 length);
/** The device is read at some moments before @length is over; it is also read at the end of a
 * slot. */
void wl_connect_slot_schedule_polls(const WlEngine *self, WlPeer *peer, gint64 length);
/** Nothing is tried until @due. */
void wl_connect_slot_wait_until(WlEngine *self, WlPeer *peer, WlConnectPhase phase, gint64 due);
/** Until the next try the device keeps the configured address or none, so that nothing is sent to
 * an address that does not answer. */
void wl_connect_slot_rest(const WlEngine *self, WlPeer *peer);
