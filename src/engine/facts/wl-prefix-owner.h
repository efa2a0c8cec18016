/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * The owner of each claimed prefix. Writes `owned` and `owner` of WlClaimedPrefix, `learned_ips` of
 * the peers, and the resulting routes.
 */

/** Assigns @claimed, whose key is @prefix, to the subject of its accepted fact or, without one, to
 * no member. */
void wl_prefix_owner_update(WlEngine *self, WlClaimedPrefix *claimed, const WlPrefix *prefix);
/** Removes every learned prefix from @peer, which is about to be removed, and marks these prefixes
 * dirty. */
void wl_prefix_owner_release(WlEngine *self, WlPeer *peer);
