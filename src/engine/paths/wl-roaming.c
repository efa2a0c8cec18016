/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-roaming.h"

#include "paths/wl-endpoint-cycling.h"
#include "paths/wl-neighbors.h"
#include "paths/wl-peer-echo.h"
#include "paths/wl-reconcile.h"
#include "paths/wl-roaming-decide.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"

/*
 * A live session is never given up. If its path may have failed (a new uplink, another endpoint
 * advertised by the peer or a router, silence), the peer is sent an Alive that requests one, and if
 * nothing authenticated arrives, other candidates are tried inside the same session; WireGuard's
 * own roaming confirms the endpoint. Both sides do this at the same time, which opens stateful
 * filters.
 */

/* For an endpoint whose round trip is not known. */
static gint64
patience(const WlPeer *peer)
{
    return peer->boot.native || peer->path.echo.responds ? WL_ROAMING_PATIENCE
                                                         : WL_ROAMING_PATIENCE_NO_ECHO;
}

/* For the current endpoint. @moved: the peer is known to be elsewhere, most likely. */
static gint64
check_patience(const WlPeer *peer, gboolean moved)
{
    if (!peer->boot.native)
        return patience(peer);
    return wl_round_trip_timeout(
        &peer->path.round_trip, moved ? WL_ROAMING_PATIENCE_MOVED : WL_ROAMING_PATIENCE,
        moved ? WL_ROAMING_PATIENCE_MIN : WL_ROAMING_PATIENCE_MOVED, WL_ROAMING_PATIENCE_MAX);
}

/* FALSE if the present uplink cannot reach the current endpoint: it has no address of its family,
 * or the endpoint is a private one of the network that was left. */
static gboolean
can_answer(const WlEngine *self, const WlPeer *peer)
{
    const WlIp *ip = &peer->device.endpoint.ip;

    return wl_policy_can_send_to(&self->policy, ip) &&
           !(wl_ip_equal(ip, &peer->roaming.on_link) && !wl_policy_is_on_link(&self->policy, ip));
}

/* An Alive was sent and nothing authenticated has arrived since. */
static gboolean
is_silent(const WlEngine *self, const WlPeer *peer)
{
    return peer->boot.native && peer->device.snapshot == self->now &&
           self->now - peer->advertise.alive_sent_before >= WL_ROAMING_SILENCE &&
           peer->advertise.alive_sent_before > peer->device.handshake &&
           peer->device.rx_time < peer->advertise.alive_sent_before &&
           peer->liveness.last_heard < peer->advertise.alive_sent_before;
}

static void
set_endpoint(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    wl_reconcile_request_endpoint(peer, endpoint);
    wl_peer_request_alive(peer);
    if (peer->path.echo.responds)
        wl_peer_echo_probe(self, peer);
    peer->roaming.baseline = peer->device.rx;
    peer->roaming.due = self->now + patience(peer);
}

static WlRoamingCycle
make_cycle(const WlEngine *self, const WlPeer *peer)
{
    return (WlRoamingCycle){
        .now = self->now,
        .serial = peer->roaming.serial,
        .current = peer->device.endpoint,
        .hearsay = wl_engine_is_without_router(self),
        .uplink_since = self->uplink.since,
        .addresses = &self->addresses,
        .subject = &peer->key,
    };
}

/*
 * Upgrade: a peer on an attached network is reached over a longer path. The right on-link address
 * answers within milliseconds, and WireGuard then uses it. With a wrong one the packets of that
 * time are lost, so upgrades are rare and tried only with native members, which answer at once.
 */
static WlCandidate *
upgrade_candidate(WlEngine *self, WlPeer *peer)
{
    const WlRoamingCycle cycle = make_cycle(self, peer);

    if (!peer->boot.native || wl_policy_is_on_link(&self->policy, &peer->device.endpoint.ip))
        return NULL;
    wl_neighbors_resolve(self, peer);
    return wl_endpoint_cycling_next_upgrade(peer->endpoints.candidates, &cycle);
}

/* Packets in flight on the longer path may arrive after the first answer and return WireGuard to
 * that endpoint; the target is then set again. */
static void
reassert(WlEngine *self, WlPeer *peer)
{
    peer->roaming.reasserts++;
    set_endpoint(self, peer, &peer->roaming.target);
    peer->roaming.due = self->now + WL_ROAMING_UPGRADE_WAIT;
}

static void
start_upgrade(WlEngine *self, WlPeer *peer, WlCandidate *candidate)
{
    peer->roaming.upgrading = TRUE;
    peer->roaming.phase = WL_ROAMING_TRY;
    peer->roaming.started = self->now;
    peer->roaming.original = peer->device.endpoint;
    /* An upgrade always has a candidate. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    peer->roaming.target = candidate->endpoint;
    peer->roaming.target_answered = FALSE;
    peer->roaming.reasserts = 0;
    /* On another network the same address is another machine. */
    if (candidate->last_upgrade <= self->uplink.since)
        candidate->misses = 0;
    candidate->misses++;
    candidate->last_upgrade = candidate->last_tried = self->now;
    wl_address_limiter_note(&self->addresses, candidate, &peer->key, self->now);
    reassert(self, peer);
}

