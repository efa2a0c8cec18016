/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-roaming-decide.h"

static gboolean
is_rx_grown(const WlRoamingInput *input)
{
    return input->roaming->has_baseline && input->rx > input->roaming->baseline;
}

/* The device knows from which endpoint the answer came, and sends there from then on. */
static WlRoamingDecision
decide_upgrade(const WlRoamingInput *input, WlRoamingDecision decision)
{
    const WlRoaming *roaming = input->roaming;
    gboolean heard = input->last_heard > roaming->started;

    if (heard && !roaming->target_answered && input->snapshot == input->now)
        decision.target_answered = !input->at_original;
    else if (heard && !roaming->target_answered && input->last_heard == input->now)
        decision.read_device = TRUE;
    if (roaming->due > input->now)
        decision.wake_at = roaming->due;
    else if (input->snapshot < input->now)
        decision.action = WL_ROAMING_READ_DEVICE;
    else if (input->at_original && decision.target_answered &&
             roaming->reasserts < WL_ROAMING_REASSERTS)
        decision.action = WL_ROAMING_REASSERT;
    else
        decision.action = WL_ROAMING_END_UPGRADE;
    return decision;
}

static WlRoamingDecision
decide_none(const WlRoamingInput *input, WlRoamingDecision decision)
{
    const WlRoaming *roaming = input->roaming;
    gboolean retries = roaming->retry != WL_NEVER; /* this silence was already handled */

    if (input->can_upgrade && !roaming->suspect) {
        /* The original endpoint is updated to the current one, since the peer may have roamed
         * meanwhile. */
        decision.action =
            input->snapshot < input->now ? WL_ROAMING_READ_DEVICE : WL_ROAMING_START_UPGRADE;
    } else if (!roaming->suspect && roaming->retry > input->now && (retries || !input->silent)) {
        decision.wake_at = roaming->retry;
    } else {
        decision.action = WL_ROAMING_START_CHECK;
    }
    return decision;
}

/* An answer arrived. Only the device knows from where: it may be a late packet from the previous
 * endpoint, and then the one being tried must not be advertised. */
static WlRoamingDecision
decide_answered(const WlRoamingInput *input, WlRoamingDecision decision)
{
    const WlRoaming *roaming = input->roaming;

    if (roaming->phase != WL_ROAMING_TRY || is_rx_grown(input)) {
        decision.action = WL_ROAMING_SETTLE;
    } else if (input->snapshot < input->now) {
        decision.action = WL_ROAMING_READ_FOR_PEER;
    } else if (roaming->due > input->now) {
        decision.wake_at = roaming->due; /* the snapshot was taken too early */
    } else {
        decision.action = WL_ROAMING_SETTLE;
    }
    return decision;
}

WlRoamingDecision
wl_roaming_decide(const WlRoamingInput *input)
{
    const WlRoaming *roaming = input->roaming;
    WlRoamingDecision decision = {
        .action = WL_ROAMING_STAY,
        .wake_at = WL_NEVER,
        .target_answered = roaming->target_answered,
    };

    if (!input->possible) {
        decision.action = WL_ROAMING_ABANDON;
        return decision;
    }
    if (roaming->upgrading)
        return decide_upgrade(input, decision);
    if (roaming->phase == WL_ROAMING_NONE)
        return decide_none(input, decision);
    decision.read_device = !roaming->has_baseline;
    if (input->last_heard > roaming->started || is_rx_grown(input))
        return decide_answered(input, decision);
    if (roaming->due > input->now)
        decision.wake_at = roaming->due;
    else if (input->snapshot < input->now)
        decision.action = WL_ROAMING_READ_DEVICE;
    else
        decision.action = WL_ROAMING_TRY_NEXT;
    return decision;
}
