/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Unknown keys of a file, which are kept so that writing the file again loses nothing. */

#include "wl-profile.h"

G_BEGIN_DECLS

/* Whether @key may be kept: it is unknown in every section, and 1 to 40 of A-Z a-z 0-9 _ -. */
gboolean wl_profile_extra_key_is_valid(const char *key);
/* Whether a file preserves every line of @value, and none looks like a secret: unknown keys are
 * kept in vpn.data, which every user may read. */
gboolean wl_profile_extra_value_is_valid(const char *value);
/* Adds a value to the list, after those of the same section and key. FALSE if a limit is reached.
 */
gboolean wl_profile_extra_add(GPtrArray *extra, WlProfileSection section, const char *key,
                              const char *value);

G_END_DECLS
