/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-endpoint-cycling.h"

#include "state/wl-timing.h"

gint64
wl_endpoint_cycling_earliest(const WlHandshakeLimiter *limiter, const WlCandidate *candidate)
{
    return wl_handshake_limiter_earliest(limiter, &candidate->endpoint,
                                         candidate->last_tried + WL_INITIATION_RETRY);
}

WlCandidate *
wl_endpoint_cycling_next_in_round(const GArray *candidates, const WlConnectCycle *cycle)
{
    WlCandidate *best = NULL;
    gint64 best_earliest = WL_NEVER;

    for (guint i = 0; i < candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);
        gint64 earliest;

        if (candidate->round == cycle->round ||
            (cycle->on_link_only && candidate->rank != WL_RANK_ON_LINK) ||
            wl_address_limiter_when(cycle->addresses, candidate, cycle->subject, cycle->now) >
                cycle->now)
            continue;
        earliest = MAX(wl_endpoint_cycling_earliest(cycle->limiter, candidate), cycle->now);
        if (earliest < best_earliest) {
            best = candidate;
            best_earliest = earliest;
        }
    }
    return best;
}

WlCandidate *
wl_endpoint_cycling_next_in_session(const GArray *candidates, guint serial,
                                    const WlEndpoint *current)
{
    for (guint i = 0; i < candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);

        if (candidate->source == WL_CANDIDATE_SOURCE_THIRD_PARTY ||
            candidate->roaming_serial == serial || wl_endpoint_equal(&candidate->endpoint, current))
            continue;
        /* A private address on another network is unreachable unless it worked. */
        if (candidate->rank == WL_RANK_PRIVATE && !candidate->worked)
            continue;
        return candidate;
    }
    return NULL;
}

static gint64
upgrade_retry_at(const WlCandidate *candidate)
{
    return candidate->last_upgrade +
           (WL_ROAMING_UPGRADE_RETRY << (MIN(candidate->misses, WL_ROAMING_UPGRADE_DOUBLINGS) - 1));
}

WlCandidate *
wl_endpoint_cycling_next_upgrade(const GArray *candidates, gint64 now, gint64 uplink_since)
{
    for (guint i = 0; i < candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);

        if (candidate->rank != WL_RANK_ON_LINK ||
            candidate->source == WL_CANDIDATE_SOURCE_THIRD_PARTY ||
            (candidate->last_upgrade > uplink_since && upgrade_retry_at(candidate) > now))
            continue;
        return candidate;
    }
    return NULL;
}
