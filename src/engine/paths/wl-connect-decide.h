/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/* The decisions about establishing a session (docs/engine.md "Connect"). Pure functions: the caller
 * fills the input and carries out the decision. Times are engine times in microseconds. */

typedef enum {
    WL_CONNECT_DO_STOP,        /* a session, no uplink, or no candidate */
    WL_CONNECT_DO_RESTART,     /* begin with a first round, and decide again */
    WL_CONNECT_DO_STAY,        /* wait until the next step is due */
    WL_CONNECT_DO_READ_DEVICE, /* a session may have begun, which must not be dropped */
    WL_CONNECT_DO_HOLD,        /* a handshake that the peer began is in progress */
    WL_CONNECT_DO_CROSS,       /* the initiations crossed: one side tries again */
    WL_CONNECT_DO_STEP,        /* the next try, as wl_connect_decide_step() says */
} WlConnectAction;

typedef struct {
    gint64 now;
    const WlConnect *connect;
    gboolean possible;     /* no session, but an uplink and a candidate */
    gboolean present;      /* the peer is in the device */
    gboolean has_endpoint; /* there */
    gint64 handshake;      /* how long one that the peer began takes */
    gint64 snapshot;       /* the last one */
    gint64 rx_time;        /* the last snapshot in which the received bytes had grown */
} WlConnectInput;

typedef struct {
    WlConnectAction action;
    gboolean early; /* an answer in the slot of a try, before its end */
    gint64 due;     /* of the next step, as far as it is known: wake then */
} WlConnectDecision;

WlConnectDecision wl_connect_decide(const WlConnectInput *input);

/**
 * TRUE if recreating the peer would drop a handshake that the peer began. A peer that only repeats
 * its initiation delays a try a limited number of times: @holds so far. A handshake takes
 * @handshake at most.
 */
gboolean wl_connect_has_peer_handshake(gint64 now, gint64 rx_time, gint64 handshake, guint holds);
/** When the handshake that the peer began at @rx_time ends, if it takes @handshake. */
gint64 wl_connect_peer_handshake_over(gint64 rx_time, gint64 handshake);

typedef enum {
    WL_CONNECT_STEP_NEIGHBORS, /* wait for the results for on-link candidates */
    WL_CONNECT_STEP_TRY,       /* the candidate */
    WL_CONNECT_STEP_ROUND,     /* begin the next round at once, and try its first candidate */
    WL_CONNECT_STEP_PAUSE,     /* end the round */
} WlConnectStep;

typedef struct {
    gint64 now;
    gint64 results;             /* when the results for on-link candidates are there */
    guint round;                /* its number since the restart */
    gboolean has_candidate;     /* that is not tried in this round yet */
    gboolean best_anyway;       /* regardless of those results */
    gboolean left_to_wireguard; /* WireGuard's own retries are enough between tries */
} WlConnectStepInput;

WlConnectStep wl_connect_decide_step(const WlConnectStepInput *input);
