/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** How promising a candidate is; smaller is better (docs/engine.md "Endpoint candidates"). */
typedef enum {
    WL_RANK_ON_LINK,
    WL_RANK_CONFIGURED,
    WL_RANK_PUBLIC,
    WL_RANK_PRIVATE,
} WlRank;

/** Where a candidate comes from; smaller is better within a rank. */
typedef enum {
    WL_CANDIDATE_SOURCE_PROFILE,
    WL_CANDIDATE_SOURCE_ROUTER,
    WL_CANDIDATE_SOURCE_SELF,
    WL_CANDIDATE_SOURCE_CACHE, /* it worked before */
    WL_CANDIDATE_SOURCE_THIRD_PARTY,
} WlCandidateSource;

/** One endpoint at which a peer may be reached. The history is written by paths/wl-connect.c
 * (last_tried, round) and paths/wl-roaming.c (the rest); times are engine times. */
typedef struct {
    WlEndpoint endpoint;
    WlRank rank;
    WlCandidateSource source;
    gboolean literal;     /* an address of the profile, not of a name */
    gboolean worked;      /* the last endpoint that worked, tried first */
    gint64 seen;          /* of SOURCE_CACHE: the last session there */
    gint64 since;         /* when it became a candidate */
    gint64 last_tried;    /* WL_LONG_AGO: never */
    guint burst;          /* number of the last tries that belong together; 0: never tried */
    guint round;          /* serial of the last connect round in which it was tried */
    guint roaming_serial; /* the last check in which it was tried */
    gint64 last_upgrade;  /* when it was last tried as an upgrade; WL_LONG_AGO: never */
    guint misses;         /* consecutive failed upgrades */
    guint heard_tries;    /* tries at the word of a third party since the last restart */
} WlCandidate;

/** A list of WlCandidate, best first once sorted. Free with g_array_unref(). */
GArray *wl_candidates_new(void);
/** Adds an endpoint. If the list has it already, the better rank and source are kept. */
void wl_candidates_add(GArray *self, const WlEndpoint *endpoint, WlRank rank,
                       WlCandidateSource source, gboolean worked);
/** Sorts by rank, with families alternating within a rank; then those of the past, the latest
 * first; the words of third parties come last. */
void wl_candidates_sort(GArray *self);
/** Copies the history of each endpoint from @old; that of others begins at @now. TRUE if @self has
 * an endpoint that @old lacks. */
gboolean wl_candidates_inherit(GArray *self, const GArray *old, gint64 now);
/** TRUE if only third parties advertise it: it is tried after all others, and on their account. */
static inline gboolean
wl_candidate_is_hearsay(const WlCandidate *self)
{
    return self->source == WL_CANDIDATE_SOURCE_THIRD_PARTY && !self->worked;
}

/** TRUE if it is known only because there was a session some time ago: it is tried after those that
 * a member still advertises. */
static inline gboolean
wl_candidate_is_past(const WlCandidate *self)
{
    return self->source == WL_CANDIDATE_SOURCE_CACHE && !self->worked &&
           self->rank != WL_RANK_ON_LINK;
}

/** NULL: @endpoint is not in the list. */
WlCandidate *wl_candidates_find(GArray *self, const WlEndpoint *endpoint);
