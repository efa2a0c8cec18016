/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-candidates.h"
#include "state/wl-neighbor-table.h"

/** The rank of @endpoint as a candidate of @source (docs/engine.md "Endpoint candidates"): on-link
 * if it has a neighbor on an attached network, configured if the profile has it, otherwise public
 * or private by its address. A pure function. */
WlRank wl_candidate_rank(const WlEndpoint *endpoint, WlCandidateSource source,
                         const WlNeighborTable *neighbors, const WlPolicy *policy);
