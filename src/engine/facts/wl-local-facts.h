/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The facts that this member originates. */

/** Updates the facts about this member, if wl_engine_own_facts_changed() was called. */
void wl_local_facts_update_own(WlEngine *self);
/** Updates the facts about @peer, if wl_engine_local_facts_changed() was called. */
void wl_local_facts_update_peer(WlEngine *self, WlPeer *peer);
/** Drops the local facts about @key, which is no longer a member. */
void wl_local_facts_drop(WlEngine *self, const WlKey *key);
/** The metadata to originate for a member with the entry @config of the profile; NULL: learned. The
 * caller owns it. */
WlMetadata *wl_local_facts_make_metadata(const WlPeerConfig *config);
