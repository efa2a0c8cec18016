/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-rate-limit.h"

/** Limits the log lines of the engine to a burst of 60 and then one line every two seconds, so that
 * no other member can fill the journal. A zeroed value is the initial state. */
typedef struct {
    WlRateLimit rate;
    guint suppressed; /* lines since the last one that was logged */
} WlLogLimiter;

/** TRUE if a line may be logged at @now; *suppressed is then the number of lines refused since the
 * previous one. */
gboolean wl_log_limiter_take(WlLogLimiter *self, gint64 now, guint *suppressed);
