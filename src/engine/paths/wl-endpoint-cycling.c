/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-endpoint-cycling.h"

#include "state/wl-timing.h"

#define TRIED_BEFORE WL_MS(10)

/* Endpoints of third parties that are tried in one check. */
#define MAX_HEARSAY 2

/* Slots of the fast rounds, and how long after each of them an endpoint may be tried again. */
static const gint64 fast_slots[WL_FAST_ROUNDS] = {WL_SLOT_1, WL_SLOT_2, WL_SLOT_3, WL_SLOT_3};
static const gint64 spacing[WL_FAST_ROUNDS] = {WL_SLOT_1, WL_SLOT_2, WL_SLOT_3, WL_FAST_PAUSE};

gint64
wl_endpoint_cycling_slot(guint number, gboolean last)
{
    if (number == 0 && !last)
        return WL_SLOT_SHARED;
    return number < WL_FAST_ROUNDS ? fast_slots[number] : WL_SLOT_LATER;
}

/* The next try belongs to the burst of the last one. */
static gboolean
continues_burst(const WlConnectCycle *cycle, const WlCandidate *candidate)
{
    return cycle->number < WL_FAST_ROUNDS && candidate->burst > 0 &&
           candidate->burst < WL_FAST_ROUNDS &&
           candidate->last_tried + WL_INITIATION_RETRY > cycle->now;
}

gint64
wl_endpoint_cycling_earliest(const WlConnectCycle *cycle, const WlCandidate *candidate)
{
    gint64 own = candidate->last_tried + WL_INITIATION_RETRY, when;

    if (candidate->burst == WL_FAST_ROUNDS || continues_burst(cycle, candidate))
        own = candidate->last_tried + spacing[candidate->burst - 1];
    when = wl_handshake_limiter_earliest(cycle->limiter, &candidate->endpoint,
                                         candidate->burst > 0 ? cycle->subject : NULL, own);
    /* The members that are advertised at one endpoint take turns, new ones first. */
    return when > own && candidate->last_tried != WL_LONG_AGO ? when + TRIED_BEFORE : when;
}

void
wl_endpoint_cycling_note_try(const WlConnectCycle *cycle, WlCandidate *candidate)
{
    candidate->burst = continues_burst(cycle, candidate) ? candidate->burst + 1 : 1;
    candidate->last_tried = cycle->now;
    candidate->round = cycle->round;
}

