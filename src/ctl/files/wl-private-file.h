/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Writes @text to @path with mode 0600. An existing file is an error, or with @replace replaced
 * atomically if it is a regular file. *error, of WL_PROFILE_ERROR, names the file and the remedy.
 */
gboolean wl_private_file_write(const char *path, const char *text, gboolean replace,
                               GError **error);
