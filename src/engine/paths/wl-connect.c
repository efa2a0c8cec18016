/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-connect.h"

#include "paths/wl-captive-portal.h"
#include "paths/wl-connect-decide.h"
#include "paths/wl-connect-demand.h"
#include "paths/wl-connect-hearsay.h"
#include "paths/wl-connect-slot.h"
#include "paths/wl-endpoint-cycling.h"
#include "paths/wl-neighbors.h"
#include "paths/wl-tie-breaker.h"
#include "paths/wl-traffic.h"

static gint64
max_backoff(const WlPeer *peer)
{
    if (wl_connect_slot_configured(peer) && wl_connect_slot_is_long_away(peer))
        return WL_BACKOFF_LONG_AWAY;
    return peer->basic && !peer->config ? WL_BACKOFF_BASIC_MAX : WL_BACKOFF_MAX;
}

static WlCandidate *
next_candidate(const WlEngine *self, const WlPeer *peer)
{
    const WlConnectCycle cycle = wl_connect_slot_make_cycle(self, peer);

    return wl_endpoint_cycling_next_in_round(peer->endpoints.candidates, &cycle);
}

/* How long the member that initiates first waits for neighbors at most, so that its initiation
 * arrives before the head start is over. */
static gint64
neighbor_wait_saved(const WlEngine *self, const WlPeer *peer)
{
    gint64 smoothed = self->uplink.round_trip.smoothed;

    if (smoothed == 0 || !wl_tie_breaker_goes_first(&self->own.key, &peer->key))
        return 0;
    return WL_NEIGHBOR_WAIT - MIN(WL_NEIGHBOR_WAIT, smoothed / 2 + WL_CONNECT_HEAD_START_SLACK);
}

static gint64
head_start(const WlEngine *self, const WlPeer *peer)
{
    return wl_tie_breaker_head_start(&self->own.key, &peer->key,
                                     wl_connect_slot_configured(peer) != NULL,
                                     &self->uplink.round_trip);
}

/* TRUE if the only candidate is a configured address and the peer may be back soon: between tries,
 * WireGuard's own retries are enough. */
static gboolean
is_left_to_wireguard(const WlEngine *self, const WlPeer *peer)
{
    return peer->endpoints.candidates->len == 1 && wl_connect_slot_configured(peer) &&
           !wl_connect_slot_is_long_away(peer) && !wl_captive_portal_blocks(self, peer);
}

static gint64
next_backoff(WlEngine *self, WlPeer *peer)
{
    gint64 pause = wl_engine_jitter(self, peer->connect.backoff);

    peer->connect.backoff = MIN(peer->connect.backoff * 2, max_backoff(peer));
    return pause;
}

static void
start_round(WlPeer *peer, guint round)
{
    peer->connect.round = round;
    peer->connect.serial++;
    wl_held_back_begin(&peer->held_back);
}

static guint
next_round(const WlPeer *peer)
{
    return peer->connect.fast ? peer->connect.round + 1
                              : MAX(peer->connect.round + 1, WL_FAST_ROUNDS);
}

/* Ends a round without success. */
static void
end_round(WlEngine *self, WlPeer *peer)
{
    gint64 due;

    start_round(peer, next_round(peer));
    due = self->now + next_backoff(self, peer);
    if (wl_captive_portal_blocks(self, peer)) {
        if (due < peer->connect.off_link_tried + WL_PORTAL_INTERVAL)
            wl_engine_hold_back_once(self, peer, WL_HELD_BACK_PORTAL);
        due = MAX(due, peer->connect.off_link_tried + WL_PORTAL_INTERVAL);
    }
    peer->connect.resume = due;
    peer->connect.in_round = peer->connect.demand_round = FALSE;
}

