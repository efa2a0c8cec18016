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
 * Writes the @length bytes of @text to the file at @path, which then has the mode 0600 and belongs
 * to the calling user, whatever was there before. At no time can another user read the new file,
 * and at no time is part of it there: readers, and a machine that loses power, see the old file or
 * the new one. A symbolic link is replaced, not followed, so that the key goes where the caller
 * said. A directory, a device or a link to one is an error.
 *
 * On an error the old file is unchanged, and *error, of G_FILE_ERROR, names the file. A process
 * that is killed meanwhile may leave a file ".wirelink-XXXXXXXX" of mode 0600 in the same
 * directory.
 */
gboolean wl_private_file_write(const char *path, const char *text, gsize length,
                               WlPrivateFileMode mode, GError **error);

G_END_DECLS
