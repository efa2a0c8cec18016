/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Resolves on-link candidates (docs/engine.md "On-link addresses"). Writes WlNeighborTable. */

/** Requests results for the on-link candidates of @peer that are unknown or too old. Returns until
 * when to wait for them; a time in the past: nothing is pending. The steps of @peer run with each
 * result. */
gint64 wl_neighbors_resolve(WlEngine *self, WlPeer *peer);
/** Drops all results, because the uplink changed. */
void wl_neighbors_forget(WlEngine *self);
/** Replaces the candidates of @peer in the index by @after (of WlCandidate; NULL: none). */
void wl_neighbors_update_index(WlEngine *self, WlPeer *peer, const GArray *after);
/** Takes the result of WL_OUTPUT_RESOLVE_NEIGHBOR; @reachable: the address has a neighbor. */
void wl_neighbors_result(WlEngine *self, const WlIp *address, guint32 ifindex, gboolean reachable);
