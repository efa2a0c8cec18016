/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-gateway-epoch.h"

#define SLACK 2  /* s, by which clocks that are read in seconds may differ */
#define DRIFT 16 /* one part in so many, by which two clocks may drift apart */

/* Whether @slow passed while a clock that is right counted @fast. */
static gboolean
lags(gint64 slow, gint64 fast)
{
    return slow + SLACK < fast - fast / DRIFT;
}

gboolean
wl_gateway_epoch_update(WlGatewayEpoch *self, guint32 seconds, gint64 now)
{
    WlGatewayEpoch last = *self;
    gint64 theirs = (gint64) seconds - last.seconds;
    gint64 ours = (now - last.heard) / G_USEC_PER_SEC;

    *self = (WlGatewayEpoch){TRUE, seconds, now};
    if (!last.known)
        return FALSE;
    return theirs < -1 || lags(ours, theirs) || lags(theirs, ours);
}
