/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * A rate limit: @burst at once, one more each @interval microseconds. All zero is a full bucket.
 * `next` is when the bucket would be full again.
 */
typedef struct {
    gint64 next;
} WlBucket;

/** When one may be taken: now or later. */
static inline gint64
wl_bucket_when(const WlBucket *self, gint64 now, gint64 interval, guint burst)
{
    return MAX(now, self->next - (gint64) (burst - 1) * interval);
}

/** Takes one; FALSE if there is none. */
static inline gboolean
wl_bucket_take(WlBucket *self, gint64 now, gint64 interval, guint burst)
{
    if (wl_bucket_when(self, now, interval, burst) > now)
        return FALSE;
    self->next = MAX(self->next, now) + interval;
    return TRUE;
}
