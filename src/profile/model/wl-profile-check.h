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

/* The rule of allowed IPs, for callers that state a conflict themselves. In WireGuard an allowed IP
 * belongs to one peer: the last one that is given it. A prefix inside another is fine, because the
 * longest match wins. Returns the other peer that has @prefix; NULL if none, and @peer has it from
 * then on. @owners: prefixes and their peers, compared with g_str_equal(), empty at first; borrows
 * both. */
gpointer wl_profile_take_allowed_ip(GHashTable *owners, const char *prefix, gpointer peer);

/* TRUE if several peers may have @prefix: it covers the subnet of an address of the profile, so
 * that they are routers of its network, which stand in for each other. No default route is. */
gboolean wl_profile_may_share_allowed_ip(const WlProfile *profile, const char *prefix);

/* Whether an allowed IP makes a peer one that accepts all traffic, of one family. Half of a default
 * route counts, too: wg-quick files use two halves in place of the whole. */
gboolean wl_profile_is_default_route(const char *prefix);
/* *@index is the first peer with such an allowed IP; FALSE without one. */
gboolean wl_profile_find_default_route(const WlProfile *profile, guint *index);

/* The sentence about a conflict, with the prefix and the other peer; the editor translates it. Its
 * users include gi18n-lib.h. */
#define WL_PROFILE_ALLOWED_IP_CONFLICT                                                             \
    N_("%s is also an allowed IP of %s; only one peer can have it")

/* The sentence about a peer that is this machine, after the name of its public key. */
#define WL_PROFILE_OWN_KEY                                                                         \
    "is the public key of this machine; enter the key of the other machine or remove the peer"

G_END_DECLS
