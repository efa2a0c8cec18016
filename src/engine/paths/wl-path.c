/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path.h"

#include "paths/wl-path-go.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-predicates.h"
#include "wl-fact-codec.h"

/*
 * In WireGuard an allowed IP has one owner, for sending and for receiving: where one side of a pair
 * takes the direct way and the other that of a router, both directions are a hole. So a pair of
 * ours keeps one common way, (epoch, direct or router): whoever changes it counts the epoch up and
 * says so over the link-local path, which is always the direct one, and the other follows at once.
 * Where nothing comes through any more each leaves by its own observation, by the same times.
 *
 * The direct way is taken when a question was answered on it, so that both directions are known to
 * work, and left when nothing authenticated comes although it was asked. The questions are part of
 * the same message: unlike echoes no firewall of the other host filters them.
 */

static gboolean
has_movable(const WlPeer *peer)
{
    return peer->direct_ips->len > 0 || peer->learned_ips->len > 0;
}

/* Of the first of its allowed IPs that has one. */
static WlPeer *
find_router(const WlEngine *self, const WlPeer *peer)
{
    const GArray *lists[] = {peer->direct_ips, peer->learned_ips};

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint j = 0; j < lists[i]->len; j++) {
            WlPeer *router =
                wl_engine_find_fallback_router(self, peer, &g_array_index(lists[i], WlPrefix, j));
            if (router)
                return router;
        }
    }
    return NULL;
}

gboolean
wl_path_has_fallback(const WlEngine *self, const WlPeer *peer)
{
    return find_router(self, peer) != NULL;
}

/* ---- saying */

static void
send_way(WlEngine *self, WlPeer *peer, const WlKey *subject, const WlPathMessage *way)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    WlFact fact;
    GBytes *bytes;

    wl_fact_init_path(&fact, subject, way);
    wl_fact_encode(&fact, inner);
    bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (bytes)
        wl_engine_send_datagram(self, peer, bytes);
}

static void
say(WlEngine *self, WlPeer *peer)
{
    WlPathState *path = &peer->path;
    WlPathMessage way = {
        .version = WL_PATH_VERSION,
        .flags = path->direct ? WL_PATH_DIRECT : 0,
        .epoch = path->epoch,
        .ack = path->pending_ack,
    };

    if (path->last_probe == self->now)
        way.probe = path->probe;
    path->pending_ack = 0;
    path->send_pending = FALSE;
    send_way(self, peer, &self->own.key, &way);
}

/*
 * The other may have no traffic and so no reason to look, and the way to it is silent. The router
 * passes it on. It is a hint and no more: what becomes of the way each finds out by itself.
 */
static void
have_it_look(WlEngine *self, WlPeer *peer)
{
    const WlPathMessage look = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    WlPeer *router = find_router(self, peer);

    if (router && router->native)
        send_way(self, router, &peer->key, &look);
}

static void
ask(WlEngine *self, WlPeer *peer)
{
    WlPathState *path = &peer->path;

    path->probe++;
    if (path->probe == 0)
        path->probe = 1;
    path->last_probe = self->now;
    path->unacked++;
    path->send_pending = TRUE;
}

/* ---- changing */

static void
set_direct(WlEngine *self, WlPeer *peer, gboolean direct)
{
    WlPathState *path = &peer->path;

    if (path->direct == direct)
        return;
    path->direct = direct;
    path->unacked = 0;
    path->watched_since = WL_NEVER;
    if (direct) {
        path->promoted = self->now;
        return;
    }
    /* A way that is left again and again is taken less and less often. */
    if (self->now - path->promoted < WL_PATH_HOLD_DOWN_MAX)
        path->hold_down = CLAMP(path->hold_down * 2, WL_PATH_HOLD_DOWN_MIN, WL_PATH_HOLD_DOWN_MAX);
    else
        path->hold_down = WL_PATH_HOLD_DOWN_MIN;
    path->fell_back = self->now;
    path->fell_back_probe = path->probe;
    path->probe_backoff = WL_PATH_PROBE_INTERVAL;
    path->probe_due = self->now + WL_PATH_PROBE_INTERVAL;
}

/* Our own decision. */
static void
change(WlEngine *self, WlPeer *peer, gboolean direct)
{
    WlPathState *path = &peer->path;

    if (path->epoch < G_MAXUINT32)
        path->epoch++;
    set_direct(self, peer, direct);
    path->acked = FALSE;
    path->announcements = 0;
    path->announce_due = self->now;
}

