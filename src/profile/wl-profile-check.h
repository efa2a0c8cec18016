/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-keys.h"

G_BEGIN_DECLS

/* What wl_profile_check() checks, for callers that say themselves where the problem is: the key it
 * is about, and the index of the peer (meaningless for keys of the profile). The error does not
 * name the key. FALSE if there is a problem. */
gboolean wl_profile_check_parts(const WlProfile *profile, WlProfileCheck flags,
                                const WlProfileKey **key, guint *peer, GError **error);

G_END_DECLS
