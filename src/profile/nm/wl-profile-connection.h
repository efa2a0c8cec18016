/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* WlProfile from and to the vpn setting of a NetworkManager connection. */

#include <NetworkManager.h>

#include "wl-profile-check.h"
#include "wl-profile.h"

G_BEGIN_DECLS

/* Reads and checks the vpn setting of @connection. Keys that are not known become
 * profile->warnings. Errors (WL_PROFILE_ERROR) begin with the key of vpn.data they are about. */
WlProfile *wl_profile_from_connection(NMConnection *connection, WlProfileCheck flags,
                                      GError **error);

/* Writes @profile into the vpn setting of @connection, which is added if there is none. What
 * wirelink does not know of an existing setting is kept (data, persistent, timeout), apart from
 * unknown keys of peers that are gone. Secrets that are NULL in @profile are removed. Peers without
 * a number get one; where the numbers do not grow all peers are numbered anew from 1. */
gboolean wl_profile_to_connection(const WlProfile *profile, NMConnection *connection,
                                  GError **error);

/* The name for the link: connection.interface-name, else the profile's link-name, else
 * "nmwl-" and the first 8 hex digits of the connection's UUID. @profile may be NULL. */
char *wl_profile_get_link_name(const WlProfile *profile, NMConnection *connection);

G_END_DECLS
