/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* vpn.data and vpn.secrets of a connection, as tables of strings. The caller owns the tables;
 * errors are of WL_PROFILE_ERROR and begin with the name of a key. */

#include "wl-profile-check.h"

G_BEGIN_DECLS

/* The profile that @data and @secrets (of char * to char *; @secrets may be NULL) describe, or NULL
 * with an error: what an activation says of them. Ignored keys are in its warnings. */
WlProfile *wl_profile_data_read(GHashTable *data, GHashTable *secrets, WlProfileCheck flags,
                                GError **error);
/* Adds the keys of @peer as peer @number, without secrets. @data owns its keys and values. */
void wl_profile_data_add_peer(GHashTable *data, const WlProfilePeer *peer, guint number);
/* The prefix of unknown file keys of a section. */
const char *wl_profile_data_extra_prefix(WlProfileSection section);

G_END_DECLS