static void
try_candidate(WlEngine *self, WlPeer *peer, WlCandidate *candidate)
{
    gboolean same = wl_endpoint_equal(&peer->device.endpoint, &candidate->endpoint);
    const WlConnectCycle cycle = wl_connect_slot_make_cycle(self, peer);
    gint64 slot = wl_connect_slot_get_length(self, peer, candidate);
    gint64 earliest = wl_endpoint_cycling_earliest(&cycle, candidate);
    gboolean is_quiet = is_left_to_wireguard(self, peer) && peer->connect.round >= WL_FAST_ROUNDS;
    /* Recreating the peer makes WireGuard initiate now instead of up to 5 s later. */
    gboolean restart = !same || (peer->connect.initiated && !is_quiet);

    if (wl_handshake_limiter_earliest(&self->limiter, &candidate->endpoint, &peer->key, self->now) >
        self->now)
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_ENDPOINT);
    if (restart)
        earliest = MAX(earliest, wl_connect_slot_get_spaced(peer));
    if (earliest >= self->now + WL_SLOT_SHARED) {
        peer->connect.resume = earliest;
        peer->connect.in_round = TRUE;
        wl_connect_hearsay_pause(self, peer);
        return;
    }
    if (earliest > self->now) {
        wl_connect_slot_wait_until(self, peer, WL_CONNECT_WAIT, earliest);
        return;
    }
    if (!wl_handshake_limiter_take(&self->limiter, &peer->key, &peer->connect.share, self->now,
                                   &earliest)) {
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_RATE);
        wl_connect_slot_wait_until(self, peer, WL_CONNECT_WAIT, earliest);
        return;
    }
    if (restart)
        wl_connect_slot_recreate(peer, &candidate->endpoint);
    if (is_quiet)
        slot = next_backoff(self, peer);
    if (candidate->rank != WL_RANK_ON_LINK)
        peer->connect.off_link_tried = self->now;
    wl_connect_slot_begin(self, peer, candidate, slot);
}

/* TRUE if @candidate is the best one regardless of the pending neighbor results. */
static gboolean
is_best_anyway(const WlEngine *self, const WlCandidate *candidate)
{
    return candidate->rank == WL_RANK_ON_LINK ||
           (candidate->worked && !wl_policy_is_on_link(&self->policy, &candidate->endpoint.ip));
}

/* Counts the candidates of this round that are not tried. */
static void
note_left_out(WlEngine *self, WlPeer *peer)
{
    const WlConnectCycle cycle = wl_connect_slot_make_cycle(self, peer);

    if (cycle.on_link_only)
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_PORTAL);
    if (wl_endpoint_cycling_leaves_out(peer->endpoints.candidates, &cycle))
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_ADDRESS);
}

static void
step(WlEngine *self, WlPeer *peer)
{
    /* If the results are late, the peer may have waited just as long for its own. */
    gint64 results =
        wl_neighbors_resolve(self, peer) + head_start(self, peer) - neighbor_wait_saved(self, peer);
    WlCandidate *candidate = next_candidate(self, peer);
    const WlConnectStepInput input = {
        .now = self->now,
        .results = results,
        .round = peer->connect.round,
        .has_candidate = candidate != NULL,
        .best_anyway = candidate && is_best_anyway(self, candidate),
        .left_to_wireguard = is_left_to_wireguard(self, peer),
    };

    peer->connect.head_start = WL_LONG_AGO;
    if (peer->connect.resume > self->now) {
        wl_connect_hearsay_pause(self, peer);
        return;
    }
    note_left_out(self, peer);
    switch (wl_connect_decide_step(&input)) {
    case WL_CONNECT_STEP_NEIGHBORS:
        wl_connect_slot_wait_until(self, peer, WL_CONNECT_NEIGHBORS, results);
        return;
    case WL_CONNECT_STEP_ROUND:
        start_round(peer, next_round(peer));
        candidate = next_candidate(self, peer);
        if (!candidate && peer->connect.round < WL_FAST_ROUNDS) {
            start_round(peer, WL_FAST_ROUNDS);
            candidate = next_candidate(self, peer);
        }
        break;
    case WL_CONNECT_STEP_TRY:
        if (!input.best_anyway && wl_connect_hearsay_try_neighbor(self, peer))
            return;
        break;
    case WL_CONNECT_STEP_PAUSE:
        break;
    }
    if (candidate) {
        try_candidate(self, peer, candidate);
    } else {
        end_round(self, peer);
        wl_connect_hearsay_pause(self, peer);
    }
}

static void
poll(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; i < G_N_ELEMENTS(peer->connect.poll); i++) {
        if (peer->connect.poll[i] <= self->now) {
            peer->connect.poll[i] = WL_NEVER;
            if (peer->device.snapshot < self->now)
                wl_engine_request_snapshot(self);
        }
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->connect.poll[i]);
    }
}

