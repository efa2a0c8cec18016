/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Asks for those addresses of @peer that are about to be tried and not known. Until when the
 * answers are worth waiting for, which is over if nothing is asked; with each of them the steps of
 * @peer run. */
gint64 wl_neighbors_resolve(WlEngine *self, const WlPeer *peer);
void wl_neighbors_forget(WlEngine *self);
/** @peer will have the addresses @after (of WlCandidate; NULL: none). */
void wl_neighbors_update_index(WlEngine *self, WlPeer *peer, const GArray *after);
/** Somebody has that address, or nobody: the result of WL_OUTPUT_RESOLVE_NEIGHBOR. */
void wl_neighbors_result(WlEngine *self, const WlIp *address, guint32 ifindex, gboolean reachable);
