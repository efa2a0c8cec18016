/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_update_own_facts(WlEngine *self);
/** A step of @peer, if its `local_dirty` is set. */
void wl_engine_update_local_facts(WlEngine *self, WlPeer *peer);
/** Nothing is said by us any more about @key, who is no member. */
void wl_engine_drop_local_facts(WlEngine *self, const WlKey *key);
WlMetadata *wl_engine_make_metadata(const WlPeerConfig *config);
