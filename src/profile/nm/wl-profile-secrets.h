/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The secrets of a profile: which it has, who keeps them, and which are missing. For NeedSecrets
 * and for who asks the user, so any vpn setting is taken, also one that
 * wl_profile_from_connection() would refuse. */

#include <NetworkManager.h>

#include "wl-profile.h"

G_BEGIN_DECLS

typedef struct {
    char *name;                 /* in vpn.secrets: "private-key", "peer-2-preshared-key" */
    guint peer;                 /* 0: the private key */
    char *peer_name;            /* as the profile calls the peer, harmless to show; NULL: no name */
    NMSettingSecretFlags flags; /* 0: NetworkManager keeps it */
    const char *value;          /* belongs to the setting; NULL: not there */
} WlProfileSecret;

void wl_profile_secret_free(WlProfileSecret *secret);

/* The private key, and the preshared key of each peer that has one or flags for one; by number. Of
 * WlProfileSecret; to be freed before @setting changes. */
GPtrArray *wl_profile_list_secrets(NMSettingVpn *setting);

/* Whether the user has to be asked: it is not there and needed. What a user's keyring or the user
 * gave is missing as well where it is no key, so that a slip does not stay for ever; what
 * NetworkManager keeps is not, for that is refused with a sentence of its own. */
gboolean wl_profile_secret_is_missing(const WlProfileSecret *secret);

/* The name of the first secret that is missing from @connection, or NULL. */
char *wl_profile_missing_secret(NMConnection *connection);

G_END_DECLS
