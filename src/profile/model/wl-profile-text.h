/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Texts of values: quoting for messages, keys, numbers, and wiping of secrets. */

#include <glib.h>

G_BEGIN_DECLS

/* Characters of a WireGuard key in base64. */
#define WL_PROFILE_KEY_LENGTH 44

/* @text in double quotes for a message: shortened, unsafe characters (wl_text_is_safe()) replaced,
 * and anything that may be a key cut to its first characters. Owned by the caller. */
char *wl_profile_value_quote(const char *text);

/* Whether @text is 32 bytes in canonical base64, as WireGuard writes keys. */
gboolean wl_profile_value_is_key(const char *text);

/* Parses a decimal number up to @max, without sign and leading zeros. */
gboolean wl_profile_value_parse_number(const char *text, guint64 max, guint64 *value);

/* Overwrites and frees a string; NULL is fine. */
void wl_profile_wipe_free(char *secret);

G_END_DECLS
