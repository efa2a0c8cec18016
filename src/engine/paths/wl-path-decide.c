/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-decide.h"

#include "paths/wl-path-hold-down.h"

static WlPathDecision
stay(const WlPathInput *input)
{
    const WlPathAgreement *path = &input->path->agreement;

    return (WlPathDecision){
        .action = WL_PATH_STAY,
        .wake_at = WL_NEVER,
        .watched_since = path->watched_since,
        .watched_until = path->watched_until,
        .check_until = path->check_until,
        .probe_due = path->probe_due,
        .unacked = path->unacked,
    };
}

static gint64
if_future(gint64 when, gint64 now)
{
    return when > now ? when : WL_NEVER;
}

/* How long the answer to a probe may take: the usual time, or the round trip if it is longer. */
static gint64
get_interval(const WlPathInput *input)
{
    return wl_round_trip_timeout(&input->path->round_trip, WL_PATH_PROBE_INTERVAL,
                                 WL_PATH_PROBE_INTERVAL, WL_ROUND_TRIP_MAX);
}

/* TRUE if the silence is long enough and all probes in it are unacked. */
static gboolean
has_failed(const WlPathInput *input, const WlPathDecision *decision, gint64 heard)
{
    gint64 interval = get_interval(input);
    gint64 longer = WL_PATH_PROBES * (interval - WL_PATH_PROBE_INTERVAL);

    return input->now >= MAX(heard, decision->watched_since) + WL_PATH_SILENCE + longer &&
           decision->unacked >= WL_PATH_PROBES &&
           input->now >= input->path->agreement.last_probe + interval;
}

/* On the direct path: detects silence. */
static WlPathDecision
decide_direct(const WlPathInput *input)
{
    const WlPathAgreement *path = &input->path->agreement;
    gint64 now = input->now;
    gint64 heard = MAX(MAX(input->last_heard, input->rx_seen), input->handshake);
    gint64 late = MAX(input->last_heard, input->path->promoted) + WL_PATH_ALIVE_LATE;
    gint64 quiet = heard + WL_PATH_QUIET, next = path->last_probe + get_interval(input), until;
    WlPathDecision decision = stay(input);

    if (!input->has_fallback) {
        decision.watched_since = WL_NEVER;
        return decision;
    }
    /* A late Alive reveals the failure of a path without traffic. */
    if (late <= now && path->check_until < late)
        decision.check_until = now + WL_PATH_CHECK;
    until = MAX(input->flow_until, decision.check_until);
    if (MIN(until, path->watched_until) <= now)
        decision.watched_since = WL_NEVER;
    decision.watched_until = MAX(until, quiet);
    if (until <= now) {
        decision.wake_at = if_future(late, now);
        return decision;
    }
    /* A peer without traffic is not silent: silence begins here. */
    if (decision.watched_since == WL_NEVER)
        decision.watched_since = now;
    if (path->last_probe <= MAX(heard, decision.watched_since))
        decision.unacked = 0;
    if (now < quiet) {
        /* A check that has ended by then needs no wake-up. */
        decision.wake_at = quiet < until ? quiet : if_future(late, now);
    } else if (has_failed(input, &decision, heard)) {
        decision.action = input->snapshot < now ? WL_PATH_READ_DEVICE : WL_PATH_FALL_BACK;
    } else if (next <= now) {
        decision.action = WL_PATH_PROBE;
        /* With the first probe if the path was silent before, otherwise with the second. */
        decision.request_probe = decision.unacked + 1 == (heard < decision.watched_since ? 1 : 2);
        decision.wake_at = now + get_interval(input);
    } else {
        decision.wake_at = next;
    }
    return decision;
}

/* Between two probes of the direct path. */
static gint64
get_routed_interval(const WlPathInput *input)
{
    gint64 since = input->path->agreement.routed_since, routed = input->now - since;
    gboolean blocked = input->path->fell_back == since && routed < WL_HANDSHAKE_VALIDITY;

    return CLAMP(routed / WL_PATH_PROBE_SHARE, WL_PATH_PROBE_INTERVAL,
                 blocked ? WL_PATH_PROBE_BLOCKED : WL_PATH_PROBE_MAX);
}

/* On the router's path: detects whether the direct path works. */
static WlPathDecision
decide_routed(const WlPathInput *input)
{
    const WlPathAgreement *path = &input->path->agreement;
    gint64 now = input->now;
    gint64 allowed = MAX(wl_path_hold_down_ends_at(input->path, input->endpoint),
                         wl_path_hold_down_permits_at(input->path, now));
    WlPathDecision decision = stay(input);

    if (!input->may_be_promoted)
        return decision;
    if (path->last_ack > input->path->fell_back) {
        if (allowed <= now)
            decision.action = WL_PATH_PROMOTE;
        else
            decision.wake_at = allowed;
        return decision;
    }
    /* A packet arrived, so the direct path may work: probe now. */
    if (MAX(input->last_heard, input->handshake) > path->last_probe)
        decision.probe_due = MIN(path->probe_due, path->last_probe + WL_PATH_PROBE_INTERVAL);
    if (decision.probe_due <= now) {
        decision.action = WL_PATH_PROBE;
        decision.probe_due = now + get_routed_interval(input);
    }
    decision.wake_at = decision.probe_due;
    return decision;
}

WlPathDecision
wl_path_decide(const WlPathInput *input)
{
    return input->path->agreement.direct ? decide_direct(input) : decide_routed(input);
}
