/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * The state file of a profile: `/var/lib/NetworkManager/wirelink/<uuid>`, or below the directory in
 * the environment variable WIRELINK_STATE. Readable by root only, at most 1 MiB. @uuid may be
 * followed by WL_EVENT_LIST_SUFFIX.
 */

/** Returns the state, to be freed with g_free(). NULL without *error: there is no file. NULL with
 * *error: the file is not a regular file of this user, is accessible to others, or is too large. */
char *wl_state_file_load(const char *uuid, gsize *length, GError **error);
/** Replaces the file atomically. Fails without a change if @state is too large. */
gboolean wl_state_file_save(const char *uuid, const char *state, GError **error);
/** Removes the file if it exists. */
void wl_state_file_remove(const char *uuid);
