/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Establishing a session. Writes WlPeer.connect and WlPeer.candidates, and requests to recreate the
 * peer in the device. */

/** Collects and sorts the candidates of @peer if they may have changed; a new one restarts. */
void wl_connect_update_candidates(WlEngine *self, WlPeer *peer);
/** Tries the candidates of @peer while it has no session. */
void wl_connect_run(WlEngine *self, WlPeer *peer);
