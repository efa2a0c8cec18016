/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/* Whether a router still answers: a pure decision, made for the current router of a leaf and for
 * the fellows of a router (docs/engine.md "Several routers"). All times are engine times. */

typedef enum {
    WL_ROUTER_WATCH_STAY,
    WL_ROUTER_WATCH_ASK,
    WL_ROUTER_WATCH_READ_DEVICE,
    WL_ROUTER_WATCH_LOST,
} WlRouterWatchAction;

typedef struct {
    gint64 now;
    gint64 heard;      /* anything */
    gint64 snapshot;   /* of the device */
    gint64 flow_until; /* overlay traffic */
    gint64 rest;       /* without traffic it is asked when nothing was heard for this time */
    gint64 since;      /* since when it is watched */
    gint64 asked;      /* the last time */
    guint unanswered;  /* since it was heard */
} WlRouterWatchInput;

typedef struct {
    WlRouterWatchAction action;
    gint64 wake_at;
} WlRouterWatchDecision;

WlRouterWatchDecision wl_router_watch_decide(const WlRouterWatchInput *input);
