/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Says to others that a profile is being served, for as long as this process lives: what the
 * profile has on this machine is then no leftover. A socket with an abstract name: it belongs to
 * the network namespace, as links and rules do, and goes with the process, whatever ends it.
 */

/** A file descriptor to be closed when the profile is down, or -1 with *error. */
int wl_profile_lock_new(const char *uuid, GError **error);
/** UUIDs of the profiles that are served; NULL with *error if that cannot be found out. */
char **wl_profile_lock_list(GError **error);
