/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of standard input, with a limit on their length. The caller owns the line. */
#include "wl-line.h"

WlLineResult
wl_line_read(FILE *file, GString *line, gsize max)
{
    gboolean too_long = FALSE;
    int c;

    g_string_truncate(line, 0);
    c = getc_unlocked(file);
    if (c == EOF)
        return WL_LINE_END;
    for (; c != EOF && c != '\n'; c = getc_unlocked(file)) {
        if (line->len < max)
            g_string_append_c(line, (char) c);
        else
            too_long = TRUE;
    }
    return too_long ? WL_LINE_TOO_LONG : WL_LINE_OK;
}
