/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Removes @peer, from the device too, with all that it said; frees it. */
void wl_engine_remove_peer(WlEngine *self, WlPeer *peer);
