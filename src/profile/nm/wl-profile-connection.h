/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* WlProfile from and to the vpn setting of a NetworkManager connection. */

#include <NetworkManager.h>

#include "wl-profile-check.h"
#include "wl-profile.h"

G_BEGIN_DECLS

/* Reads and checks the vpn setting of @connection; the caller owns the profile. Unknown keys become
 * profile->warnings. Errors (WL_PROFILE_ERROR) begin with their key of vpn.data. */
WlProfile *wl_profile_from_connection(NMConnection *connection, WlProfileCheck flags,
                                      GError **error);

/* Writes @profile into the vpn setting of @connection, which is added if missing. Unknown data and
 * other properties of an existing setting are kept, except unknown keys of removed peers. Secrets
 * that are NULL in @profile are removed. Peers without a number get one; if the numbers are not
 * ascending, all peers are renumbered from 1. */
gboolean wl_profile_to_connection(const WlProfile *profile, NMConnection *connection,
                                  GError **error);

/* The name of the link, owned by the caller: connection.interface-name, else the link-name of
 * @profile (may be NULL), else "nmwl-" and the first 8 hex digits of the UUID. */
char *wl_profile_get_link_name(const WlProfile *profile, NMConnection *connection);

G_END_DECLS
