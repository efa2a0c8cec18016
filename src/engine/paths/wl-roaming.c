/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-roaming.h"

#include "paths/wl-neighbors.h"
#include "paths/wl-peer-echo.h"
#include "state/wl-candidates.h"
#include "state/wl-engine-marks.h"

/*
 * A live session is never thrown away. Where its path may have died (a new uplink here, a new
 * address told by the peer itself or by a router, silence), it is asked with an Alive, and if
 * nothing authenticated comes, other addresses are tried inside the same session, which WireGuard's
 * roaming then confirms. Both sides do this at the same moment: that opens stateful filters on the
 * way.
 */

static gint64
patience(const WlPeer *peer)
{
    return peer->native || peer->echo.responds ? WL_ROAMING_PATIENCE : WL_ROAMING_PATIENCE_NO_ECHO;
}

static gboolean
answered(const WlPeer *peer)
{
    return peer->last_heard > peer->roaming.started ||
           (peer->roaming.has_baseline && peer->rx > peer->roaming.baseline);
}

/* Something was sent a period ago and nothing authenticated came since. */
static gboolean
is_silent(const WlEngine *self, const WlPeer *peer)
{
    return peer->native && peer->snapshot == self->now &&
           self->now - peer->alive_sent_before >= WL_ROAMING_SILENCE &&
           peer->alive_sent_before > peer->handshake && peer->rx_time < peer->alive_sent_before &&
           peer->last_heard < peer->alive_sent_before;
}

static WlCandidate *
next_candidate(WlPeer *peer)
{
    for (guint i = 0; i < peer->candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);

        if (candidate->source == WL_CANDIDATE_SOURCE_THIRD_PARTY ||
            candidate->roaming_serial == peer->roaming.serial ||
            wl_endpoint_equal(&candidate->endpoint, &peer->endpoint))
            continue;
        /* Somebody's private address on a network that is not ours leads nowhere. */
        if (candidate->rank == WL_RANK_PRIVATE && !candidate->worked)
            continue;
        return candidate;
    }
    return NULL;
}

static void
set_endpoint(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    peer->want_endpoint = TRUE;
    peer->wanted = *endpoint;
    wl_peer_request_alive(peer);
    if (peer->echo.responds)
        wl_peer_echo_probe(self, peer);
    peer->roaming.baseline = peer->rx;
    peer->roaming.due = self->now + patience(peer);
}

/*
 * A peer that is on a network of ours, but is reached by a longer way. The right one answers within
 * moments, and WireGuard then has its packets come by that address; of a wrong one the packets of
 * those moments are lost, so it is not tried often, and only with those who answer at once.
 */
static gint64
better_again(const WlCandidate *candidate)
{
    return candidate->last_upgrade +
           (WL_ROAMING_UPGRADE_RETRY << (MIN(candidate->misses, WL_ROAMING_UPGRADE_DOUBLINGS) - 1));
}

static WlCandidate *
better_candidate(WlEngine *self, WlPeer *peer)
{
    if (!peer->native || wl_policy_is_on_link(&self->policy, &peer->endpoint.ip))
        return NULL;
    wl_neighbors_resolve(self, peer);
    for (guint i = 0; i < peer->candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);

        if (candidate->rank != WL_RANK_ON_LINK ||
            candidate->source == WL_CANDIDATE_SOURCE_THIRD_PARTY ||
            (candidate->last_upgrade > self->uplink.since && better_again(candidate) > self->now))
            continue;
        return candidate;
    }
    return NULL;
}

/* What was on its way by the longer way comes after the first answer, and WireGuard goes back to
 * that: then the better one is set again. */
static void
push(WlEngine *self, WlPeer *peer)
{
    peer->roaming.reasserts++;
    set_endpoint(self, peer, &peer->roaming.target);
    peer->roaming.due = self->now + WL_ROAMING_UPGRADE_WAIT;
}

static void
start_better(WlEngine *self, WlPeer *peer, WlCandidate *candidate)
{
    peer->roaming.upgrading = TRUE;
    peer->roaming.phase = WL_ROAMING_TRY;
    peer->roaming.serial++;
    peer->roaming.started = self->now;
    peer->roaming.retry = WL_NEVER;
    peer->roaming.original = peer->endpoint;
    peer->roaming.target = candidate->endpoint;
    peer->roaming.target_answered = FALSE;
    peer->roaming.reasserts = 0;
    candidate->roaming_serial = peer->roaming.serial;
    /* On another network the same address is another machine. */
    if (candidate->last_upgrade <= self->uplink.since)
        candidate->misses = 0;
    candidate->misses++;
    candidate->last_upgrade = candidate->last_tried = self->now;
    push(self, peer);
}

