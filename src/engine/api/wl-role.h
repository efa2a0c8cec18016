/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"

/** TRUE if the configured allowed IPs make the peer a router; default routes count
 * (docs/engine.md "Membership"). */
gboolean wl_role_is_router_peer(const WlPeerConfig *config);
/** TRUE if this member is a router: by the profile, or if that leaves it open and no other entry
 * than @own (NULL: there is none) is one (docs/protocol.md 6.5). */
gboolean wl_role_is_own_router(const WlEngineConfig *config, const WlPeerConfig *own);
