/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Several routers (docs/engine.md, docs/protocol.md 19): which one a leaf uses. Writes WlRouterSet
 * and, of routers, WlPeer.failover. What a router does for leaves is in wl-attachment.h. */

/** Watches @peer if it is a router of the set, chooses, and tells the choice. */
void wl_failover_run(WlEngine *self, WlPeer *peer);
/** Receives a router message from @peer. */
void wl_failover_receive(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** From now on the router with @key comes before the others, and is used at once; NULL: the order
 * is that of the profile again. FALSE with *error, one sentence, if this is no leaf with several
 * routers, it is none of them, or it does not answer. */
gboolean wl_failover_prefer(WlEngine *self, const WlKey *key, GError **error);
/** @peer is about to be removed. */
void wl_failover_drop(WlEngine *self, WlPeer *peer);

/** TRUE if not the path of the pair decides whether @peer is direct, but who the router is: for the
 * routers of a leaf with several, and for everybody on a router with fellows. */
gboolean wl_failover_governs(const WlEngine *self, const WlPeer *peer);
/** The same for such a peer with a session: it may have its allowed IPs. */
gboolean wl_failover_is_direct(const WlEngine *self, const WlPeer *peer);
/** TRUE if its overlay traffic matters. */
gboolean wl_failover_is_watched(const WlEngine *self, const WlPeer *peer);
