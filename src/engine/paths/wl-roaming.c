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
    return peer->native || peer->echo.answers ? WL_MOVE_OURS : WL_MOVE_OTHERS;
}

static gboolean
answered(const WlPeer *peer)
{
    return peer->last_heard > peer->move.started ||
           (peer->move.has_baseline && peer->rx > peer->move.baseline);
}

/* Something was sent a period ago and nothing authenticated came since. */
static gboolean
is_silent(const WlEngine *self, const WlPeer *peer)
{
    return peer->native && peer->snapshot == self->now &&
           self->now - peer->alive_sent_before >= WL_SEC(15) &&
           peer->alive_sent_before > peer->handshake && peer->rx_time < peer->alive_sent_before &&
           peer->last_heard < peer->alive_sent_before;
}

static WlCandidate *
next_candidate(WlPeer *peer)
{
    for (guint i = 0; i < peer->candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);

        if (candidate->source == WL_CANDIDATE_SOURCE_THIRD_PARTY ||
            candidate->move == peer->move.serial ||
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
    peer->force_ping = peer->ask = TRUE;
    if (peer->echo.answers)
        wl_peer_echo_probe(self, peer);
    peer->move.baseline = peer->rx;
    peer->move.due = self->now + patience(peer);
}

/*
 * A peer that is on a network of ours, but is reached by a longer way. The right one answers within
 * moments, and WireGuard then has its packets come by that address; of a wrong one the packets of
 * those moments are lost, so it is not tried often, and only with those who answer at once.
 */
static gint64
better_again(const WlCandidate *candidate)
{
    return candidate->preferred +
           (WL_MOVE_BETTER_AGAIN << (MIN(candidate->misses, WL_MOVE_BETTER_TIMES) - 1));
}

static WlCandidate *
better_candidate(WlEngine *self, WlPeer *peer)
{
    if (!peer->native || wl_policy_is_on_link(&self->policy, &peer->endpoint.ip))
        return NULL;
    wl_engine_ask_neighbours(self, peer);
    for (guint i = 0; i < peer->candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);

        if (candidate->rank != WL_RANK_ON_LINK ||
            candidate->source == WL_CANDIDATE_SOURCE_THIRD_PARTY ||
            (candidate->preferred > self->uplink.since && better_again(candidate) > self->now))
            continue;
        return candidate;
    }
    return NULL;
}

/* What was on its way by the longer way comes after the first answer, and WireGuard goes back to
 * that: then the better one is set again. */
#define MAX_PUSHES 4

static void
push(WlEngine *self, WlPeer *peer)
{
    peer->move.pushes++;
    set_endpoint(self, peer, &peer->move.target);
    peer->move.due = self->now + WL_MOVE_BETTER;
}

static void
start_better(WlEngine *self, WlPeer *peer, WlCandidate *candidate)
{
    peer->move.better = TRUE;
    peer->move.phase = WL_MOVE_TRY;
    peer->move.serial++;
    peer->move.started = self->now;
    peer->move.retry = WL_NEVER;
    peer->move.original = peer->endpoint;
    peer->move.target = candidate->endpoint;
    peer->move.answered = FALSE;
    peer->move.pushes = 0;
    candidate->move = peer->move.serial;
    /* On another network the same address is another machine. */
    if (candidate->preferred <= self->uplink.since)
        candidate->misses = 0;
    candidate->misses++;
    candidate->preferred = candidate->last_tried = self->now;
    push(self, peer);
}

static void
finish(WlEngine *self, WlPeer *peer, gboolean found)
{
    peer->move.phase = WL_MOVE_NONE;
    peer->move.better = FALSE;
    peer->move.due = WL_NEVER;
    peer->move.retry = WL_NEVER;
    wl_engine_local_facts_changed(self, peer);
    if (found) {
        peer->move.backoff = WL_MOVE_RETRY_FIRST;
        return;
    }
    peer->move.retry = self->now + wl_engine_jitter(self, peer->move.backoff);
    peer->move.backoff = MIN(peer->move.backoff * 2, WL_MOVE_RETRY_MAX);
}

static void
start(WlEngine *self, WlPeer *peer)
{
    peer->move.hint = FALSE;
    peer->move.phase = WL_MOVE_CHECK;
    peer->move.serial++;
    peer->move.started = self->now;
    peer->move.retry = WL_NEVER;
    peer->move.due = self->now + patience(peer);
    peer->move.has_baseline = FALSE;
    peer->move.original = peer->endpoint;
    wl_engine_ask_neighbours(self, peer); /* known by the time that others are tried */
    peer->force_ping = peer->ask = TRUE;
    if (peer->echo.answers)
        wl_peer_echo_probe(self, peer);
    peer->pair.check_until = self->now + WL_WAY_CHECK;
}

