/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Questions about the state that several rooms have. None changes anything. */

/** FALSE: there is no uplink, and nothing came from @peer since that went. Then it is neither
 * advertised to nor probed, and nothing is decided about it. */
gboolean wl_engine_can_reach(const WlEngine *self, const WlPeer *peer);
/** TRUE if a trusted source calls @key a member; stale facts count if @stale. */
gboolean wl_engine_is_member(const WlEngine *self, const WlKey *key, gboolean stale);
/** The live router other than @peer whose configured prefixes contain @prefix, or NULL. */
WlPeer *wl_engine_find_fallback_router(const WlEngine *self, const WlPeer *peer,
                                       const WlPrefix *prefix);

/** What the trust in @source makes of @fact, whatever it says (docs/protocol.md 6.3). */
WlVerdict wl_engine_check_trust(const WlEngine *self, const WlFact *fact, const WlKey *source);
