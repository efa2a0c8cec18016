/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Notes whether @peer fell silent (WlPeerLiveness.lost): its claims then give way to those of a
 * living member to which a router or a source with Membership gives the same prefix. After
 * wl_path_run(). */
void wl_claim_rivals_update(WlEngine *self, WlPeer *peer);
