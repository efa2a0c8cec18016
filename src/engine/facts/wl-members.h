/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Membership: members are added when an accepted fact names them and orphaned when none does any
 * more. The only writer of WlMembership. The caller removes peers (wl-peer-removal.h). */

/** Adds a peer with @key; @config NULL: learned. Evaluates its trust and the facts about it. */
WlPeer *wl_members_add(WlEngine *self, const WlKey *key, const WlPeerConfig *config);
/** Sets whether @peer is orphaned: it is removed as soon as an authoritative source does not name
 * it either. */
void wl_members_set_orphaned(WlEngine *self, WlPeer *peer, gboolean orphaned);
/** Sets the trust of @peer, which depends on the whole profile (docs/protocol.md 6.2). */
void wl_members_evaluate_trust(WlEngine *self, WlPeer *peer);
/** Adds and orphans the members whose facts changed. */
void wl_members_update(WlEngine *self);
/** Adds @key if an accepted fact of the state cache names it. */
void wl_members_restore(WlEngine *self, const WlKey *key);
/** The next peer that wl_members_update() found to have left, or to make room for another, or NULL.
 * The caller removes it. */
WlPeer *wl_members_get_leaver(const WlEngine *self);
/** @peer is removed: it is neither orphaned nor about to leave. */
void wl_members_drop(WlEngine *self, WlPeer *peer);
/** The same after a reload, which needs no authoritative source: the first orphaned peer that is
 * not in @kept (a set of WlKey), or NULL. The caller removes it. */
WlPeer *wl_members_update_by_profile(WlEngine *self, GHashTable *kept);
