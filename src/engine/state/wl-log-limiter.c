/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-log-limiter.h"

#include "wl-time.h"

static const WlFairRate rate = {
    .interval = WL_SEC(2),
    .burst = 60,
    .refill = WL_SEC(60),
    .step = 6,
};

gboolean
wl_log_limiter_take(WlLogLimiter *self, WlFairShare *share, gint64 now, guint *suppressed)
{
    WlFairShare own = {0};

    if (!wl_fair_limit_take(&self->rate, share ? share : &own, now, &rate)) {
        self->suppressed++;
        return FALSE;
    }
    *suppressed = self->suppressed;
    self->suppressed = 0;
    return TRUE;
}
