/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Establishing a session. Writes WlPeer.connect, and requests to recreate the peer in the device.
 */

/** Tries the candidates of @peer as long as it has no session. */
void wl_connect_run(WlEngine *self, WlPeer *peer);
