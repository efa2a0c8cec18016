/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The in-use mark: marks a profile as served while this process lives, so that cleanup leaves its
 * link, rules and routes alone. It is an abstract Unix socket: it belongs to the network namespace,
 * as links and rules do, and ends with the process, even if that is killed. It is no lock: several
 * processes may mark one profile. Errors are of G_IO_ERROR.
 */

/** Sets the mark. Returns a file descriptor that the caller closes when the profile is down; -1
 * with *error. */
int wl_profile_in_use_mark(const char *uuid, GError **error);
/** The UUIDs of all profiles in use, to be freed with g_strfreev(); NULL with *error. */
char **wl_profile_in_use_list(GError **error);
