/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** The round trip of a path, estimated from measured ones: the smoothed value and its variation of
 * RFC 6298. Times are in microseconds. A zeroed value has measured nothing. */
typedef struct {
    gint64 smoothed;
    gint64 variation;
} WlRoundTrip;

/** Adds a measured round trip. Packets that were sent again measure nothing. */
void wl_round_trip_add(WlRoundTrip *self, gint64 measured);
/** How long to wait for an answer before the path seems to be silent: at least @min and at most
 * @max, or @unknown if nothing was measured. */
gint64 wl_round_trip_timeout(const WlRoundTrip *self, gint64 unknown, gint64 min, gint64 max);
