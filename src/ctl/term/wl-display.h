/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** A copy of @text that is safe to print: unsafe characters become "\u{202e}". To be freed. */
char *wl_display_escape(const char *text);
/** At most @max columns of @text, with an ellipsis where it is cut; to be freed. */
char *wl_display_cut(const char *text, guint max);
/** @text escaped and cut to @max columns; to be freed. */
char *wl_display_quote(const char *text, guint max);
/** The first characters of a public key, escaped, and an ellipsis; to be freed. */
char *wl_display_short_key(const char *key);
/** @text as one word for a shell, quoted where necessary; to be freed. */
char *wl_display_shell_word(const char *text);
/** The columns that @text takes in a terminal. */
guint wl_display_width(const char *text);
