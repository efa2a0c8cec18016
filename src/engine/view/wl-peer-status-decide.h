/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-view.h"
#include "wl-reason.h"

/* The state of a peer and the reason for it (docs/engine.md "Peer state"). A pure function: the
 * caller states which conditions hold. */

typedef enum {
    WL_PEER_IF_UPLINK = 1 << 0,     /* there is an uplink */
    WL_PEER_IF_HEALTHY = 1 << 1,    /* there is a session */
    WL_PEER_IF_DIRECT = 1 << 2,     /* the peer uses the direct path, or is a router */
    WL_PEER_IF_ON_LINK = 1 << 3,    /* its endpoint is on a network of this machine */
    WL_PEER_IF_VIA = 1 << 4,        /* a router has all of its allowed IPs */
    WL_PEER_IF_PROMOTED = 1 << 5,   /* it used the direct path before */
    WL_PEER_IF_CANDIDATES = 1 << 6, /* there is an endpoint to try */
    WL_PEER_IF_UNRESOLVED = 1 << 7, /* a name of the profile does not resolve */
    WL_PEER_IF_UNUSED = 1 << 8,     /* no host has the only address to try, which is on-link */
    WL_PEER_IF_BACKED_OFF = 1 << 9, /* tries are rare by now, and are not published */
    WL_PEER_IF_INNER = 1 << 10,     /* it was last seen inside the tunnel */
    WL_PEER_IF_SILENT = 1 << 11,    /* it does not answer what is sent in the session */
    WL_PEER_IF_STANDBY = 1 << 12,   /* another router is used, or has it */
} WlPeerCondition;

typedef struct {
    WlPeerState state;
    /* For reasons with several forms the most general one: WL_REASON_WAITING_FOR_ENDPOINT,
     * WL_REASON_TRYING, WL_REASON_NO_ANSWER. */
    WlReasonId reason;
} WlPeerStatusDecision;

/** @conditions: of WlPeerCondition. */
WlPeerStatusDecision wl_peer_status_decide(guint conditions);
