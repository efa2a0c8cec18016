/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-candidates.h"
#include "wl-engine-private.h"

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
    return peer->ours || peer->echo.answers ? WL_MOVE_OURS : WL_MOVE_OTHERS;
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
    return peer->ours && peer->snapshot == self->now &&
           self->now - peer->alive_sent_before >= WL_SEC(15) &&
           peer->alive_sent_before > peer->handshake && peer->rx_time < peer->alive_sent_before &&
           peer->last_heard < peer->alive_sent_before;
}

static WlCandidate *
next_candidate(WlPeer *peer)
{
    for (guint i = 0; i < peer->candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);

        if (candidate->teller == WL_TELLER_OTHER || candidate->move == peer->move.serial ||
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
        wl_engine_probe_life(self, peer);
    peer->move.baseline = peer->rx;
    peer->move.due = self->now + patience(peer);
}

static void
finish(WlEngine *self, WlPeer *peer, gboolean found)
{
    peer->move.phase = WL_MOVE_NONE;
    peer->move.due = WL_NEVER;
    peer->move.retry = WL_NEVER;
    wl_engine_local_changed(self, peer);
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
    peer->force_ping = peer->ask = TRUE;
    if (peer->echo.answers)
        wl_engine_probe_life(self, peer);
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

void
wl_engine_run_move(WlEngine *self, WlPeer *peer)
{
    if (!peer->healthy || !self->uplink) {
        peer->move.hint = FALSE;
        if (peer->move.phase != WL_MOVE_NONE)
            finish(self, peer, TRUE);
        peer->move.retry = WL_NEVER;
        return;
    }
    if (peer->move.phase == WL_MOVE_NONE) {
        gboolean waits = peer->move.retry != WL_NEVER; /* it was silent a moment ago, too */
        if (!peer->move.hint && peer->move.retry > self->now && (waits || !is_silent(self, peer))) {
            wl_engine_need_peer(self, peer, peer->move.retry);
            return;
        }
        start(self, peer);
    }
    if (!peer->move.has_baseline) {
        if (peer->snapshot == self->now) {
            peer->move.baseline = peer->rx;
            peer->move.has_baseline = TRUE;
        } else {
            wl_engine_want_snapshot(self);
        }
    }
    if (answered(peer)) {
        finish(self, peer, TRUE);
        return;
    }
    if (peer->move.due <= self->now) {
        if (peer->snapshot < self->now) {
            wl_engine_want_snapshot(self);
            return;
        }
        advance(self, peer);
    }
    wl_engine_need_peer(self, peer,
                        peer->move.phase == WL_MOVE_NONE ? peer->move.retry : peer->move.due);
}
