/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Reports resume from suspend and changes of the clock. Sources are logind and, without logind, a
 * timerfd that the kernel cancels when the real-time clock is set, which includes a resume. Idle
 * otherwise.
 */
typedef struct _WlSleepMonitor WlSleepMonitor;

/** @reason: message for the log. */
typedef void (*WlSleepMonitorFunc)(const char *reason, gpointer user_data);

/** @func is called from the main loop, once if both sources report the same event. @connection:
 * NULL: without logind. */
WlSleepMonitor *wl_sleep_monitor_new(GDBusConnection *connection, WlSleepMonitorFunc func,
                                     gpointer user_data);
void wl_sleep_monitor_free(WlSleepMonitor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSleepMonitor, wl_sleep_monitor_free)

/**
 * Compares readings in µs of CLOCK_REALTIME, CLOCK_BOOTTIME and CLOCK_MONOTONIC (@awake). Returns a
 * message for the log, or NULL if there was neither a suspend nor a significant change.
 */
typedef struct {
    gint64 real, boot, awake;
} WlSleepMonitorClocks;

const char *wl_sleep_monitor_compare(const WlSleepMonitorClocks *before,
                                     const WlSleepMonitorClocks *after);
