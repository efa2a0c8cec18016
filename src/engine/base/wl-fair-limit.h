/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-rate-limit.h"

/**
 * A token bucket that many sources share fairly. Each source has a WlFairShare, which counts the
 * tokens that it took lately. The more it took, the more it must leave in the bucket: a source that
 * takes all it can get never keeps a token from one that took none. The caller passes the same
 * rate every time. Zeroed values are a full bucket, and a source that took nothing.
 */
typedef struct {
    gint64 next; /* µs: when the tokens that the source took no longer count */
} WlFairShare;

typedef struct {
    gint64 interval; /* µs: of the bucket */
    guint burst;
    gint64 refill; /* µs: for this time a token counts that a source took */
    guint step;    /* what a source must leave for each of them */
} WlFairRate;

/** More are not counted, so that no source is held back for ever. */
#define WL_FAIR_MOST 64

/** The number of tokens that count at @now. */
static inline guint
wl_fair_share_count(const WlFairShare *self, gint64 now, gint64 refill)
{
    return self->next <= now ? 0 : (guint) ((self->next - now + refill - 1) / refill);
}

/** Counts a token that the source takes at @now. */
static inline void
wl_fair_share_add(WlFairShare *self, gint64 now, gint64 refill)
{
    self->next = MIN(MAX(self->next, now) + refill, now + WL_FAIR_MOST * refill);
}

/** TRUE if the source with @share may take a token of @all. */
static inline gboolean
wl_fair_limit_has(const WlRateLimit *all, const WlFairShare *share, gint64 now,
                  const WlFairRate *rate)
{
    guint left = MIN(wl_fair_share_count(share, now, rate->refill) * rate->step, rate->burst - 1);

    return wl_rate_limit_left(all, now, rate->interval, rate->burst) > left;
}

/** Takes a token of @all for the source with @share; FALSE if it must leave those that are there.
 */
static inline gboolean
wl_fair_limit_take(WlRateLimit *all, WlFairShare *share, gint64 now, const WlFairRate *rate)
{
    if (!wl_fair_limit_has(all, share, now, rate))
        return FALSE;
    (void) wl_rate_limit_take(all, now, rate->interval, rate->burst);
    wl_fair_share_add(share, now, rate->refill);
    return TRUE;
}
