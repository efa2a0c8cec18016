/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-exit.h"

/** Profiles of wirelinkd: files in /etc/wirelink, each served by a unit of systemd. */

typedef enum {
    WL_UNIT_FILE_MISSING,
    WL_UNIT_FILE_EXISTS,
    WL_UNIT_FILE_HIDDEN, /* the caller may not look into the directory */
} WlUnitFile;

/** Whether there is a file for the profile @name. */
WlUnitFile wl_unit_find_file(const char *name);
/** Starts the unit of the profile @name and waits until it is up; FALSE with *error of WL_CTL_ERROR
 * that names the remedy. A user at a terminal may be asked for a password. */
gboolean wl_unit_start(GDBusConnection *bus, const char *name, GError **error);
/** Stops it and waits until it is down. */
gboolean wl_unit_stop(GDBusConnection *bus, const char *name, GError **error);
