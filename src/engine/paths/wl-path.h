/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The path of each peer: direct, or that of a router. Writes WlPeer.direct, and WlPeer.path of
 * native members; wl-path-go.c does the same for other members. */

/** A path message from @peer (docs/protocol.md 15). */
void wl_path_receive(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** Decides whether the allowed IPs of @peer are on the direct path. */
void wl_path_run(WlEngine *self, WlPeer *peer);
/** TRUE if a live router has at least one of its allowed IPs. */
gboolean wl_path_has_fallback(const WlEngine *self, const WlPeer *peer);