/* Each later round has the latest endpoint of the past and one of the others, which take turns. */
static gboolean
has_its_turn(const GArray *candidates, const WlCandidate *candidate, const WlConnectCycle *cycle)
{
    const WlCandidate *first = NULL;

    for (guint i = 0; i < candidates->len; i++) {
        const WlCandidate *other = &g_array_index(candidates, WlCandidate, i);

        if (!wl_candidate_is_past(other))
            continue;
        if (!first) {
            first = other;
            if (other == candidate)
                return TRUE;
        } else if (other->round == cycle->round || other->last_tried < candidate->last_tried) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The other fast rounds repeat the best candidates that can be expected to answer. */
static gboolean
is_left_out(const WlConnectCycle *cycle, const WlCandidate *candidate, guint index)
{
    return cycle->number > 0 && cycle->number < WL_FAST_ROUNDS &&
           (index >= WL_FAST_CANDIDATES || wl_candidate_is_past(candidate) ||
            (candidate->rank == WL_RANK_PRIVATE && !candidate->worked));
}

gboolean
wl_endpoint_cycling_is_spent(const WlCandidate *candidate, const WlConnectCycle *cycle)
{
    return wl_address_limiter_when(cycle->addresses, candidate, cycle->subject, cycle->now) >
           cycle->now;
}

/* Regardless of what its address had. */
static gboolean
belongs_to_round(const GArray *candidates, const WlConnectCycle *cycle, guint index)
{
    const WlCandidate *candidate = &g_array_index(candidates, WlCandidate, index);

    return candidate->round != cycle->round && !wl_candidate_is_hearsay(candidate) &&
           !is_left_out(cycle, candidate, index) &&
           !(cycle->number >= WL_FAST_ROUNDS && wl_candidate_is_past(candidate) &&
             !has_its_turn(candidates, candidate, cycle)) &&
           !(cycle->on_link_only && candidate->rank != WL_RANK_ON_LINK);
}

static gboolean
is_in_round(const GArray *candidates, const WlConnectCycle *cycle, guint index)
{
    return belongs_to_round(candidates, cycle, index) &&
           !wl_endpoint_cycling_is_spent(&g_array_index(candidates, WlCandidate, index), cycle);
}

gboolean
wl_endpoint_cycling_leaves_out(const GArray *candidates, const WlConnectCycle *cycle)
{
    for (guint i = 0; i < candidates->len; i++) {
        if (belongs_to_round(candidates, cycle, i) &&
            wl_endpoint_cycling_is_spent(&g_array_index(candidates, WlCandidate, i), cycle))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_endpoint_cycling_is_last(const GArray *candidates, const WlConnectCycle *cycle,
                            const WlCandidate *candidate)
{
    for (guint i = 0; i < candidates->len; i++) {
        if (&g_array_index(candidates, WlCandidate, i) != candidate &&
            is_in_round(candidates, cycle, i))
            return FALSE;
    }
    return TRUE;
}

WlCandidate *
wl_endpoint_cycling_next_in_round(const GArray *candidates, const WlConnectCycle *cycle)
{
    WlCandidate *best = NULL;
    gint64 best_earliest = WL_NEVER;

    for (guint i = 0; i < candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);
        gint64 earliest;

        if (!is_in_round(candidates, cycle, i))
            continue;
        earliest = MAX(wl_endpoint_cycling_earliest(cycle, candidate), cycle->now);
        if (earliest < best_earliest) {
            best = candidate;
            best_earliest = earliest;
        }
    }
    return best;
}

/* A private address on another network is unreachable unless it worked. */
static gboolean
may_answer_in_session(const WlCandidate *candidate)
{
    return candidate->source != WL_CANDIDATE_SOURCE_THIRD_PARTY &&
           (candidate->rank != WL_RANK_PRIVATE || candidate->worked);
}

gint64
wl_endpoint_cycling_hearsay_when(const WlCandidate *candidate, guint tries,
                                 const WlConnectCycle *cycle)
{
    gint64 when;

    if (!wl_candidate_is_hearsay(candidate) ||
        (cycle->on_link_only && candidate->rank != WL_RANK_ON_LINK))
        return WL_NEVER;
    when = wl_endpoint_cycling_earliest(cycle, candidate);
    when =
        MAX(when, wl_address_limiter_when(cycle->addresses, candidate, cycle->subject, cycle->now));
    if (tries > 0)
        when = MAX(when, candidate->last_tried +
                             wl_time_doubled(WL_THIRD_PARTY_RETRY, tries - 1, WL_BACKOFF_MAX));
    return MAX(when, cycle->now);
}

gint64
wl_endpoint_cycling_hearsay_pause(guint in_vain)
{
    if (in_vain < WL_THIRD_PARTY_FREE)
        return 0;
    return wl_time_doubled(WL_THIRD_PARTY_PAUSE,
                           (in_vain - WL_THIRD_PARTY_FREE) / WL_THIRD_PARTY_DOUBLE,
                           WL_THIRD_PARTY_PAUSE_MAX);
}

static gboolean
is_spent(const WlCandidate *candidate, const WlRoamingCycle *cycle)
{
    return wl_address_limiter_when(cycle->addresses, candidate, cycle->subject, cycle->now) >
           cycle->now;
}

/* The endpoint of a third party that was tried longest ago. */
static WlCandidate *
next_hearsay(const GArray *candidates, const WlRoamingCycle *cycle)
{
    WlCandidate *best = NULL;
    guint tried = 0;

    for (guint i = 0; i < candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);

        if (!wl_candidate_is_hearsay(candidate) || candidate->rank == WL_RANK_PRIVATE ||
            wl_endpoint_equal(&candidate->endpoint, &cycle->current))
            continue;
        if (candidate->roaming_serial == cycle->serial)
            tried++;
        else if (!is_spent(candidate, cycle) && (!best || candidate->last_tried < best->last_tried))
            best = candidate;
    }
    return tried < MAX_HEARSAY ? best : NULL;
}

gboolean
wl_endpoint_cycling_leaves_out_in_session(const GArray *candidates, const WlRoamingCycle *cycle)
{
    for (guint i = 0; i < candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);

        if (may_answer_in_session(candidate) && candidate->roaming_serial != cycle->serial &&
            !wl_endpoint_equal(&candidate->endpoint, &cycle->current) && is_spent(candidate, cycle))
            return TRUE;
    }
    return FALSE;
}

/* A peer that moved is where it was last seen or says that it is, not where it was before. */
static gboolean
is_news(const WlCandidate *candidate, const WlCandidate *best, gint64 now)
{
    return candidate->since > best->since && candidate->since + WL_ROAMING_NEWS > now;
}

WlCandidate *
wl_endpoint_cycling_next_in_session(const GArray *candidates, const WlRoamingCycle *cycle)
{
    WlCandidate *best = NULL;

    for (guint i = 0; i < candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);

        if (may_answer_in_session(candidate) && candidate->roaming_serial != cycle->serial &&
            !wl_endpoint_equal(&candidate->endpoint, &cycle->current) &&
            !is_spent(candidate, cycle) && (!best || is_news(candidate, best, cycle->now)))
            best = candidate;
    }
    return best || !cycle->hearsay ? best : next_hearsay(candidates, cycle);
}

WlSighting
wl_endpoint_cycling_judge_sighting(GArray *candidates, const WlEndpoint *sighting,
                                   const WlEndpoint *current)
{
    const WlCandidate *seen = wl_candidates_find(candidates, sighting);
    const WlCandidate *before = wl_candidates_find(candidates, current);

    if (!seen || wl_endpoint_equal(sighting, current) || !may_answer_in_session(seen))
        return WL_SIGHTING_NONE;
    return before && before->source == WL_CANDIDATE_SOURCE_ROUTER &&
                   seen->source == WL_CANDIDATE_SOURCE_ROUTER
               ? WL_SIGHTING_MOVED
               : WL_SIGHTING_SUSPECT;
}

static gint64
upgrade_retry_at(const WlCandidate *candidate)
{
    return candidate->last_upgrade + wl_time_doubled(WL_ROAMING_UPGRADE_RETRY,
                                                     candidate->misses - 1,
                                                     WL_ROAMING_UPGRADE_RETRY_MAX);
}

WlCandidate *
wl_endpoint_cycling_next_upgrade(const GArray *candidates, const WlRoamingCycle *cycle)
{
    for (guint i = 0; i < candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(candidates, WlCandidate, i);

        if (candidate->rank != WL_RANK_ON_LINK ||
            candidate->source == WL_CANDIDATE_SOURCE_THIRD_PARTY ||
            (candidate->last_upgrade > cycle->uplink_since &&
             upgrade_retry_at(candidate) > cycle->now) ||
            is_spent(candidate, cycle))
            continue;
        return candidate;
    }
    return NULL;
}
