/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Tells that the machine was asleep or that somebody set its clock. From logind, and from the
 * kernel where there is no logind: a timer on the real-time clock is cancelled when that is set,
 * also by waking up. Costs nothing meanwhile.
 */
typedef struct _WlSleepMonitor WlSleepMonitor;

/** @reason: a sentence for the log. */
typedef void (*WlSleepMonitorFunc)(const char *reason, gpointer user_data);

/** @func is called from the main loop, once for what both tell. */
WlSleepMonitor *wl_sleep_monitor_new(GDBusConnection *connection, WlSleepMonitorFunc func,
                                     gpointer user_data);
void wl_sleep_monitor_free(WlSleepMonitor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSleepMonitor, wl_sleep_monitor_free)

/**
 * What became of the clocks between two moments, each in µs: @real (CLOCK_REALTIME), @boot
 * (CLOCK_BOOTTIME) and @awake (CLOCK_MONOTONIC). A sentence, or NULL if nothing worth telling.
 */
typedef struct {
    gint64 real, boot, awake;
} WlSleepMonitorClocks;

const char *wl_sleep_monitor_compare(const WlSleepMonitorClocks *before,
                                     const WlSleepMonitorClocks *after);