/* The present address was given its time and is silent. */
static void
advance(WlEngine *self, WlPeer *peer)
{
    WlCandidate *candidate = next_candidate(peer);

    if (candidate) {
        peer->move.phase = WL_MOVE_TRY;
        candidate->move = peer->move.serial;
        candidate->last_tried = self->now;
        set_endpoint(self, peer, &candidate->endpoint);
        return;
    }
    if (!wl_endpoint_equal(&peer->endpoint, &peer->move.original))
        set_endpoint(self, peer, &peer->move.original);
    finish(self, peer, FALSE);
}

/* Nobody can answer now. What was being tried is not to stay as the place where the peer is. */
static void
give_up(WlEngine *self, WlPeer *peer)
{
    if (peer->move.phase == WL_MOVE_TRY && peer->healthy) {
        peer->want_endpoint = TRUE;
        peer->wanted = peer->move.original;
    }
    finish(self, peer, TRUE);
}

/* The device knows by which address the answer came: it is where it sends to then. */
static void
run_better(WlEngine *self, WlPeer *peer)
{
    gboolean heard = peer->last_heard > peer->move.started;
    gboolean is_back = wl_endpoint_equal(&peer->endpoint, &peer->move.original);

    if (heard && !peer->move.answered && peer->snapshot == self->now)
        peer->move.answered = !is_back;
    else if (heard && !peer->move.answered && peer->last_heard == self->now)
        wl_engine_request_snapshot(self);
    if (peer->move.due > self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->move.due);
        return;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return;
    }
    if (is_back && peer->move.answered && peer->move.pushes < MAX_PUSHES) {
        push(self, peer);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->move.due);
        return;
    }
    if (!heard && !is_back)
        set_endpoint(self, peer, &peer->move.original);
    if (peer->move.answered) {
        WlCandidate *candidate = wl_candidates_find(peer->candidates, &peer->move.target);
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
    gboolean shown = peer->move.has_baseline && peer->rx > peer->move.baseline;

    if (peer->move.phase != WL_MOVE_TRY || shown)
        finish(self, peer, TRUE);
    else if (peer->snapshot < self->now)
        wl_engine_request_snapshot_for(self, peer);
    else if (peer->move.due > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->move.due); /* read a moment too early */
    else
        finish(self, peer, TRUE);
}

void
wl_engine_run_move(WlEngine *self, WlPeer *peer)
{
    if (!peer->healthy || !self->uplink.present) {
        peer->move.hint = FALSE;
        if (peer->move.phase != WL_MOVE_NONE)
            give_up(self, peer);
        peer->move.retry = WL_NEVER;
        return;
    }
    if (peer->move.better) {
        run_better(self, peer);
        return;
    }
    if (peer->move.phase == WL_MOVE_NONE) {
        WlCandidate *better = peer->move.hint ? NULL : better_candidate(self, peer);
        gboolean waits = peer->move.retry != WL_NEVER; /* it was silent a moment ago, too */
        /* The way back is where it is now: it may have roamed since the last look. */
        if (better && peer->snapshot < self->now) {
            wl_engine_request_snapshot(self);
            return;
        }
        if (better) {
            start_better(self, peer, better);
            wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->move.due);
            return;
        }
        if (!peer->move.hint && peer->move.retry > self->now && (waits || !is_silent(self, peer))) {
            wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->move.retry);
            return;
        }
        start(self, peer);
    }
    /* It may have roamed since the last look, before or while it is asked. */
    if (peer->move.phase == WL_MOVE_CHECK)
        peer->move.original = peer->endpoint;
    if (!peer->move.has_baseline) {
        if (peer->snapshot == self->now) {
            peer->move.baseline = peer->rx;
            peer->move.has_baseline = TRUE;
        } else {
            wl_engine_request_snapshot(self);
        }
    }
    if (answered(peer)) {
        settle(self, peer);
        return;
    }
    if (peer->move.due <= self->now) {
        if (peer->snapshot < self->now) {
            wl_engine_request_snapshot(self);
            return;
        }
        advance(self, peer);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer,
                              peer->move.phase == WL_MOVE_NONE ? peer->move.retry : peer->move.due);
}
