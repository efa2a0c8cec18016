/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Engine time: CLOCK_BOOTTIME in microseconds, which includes suspend. */
gint64 wl_clock_now(void);

/** Converts engine time to seconds since the epoch by the current clocks; 0 if @time is negative
 * (never). */
gint64 wl_clock_to_unix(gint64 time);

/**
 * One deadline in engine time. A timerfd on CLOCK_BOOTTIME, because GLib timeouts use
 * CLOCK_MONOTONIC and would be late by the duration of a suspend. Where timerfds are refused, it
 * uses those, which is a limitation.
 */
typedef struct _WlTimer WlTimer;

/** Creates an unset timer. @func is called from the main loop; its result is ignored. */
WlTimer *wl_timer_new(GSourceFunc func, gpointer user_data);
void wl_timer_free(WlTimer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlTimer, wl_timer_free)
/** Replaces the deadline: fires once at @deadline, immediately if it has passed, never if it is
 * G_MAXINT64. */
void wl_timer_set(WlTimer *self, gint64 deadline);
