/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Forgets what @peer knows: every fact is advertised to it again, with an Alive. */
void wl_resync_peer(WlEngine *self, WlPeer *peer);
