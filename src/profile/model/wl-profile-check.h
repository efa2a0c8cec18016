/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Checks a whole profile: required keys, duplicates, addresses, ports. The values themselves were
 * checked when they were parsed. */

#include "wl-profile-keys.h"

G_BEGIN_DECLS

typedef enum {
    WL_PROFILE_CHECK_DEFAULT = 0,
    /* Requires the private key, and every preshared key that is not marked as not required. */
    WL_PROFILE_CHECK_SECRETS = 1 << 0,
    /* Requires those of them that NetworkManager stores (flags 0). */
    WL_PROFILE_CHECK_STORED_SECRETS = 1 << 1,
} WlProfileCheck;

/* FALSE with an error (WL_PROFILE_ERROR) that begins with a key of vpn.data. */
gboolean wl_profile_check(const WlProfile *profile, WlProfileCheck flags, GError **error);

/* The same for callers that state the place themselves: *@key is the key that the error is about
 * and
 * *@peer the index of the peer, meaningless for a key of the profile. The error does not name the
 * key. */
gboolean wl_profile_check_parts(const WlProfile *profile, WlProfileCheck flags,
                                const WlProfileKey **key, guint *peer, GError **error);

G_END_DECLS
