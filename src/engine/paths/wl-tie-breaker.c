/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-tie-breaker.h"

#include "state/wl-timing.h"

gboolean
wl_tie_breaker_goes_first(const WlKey *own, const WlKey *peer)
{
    return wl_key_is_before(own, peer);
}

gint64
wl_tie_breaker_head_start(const WlKey *own, const WlKey *peer, gboolean has_configured,
                          const WlRoundTrip *round_trip)
{
    if (wl_tie_breaker_goes_first(own, peer) || has_configured)
        return 0;
    if (round_trip->smoothed == 0)
        return WL_CONNECT_HEAD_START;
    return MIN(round_trip->smoothed, WL_ROUND_TRIP_MAX) + WL_CONNECT_HEAD_START_SLACK;
}
