/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fair-limit.h"

/** Limits the log lines of the engine to a burst of 60 and then one line every two seconds, so that
 * no other member can fill the journal. The lines about one member leave the more to those about
 * others the more there were: after the second within a minute 12 of the 60, and so on. A zeroed
 * value is the initial state. */
typedef struct {
    WlRateLimit rate;
    guint suppressed; /* lines since the last one that was logged */
} WlLogLimiter;

/** TRUE if a line about the member with @share, NULL: about none, may be logged at @now;
 * *suppressed is then the number of lines refused since the previous one. */
gboolean wl_log_limiter_take(WlLogLimiter *self, WlFairShare *share, gint64 now, guint *suppressed);
