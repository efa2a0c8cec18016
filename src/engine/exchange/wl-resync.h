/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Forgets what @peer knows: every fact is advertised to it again, with an Alive. */
void wl_resync_peer(WlEngine *self, WlPeer *peer);
/** The same as soon as the last resync is WL_RESEND_INTERVAL ago: @peer has a new boot id, and
 * knows no facts. */
void wl_resync_peer_when_allowed(WlEngine *self, WlPeer *peer);
