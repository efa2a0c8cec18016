/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * FALSE for a character that must not reach a terminal, a log or a label from untrusted text: it
 * controls the output, changes the direction of text, ends a line, or has no agreed glyph.
 */
gboolean wl_text_is_safe(gunichar character);
/**
 * A copy of the first @max characters of @text with unsafe characters replaced by @replacement.
 * @length is in bytes; -1: @text is NUL-terminated. An embedded NUL and invalid UTF-8 become
 * U+FFFD. Free with g_free().
 */
char *wl_text_sanitize(const char *text, gssize length, gsize max, gunichar replacement);