static void
finish(WlEngine *self, WlPeer *peer, gboolean found)
{
    peer->roaming.phase = WL_ROAMING_NONE;
    peer->roaming.upgrading = FALSE;
    peer->roaming.due = WL_NEVER;
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
start(WlEngine *self, WlPeer *peer)
{
    peer->roaming.suspect = FALSE;
    peer->roaming.phase = WL_ROAMING_CHECK;
    peer->roaming.serial++;
    peer->roaming.started = self->now;
    peer->roaming.retry = WL_NEVER;
    peer->roaming.due = self->now + patience(peer);
    peer->roaming.has_baseline = FALSE;
    peer->roaming.original = peer->endpoint;
    wl_neighbors_resolve(self, peer); /* known by the time that others are tried */
    wl_peer_request_alive(peer);
    if (peer->echo.responds)
        wl_peer_echo_probe(self, peer);
    wl_path_request_check(peer, self->now);
}

/* The present address was given its time and is silent. */
static void
advance(WlEngine *self, WlPeer *peer)
{
    WlCandidate *candidate = next_candidate(peer);

    if (candidate) {
        peer->roaming.phase = WL_ROAMING_TRY;
        candidate->roaming_serial = peer->roaming.serial;
        candidate->last_tried = self->now;
        set_endpoint(self, peer, &candidate->endpoint);
        return;
    }
    if (!wl_endpoint_equal(&peer->endpoint, &peer->roaming.original))
        set_endpoint(self, peer, &peer->roaming.original);
    finish(self, peer, FALSE);
}

/* Nobody can answer now. What was being tried is not to stay as the place where the peer is. */
static void
give_up(WlEngine *self, WlPeer *peer)
{
    if (peer->roaming.phase == WL_ROAMING_TRY && peer->healthy) {
        peer->want_endpoint = TRUE;
        peer->wanted = peer->roaming.original;
    }
    finish(self, peer, TRUE);
}

/* The device knows by which address the answer came: it is where it sends to then. */
static void
run_better(WlEngine *self, WlPeer *peer)
{
    gboolean heard = peer->last_heard > peer->roaming.started;
    gboolean is_back = wl_endpoint_equal(&peer->endpoint, &peer->roaming.original);

    if (heard && !peer->roaming.target_answered && peer->snapshot == self->now)
        peer->roaming.target_answered = !is_back;
    else if (heard && !peer->roaming.target_answered && peer->last_heard == self->now)
        wl_engine_request_snapshot(self);
    if (peer->roaming.due > self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.due);
        return;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return;
    }
    if (is_back && peer->roaming.target_answered &&
        peer->roaming.reasserts < WL_ROAMING_REASSERTS) {
        push(self, peer);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.due);
        return;
    }
    if (!heard && !is_back)
        set_endpoint(self, peer, &peer->roaming.original);
    if (peer->roaming.target_answered) {
        WlCandidate *candidate = wl_candidates_find(peer->candidates, &peer->roaming.target);
        if (candidate)
            candidate->misses = 1; /* what went wrong after that is no stranger's doing */
    }
    finish(self, peer, TRUE);
}

/* It answered. By which address the device knows: what was late may still come by the one before,
 * and this one is then not to be passed on as one where the peer is. */
static void
settle(WlEngine *self, WlPeer *peer)
{
    gboolean shown = peer->roaming.has_baseline && peer->rx > peer->roaming.baseline;

    if (peer->roaming.phase != WL_ROAMING_TRY || shown)
        finish(self, peer, TRUE);
    else if (peer->snapshot < self->now)
        wl_engine_request_snapshot_for(self, peer);
    else if (peer->roaming.due > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->roaming.due); /* read a moment too early */
    else
        finish(self, peer, TRUE);
}

void
wl_roaming_run(WlEngine *self, WlPeer *peer)
{
    if (!peer->healthy || !self->uplink.present) {
        peer->roaming.suspect = FALSE;
        if (peer->roaming.phase != WL_ROAMING_NONE)
            give_up(self, peer);
        peer->roaming.retry = WL_NEVER;
        return;
    }
    if (peer->roaming.upgrading) {
        run_better(self, peer);
        return;
    }
    if (peer->roaming.phase == WL_ROAMING_NONE) {
        WlCandidate *better = peer->roaming.suspect ? NULL : better_candidate(self, peer);
        gboolean waits = peer->roaming.retry != WL_NEVER; /* it was silent a moment ago, too */
        /* The way back is where it is now: it may have roamed since the last look. */
        if (better && peer->snapshot < self->now) {
            wl_engine_request_snapshot(self);
            return;
        }
        if (better) {
            start_better(self, peer, better);
            wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.due);
            return;
        }
        if (!peer->roaming.suspect && peer->roaming.retry > self->now &&
            (waits || !is_silent(self, peer))) {
            wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->roaming.retry);
            return;
        }
        start(self, peer);
    }
    /* It may have roamed since the last look, before or while it is asked. */
    if (peer->roaming.phase == WL_ROAMING_CHECK)
        peer->roaming.original = peer->endpoint;
    if (!peer->roaming.has_baseline) {
        if (peer->snapshot == self->now) {
            peer->roaming.baseline = peer->rx;
            peer->roaming.has_baseline = TRUE;
        } else {
            wl_engine_request_snapshot(self);
        }
    }
    if (answered(peer)) {
        settle(self, peer);
        return;
    }
    if (peer->roaming.due <= self->now) {
        if (peer->snapshot < self->now) {
            wl_engine_request_snapshot(self);
            return;
        }
        advance(self, peer);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer,
                              peer->roaming.phase == WL_ROAMING_NONE ? peer->roaming.retry
                                                                     : peer->roaming.due);
}