static gboolean
is_answer(const WlPathState *path, guint16 answer)
{
    return answer != 0 && (guint16) (path->probe - answer) < WL_PATH_ACK_WINDOW &&
           (guint16) (answer - path->fell_back_probe - 1) < G_MAXINT16;
}

/* From a router: about the way to the subject. From somebody else: a router is to pass it on. */
static void
receive_look(WlEngine *self, WlPeer *peer, const WlKey *subject)
{
    const WlPathMessage look = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    WlPeer *other = wl_peer_table_find(&self->peers, subject);

    if (!other || other == peer || !other->healthy || !other->native ||
        !wl_rate_limit_take(&peer->path.send_rate, self->now, WL_PATH_SEND_INTERVAL,
                            WL_PATH_SEND_BURST))
        return;
    if (peer->router) {
        wl_path_request_check(other, self->now);
        wl_scheduler_schedule(&self->scheduler, other);
    } else if (self->own.router) {
        send_way(self, other, &peer->key, &look);
    }
}

void
wl_path_receive(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const WlPathMessage *way = &fact->value.path;
    gboolean direct = (way->flags & WL_PATH_DIRECT) != 0;
    WlPathState *path = &peer->path;

    if (way->version != WL_PATH_VERSION)
        return;
    if (way->flags & WL_PATH_PROBE_REQUEST) {
        receive_look(self, peer, &fact->subject);
        return;
    }
    if (!wl_key_equal(&fact->subject, &peer->key))
        return;
    wl_scheduler_schedule(&self->scheduler, peer);
    if (is_answer(path, way->ack)) {
        path->last_ack = self->now;
        path->unacked = 0;
    }
    if (way->probe != 0) {
        path->pending_ack = way->probe;
        path->send_pending = TRUE;
    }
    if (way->epoch == path->epoch && direct == path->direct) {
        path->acked = TRUE;
    } else if (way->epoch > path->epoch || (way->epoch == path->epoch && !direct)) {
        path->epoch = way->epoch;
        set_direct(self, peer, direct);
        path->acked = TRUE;
        path->send_pending = TRUE;
    } else {
        path->send_pending = TRUE; /* it does not know ours */
    }
}

/* ---- deciding */

static void
leave(WlEngine *self, WlPeer *peer)
{
    change(self, peer, FALSE);
    wl_roaming_suspect(peer); /* perhaps there is another address */
}

/* On the direct way: does anything still come? */
static void
watch(WlEngine *self, WlPeer *peer)
{
    gint64 heard = MAX(MAX(peer->last_heard, peer->rx_seen), peer->handshake);
    gint64 late = MAX(peer->last_heard, peer->path.promoted) + WL_PATH_ALIVE_LATE;
    WlPathState *path = &peer->path;
    gint64 until;

    if (!wl_path_has_fallback(self, peer)) {
        path->watched_since = WL_NEVER;
        return;
    }
    /* Its Alive should have come: also where there is no traffic it is known soon. */
    if (late <= self->now && path->check_until < late)
        wl_path_request_check(peer, self->now);
    until = MAX(peer->flow_until, path->check_until);
    if (MIN(until, path->watched_until) <= self->now)
        path->watched_since = WL_NEVER;
    path->watched_until = MAX(until, heard + WL_PATH_QUIET);
    if (until <= self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, late > self->now ? late : WL_NEVER);
        return;
    }
    /* Whoever had nothing to say until now is not silent. */
    if (path->watched_since == WL_NEVER)
        path->watched_since = self->now;
    if (path->last_probe <= MAX(heard, path->watched_since))
        path->unacked = 0;
    if (self->now < heard + WL_PATH_QUIET) {
        /* Where it is not looked at any more by then, nothing is to be done at the end of that. */
        if (heard + WL_PATH_QUIET < until)
            wl_scheduler_wake_peer_at(&self->scheduler, peer, heard + WL_PATH_QUIET);
        else if (late > self->now)
            wl_scheduler_wake_peer_at(&self->scheduler, peer, late);
        return;
    }
    if (self->now >= MAX(heard, path->watched_since) + WL_PATH_SILENCE &&
        path->unacked >= WL_PATH_PROBES && self->now >= path->last_probe + WL_PATH_PROBE_INTERVAL) {
        /* What came since the last look counts. */
        if (peer->snapshot < self->now)
            wl_engine_request_snapshot(self);
        else
            leave(self, peer);
        return;
    }
    if (path->last_probe + WL_PATH_PROBE_INTERVAL <= self->now) {
        ask(self, peer);
        /* At the first time where it was silent before. */
        if (path->unacked == (heard < path->watched_since ? 1 : 2))
            have_it_look(self, peer);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, path->last_probe + WL_PATH_PROBE_INTERVAL);
}

