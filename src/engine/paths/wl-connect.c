/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-connect.h"

#include "paths/wl-captive-portal.h"
#include "paths/wl-connect-decide.h"
#include "paths/wl-endpoint-cycling.h"
#include "paths/wl-neighbors.h"
#include "paths/wl-reconcile.h"
#include "paths/wl-tie-breaker.h"
#include "paths/wl-traffic.h"

/* Times after a try at which the device is read, since WireGuard reports no events. */
static const gint64 poll_after[] = {WL_CONNECT_POLL_1, WL_CONNECT_POLL_2, WL_CONNECT_POLL_3};

static gint64
max_backoff(const WlPeer *peer)
{
    return peer->basic && !peer->config ? WL_BACKOFF_BASIC_MAX : WL_BACKOFF_MAX;
}

static void
note_try(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    wl_handshake_limiter_note(&self->limiter, endpoint, self->now);
    peer->connect.tried = self->now;
    peer->connect.holds = 0;
}

static WlCandidate *
next_candidate(const WlEngine *self, const WlPeer *peer)
{
    const WlConnectCycle cycle = {
        .now = self->now,
        .round = peer->connect.serial,
        .on_link_only = wl_captive_portal_holds_back(self, peer),
        .limiter = &self->limiter,
        .addresses = &self->addresses,
        .subject = &peer->key,
    };

    return wl_endpoint_cycling_next_in_round(peer->endpoints.candidates, &cycle);
}

static const WlCandidate *
first_configured(const WlPeer *peer)
{
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        if (candidate->source == WL_CANDIDATE_SOURCE_PROFILE)
            return candidate;
    }
    return NULL;
}

static gint64
head_start(const WlEngine *self, const WlPeer *peer)
{
    return wl_tie_breaker_head_start(&self->own.key, &peer->key, first_configured(peer) != NULL);
}

/* TRUE if the only candidate is a configured address: between tries, WireGuard's own retries are
 * enough. */
static gboolean
is_left_to_wireguard(const WlEngine *self, const WlPeer *peer)
{
    return peer->endpoints.candidates->len == 1 && first_configured(peer) &&
           !wl_captive_portal_blocks(self, peer);
}

static void
recreate(WlPeer *peer, const WlEndpoint *endpoint)
{
    wl_reconcile_request_recreate(peer, endpoint);
    wl_connect_recreated(peer);
}

static void
wait_until(WlEngine *self, WlPeer *peer, WlConnectPhase phase, gint64 due)
{
    peer->connect.phase = phase;
    peer->connect.due = due;
    for (guint i = 0; i < G_N_ELEMENTS(poll_after); i++)
        peer->connect.poll[i] = WL_NEVER;
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
}

/* Ends a round without success: the device keeps the configured address or none, so that nothing is
 * sent to an address that does not answer. */
static void
end_round(WlEngine *self, WlPeer *peer)
{
    const WlCandidate *configured = first_configured(peer);
    const WlEndpoint *rest = configured ? &configured->endpoint : NULL;
    gboolean behind_portal = wl_captive_portal_blocks(self, peer);
    gint64 due;

    /* Behind a captive portal WireGuard's own retries, every 5 s, must end as well. */
    if ((rest ? !wl_endpoint_equal(rest, &peer->device.endpoint)
              : wl_endpoint_is_set(&peer->device.endpoint)) ||
        (behind_portal && peer->connect.initiated))
        recreate(peer, rest);
    start_round(peer, peer->connect.round + 1);
    due = self->now + next_backoff(self, peer);
    if (behind_portal)
        due = MAX(due, peer->connect.off_link_tried + WL_PORTAL_INTERVAL);
    wait_until(self, peer, WL_CONNECT_PAUSE, due);
}

/* The device is also read when the slot ends. */
static void
schedule_polls(const WlEngine *self, WlPeer *peer, gint64 slot)
{
    for (guint i = 0; i < G_N_ELEMENTS(poll_after); i++)
        peer->connect.poll[i] = poll_after[i] < slot ? self->now + poll_after[i] : WL_NEVER;
}

