/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/* The decisions in the path agreement of two native members (docs/engine.md "Path"). A pure
 * function: the caller fills the input and carries out the decision. Times are engine times in
 * microseconds. */

typedef enum {
    WL_PATH_STAY,
    WL_PATH_PROBE,
    WL_PATH_READ_DEVICE, /* packets received since the last snapshot matter */
    WL_PATH_FALL_BACK,
    WL_PATH_PROMOTE,
} WlPathAction;

typedef struct {
    gint64 now;
    const WlPeerPath *path;
    const WlEndpoint *endpoint; /* of the peer in the device */
    gint64 last_heard;          /* the last authenticated datagram or echo reply */
    gint64 handshake;           /* -1: none */
    gint64 rx_seen;             /* when the receive counter was last seen to grow */
    gint64 snapshot;            /* the last snapshot */
    gint64 flow_until;          /* the peer is assumed to have overlay traffic until then */
    gboolean has_fallback;      /* a live router has one of its prefixes */
    gboolean fallback_answers;  /* on the present uplink */
    gboolean may_be_promoted;   /* the peer is ready and has prefixes that can change */
} WlPathInput;

typedef struct {
    WlPathAction action;
    gboolean request_probe; /* through the router, with the probe */
    gboolean read_device;   /* with the probe: what arrives later came after it */
    gint64 wake_at;         /* WL_NEVER: at the next input */
    /* New values of the fields of WlPathAgreement with these names. A probe counts as unacked only
     * when it is sent. */
    gint64 watched_since, watched_until, check_until;
    gint64 probe_due;
    guint unacked;
} WlPathDecision;

WlPathDecision wl_path_decide(const WlPathInput *input);
