/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** @peer knows nothing that it was advertised: everything is advertised again, and an Alive. */
void wl_resync_peer(WlEngine *self, WlPeer *peer);
