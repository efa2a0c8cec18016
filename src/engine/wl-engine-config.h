/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

/** A deep copy. */
WlEngineConfig *wl_engine_config_copy(const WlEngineConfig *config);
/** FALSE with *error if the configuration contradicts itself; *public_key gets the own key. */
gboolean wl_engine_config_check(const WlEngineConfig *config, WlKey *public_key, GError **error);
/** The entry for @key, or NULL. */
const WlPeerConfig *wl_engine_config_find(const WlEngineConfig *config, const WlKey *key);
/** TRUE if the configured allowed IPs make it a router; default routes count (architecture, section
 * 4). */
gboolean wl_peer_config_is_router(const WlPeerConfig *config);
