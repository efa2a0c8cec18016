/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Microseconds of CLOCK_BOOTTIME: the engine's time, which goes on while the machine sleeps. */
gint64 wl_clock_now(void);

/** Engine time as seconds since the epoch, now; 0 for a negative (never) @time. */
gint64 wl_clock_to_unix(gint64 time);

/**
 * One deadline in engine time. A timerfd on CLOCK_BOOTTIME, because a GLib timeout counts on
 * CLOCK_MONOTONIC and would come late by the length of a sleep.
 */
typedef struct _WlTimer WlTimer;

/** Not set yet. @func is called from the main loop; what it returns does not count. */
WlTimer *wl_timer_new(GSourceFunc func, gpointer user_data, GError **error);
void wl_timer_free(WlTimer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlTimer, wl_timer_free)
/** Fires once at @deadline (at once if it is past); G_MAXINT64: not at all. Replaces the last one.
 */
void wl_timer_set(WlTimer *self, gint64 deadline);
