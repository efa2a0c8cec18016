/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** How good an address is to try; smaller is better (docs/engine.md "Endpoint candidates"). */
typedef enum {
    WL_RANK_ON_LINK,
    WL_RANK_CONFIGURED,
    WL_RANK_PUBLIC,
    WL_RANK_PRIVATE,
} WlRank;

/** Who says so; smaller is better within a rank. */
typedef enum {
    WL_CANDIDATE_SOURCE_PROFILE,
    WL_CANDIDATE_SOURCE_ROUTER,
    WL_CANDIDATE_SOURCE_SELF,
    WL_CANDIDATE_SOURCE_CACHE, /* it worked before */
    WL_CANDIDATE_SOURCE_THIRD_PARTY,
} WlCandidateSource;

/** One address a peer may be reached at. */
typedef struct {
    WlEndpoint endpoint;
    WlRank rank;
    WlCandidateSource source;
    gboolean worked;   /* the last one that did: tried first */
    gint64 last_tried; /* WL_LONG_AGO: never */
    guint round;       /* of the attempts in which it was tried last */
    guint move;        /* the move in which it was tried last */
    gint64 preferred;  /* when it was last tried as the better one; WL_LONG_AGO: never */
    guint misses;      /* so many times in a row in vain */
} WlCandidate;

/** Of WlCandidate, best first once sorted. */
GArray *wl_candidates_new(void);
/** Adds an address, or improves what is known of it. */
void wl_candidates_add(GArray *self, const WlEndpoint *endpoint, WlRank rank,
                       WlCandidateSource source, gboolean worked);
/** Sorts by rank, with families alternating within a rank. */
void wl_candidates_sort(GArray *self);
/** Takes over when each was tried. TRUE if @self has one that @old had not. */
gboolean wl_candidates_inherit(GArray *self, const GArray *old);
WlCandidate *wl_candidates_find(GArray *self, const WlEndpoint *endpoint);