static void
try_candidate(WlEngine *self, WlPeer *peer, WlCandidate *candidate)
{
    gboolean same = wl_endpoint_equal(&peer->device.endpoint, &candidate->endpoint);
    gint64 slot = peer->connect.round == 0 ? WL_SLOT_FIRST : WL_SLOT_LATER;
    gint64 earliest = wl_endpoint_cycling_earliest(&self->limiter, candidate);
    gboolean left_to_wireguard = is_left_to_wireguard(self, peer);
    /* Recreating the peer makes WireGuard initiate now instead of up to 5 s later. */
    gboolean restart =
        !same || (peer->connect.initiated && !(left_to_wireguard && peer->connect.round > 0));

    if (restart)
        earliest = MAX(earliest, MAX(peer->advertise.alive_sent, peer->advertise.facts_sent) +
                                     WL_INITIATION_SPACING);
    if (earliest > self->now) {
        wait_until(self, peer, WL_CONNECT_WAIT, earliest);
        return;
    }
    if (!wl_handshake_limiter_take(&self->limiter, self->now, &earliest)) {
        wait_until(self, peer, WL_CONNECT_WAIT, earliest);
        return;
    }
    if (restart)
        recreate(peer, &candidate->endpoint);
    wl_address_limiter_note(&self->addresses, candidate, &peer->key, self->now);
    candidate->last_tried = self->now;
    candidate->round = peer->connect.serial;
    peer->connect.last = candidate->endpoint;
    peer->connect.phase = WL_CONNECT_SLOT;
    wl_peer_force_alive(peer);
    if (left_to_wireguard && peer->connect.round > 0)
        slot = next_backoff(self, peer);
    peer->connect.due = self->now + slot;
    note_try(self, peer, &candidate->endpoint);
    if (candidate->rank != WL_RANK_ON_LINK)
        peer->connect.off_link_tried = self->now;
    peer->connect.crossed = FALSE;
    schedule_polls(self, peer, slot);
}

/* TRUE if @candidate is the best one regardless of the pending neighbor results. */
static gboolean
is_best_anyway(const WlEngine *self, const WlCandidate *candidate)
{
    return candidate->rank == WL_RANK_ON_LINK ||
           (candidate->worked && !wl_policy_is_on_link(&self->policy, &candidate->endpoint.ip));
}

