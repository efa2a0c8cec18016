/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-candidate-rank.h"

WlRank
wl_candidate_rank(const WlEndpoint *endpoint, WlCandidateSource source,
                  const WlNeighborTable *neighbors, const WlPolicy *policy)
{
    if (wl_neighbor_table_is_present(neighbors, policy, &endpoint->ip))
        return WL_RANK_ON_LINK;
    if (source == WL_CANDIDATE_SOURCE_PROFILE)
        return WL_RANK_CONFIGURED;
    return wl_ip_is_private(&endpoint->ip) ? WL_RANK_PRIVATE : WL_RANK_PUBLIC;
}
