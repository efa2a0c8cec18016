/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-log-limiter.h"

#include "wl-time.h"

#define INTERVAL WL_SEC(2)
#define BURST    60

gboolean
wl_log_limiter_take(WlLogLimiter *self, gint64 now, guint *suppressed)
{
    if (!wl_rate_limit_take(&self->rate, now, INTERVAL, BURST)) {
        self->suppressed++;
        return FALSE;
    }
    *suppressed = self->suppressed;
    self->suppressed = 0;
    return TRUE;
}
