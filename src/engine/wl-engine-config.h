/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

/** A deep copy. */
WlEngineConfig *wl_engine_config_copy(const WlEngineConfig *config);
WlPeerConfig *wl_peer_config_copy(const WlPeerConfig *config);
gboolean wl_peer_config_equal(const WlPeerConfig *a, const WlPeerConfig *b);
/** The same preshared key and keepalive: what WireGuard is told of a peer besides where it is.
 * NULL: it has neither. */
gboolean wl_peer_config_same_settings(const WlPeerConfig *a, const WlPeerConfig *b);
/** FALSE with *error if the configuration contradicts itself; *public_key gets the own key. */
gboolean wl_engine_config_check(const WlEngineConfig *config, WlKey *public_key, GError **error);
/** The same for its peers alone, where the own key is known. */
gboolean wl_engine_config_check_peers(const WlEngineConfig *config, const WlKey *public_key,
                                      GError **error);
/** The entry for @key, or NULL. */
const WlPeerConfig *wl_engine_config_find(const WlEngineConfig *config, const WlKey *key);
/** TRUE if the configured allowed IPs make it a router; default routes count (docs/engine.md
 * "Membership"). */
gboolean wl_peer_config_is_router(const WlPeerConfig *config);
gboolean wl_peer_config_same_endpoints(const WlPeerConfig *a, const WlPeerConfig *b);
gboolean wl_peer_config_same_allowed_ips(const WlPeerConfig *a, const WlPeerConfig *b);
