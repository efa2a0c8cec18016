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

/* The same where the answer is expected soon. */
static gint64
get_short_interval(const WlPathInput *input)
{
    return wl_round_trip_timeout(&input->path->round_trip, WL_PATH_URGENT_INTERVAL,
                                 WL_PATH_NEAR_INTERVAL, WL_ROUND_TRIP_MAX);
}

/* Nothing was heard since an urgent check began. */
static gboolean
is_urgent(const WlPathInput *input)
{
    gint64 since = input->path->agreement.urgent_since;

    return since + WL_PATH_CHECK > input->now && MAX(input->last_heard, input->handshake) <= since;
}

static gboolean
is_near(const WlPathInput *input)
{
    return wl_round_trip_timeout(&input->path->round_trip, WL_NEVER, 0, WL_ROUND_TRIP_MAX) <=
           WL_PATH_NEAR;
}

/* When something was heard last, as far as it is known exactly: bytes that the device received are
 * only known to have arrived before it was read. Those that it shows some time after the first
 * unacked probe came after that. */
static gint64
get_heard_exactly(const WlPathInput *input, gint64 interval)
{
    const WlPathAgreement *path = &input->path->agreement;
    gint64 heard = MAX(input->last_heard, input->handshake), first;

    if (path->unacked == 0)
        return heard;
    first = path->probes[(guint16) (path->probe - MIN(path->unacked, WL_PATH_ACK_WINDOW) + 1) %
                         WL_PATH_ACK_WINDOW];
    return input->rx_seen > first + interval + interval / 2 ? MAX(heard, input->rx_seen) : heard;
}

/* How the silence of the direct path is judged. */
typedef struct {
    gint64 heard;    /* the last sign of life */
    gint64 quiet;    /* probed from then on */
    gint64 interval; /* between probes */
    gint64 since;    /* probes sent before do not count */
    gint64 fails;    /* not before */
    guint probes;    /* unacked ones that are a failure */
    gboolean soon;   /* an answer is expected soon */
} Watch;

static Watch
get_watch(const WlPathInput *input, gint64 watched_since)
{
    gboolean urgent = is_urgent(input);
    Watch watch = {.soon = urgent || is_near(input)};

    if (watch.soon) {
        watch.interval = get_short_interval(input);
        watch.heard = get_heard_exactly(input, watch.interval);
        watch.quiet =
            urgent ? input->path->agreement.urgent_since : watch.heard + WL_PATH_NEAR_QUIET;
        watch.since = MAX(watch.heard, urgent ? watch.quiet : watched_since);
        watch.fails = input->fallback_answers ? WL_LONG_AGO : watch.since + WL_PATH_SILENCE;
        watch.probes = urgent ? WL_PATH_PROBES : WL_PATH_NEAR_PROBES;
        return watch;
    }
    watch.interval = get_interval(input);
    watch.heard = MAX(MAX(input->last_heard, input->rx_seen), input->handshake);
    watch.quiet = watch.heard + WL_PATH_QUIET;
    watch.since = MAX(watch.heard, watched_since);
    watch.fails =
        watch.since + WL_PATH_SILENCE + WL_PATH_PROBES * (watch.interval - WL_PATH_PROBE_INTERVAL);
    watch.probes = WL_PATH_PROBES;
    return watch;
}

/* TRUE if the silence is long enough and all probes in it are unacked. */
static gboolean
has_failed(const WlPathInput *input, const WlPathDecision *decision, const Watch *watch)
{
    return input->now >= watch->fails && decision->unacked >= watch->probes &&
           input->now >= input->path->agreement.last_probe + watch->interval;
}

/* On the direct path: detects silence. */
static WlPathDecision
decide_direct(const WlPathInput *input)
{
    const WlPathAgreement *path = &input->path->agreement;
    gint64 now = input->now;
    gint64 late = MAX(input->last_heard, input->path->promoted) + WL_PATH_ALIVE_LATE, next, until;
    WlPathDecision decision = stay(input);
    Watch watch = get_watch(input, now);

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
    decision.watched_until = MAX(until, watch.quiet);
    if (until <= now) {
        decision.wake_at = if_future(late, now);
        return decision;
    }
    /* A peer without traffic is not silent: silence begins here. */
    if (decision.watched_since == WL_NEVER)
        decision.watched_since = now;
    watch = get_watch(input, decision.watched_since);
    next = path->last_probe + watch.interval;
    if (path->last_probe <= watch.since)
        decision.unacked = 0;
    if (now < watch.quiet) {
        /* A check that has ended by then needs no wake-up. */
        decision.wake_at = watch.quiet < until ? watch.quiet : if_future(late, now);
    } else if (has_failed(input, &decision, &watch)) {
        decision.action = input->snapshot < now ? WL_PATH_READ_DEVICE : WL_PATH_FALL_BACK;
    } else if (next <= now) {
        decision.action = WL_PATH_PROBE;
        /* With the first probe if the path was silent before, otherwise with the second. */
        decision.request_probe =
            decision.unacked + 1 == (!watch.soon && watch.heard < decision.watched_since ? 1 : 2);
        decision.read_device = watch.soon && decision.unacked == 1;
        decision.wake_at = now + watch.interval;
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
