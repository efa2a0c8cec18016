/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/* The decisions about roaming inside a live session (docs/engine.md "Roaming"). A pure function:
 * the caller fills the input and carries out the decision. Times are engine times in
 * microseconds. */

typedef enum {
    WL_ROAMING_STAY,
    WL_ROAMING_READ_DEVICE,
    WL_ROAMING_READ_FOR_PEER, /* the same, and the peer's steps run with the result */
    WL_ROAMING_ABANDON,       /* no session or no uplink: nothing can answer */
    WL_ROAMING_START_CHECK,
    WL_ROAMING_START_UPGRADE,
    WL_ROAMING_REASSERT,    /* set the target of the upgrade again */
    WL_ROAMING_END_UPGRADE, /* the wait is over */
    WL_ROAMING_TRY_NEXT,    /* the endpoint was silent: the next candidate, or the original one */
    WL_ROAMING_SETTLE,      /* accept the endpoint that the device has */
} WlRoamingAction;

typedef struct {
    gint64 now;
    const WlRoaming *roaming;
    gboolean possible;    /* a session and an uplink */
    gboolean can_upgrade; /* there is an on-link candidate to try as an upgrade */
    gboolean silent;      /* an Alive was not answered */
    gboolean at_original; /* the device has the original endpoint */
    gint64 last_heard;
    gint64 snapshot; /* the last snapshot */
    guint64 rx;
} WlRoamingInput;

typedef struct {
    WlRoamingAction action;
    gint64 wake_at; /* WL_NEVER: as the action says */
    gboolean target_answered;
    gboolean read_device; /* besides the action */
} WlRoamingDecision;

WlRoamingDecision wl_roaming_decide(const WlRoamingInput *input);