static void
finish(WlEngine *self, WlPeer *peer, gboolean found)
{
    peer->roaming.phase = WL_ROAMING_NONE;
    peer->roaming.upgrading = FALSE;
    peer->roaming.retry = WL_NEVER;
    wl_engine_local_facts_changed(self, peer);
    if (found) {
        peer->roaming.backoff = WL_ROAMING_RETRY_FIRST;
        return;
    }
    peer->roaming.retry = self->now + wl_engine_jitter(self, peer->roaming.backoff);
    peer->roaming.backoff = MIN(peer->roaming.backoff * 2, WL_ROAMING_RETRY_MAX);
}

static void
start_check(WlEngine *self, WlPeer *peer)
{
    wl_held_back_begin(&peer->held_back);
    peer->roaming.suspect = FALSE;
    peer->roaming.phase = WL_ROAMING_CHECK;
    peer->roaming.serial++;
    peer->roaming.started = self->now;
    peer->roaming.due =
        self->now + (can_answer(self, peer) ? check_patience(peer, peer->roaming.moved) : 0);
    peer->roaming.moved = FALSE;
    peer->roaming.has_baseline = FALSE;
    wl_neighbors_resolve(self,
                         peer); /* so that the results are known when other candidates are tried */
    wl_peer_request_alive(peer);
    if (peer->path.echo.responds)
        wl_peer_echo_probe(self, peer);
    wl_path_request_check(peer, self->now);
}

/* Where WireGuard begins a new session: where the peer was, or, if its name has other addresses
 * now, at one of these. A server that started again at another address has no session any more. */
static const WlEndpoint *
get_fallback(const WlPeer *peer)
{
    const GPtrArray *names = peer->endpoints.dns_names;
    const WlEndpoint *first = NULL;

    for (guint i = 0; i < names->len; i++) {
        const GArray *addresses = ((const WlEndpointDns *) names->pdata[i])->addresses;

        for (guint j = 0; j < addresses->len; j++) {
            const WlEndpoint *endpoint = &g_array_index(addresses, WlEndpoint, j);

            if (wl_endpoint_equal(endpoint, &peer->roaming.original))
                return &peer->roaming.original;
            if (!first && wl_candidates_find(peer->endpoints.candidates, endpoint))
                first = endpoint;
        }
    }
    return first ? first : &peer->roaming.original;
}

/* The current endpoint was silent. */
static void
try_next(WlEngine *self, WlPeer *peer)
{
    const WlRoamingCycle cycle = make_cycle(self, peer);
    WlCandidate *candidate =
        wl_endpoint_cycling_next_in_session(peer->endpoints.candidates, &cycle);
    const WlEndpoint *back;

    if (wl_endpoint_cycling_leaves_out_in_session(peer->endpoints.candidates, &cycle))
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_ADDRESS);
    if (candidate) {
        peer->roaming.phase = WL_ROAMING_TRY;
        candidate->roaming_serial = peer->roaming.serial;
        candidate->last_tried = self->now;
        wl_address_limiter_note(&self->addresses, candidate, &peer->key, self->now);
        set_endpoint(self, peer, &candidate->endpoint);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.due);
        return;
    }
    back = get_fallback(peer);
    if (!wl_endpoint_equal(&peer->device.endpoint, back))
        set_endpoint(self, peer, back);
    finish(self, peer, FALSE);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.retry);
}

/* No candidate can answer now; the one being tried must not stay in the device. */
static void
abandon(WlEngine *self, WlPeer *peer)
{
    peer->roaming.suspect = FALSE;
    if (peer->roaming.phase == WL_ROAMING_TRY && peer->liveness.healthy)
        wl_reconcile_request_endpoint(peer, &peer->roaming.original);
    if (peer->roaming.phase != WL_ROAMING_NONE)
        finish(self, peer, TRUE);
    peer->roaming.retry = WL_NEVER;
}

static void
end_upgrade(WlEngine *self, WlPeer *peer)
{
    if (peer->liveness.last_heard <= peer->roaming.started &&
        !wl_endpoint_equal(&peer->device.endpoint, &peer->roaming.original))
        set_endpoint(self, peer, &peer->roaming.original);
    if (peer->roaming.target_answered) {
        WlCandidate *candidate =
            wl_candidates_find(peer->endpoints.candidates, &peer->roaming.target);
        if (candidate)
            candidate->misses = 1; /* the target is the peer, not another machine */
    }
    finish(self, peer, TRUE);
}

