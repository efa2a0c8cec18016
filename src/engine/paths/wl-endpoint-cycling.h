/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-address-limiter.h"
#include "state/wl-candidates.h"
#include "state/wl-handshake-limiter.h"

/*
 * Endpoint cycling: which candidate of a peer is tried next, without a session (docs/engine.md
 * "Connect") and inside a live one (docs/engine.md "Roaming"). Pure functions over a list of
 * WlCandidate, best first; wl-connect.c and wl-roaming.c carry out the tries and record them in the
 * candidate. All return NULL if there is no candidate. Times are engine times.
 */

typedef struct {
    gint64 now;
    guint round;           /* serial of the present round, in which each candidate is tried once */
    guint number;          /* of the present round, since the last restart */
    gboolean on_link_only; /* the others are held back */
    const WlHandshakeLimiter *limiter;
    const WlAddressLimiter *addresses;
    const WlKey *subject; /* the peer */
} WlConnectCycle;

/** The slot of a candidate in the round with this number, if round trips are short. @last: no other
 * follows it in the round. */
gint64 wl_endpoint_cycling_slot(guint number, gboolean last);
/** TRUE if no other candidate is tried after @candidate in this round. */
gboolean wl_endpoint_cycling_is_last(const GArray *candidates, const WlConnectCycle *cycle,
                                     const WlCandidate *candidate);
/** When the next initiation to @candidate is permitted. */
gint64 wl_endpoint_cycling_earliest(const WlConnectCycle *cycle, const WlCandidate *candidate);
/** TRUE if the IP address of @candidate had enough tries for now. */
gboolean wl_endpoint_cycling_is_spent(const WlCandidate *candidate, const WlConnectCycle *cycle);
/** TRUE if such a one would otherwise be tried in this round. */
gboolean wl_endpoint_cycling_leaves_out(const GArray *candidates, const WlConnectCycle *cycle);
/** Records an initiation to @candidate at cycle->now. */
void wl_endpoint_cycling_note_try(const WlConnectCycle *cycle, WlCandidate *candidate);
/** Without a session: the best candidate not tried in this round; those that may be tried at once
 * come first. One whose address had enough initiations is not tried in this round, nor is one of
 * third parties. The other fast rounds repeat the best ones of the first. NULL: the round is
 * complete. */
WlCandidate *wl_endpoint_cycling_next_in_round(const GArray *candidates,
                                               const WlConnectCycle *cycle);
/** Between two rounds: when @candidate, of third parties, may be tried after @tries in vain;
 * WL_NEVER: not at all. */
gint64 wl_endpoint_cycling_hearsay_when(const WlCandidate *candidate, guint tries,
                                        const WlConnectCycle *cycle);
/** How long after the last try at the word of one third party another may follow, after @in_vain
 * tries since one led to a session. */
gint64 wl_endpoint_cycling_hearsay_pause(guint in_vain);
typedef struct {
    gint64 now;
    guint serial;        /* of the check, in which each candidate is tried once */
    WlEndpoint current;  /* of the session */
    gboolean hearsay;    /* third parties count: there is no router */
    gint64 uplink_since; /* the last change of uplink, which permits every upgrade again */
    const WlAddressLimiter *addresses;
    const WlKey *subject; /* the peer */
} WlRoamingCycle;

/** Inside a session that may have lost its endpoint: the newest or else the best candidate not
 * tried in this check that can be expected to work, and whose address had not enough tries.
 * Candidates of third parties are tried last, two in a check, and not at all while a router lives.
 */
WlCandidate *wl_endpoint_cycling_next_in_session(const GArray *candidates,
                                                 const WlRoamingCycle *cycle);
/** TRUE if one was left out, whose address had enough tries. */
gboolean wl_endpoint_cycling_leaves_out_in_session(const GArray *candidates,
                                                   const WlRoamingCycle *cycle);
/** What it means that a router begins to see the peer at another endpoint. */
typedef enum {
    WL_SIGHTING_NONE, /* nothing: no candidate that can be expected to work, or the current one */
    WL_SIGHTING_SUSPECT, /* the current endpoint may not work */
    WL_SIGHTING_MOVED,   /* the peer left the current endpoint, at which a router saw it, too */
} WlSighting;

/** Judges @sighting inside a session with the endpoint @current. Behind a symmetric NAT a router
 * sees the peer where no other member does; but a router that saw what we see, and now sees
 * something else, knows before us that the peer moved. */
WlSighting wl_endpoint_cycling_judge_sighting(GArray *candidates, const WlEndpoint *sighting,
                                              const WlEndpoint *current);
/** Inside a working session over a longer path: the best on-link candidate whose retry time has
 * passed, and whose address had not enough tries. */
WlCandidate *wl_endpoint_cycling_next_upgrade(const GArray *candidates,
                                              const WlRoamingCycle *cycle);
