/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * A token bucket: @burst tokens at once, then one every @interval µs. The caller passes the same
 * @interval and @burst every time. A zeroed value is a full bucket.
 */
typedef struct {
    gint64 next; /* µs: when the bucket is full again */
} WlRateLimit;

/** The earliest time, not before @now, at which a token is available. */
static inline gint64
wl_rate_limit_when(const WlRateLimit *self, gint64 now, gint64 interval, guint burst)
{
    return MAX(now, self->next - (gint64) (burst - 1) * interval);
}

/** The tokens that are available at @now. */
static inline guint
wl_rate_limit_left(const WlRateLimit *self, gint64 now, gint64 interval, guint burst)
{
    gint64 taken = self->next <= now ? 0 : (self->next - now + interval - 1) / interval;

    return burst - (guint) MIN(taken, (gint64) burst);
}

/** Takes a token; FALSE if none is available. */
static inline gboolean
wl_rate_limit_take(WlRateLimit *self, gint64 now, gint64 interval, guint burst)
{
    if (wl_rate_limit_when(self, now, interval, burst) > now)
        return FALSE;
    self->next = MAX(self->next, now) + interval;
    return TRUE;
}
