/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * FALSE for a character that untrusted text must not bring into a terminal, a log or a label: it
 * controls the output, changes the direction of text, ends a line, or has no agreed glyph.
 */
gboolean wl_text_is_safe(gunichar character);
/**
 * A copy of the first @max characters of @text, each unsafe one replaced by @replacement. @length
 * in bytes, -1: @text ends with a NUL; a NUL inside and invalid UTF-8 become U+FFFD. To be freed.
 */
char *wl_text_sanitize(const char *text, gssize length, gsize max, gunichar replacement);
