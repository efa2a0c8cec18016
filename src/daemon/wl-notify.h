/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Messages to the service manager, as sd_notify(3) describes them, without libsystemd. Without a
 * service manager (no NOTIFY_SOCKET) nothing is sent. Global: a process has one socket.
 */

/** Connects to the socket. Call this first: the variables are removed from the environment, so that
 * child processes do not send messages. */
void wl_notify_init(void);
/** Sends @format, for example "READY=1\nSTATUS=...". */
void wl_notify_send(const char *format, ...) G_GNUC_PRINTF(1, 2);
/** Sends @text with the descriptor @fd, which stays open. FALSE with errno set. */
gboolean wl_notify_send_fd(const char *text, int fd);
/** Sends "RELOADING=1" with the time that systemd 253 and newer require. */
void wl_notify_reloading(void);
/** Interval in ms at which wl_notify_watchdog() is to be called from the main loop: half of the
 * time after which the service manager restarts this process; 0: it has no watchdog. */
guint wl_notify_watchdog_interval(void);
/** Tells the watchdog that the main loop runs. A GSourceFunc. */
gboolean wl_notify_watchdog(gpointer unused);
