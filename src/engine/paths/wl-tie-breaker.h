/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-round-trip.h"

/*
 * Which member initiates first (docs/engine.md "Connect"). Both sides learn of each other at the
 * same moment. Two initiations that cross produce no session: each side responds to the other's and
 * drops its own. The member with the smaller key therefore initiates first; by the time of the
 * second initiation, the first one has arrived or has opened the stateful filters for it. Pure
 * functions.
 */

/** TRUE if the member with the key @own initiates before the one with the key @peer. */
gboolean wl_tie_breaker_goes_first(const WlKey *own, const WlKey *peer);
/** How long @own waits (µs) before it tries @peer: @round_trip, that to the routers, or longer than
 * usual ones if it is not known. With a configured endpoint it does not wait, since @peer may be
 * unable to initiate. */
gint64 wl_tie_breaker_head_start(const WlKey *own, const WlKey *peer, gboolean has_configured,
                                 const WlRoundTrip *round_trip);