static void
step(WlEngine *self, WlPeer *peer)
{
    /* If the results are late, the peer may have waited just as long for its own. */
    gint64 results = wl_neighbors_resolve(self, peer) + head_start(self, peer);
    WlCandidate *candidate = next_candidate(self, peer);
    const WlConnectStepInput input = {
        .now = self->now,
        .results = results,
        .round = peer->connect.round,
        .has_candidate = candidate != NULL,
        .best_anyway = candidate && is_best_anyway(self, candidate),
        .left_to_wireguard = is_left_to_wireguard(self, peer),
    };

    switch (wl_connect_decide_step(&input)) {
    case WL_CONNECT_STEP_NEIGHBORS:
        wait_until(self, peer, WL_CONNECT_NEIGHBORS, results);
        return;
    case WL_CONNECT_STEP_ROUND:
        start_round(peer, 1);
        candidate = next_candidate(self, peer);
        break;
    case WL_CONNECT_STEP_TRY:
    case WL_CONNECT_STEP_PAUSE:
        break;
    }
    if (candidate)
        try_candidate(self, peer, candidate);
    else
        end_round(self, peer);
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

/* A handshake that the peer began is in progress: the own try is delayed. */
static void
hold(WlEngine *self, WlPeer *peer, gint64 due)
{
    count_hold(self, peer);
    if (peer->connect.phase != WL_CONNECT_SLOT)
        peer->connect.phase = WL_CONNECT_WAIT;
    peer->connect.due = due;
    schedule_polls(self, peer, WL_CONNECT_CROSSED);
}

/*
 * The initiation of the peer arrived but no session followed in time: the two initiations crossed.
 * The winner of the tie-breaker tries again, at the address from which the peer was heard; the
 * other member waits.
 */
static void
cross(WlEngine *self, WlPeer *peer, gint64 due)
{
    peer->connect.crossed = TRUE;
    peer->connect.due = due;
    if (!wl_tie_breaker_goes_first(&self->own.key, &peer->key) ||
        !wl_handshake_limiter_take(&self->limiter, self->now, NULL))
        return;
    recreate(peer, &peer->device.endpoint);
    note_try(self, peer, &peer->device.endpoint);
    wl_peer_force_alive(peer);
    schedule_polls(self, peer, WL_CONNECT_CROSSED_WAIT);
}

/* Begins a first round. A candidate that is being tried keeps its slot, because candidates arrive
 * one by one. */
static void
restart(WlEngine *self, WlPeer *peer)
{
    gint64 slot_end = peer->connect.tried + WL_SLOT_FIRST;
    WlCandidate *trying = NULL;

    if (peer->connect.phase == WL_CONNECT_SLOT && slot_end > self->now)
        trying = wl_candidates_find(peer->endpoints.candidates, &peer->connect.last);
    peer->connect.restart = FALSE;
    peer->connect.backoff = WL_BACKOFF_FIRST;
    start_round(peer, 0);
    if (trying) {
        trying->round = peer->connect.serial;
        peer->connect.due = MIN(peer->connect.due, slot_end);
    } else {
        wait_until(self, peer, WL_CONNECT_WAIT, self->now + head_start(self, peer));
    }
    wl_neighbors_resolve(self, peer); /* the results arrive during the head start */
}

/* A learned basic peer is usually a phone, reachable only while it is used. It is tried when there
 * is traffic for it, otherwise with a long back-off. */
static void
update_on_demand(WlEngine *self, WlPeer *peer)
{
    gboolean pauses = peer->basic && !peer->config && peer->connect.phase == WL_CONNECT_PAUSE;
    gint64 again = peer->connect.demanded + WL_ON_DEMAND_RETRY;

    wl_traffic_set_on_demand(self, peer, pauses && again <= self->now);
    if (pauses && again > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, again);
}

/*
 * Removes an endpoint that the profile dropped and that is no candidate any more. WireGuard cannot
 * remove an endpoint, so the peer is recreated, which costs nothing without a session. A peer with
 * a session keeps the endpoint, since it is at that address.
 */
static void
drop_stale_endpoint(WlEngine *self, WlPeer *peer)
{
    const WlCandidate *configured = first_configured(peer);

    if (!peer->connect.endpoint_dropped || peer->liveness.healthy)
        return;
    if (peer->device.present && peer->device.snapshot < self->now) {
        wl_engine_request_snapshot(self); /* a session may have begun */
        return;
    }
    if (peer->device.present &&
        wl_connect_has_peer_handshake(self->now, peer->device.rx_time, peer->connect.holds)) {
        count_hold(self, peer);
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  wl_connect_peer_handshake_over(peer->device.rx_time));
        return;
    }
    peer->connect.endpoint_dropped = FALSE;
    if (!peer->device.present || !wl_endpoint_is_set(&peer->device.endpoint) ||
        wl_candidates_find(peer->endpoints.candidates, &peer->device.endpoint))
        return;
    recreate(peer, configured ? &configured->endpoint : NULL);
    if (peer->connect.phase == WL_CONNECT_SLOT)
        peer->connect.due = self->now;
}

static WlConnectDecision
decide(const WlEngine *self, const WlPeer *peer)
{
    const WlConnectInput input = {
        .now = self->now,
        .connect = &peer->connect,
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
        hold(self, peer, decision->due);
        break;
    case WL_CONNECT_DO_CROSS:
        cross(self, peer, decision->due);
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
    decision = decide(self, peer);
    if (decision.action == WL_CONNECT_DO_STOP) {
        if (peer->connect.phase != WL_CONNECT_IDLE)
            wl_peer_reset_connect(peer);
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
    update_on_demand(self, peer);
}
