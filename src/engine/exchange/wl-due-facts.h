/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"
#include "wl-group.h"

/* Which facts are due for which subscriber: those that changed since its position in the change
 * log, that it may have (state/wl-advertise-rules.h) and does not know for long enough. Writes
 * WlPeer.advertise.position and partial, and the knowledge of the peer. */

/** TRUE if a fact is due for @peer. */
gboolean wl_due_facts_exist(WlEngine *self, WlPeer *peer);
/** Adds to @group the facts that are due for @peer, up to its send window. TRUE if one of them is
 * new to it, not only renewed. */
gboolean wl_due_facts_add(WlEngine *self, WlPeer *peer, WlGroup *group);
/** Adds to @group those of @facts, an array of WlFact that was sent before, that still hold, with
 * their present expiry. */
void wl_due_facts_add_again(WlEngine *self, WlPeer *peer, const GArray *facts, WlGroup *group);
/** Marks the facts that subscribers need again as changed, together with Alives that are sent now.
 */
void wl_due_facts_renew(WlEngine *self);
