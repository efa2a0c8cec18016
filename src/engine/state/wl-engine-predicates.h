/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Predicates on the state that several rooms need. None changes anything. */

/** FALSE without an uplink, if nothing was received from @peer since the uplink was lost. Such a
 * peer is neither advertised to nor probed, and its state is left unchanged. */
gboolean wl_engine_can_reach(const WlEngine *self, const WlPeer *peer);
/** TRUE if a trusted source calls @key a member; stale facts count if @stale. */
gboolean wl_engine_is_member(const WlEngine *self, const WlKey *key, gboolean stale);
/** The live router other than @peer whose configured prefixes contain @prefix, or NULL. */
WlPeer *wl_engine_find_fallback_router(const WlEngine *self, const WlPeer *peer,
                                       const WlPrefix *prefix);

/** The verdict on @fact by the trust in @source alone (docs/protocol.md 6.3). */
WlVerdict wl_engine_check_trust(const WlEngine *self, const WlFact *fact, const WlKey *source);
