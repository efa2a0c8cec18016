/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdio.h>

typedef enum {
    WL_LINE_OK,
    WL_LINE_TOO_LONG, /* skipped up to its end */
    WL_LINE_END,
} WlLineResult;

/** Reads a line, without its newline and at most @max bytes of it, into @line. */
WlLineResult wl_line_read(FILE *file, GString *line, gsize max);