/* On the way of a router: does the direct one work? */
static void
test(WlEngine *self, WlPeer *peer)
{
    gint64 heard = MAX(peer->last_heard, peer->handshake);
    WlPathState *path = &peer->path;

    if (!has_movable(peer) || !wl_peer_is_ready(peer, self->now))
        return;
    if (path->last_ack > path->fell_back) {
        if (path->fell_back + path->hold_down <= self->now)
            change(self, peer, TRUE);
        else
            wl_scheduler_wake_peer_at(&self->scheduler, peer, path->fell_back + path->hold_down);
        return;
    }
    /* Something came: a good moment. */
    if (heard > path->last_probe)
        path->probe_due = MIN(path->probe_due, path->last_probe + WL_PATH_PROBE_INTERVAL);
    if (path->probe_due <= self->now) {
        ask(self, peer);
        path->probe_due = self->now + path->probe_backoff;
        path->probe_backoff = MIN(path->probe_backoff * 2, WL_PATH_PROBE_MAX);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, path->probe_due);
}

static void
tell(WlEngine *self, WlPeer *peer)
{
    WlPathState *path = &peer->path;

    if (!path->acked) {
        if (path->announce_due <= self->now) {
            guint doubled = MAX(path->announcements, WL_PATH_ANNOUNCE_FAST) - WL_PATH_ANNOUNCE_FAST;

            path->send_pending = TRUE;
            path->announcements++;
            path->announce_due =
                self->now + MIN(WL_PATH_ANNOUNCE_INTERVAL << MIN(doubled, 8), WL_PATH_ANNOUNCE_MAX);
        }
        wl_scheduler_wake_peer_at(&self->scheduler, peer, path->announce_due);
    }
    if (!path->send_pending)
        return;
    if (path->last_probe == self->now ||
        wl_rate_limit_take(&path->send_rate, self->now, WL_PATH_SEND_INTERVAL, WL_PATH_SEND_BURST))
        say(self, peer);
    path->send_pending = FALSE;
}

static void
run_agreement(WlEngine *self, WlPeer *peer)
{
    WlPathState *path = &peer->path;

    if (path->direct)
        watch(self, peer);
    else
        test(self, peer);
    tell(self, peer);
}

/* A dead session ends the direct way by itself, for both at about the same time. */
static void
end_agreement(WlEngine *self, WlPeer *peer)
{
    WlPathState *path = &peer->path;

    path->live = path->direct = FALSE;
    path->fell_back = self->now;
    path->fell_back_probe = path->probe;
    path->hold_down = 0;
    path->probe_due = WL_LONG_AGO;
    path->probe_backoff = WL_PATH_PROBE_INTERVAL;
    path->acked = TRUE;
    path->send_pending = FALSE;
    path->pending_ack = 0;
}

void
wl_path_run(WlEngine *self, WlPeer *peer)
{
    gboolean ready = wl_peer_is_ready(peer, self->now);
    gboolean covered;

    if (!peer->healthy) {
        wl_traffic_watch(self, peer, FALSE);
        wl_path_go_end_inference(self, peer);
        peer->echo.responds = FALSE;
        /* What comes by a session that we do not know of yet is kept until we do. */
        if (peer->path.live)
            end_agreement(self, peer);
        peer->direct = FALSE;
        return;
    }
    peer->path.live = TRUE;
    if (!wl_engine_can_reach(self, peer)) {
        wl_traffic_watch(self, peer, FALSE);
        return;
    }
    covered = wl_path_has_fallback(self, peer);
    if (!peer->native) {
        wl_path_go_run(self, peer, covered);
        return;
    }
    wl_path_go_end_inference(self, peer);
    run_agreement(self, peer);
    /* Where there is no other way, there is nothing to agree on. */
    peer->direct = peer->path.direct || ((peer->direct || ready) && !covered);
    wl_traffic_watch(self, peer, peer->direct && covered);
}
