/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * What the engine of one profile remembers, in a file of its own that only root can read:
 * `/var/lib/NetworkManager-wirelink/<uuid>`, or below the folder that WIRELINK_STATE names.
 */

/** NULL, with *error unset, if there is none; with *error if it is not one of ours: no regular file
 * (a symbolic link), not root's own, open to others, too long. To be freed with g_free(). */
char *wl_state_file_load(const char *uuid, gsize *length, GError **error);
/** Replaces the file at once: whoever reads it sees the one or the other. */
gboolean wl_state_file_save(const char *uuid, const char *memory, GError **error);
/** Removes the file, if there is one. */
void wl_state_file_remove(const char *uuid);
