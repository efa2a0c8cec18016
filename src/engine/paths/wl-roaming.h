/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Tries other endpoints of @peer inside its live session when the current one may have failed, or
 * when a better one is on-link. Writes WlPeer.roaming and requests an endpoint of the device. */
void wl_roaming_run(WlEngine *self, WlPeer *peer);
/** The next check of @peer retries after the shortest time. */
void wl_roaming_session_began(WlPeer *peer);
/** The device reports that @peer moved to @endpoint, the fallback if no candidate does better. */
void wl_roaming_peer_roamed(WlPeer *peer, const WlEndpoint *endpoint);
