/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** The exit statuses of wirelinkctl; its --help documents them. */
typedef enum {
    WL_EXIT_OK = 0,
    WL_EXIT_FAILURE = 1,
    WL_EXIT_USAGE = 2,
    WL_EXIT_NOTHING = 3, /* no active profile, or no such profile or peer */
    WL_EXIT_NOT_PERMITTED = 4,
    WL_EXIT_OTHER_VERSION = 5, /* the service has another version */
} WlExit;

/** The errors of wirelinkctl: whole sentences with a remedy; the codes are those of WlExit. */
#define WL_CTL_ERROR wl_ctl_error_quark()
GQuark wl_ctl_error_quark(void);

/** Prints @error, as JSON on standard output or on standard error, and returns its exit status. */
WlExit wl_exit_error(gboolean json, const GError *error);
/** Prints what is wrong with the command line of @command, and returns WL_EXIT_USAGE. */
WlExit wl_exit_usage(gboolean json, const char *command, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
