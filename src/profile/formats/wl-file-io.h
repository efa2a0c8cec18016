/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Reads and writes small regular files that may hold secrets. Errors (WL_PROFILE_ERROR) name the
 * file. */

#include "wl-profile.h"

G_BEGIN_DECLS

/* The bytes of the file at @path, at most WL_PROFILE_MAX_FILE, followed by a zero byte. Free with
 * wl_file_wipe(). */
char *wl_file_load(const char *path, gsize *length, GError **error);
/* Overwrites and frees what wl_file_load() returned; NULL is fine. */
void wl_file_wipe(char *text, gsize length);

/* Creates or replaces the file at @path with wl_private_file_write(). A text longer than
 * WL_PROFILE_MAX_FILE bytes, which could not be loaded again, is an error. */
gboolean wl_file_save(const char *path, const char *text, GError **error);

G_END_DECLS
