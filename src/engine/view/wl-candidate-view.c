/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-candidate-view.h"

#include "state/wl-candidates.h"
#include "state/wl-engine-state.h"
#include "wl-array.h"

const char *
wl_candidate_result_to_string(WlCandidateResult result)
{
    switch (result) {
    case WL_CANDIDATE_IN_USE:
        return "in-use";
    case WL_CANDIDATE_WORKED:
        return "worked";
    case WL_CANDIDATE_NO_ANSWER:
        return "no-answer";
    case WL_CANDIDATE_TRYING:
        return "trying";
    case WL_CANDIDATE_NOT_TRIED:
        break;
    }
    return "not-tried";
}

static const char *
rank_to_string(WlRank rank)
{
    switch (rank) {
    case WL_RANK_ON_LINK:
        return "on-link";
    case WL_RANK_CONFIGURED:
        return "configured";
    case WL_RANK_PUBLIC:
        return "public";
    case WL_RANK_PRIVATE:
        break;
    }
    return "private";
}

static const char *
source_to_string(WlCandidateSource source)
{
    switch (source) {
    case WL_CANDIDATE_SOURCE_PROFILE:
        return "profile";
    case WL_CANDIDATE_SOURCE_ROUTER:
        return "router";
    case WL_CANDIDATE_SOURCE_SELF:
        return "self";
    case WL_CANDIDATE_SOURCE_CACHE:
        return "cache";
    case WL_CANDIDATE_SOURCE_THIRD_PARTY:
        break;
    }
    return "third-party";
}

static WlCandidateResult
result_of(const WlPeer *peer, const WlCandidate *candidate)
{
    gboolean set = wl_endpoint_equal(&candidate->endpoint, &peer->device.endpoint);

    if (peer->liveness.healthy && set)
        return peer->roaming.phase == WL_ROAMING_TRY ? WL_CANDIDATE_TRYING : WL_CANDIDATE_IN_USE;
    if (!peer->liveness.healthy && peer->connect.phase == WL_CONNECT_SLOT &&
        wl_endpoint_equal(&candidate->endpoint, &peer->connect.last))
        return WL_CANDIDATE_TRYING;
    if (candidate->worked)
        return WL_CANDIDATE_WORKED;
    return candidate->last_tried == WL_LONG_AGO ? WL_CANDIDATE_NOT_TRIED : WL_CANDIDATE_NO_ANSWER;
}

GArray *
wl_engine_dup_candidates(const WlEngine *self, const WlKey *key)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, key);
    GArray *views;

    if (!peer)
        return NULL;
    views = wl_array_new(WlCandidateView);
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        WlCandidateView view = {
            .endpoint = candidate->endpoint,
            .rank = rank_to_string(candidate->rank),
            .source = source_to_string(candidate->source),
            .result = result_of(peer, candidate),
        };

        g_array_append_val(views, view);
    }
    return views;
}
