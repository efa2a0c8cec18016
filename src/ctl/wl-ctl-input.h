/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

#include <stdio.h>

/**
 * Reads one base64 key, white space around it ignored, from @fd. The text is wiped. @what names the
 * source in *error ("standard input"), @kind the key that is wanted ("private key").
 */
gboolean wl_ctl_read_key(int fd, const char *what, const char *kind, WlKey *key, GError **error);
/** The same from a file; says on standard error if others may read it. */
gboolean wl_ctl_read_key_file(const char *path, WlKey *key, GError **error);
/** A WlRandomFunc: libsodium's generator. */
void wl_ctl_random(gpointer user_data, guint8 *buffer, gsize length);

typedef enum {
    WL_LINE_OK,
    WL_LINE_TOO_LONG, /* skipped up to its end */
    WL_LINE_END,
} WlLineResult;

/** Reads a line without its newline into @line, at most @max bytes of it. */
WlLineResult wl_ctl_read_line(FILE *file, GString *line, gsize max);