/* Updates a check or try from a snapshot. */
static void
note_snapshot(WlEngine *self, WlPeer *peer)
{
    if (peer->roaming.phase == WL_ROAMING_NONE || peer->roaming.upgrading)
        return;
    /* The peer may have roamed since the last snapshot, before or during the check. */
    if (peer->roaming.phase == WL_ROAMING_CHECK)
        peer->roaming.original = peer->device.endpoint;
    if (!peer->roaming.has_baseline && peer->device.snapshot == self->now) {
        peer->roaming.baseline = peer->device.rx;
        peer->roaming.has_baseline = TRUE;
    }
}

static WlRoamingDecision
decide(WlEngine *self, WlPeer *peer, WlCandidate **upgrade)
{
    WlRoamingInput input = {
        .now = self->now,
        .roaming = &peer->roaming,
        .possible = peer->liveness.healthy && self->uplink.present,
        .silent = is_silent(self, peer),
        .at_original = wl_endpoint_equal(&peer->device.endpoint, &peer->roaming.original),
        .last_heard = peer->liveness.last_heard,
        .snapshot = peer->device.snapshot,
        .rx = peer->device.rx,
    };

    if (input.possible && peer->roaming.phase == WL_ROAMING_NONE && !peer->roaming.suspect)
        *upgrade = upgrade_candidate(self, peer);
    input.can_upgrade = *upgrade != NULL;
    return wl_roaming_decide(&input);
}

static void
act(WlEngine *self, WlPeer *peer, const WlRoamingDecision *decision, WlCandidate *upgrade)
{
    peer->roaming.target_answered = decision->target_answered;
    if (decision->read_device)
        wl_engine_request_snapshot(self);
    switch (decision->action) {
    case WL_ROAMING_STAY:
        break;
    case WL_ROAMING_READ_DEVICE:
        wl_engine_request_snapshot(self);
        break;
    case WL_ROAMING_READ_FOR_PEER:
        wl_engine_request_snapshot_for(self, peer);
        break;
    case WL_ROAMING_ABANDON:
        abandon(self, peer);
        break;
    case WL_ROAMING_START_CHECK:
        start_check(self, peer);
        break;
    case WL_ROAMING_START_UPGRADE:
        start_upgrade(self, peer, upgrade);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.due);
        break;
    case WL_ROAMING_REASSERT:
        reassert(self, peer);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.due);
        break;
    case WL_ROAMING_END_UPGRADE:
        end_upgrade(self, peer);
        break;
    case WL_ROAMING_TRY_NEXT:
        try_next(self, peer);
        break;
    case WL_ROAMING_SETTLE:
        finish(self, peer, TRUE);
        break;
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, decision->wake_at);
}

/* Judges what routers began to advertise in this turn, now that its facts are evaluated. Even what
 * they see must not move a session that works: the current endpoint is asked first. */
static void
judge_sightings(WlEngine *self, WlPeer *peer)
{
    guint n = peer->roaming.n_sightings;

    peer->roaming.n_sightings = 0;
    if (!peer->liveness.healthy || peer->roaming.suspect)
        return;
    for (guint i = 0; i < n; i++) {
        const WlEndpoint *endpoint = &peer->roaming.sightings[i];
        WlSighting sighting = wl_endpoint_cycling_judge_sighting(peer->endpoints.candidates,
                                                                 endpoint, &peer->device.endpoint);

        if (sighting == WL_SIGHTING_NONE)
            continue;
        if (!wl_rate_limit_take(&peer->roaming.sighting_rate, self->now,
                                WL_ROAMING_SIGHTING_INTERVAL, WL_ROAMING_SIGHTING_BURST)) {
            wl_engine_hold_back(self, peer, WL_HELD_BACK_CHECK);
            continue;
        }
        peer->roaming.moved = sighting == WL_SIGHTING_MOVED;
        wl_roaming_suspect(peer);
        return;
    }
}

void
wl_roaming_run(WlEngine *self, WlPeer *peer)
{
    WlCandidate *upgrade = NULL;
    WlRoamingDecision decision;

    if (wl_policy_is_on_link(&self->policy, &peer->device.endpoint.ip))
        peer->roaming.on_link = peer->device.endpoint.ip;
    judge_sightings(self, peer);
    note_snapshot(self, peer);
    decision = decide(self, peer, &upgrade);
    act(self, peer, &decision, upgrade);
    if (decision.action != WL_ROAMING_START_CHECK)
        return;
    /* A snapshot of this turn may be the baseline of the check that just began. */
    note_snapshot(self, peer);
    decision = decide(self, peer, &upgrade);
    act(self, peer, &decision, upgrade);
}

void
wl_roaming_session_began(WlPeer *peer)
{
    peer->roaming.backoff = WL_ROAMING_RETRY_FIRST;
}

void
wl_roaming_peer_roamed(WlPeer *peer, const WlEndpoint *endpoint)
{
    peer->roaming.original = *endpoint;
}
