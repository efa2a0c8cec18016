/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Removes what earlier processes left behind: interfaces with our alias, control sockets of their
 * programs, rules and routes of a full tunnel. Never touches what belongs to another program.
 */

/** Cleans up after profile @uuid (NULL: after all profiles). @keep: the index of an interface that
 * stays; 0: none. */
gboolean wl_cleanup_profile(const char *uuid, int keep, GError **error);
/**
 * Cleans up after all profiles that no process serves (see wl_profile_in_use_mark()). Returns what
 * was removed, as text for people (char *), owned by the caller; NULL with *error.
 */
GPtrArray *wl_cleanup_unserved(GError **error);
