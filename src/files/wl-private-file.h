/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The only writer of files that may hold a private key. tools/lib/writers fails on any other. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    WL_PRIVATE_FILE_CREATE,  /* an existing file, also a symbolic link, is an error: _EXIST */
    WL_PRIVATE_FILE_REPLACE, /* a regular file or a symbolic link to one is replaced */
} WlPrivateFileMode;

/**
 * Writes @length bytes of @text to the file at @path atomically. The file then has mode 0600 and
 * belongs to the calling user, regardless of the previous file. No other user can read it at any
 * time, and readers see either the old file or the complete new one, even after a loss of power. A
 * symbolic link is replaced, not followed, so that the key is written where the caller requested. A
 * directory, a device or a link to one is an error. On an error the old file is unchanged, and
 * *error, of G_FILE_ERROR, names the file. If the process is killed meanwhile, a file
 * ".wirelink-XXXXXXXX" of mode 0600 may remain in the same directory.
 */
gboolean wl_private_file_write(const char *path, const char *text, gsize length,
                               WlPrivateFileMode mode, GError **error);

G_END_DECLS
