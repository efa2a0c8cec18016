/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The in-use mark: marks a profile as served while this process lives, so that cleanup leaves its
 * link, rules and routes alone. It is a lock file (wl-lock-file.h), which no other user can take or
 * remove. Several processes may mark one profile: a new one need not wait for the old one to exit.
 * Errors are of G_IO_ERROR.
 */

/** Sets the mark. Returns a file descriptor that the caller closes when the profile is down; -1
 * with *error: the profile must not be served, for a cleanup would take it down. */
int wl_profile_in_use_mark(const char *uuid, GError **error);
/** The UUIDs of all profiles in use, to be freed with g_strfreev(); NULL with *error: nothing may
 * be cleaned up. */
char **wl_profile_in_use_list(GError **error);
