/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link.h"
#include "wl-policy-routes.h"
#include "wl-session-settings.h"

/** Installs the default routes of @config's peers, and halves of them, as policy routes into @link,
 * which must be up. Ports: see WlPolicyRoutesConfig. */
WlPolicyRoutes *wl_full_tunnel_open(const WlEngineConfig *config, const WlSessionSettings *settings,
                                    guint16 listen_port, guint16 resolver_port, WlLink *link,
                                    GError **error);
/** The default routes of @config's peers and halves of them, of WlPrefix; owned by the caller. */
GArray *wl_full_tunnel_dup_routes(const WlEngineConfig *config);
