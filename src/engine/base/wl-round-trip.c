/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-round-trip.h"

/* The answer of a machine that does something else for a moment, besides the variation. */
#define GRANULARITY ((gint64) 10000)

void
wl_round_trip_add(WlRoundTrip *self, gint64 measured)
{
    gint64 difference;

    measured = MAX(measured, 1);
    if (self->smoothed == 0) {
        self->smoothed = measured;
        self->variation = measured / 2;
        return;
    }
    difference = ABS(self->smoothed - measured);
    self->variation += (difference - self->variation) / 4;
    self->smoothed = MAX(self->smoothed + (measured - self->smoothed) / 8, 1);
}

gint64
wl_round_trip_timeout(const WlRoundTrip *self, gint64 unknown, gint64 min, gint64 max)
{
    if (self->smoothed == 0)
        return unknown;
    return CLAMP(self->smoothed + MAX(4 * self->variation, GRANULARITY), min, max);
}
