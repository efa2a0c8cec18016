/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-hold-down.h"

#include "state/wl-timing.h"

static const WlPathFailure *
find(const WlPeerPath *path, const WlEndpoint *endpoint)
{
    for (guint i = 0; i < WL_PATH_FAILURES; i++) {
        if (wl_endpoint_equal(&path->failures[i].endpoint, endpoint))
            return &path->failures[i];
    }
    return NULL;
}

/* The place for a new failure: the oldest one, unused places first. */
static WlPathFailure *
find_oldest(WlPeerPath *path)
{
    WlPathFailure *oldest = &path->failures[0];

    for (guint i = 0; i < WL_PATH_FAILURES; i++) {
        WlPathFailure *failure = &path->failures[i];

        if (!wl_endpoint_is_set(&failure->endpoint))
            return failure;
        if (failure->when < oldest->when)
            oldest = failure;
    }
    return oldest;
}

gint64
wl_path_hold_down_after_failure(const WlPathFailure *last, gint64 lasted)
{
    if (!last || lasted >= last->hold_down * WL_PATH_HOLD_DOWN_EARNED)
        return WL_PATH_HOLD_DOWN_MIN;
    return MIN(last->hold_down * 2, WL_PATH_HOLD_DOWN_MAX);
}

void
wl_path_hold_down_note_failure(WlPeerPath *path, const WlEndpoint *endpoint, gint64 now)
{
    const WlPathFailure *last = find(path, endpoint);
    const WlPathFailure failure = {
        .endpoint = *endpoint,
        .when = now,
        .hold_down = wl_path_hold_down_after_failure(last, now - path->promoted),
    };

    path->failures[(last ? last : find_oldest(path)) - path->failures] = failure;
}

gint64
wl_path_hold_down_ends_at(const WlPeerPath *path, const WlEndpoint *endpoint)
{
    const WlPathFailure *last = find(path, endpoint);

    return last ? last->when + last->hold_down : WL_LONG_AGO;
}

gint64
wl_path_hold_down_permits_at(const WlPeerPath *path, gint64 now)
{
    return wl_rate_limit_when(&path->promotions, now, WL_PATH_PROMOTION_INTERVAL,
                              WL_PATH_PROMOTION_BURST);
}

void
wl_path_hold_down_note_promotion(WlPeerPath *path, gint64 now)
{
    path->promoted = now;
    (void) wl_rate_limit_take(&path->promotions, now, WL_PATH_PROMOTION_INTERVAL,
                              WL_PATH_PROMOTION_BURST);
}
