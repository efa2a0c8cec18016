/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"

/** TRUE if the configured allowed IPs make the peer a router; default routes count
 * (docs/engine.md "Membership"). */
gboolean wl_role_is_router_peer(const WlPeerConfig *config);
/** TRUE if @prefix is wider than one host and contains the subnet of one of @addresses (of
 * WlPrefix, host bits kept): what a router of the whole network has (docs/protocol.md 12.25). */
gboolean wl_role_covers_subnet(const WlPrefix *prefix, const GArray *addresses);
/** The least prefix length that is no default route, nor half of one. */
#define WL_ROLE_SHORTEST_NETWORK 2
/** TRUE if one of the configured allowed IPs of @peer does so for the own addresses of @config. A
 * default route counts only if no peer has a prefix of the network itself: another one is an exit.
 */
gboolean wl_role_is_network_router(const WlEngineConfig *config, const WlPeerConfig *peer);
/** TRUE if this member is a router: by the profile, or if that leaves it open and no other entry
 * than @own (NULL: there is none) is one (docs/protocol.md 6.5). */
gboolean wl_role_is_own_router(const WlEngineConfig *config, const WlPeerConfig *own);