static void
count_hold(const WlEngine *self, WlPeer *peer)
{
    if (peer->device.rx_time == self->now)
        peer->connect.holds++;
}

/* How long a handshake that the peer began takes. */
static gint64
handshake_time(const WlEngine *self)
{
    return MAX(WL_CONNECT_CROSSED, wl_connect_slot_round_trip(self));
}

/* A handshake that the peer began is in progress: the own try is delayed. */
static void
hold(WlEngine *self, WlPeer *peer)
{
    count_hold(self, peer);
    if (peer->connect.phase != WL_CONNECT_SLOT)
        peer->connect.phase = WL_CONNECT_WAIT;
    peer->connect.head_start = WL_LONG_AGO;
    wl_connect_slot_schedule_polls(self, peer, handshake_time(self));
}

/*
 * The initiation of the peer arrived but no session followed in time: the two initiations crossed.
 * The winner of the tie-breaker tries again, at the address from which the peer was heard; the
 * other member waits.
 */
static void
cross(WlEngine *self, WlPeer *peer)
{
    peer->connect.crossed = TRUE;
    if (!wl_tie_breaker_goes_first(&self->own.key, &peer->key))
        return;
    if (!wl_handshake_limiter_take(&self->limiter, &peer->key, &peer->connect.share, self->now,
                                   NULL)) {
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_RATE);
        return;
    }
    wl_connect_slot_recreate(peer, &peer->device.endpoint);
    wl_connect_slot_note_try(self, peer, &peer->device.endpoint);
    wl_peer_force_alive(peer);
    wl_connect_slot_schedule_polls(self, peer, WL_CONNECT_CROSSED_WAIT);
}

/* The round trip may have become known since the head start began. */
static void
shorten_head_start(const WlEngine *self, WlPeer *peer)
{
    if (peer->connect.phase == WL_CONNECT_WAIT && peer->connect.head_start != WL_LONG_AGO)
        peer->connect.due =
            MIN(peer->connect.due, peer->connect.head_start + head_start(self, peer));
}

/* Begins a first round. A candidate that is being tried keeps its slot, because candidates arrive
 * one by one. */
static void
restart(WlEngine *self, WlPeer *peer)
{
    gint64 slot_end = peer->connect.tried + WL_SLOT_SHARED;
    WlCandidate *trying = NULL;

    if (peer->connect.phase == WL_CONNECT_IDLE)
        peer->connect.since = self->now;
    /* What filters nothing needs no fast repetition, which would drop a slow answer. */
    start_round(peer, is_left_to_wireguard(self, peer) ? WL_FAST_ROUNDS_SERVER : 0);
    peer->connect.fast =
        wl_rate_limit_take(&peer->connect.fast_rate, self->now, WL_FAST_REFILL, WL_FAST_BURST);
    if (!peer->connect.fast)
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_RESTART);
    if (peer->connect.phase == WL_CONNECT_SLOT && slot_end > self->now)
        trying = wl_candidates_find(peer->endpoints.candidates, &peer->connect.last);
    /* A third party keeps its slot only if it would begin the round. */
    if (trying && peer->connect.hearsay && trying->rank != WL_RANK_ON_LINK)
        trying = NULL;
    peer->connect.restart = peer->connect.demand_round = FALSE;
    peer->connect.head_start = WL_LONG_AGO;
    peer->connect.backoff = WL_BACKOFF_FIRST;
    peer->connect.resume = WL_LONG_AGO;
    for (guint i = 0; i < peer->endpoints.candidates->len; i++)
        g_array_index(peer->endpoints.candidates, WlCandidate, i).heard_tries = 0;
    if (trying) {
        trying->round = peer->connect.serial;
        if (peer->connect.hearsay)
            peer->connect.heard_serial = peer->connect.serial;
        peer->connect.due = slot_end;
    } else {
        wl_connect_slot_wait_until(self, peer, WL_CONNECT_WAIT, self->now + head_start(self, peer));
        peer->connect.head_start = self->now;
    }
    wl_neighbors_resolve(self, peer); /* the results arrive during the head start */
}

/*
 * Removes an endpoint that the profile dropped and that is no candidate any more. WireGuard cannot
 * remove an endpoint, so the peer is recreated, which costs nothing without a session. A peer with
 * a session keeps the endpoint, since it is at that address.
 */
