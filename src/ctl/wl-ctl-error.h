/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl.h"

/** The errors of wirelinkctl: whole sentences with a remedy; their codes are of WlExit. */
#define WL_CTL_ERROR wl_ctl_error_quark()
GQuark wl_ctl_error_quark(void);

/** Says @error, as JSON on standard output or on standard error, and returns its exit status. */
WlExit wl_ctl_fail(gboolean json, const GError *error);
/** Says what is wrong with the command line, and returns WL_EXIT_USAGE. */
WlExit wl_ctl_fail_usage(gboolean json, const char *command, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * Turns @remote, what a D-Bus call ended with, into an error of ours about @who ("the service of
 * \"home\"") that says what to do. To be freed.
 */
GError *wl_ctl_error_new_remote(const GError *remote, const char *who);
/** Nobody has the name any more, or never had. */
gboolean wl_ctl_error_is_gone(const GError *remote);
