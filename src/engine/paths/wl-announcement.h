/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-timing.h"

/** When what was announced @announcements times before this one, at @now, is announced again unless
 * it is acked: a path (docs/protocol.md 15), or the router of a leaf (19). */
static inline gint64
wl_announcement_next(gint64 now, guint announcements)
{
    guint slower = MAX(announcements, WL_PATH_ANNOUNCE_FAST) - WL_PATH_ANNOUNCE_FAST;

    return now + wl_time_doubled(WL_PATH_ANNOUNCE_INTERVAL, slower, WL_PATH_ANNOUNCE_MAX);
}
