/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Lists the secrets of a profile, where they are stored, and which are missing, for NeedSecrets and
 * the auth-dialog. Accepts any vpn setting, also one that wl_profile_from_connection() would
 * refuse. */

#include <NetworkManager.h>

#include "wl-profile.h"

G_BEGIN_DECLS

typedef struct {
    char *name;                 /* in vpn.secrets: "private-key", "peer-2-preshared-key" */
    guint peer;                 /* 0: the private key */
    char *peer_name;            /* quoted for display; NULL: no name */
    NMSettingSecretFlags flags; /* 0: stored by NetworkManager */
    const char *value;          /* owned by the setting; NULL: missing */
} WlProfileSecret;

void wl_profile_secret_free(WlProfileSecret *secret);

/* The private key, and the preshared key of each peer that has one or flags for one, by number; an
 * array of WlProfileSecret to be freed before @setting changes. */
GPtrArray *wl_profile_list_secrets(NMSettingVpn *setting);

/* Whether the user must be asked: the secret is required and not there. A malformed key from the
 * keyring or the user counts as missing, so that a typo can be corrected; one that NetworkManager
 * stores does not, as it gets an error of its own. */
gboolean wl_profile_secret_is_missing(const WlProfileSecret *secret);

/* What a user is asked for, translated; owned by the caller. */
char *wl_profile_secret_label(const WlProfileSecret *secret);

/* The name of the first secret that is missing from @connection, owned by the caller, or NULL. */
char *wl_profile_missing_secret(NMConnection *connection);

G_END_DECLS
