/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-link.h"
#include "wl-policy-routes.h"
#include "wl-profile.h"

/** Default routes of @config's peers, and halves of one, as routes into @link, which is up. */
WlPolicyRoutes *wl_full_tunnel_open(const WlEngineConfig *config, const char *uuid,
                                    gboolean kill_switch, WlLink *link, GError **error);

/** Logs what of a profile's full tunnel is not as one may think. */
void wl_full_tunnel_log(const WlProfile *profile, NMConnection *connection);
