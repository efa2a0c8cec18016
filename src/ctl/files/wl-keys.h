/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/**
 * Reads one base64 key from @fd; white space around it is ignored. @what names the source in *error
 * ("standard input"), @kind the expected key ("private key").
 */
gboolean wl_keys_read(int fd, const char *what, const char *kind, WlKey *key, GError **error);
/** Reads a private key from a file; warns on standard error if other users may read the file. */
gboolean wl_keys_read_file(const char *path, WlKey *key, GError **error);
