/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_local_facts_update_own(WlEngine *self);
/** A step of @peer, if its `local_dirty` is set. */
void wl_local_facts_update_peer(WlEngine *self, WlPeer *peer);
/** Nothing is said by us any more about @key, who is no member. */
void wl_local_facts_drop(WlEngine *self, const WlKey *key);
WlMetadata *wl_local_facts_make_metadata(const WlPeerConfig *config);
