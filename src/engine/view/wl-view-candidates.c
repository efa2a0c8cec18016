/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-candidates.h"
#include "wl-engine-private.h"

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
    gboolean set = wl_endpoint_equal(&candidate->endpoint, &peer->endpoint);

    if (peer->healthy && set)
        return peer->move.phase == WL_MOVE_TRY ? WL_CANDIDATE_TRYING : WL_CANDIDATE_IN_USE;
    if (!peer->healthy && peer->attempt.phase == WL_ATTEMPT_SLOT &&
        wl_endpoint_equal(&candidate->endpoint, &peer->attempt.last))
        return WL_CANDIDATE_TRYING;
    if (candidate->worked)
        return WL_CANDIDATE_WORKED;
    return candidate->last_tried == WL_LONG_AGO ? WL_CANDIDATE_NOT_TRIED : WL_CANDIDATE_NO_ANSWER;
}

GArray *
wl_engine_dup_candidates(const WlEngine *self, const WlKey *key)
{
    const WlPeer *peer = wl_engine_find(self, key);
    GArray *views;

    if (!peer)
        return NULL;
    views = g_array_sized_new(FALSE, TRUE, sizeof(WlCandidateView), peer->candidates->len);
    for (guint i = 0; i < peer->candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);
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

/* ---- forgetting one */

static void
forget(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    wl_engine_candidates_changed(self, peer);
    /* A live session is never thrown away; a try at what is forgotten ends. */
    if (peer->healthy || !wl_endpoint_equal(&peer->endpoint, endpoint))
        return;
    peer->want_recreate = TRUE;
    peer->wanted = (WlEndpoint){0};
    peer->attempt.restart = TRUE;
}

gboolean
wl_engine_forget_endpoint(WlEngine *self, gint64 now, const WlKey *key, const WlEndpoint *endpoint,
                          GError **error)
{
    WlPeer *peer = wl_engine_find(self, key);
    g_autofree char *label = NULL, *text = NULL;
    const WlCandidate *known;
    gboolean told, worked;
    WlFact fact;

    wl_engine_advance(self, now);
    if (!peer) {
        g_set_error_literal(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN,
                            "there is no peer with that public key");
        return FALSE;
    }
    known = wl_candidates_find(peer->candidates, endpoint);
    wl_fact_init_endpoint(&fact, key, endpoint, 0);
    told = wl_fact_set_drop_claims(self->facts, &fact);
    worked = wl_endpoint_equal(&peer->worked, endpoint);
    if (told || worked) {
        if (worked)
            peer->worked = (WlEndpoint){0};
        if (!known || known->source != WL_CANDIDATE_SOURCE_PROFILE)
            forget(self, peer, endpoint);
        else
            wl_engine_candidates_changed(self, peer);
        wl_engine_turn(self);
        return TRUE;
    }
    label = wl_peer_dup_label(peer);
    text = wl_endpoint_to_string(endpoint);
    if (known)
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_PROFILE,
                    "the profile gives %s to %s; remove it there", text, label);
    else
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN, "%s is no known address of %s",
                    text, label);
    return FALSE;
}
