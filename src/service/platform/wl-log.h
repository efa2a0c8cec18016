/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-rate-limit.h"

/**
 * Sends GLib's log to the journal if standard error is one, else to syslog if NetworkManager asks
 * for it, else to standard error. What is shown follows NM_VPN_LOG_LEVEL: up to 4 warnings, 5
 * notices (the default), 6 details, 7 protocol traffic. @debug: everything, to standard error.
 */
void wl_log_init(gboolean debug);

/** The profile and link that lines are about from now on (fields NM_CONNECTION and NM_DEVICE). */
void wl_log_set_context(const char *uuid, const char *interface);

/**
 * A warning about what may fail again and again: five at once and one more a minute are warnings,
 * the others details. @limit: all zero at first, one for each kind of failure.
 */
void wl_log_repeated(WlRateLimit *limit, const char *format, ...) G_GNUC_PRINTF(2, 3);
