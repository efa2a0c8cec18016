/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Predicates on the state that several rooms use. None has side effects. */

/** FALSE if there is no uplink for its endpoint and nothing was received from @peer since it was
 * lost. Such a peer is sent neither facts nor probes, and its state does not change. */
gboolean wl_engine_can_reach(const WlEngine *self, const WlPeer *peer);
/** TRUE if @endpoint is inside the tunnel (wl_endpoint_policy_is_inside()), and thus no endpoint of
 * @subject, whether it is configured, resolved, remembered or seen in the device. */
gboolean wl_engine_is_inside(const WlEngine *self, const WlKey *subject,
                             const WlEndpoint *endpoint);
/** The same for an endpoint of the profile, to which every learned prefix gives way. */
gboolean wl_engine_is_inside_profile(const WlEngine *self, const WlEndpoint *endpoint);
/** TRUE if an accepted fact makes @key a member; stale facts count if @stale. */
gboolean wl_engine_is_member(const WlEngine *self, const WlKey *key, gboolean stale);
/** The fallback router for @prefix: a live router other than @peer with a configured prefix that
 * contains it. NULL if there is none. */
WlPeer *wl_engine_find_fallback_router(const WlEngine *self, const WlPeer *peer,
                                       const WlPrefix *prefix);

/** The live router other than @peer that has the networks of our own addresses, or NULL: by it a
 * member is reached of which no prefix is known, or whose prefixes belong to another one here. */
WlPeer *wl_engine_find_own_router(const WlEngine *self, const WlPeer *peer);
/** TRUE for a leaf without a session to any router: nobody relays what its members say. */
gboolean wl_engine_is_without_router(const WlEngine *self);

/** The verdict on @fact that follows from the trust in @source alone (docs/protocol.md 6.3). */
WlVerdict wl_engine_check_trust(const WlEngine *self, const WlFact *fact, const WlKey *source);
