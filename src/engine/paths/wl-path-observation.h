/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-timing.h"

/* The signs from which the path of one Go member is inferred (docs/engine.md "Go members"): rounds
 * of echoes, their replies, and the packets that the device dropped. Pure: the caller sends the
 * echoes, passes the results in and acts on the conclusions. wl-path-go.c owns the structure and is
 * its only writer, through these functions. Times are engine times in microseconds. */

/** The echoes of a round. All of them are sent at the same moment. */
typedef enum {
    /* From our IPv6 tunnel address to the link-local address of the peer. A reply shows that the
     * peer has our allowed IPs on the direct path. */
    WL_PATH_ECHO_DIRECT,
    /* Between the IPv4 tunnel addresses, through the transit peer until the peer is followed. */
    WL_PATH_ECHO_TRANSIT,
    /* Controls, between link-local addresses. Their replies show that the peer, the transit peer
     * and this host are not briefly unreachable. */
    WL_PATH_ECHO_PEER,
    WL_PATH_ECHO_ROUTER,
    WL_PATH_ECHO_N,
} WlPathEcho;

/* Rounds that are kept: those of the last 0.8 s. */
#define WL_PATH_ROUNDS 8

typedef struct {
    gint64 sent;
    guint16 sequences[WL_PATH_ECHO_N];
    guint8 requested, replied; /* sets of WlPathEcho, one bit each */
} WlPathRound;

/** All zero: nothing was observed. */
typedef struct {
    WlPathRound rounds[WL_PATH_ROUNDS]; /* a ring */
    guint n_rounds;                     /* all since the last restart */
    guint8 replied;                     /* set of WlPathEcho: replied to in any round */
    gboolean lossy;                     /* a transit echo was lost and a later one was not */
    gint64 round_trip;                  /* the longest of a transit echo */
    guint reverts;
    gboolean has_baseline;
    guint64 baseline; /* dropped packets when the observation began */
} WlPathObservation;

/** Begins a round at @now. */
void wl_path_observation_begin_round(WlPathObservation *self, gint64 now);
/** The echo @kind of the current round was sent with the number @sequence. */
void wl_path_observation_note_request(WlPathObservation *self, WlPathEcho kind, guint16 sequence);
/** A reply with the number @sequence arrived at @now. Returns the kind of its echo, or
 * WL_PATH_ECHO_N if no round that is kept waits for it. */
WlPathEcho wl_path_observation_note_reply(WlPathObservation *self, guint16 sequence, gint64 now);
/** Looks for single lost replies, which make lost replies a weaker sign from then on. Call this
 * before the conclusions below. */
void wl_path_observation_note_losses(WlPathObservation *self);
/** Takes the device's number of dropped packets, which covers all peers. @exclusive: no other peer
 * is observed, so that the packets are those of this one; @current: the number was read in this
 * turn. Returns TRUE if the number has grown since the first current one. */
gboolean wl_path_observation_note_dropped(WlPathObservation *self, guint64 dropped,
                                          gboolean exclusive, gboolean current);
/** Forgets the rounds and the baseline, and keeps what the observation has shown so far. */
void wl_path_observation_restart(WlPathObservation *self);
/** The same after a wrong conclusion: more is required for the next one. */
void wl_path_observation_revert(WlPathObservation *self);

/** TRUE if an echo @kind was replied to in any round, also before a restart. */
gboolean wl_path_observation_has_reply(const WlPathObservation *self, WlPathEcho kind);
/** When lost transit echoes will show that the peer has promoted the direct path, if no reply
 * arrives until then. WL_NEVER: they do not. */
gint64 wl_path_observation_promoted_at(const WlPathObservation *self);
/** After following the peer: TRUE if the peer has replied on the direct path since the restart. */
gboolean wl_path_observation_is_confirmed(const WlPathObservation *self);
/** After following the peer: when lost echoes will show that the peer has not promoted, if no reply
 * arrives until then. WL_NEVER: they do not. */
gint64 wl_path_observation_refuted_at(const WlPathObservation *self);
