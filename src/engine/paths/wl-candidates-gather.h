/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Gathers and sorts the candidates of @peer if they may have changed: configured endpoints,
 * results of names, accepted facts and the endpoint that worked last (docs/engine.md "Endpoint
 * candidates"). A new candidate restarts connect. The only writer of the list
 * WlPeerEndpoints.candidates. */
void wl_candidates_gather(WlEngine *self, WlPeer *peer);
