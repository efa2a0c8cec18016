/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Removes @peer from the engine and the device, and drops all facts of which it is a source. Frees
 * @peer. */
void wl_engine_remove_peer(WlEngine *self, WlPeer *peer);
