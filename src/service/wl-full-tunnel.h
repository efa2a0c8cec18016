/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-policy-routes.h"
#include "wl-profile.h"
#include "wl-session.h"

/** Default routes of @config's peers, and halves of one, as routes into @link, which is up.
 * @resolver_port: see WlPolicyRoutesConfig. */
WlPolicyRoutes *wl_full_tunnel_open(const WlEngineConfig *config, const WlSessionSettings *settings,
                                    guint16 resolver_port, WlLink *link, GError **error);

/** Logs what of a profile's full tunnel is not as one may think. */
void wl_full_tunnel_log(const WlProfile *profile, NMConnection *connection);
