/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

typedef struct _WlEngine WlEngine;

/** What is known of a candidate. */
typedef enum {
    WL_CANDIDATE_IN_USE,
    WL_CANDIDATE_WORKED,
    WL_CANDIDATE_NO_ANSWER,
    WL_CANDIDATE_TRYING,
    WL_CANDIDATE_NOT_TRIED,
} WlCandidateResult;

/** "in-use", "worked", "no-answer", "trying", "not-tried". */
const char *wl_candidate_result_to_string(WlCandidateResult result);

/** An endpoint at which a peer may be reached. The strings are static. */
typedef struct {
    WlEndpoint endpoint;
    const char *rank;   /* "on-link", "configured", "public", "private" */
    const char *source; /* "profile", "router", "self", "cache", "third-party" */
    WlCandidateResult result;
} WlCandidateView;

/** The candidates of a peer, best first, of WlCandidateView; NULL if there is no such peer. Free
 * with g_array_unref(). */
GArray *wl_engine_dup_candidates(const WlEngine *self, const WlKey *key);
