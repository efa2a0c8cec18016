/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-rate-limit.h"

/**
 * Directs GLib's log to the journal if standard error is connected to it, else to syslog if
 * NetworkManager requests that, else to standard error. NM_VPN_LOG_LEVEL selects the level: up to 4
 * warnings, 5 notices (default), 6 information, 7 debugging. @debug: all levels to standard error.
 * @program: the name of this program in the log, static.
 */
void wl_log_init(const char *program, gboolean debug);

/** Sets the profile and link of all further lines (journal fields NM_CONNECTION and NM_DEVICE). */
void wl_log_set_context(const char *uuid, const char *interface);

/**
 * Logs a failure that may repeat: up to five at once and one per minute as warnings, the others as
 * information. @limit: one per kind of failure, initially zero.
 */
void wl_log_repeated(WlRateLimit *limit, const char *format, ...) G_GNUC_PRINTF(2, 3);
