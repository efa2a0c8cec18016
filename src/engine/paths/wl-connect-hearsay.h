/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Tries of endpoints that only third parties advertise (docs/engine.md "Connect"): between two
 * rounds, or within one that has to wait, charged to the third party. */

/** A neighbor is better than any address elsewhere, even if only a third party says that it is the
 * peer: one of them comes first in a round, at the cost of one slot if that is not so. TRUE: it is
 * being tried. */
gboolean wl_connect_hearsay_try_neighbor(WlEngine *self, WlPeer *peer);
/** @peer has a session now: a third party that named the place was right. Call this before the
 * tries of @peer are forgotten. */
void wl_connect_hearsay_note_session(WlEngine *self, const WlPeer *peer);
/** Waits until WlPeer.connect.resume, and tries what third parties advertise meanwhile. */
void wl_connect_hearsay_pause(WlEngine *self, WlPeer *peer);
