/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Changes of the text of a .wirelink file that leave everything else as it is, comments included.
 * Pure functions. The results contain keys: free them with wl_profile_wipe_free().
 */

/** Without the section of the peer with @public_key; NULL if there is none. */
char *wl_section_edit_remove(const char *text, const char *public_key);
/** With one line "@key = value" for each of @values (NULL-terminated) in place of all lines of @key
 * in the section of the peer with @public_key, or in [Wirelink] if that is NULL; NULL if there is
 * no such section. */
char *wl_section_edit_set(const char *text, const char *public_key, const char *key,
                          const char *const *values);
