/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* Engine time: microseconds of a clock that never decreases. */
#define WL_MS(n)  ((gint64) (n) *1000)
#define WL_SEC(n) ((gint64) (n) *G_USEC_PER_SEC)
#define WL_NEVER  G_MAXINT64

/* Earlier than any event; intervals can be added and subtracted without overflow. */
#define WL_LONG_AGO (G_MININT64 / 4)

/** @first, which doubles with each of @times, up to @max. */
static inline gint64
wl_time_doubled(gint64 first, guint times, gint64 max)
{
    for (guint i = 0; i < times && first < max; i++)
        first = MIN(first * 2, max);
    return first;
}