static void
drop_stale_endpoint(WlEngine *self, WlPeer *peer)
{
    const WlCandidate *configured = wl_connect_slot_configured(peer);

    if (!peer->connect.endpoint_dropped || peer->liveness.healthy)
        return;
    if (peer->device.present && peer->device.snapshot < self->now) {
        wl_engine_request_snapshot(self); /* a session may have begun */
        return;
    }
    if (peer->device.present &&
        wl_connect_has_peer_handshake(self->now, peer->device.rx_time, handshake_time(self),
                                      peer->connect.holds)) {
        count_hold(self, peer);
        wl_scheduler_wake_peer_at(
            &self->scheduler, peer,
            wl_connect_peer_handshake_over(peer->device.rx_time, handshake_time(self)));
        return;
    }
    peer->connect.endpoint_dropped = FALSE;
    if (!peer->device.present || !wl_endpoint_is_set(&peer->device.endpoint) ||
        wl_candidates_find(peer->endpoints.candidates, &peer->device.endpoint))
        return;
    wl_connect_slot_recreate(peer, configured ? &configured->endpoint : NULL);
    if (peer->connect.phase == WL_CONNECT_SLOT)
        peer->connect.due = self->now;
}

/* Another endpoint of a third party is tried in the pause, or where WireGuard is left alone. */
static void
hear(WlEngine *self, WlPeer *peer)
{
    WlConnect *connect = &peer->connect;

    if (connect->heard && connect->resume > self->now && connect->phase != WL_CONNECT_SLOT)
        connect->due = MIN(connect->due, self->now);
    else if (connect->heard && connect->phase == WL_CONNECT_SLOT)
        connect->due = MIN(connect->due, MAX(self->now, connect->tried + WL_SLOT_LATER));
    connect->heard = FALSE;
}

static WlConnectDecision
decide(const WlEngine *self, const WlPeer *peer)
{
    const WlConnectInput input = {
        .now = self->now,
        .connect = &peer->connect,
        .handshake = handshake_time(self),
        .possible =
            !peer->liveness.healthy && self->uplink.present && peer->endpoints.candidates->len > 0,
        .present = peer->device.present,
        .has_endpoint = wl_endpoint_is_set(&peer->device.endpoint),
        .snapshot = peer->device.snapshot,
        .rx_time = peer->device.rx_time,
    };

    return wl_connect_decide(&input);
}

static void
act(WlEngine *self, WlPeer *peer, const WlConnectDecision *decision)
{
    peer->connect.due = decision->due;
    switch (decision->action) {
    case WL_CONNECT_DO_STOP:
    case WL_CONNECT_DO_RESTART:
    case WL_CONNECT_DO_STAY:
        break;
    case WL_CONNECT_DO_READ_DEVICE:
        wl_engine_request_snapshot(self);
        break;
    case WL_CONNECT_DO_HOLD:
        hold(self, peer);
        break;
    case WL_CONNECT_DO_CROSS:
        cross(self, peer);
        break;
    case WL_CONNECT_DO_STEP:
        step(self, peer);
        break;
    }
}

void
wl_connect_run(WlEngine *self, WlPeer *peer)
{
    WlConnectDecision decision;

    drop_stale_endpoint(self, peer);
    hear(self, peer);
    if (peer->connect.asked)
        wl_connect_demand_answer(self, peer, head_start(self, peer));
    shorten_head_start(self, peer);
    decision = decide(self, peer);
    if (decision.action == WL_CONNECT_DO_STOP) {
        if (peer->connect.phase != WL_CONNECT_IDLE) {
            wl_handshake_limiter_leave(&self->limiter, &peer->key);
            wl_peer_reset_connect(peer);
        }
        wl_traffic_set_on_demand(self, peer, FALSE);
        return;
    }
    if (decision.action == WL_CONNECT_DO_RESTART) {
        restart(self, peer);
        decision = decide(self, peer);
    }
    /* An answer replaces the polls of its slot. */
    if (!decision.early)
        poll(self, peer);
    act(self, peer, &decision);
    if (decision.action != WL_CONNECT_DO_STAY)
        poll(self, peer);
    if (peer->connect.due > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->connect.due);
    wl_connect_demand_update(self, peer);
}
