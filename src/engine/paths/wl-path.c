/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path.h"

#include "paths/wl-announcement.h"
#include "paths/wl-failover.h"
#include "paths/wl-path-decide.h"
#include "paths/wl-path-go.h"
#include "paths/wl-path-hold-down.h"
#include "paths/wl-peer-echo.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-predicates.h"
#include "wl-fact-codec.h"

/*
 * In WireGuard an allowed IP has one owner, for sending and for receiving. If one of two members
 * uses the direct path and the other the router's, packets of both directions are dropped. Two
 * native members therefore agree on (epoch, direct or router): the member that changes the path
 * increments the epoch and announces it over the link-local path, which is always direct, and the
 * other follows at once. If nothing gets through, each falls back by itself, after the same times.
 *
 * The direct path is promoted when a probe on it was acked, which proves both directions, and given
 * up when it is silent and probes are unacked. Probes are part of the same message: unlike echoes,
 * no firewall of the peer filters them.
 */

static gboolean
has_movable(const WlPeer *peer)
{
    return peer->prefixes.direct_ips->len > 0 || peer->prefixes.learned_ips->len > 0;
}

static WlPeer *
find_router_of_prefixes(const WlEngine *self, const WlPeer *peer)
{
    const GArray *lists[] = {peer->prefixes.direct_ips, peer->prefixes.learned_ips};

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

/* The fallback router of the first of its allowed IPs that has one. A native member whose addresses
 * another member has here is reached by the router of our own address. */
static WlPeer *
find_router(const WlEngine *self, const WlPeer *peer)
{
    if (peer->boot.native && !wl_peer_owns_prefix(peer))
        return wl_engine_find_own_router(self, peer);
    return find_router_of_prefixes(self, peer);
}

gboolean
wl_path_has_fallback(const WlEngine *self, const WlPeer *peer)
{
    return find_router(self, peer) != NULL;
}

/* ---- messages */

static void
send_message(WlEngine *self, WlPeer *peer, const WlKey *subject, const WlPathMessage *message)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    WlFact fact;
    GBytes *bytes;

    wl_fact_init_path(&fact, subject, message);
    wl_fact_encode(&fact, inner);
    bytes = wl_signer_sign(self->signer, &peer->key, inner->data, inner->len);
    if (bytes)
        wl_engine_send_datagram(self, peer, bytes);
}

static void
send_state(WlEngine *self, WlPeer *peer)
{
    WlPathAgreement *path = &peer->path.agreement;
    WlPathMessage message = {
        .version = WL_PATH_VERSION,
        .flags = path->direct ? WL_PATH_DIRECT : 0,
        .epoch = path->epoch,
        .ack = path->pending_ack,
    };

    if (path->probe_pending)
        message.probe = path->probe;
    path->pending_ack = 0;
    path->send_pending = path->probe_pending = FALSE;
    send_message(self, peer, &self->own.key, &message);
}

/* A peer without traffic has no reason to check a path that does not deliver our probes. The router
 * relays a request, which only causes a check, or a try if there is no session: each member decides
 * by itself. */
static void
request_probe(WlEngine *self, WlPeer *peer)
{
    const WlPathMessage request = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    WlPeer *router = find_router(self, peer);

    if (router && router->boot.native)
        send_message(self, router, &peer->key, &request);
}

static void
probe(WlEngine *self, WlPeer *peer)
{
    WlPathAgreement *path = &peer->path.agreement;

    path->probe++;
    if (path->probe == 0)
        path->probe = 1;
    path->last_probe = self->now;
    path->probes[path->probe % WL_PATH_ACK_WINDOW] = self->now;
    path->unacked++;
    path->send_pending = path->probe_pending = TRUE;
}

/* ---- changing the path */

static void
set_direct(WlEngine *self, WlPeer *peer, gboolean direct)
{
    WlPathAgreement *path = &peer->path.agreement;

    if (path->direct == direct)
        return;
    path->direct = direct;
    path->unacked = 0;
    path->watched_since = WL_NEVER;
    if (direct) {
        wl_path_hold_down_note_promotion(&peer->path, self->now);
        return;
    }
    /* A path that did not survive another uplink says nothing about the next one. */
    if (self->uplink.since + WL_PATH_CHECK <= self->now)
        wl_path_hold_down_note_failure(&peer->path, &peer->device.endpoint, self->now);
    peer->path.fell_back = self->now;
    path->fell_back_probe = path->probe;
    path->routed_since = self->now;
    path->probe_due = self->now + WL_PATH_PROBE_INTERVAL;
}

/* A decision of this member, which the peer must follow. */
static void
change(WlEngine *self, WlPeer *peer, gboolean direct)
{
    WlPathAgreement *path = &peer->path.agreement;

    if (path->epoch < G_MAXUINT32)
        path->epoch++;
    set_direct(self, peer, direct);
    path->acked = FALSE;
    path->announcements = 0;
    path->announce_due = self->now;
}

static gboolean
is_ack_of_ours(const WlPathAgreement *path, guint16 ack)
{
    return ack != 0 && (guint16) (path->probe - ack) < WL_PATH_ACK_WINDOW &&
           (guint16) (ack - path->fell_back_probe - 1) < G_MAXINT16;
}

/* An ack that comes too late to keep the path still tells how slow it is. */
static void
measure(const WlEngine *self, WlPeer *peer, guint16 ack)
{
    WlPathAgreement *path = &peer->path.agreement;
    gint64 *sent = &path->probes[ack % WL_PATH_ACK_WINDOW];

    if (ack == 0 || (guint16) (path->probe - ack) >= WL_PATH_ACK_WINDOW || *sent == 0)
        return;
    wl_round_trip_add(&peer->path.round_trip, self->now - *sent);
    *sent = 0;
}

/* A probe request. From a router: probe the path to @subject. From another member: relay the
 * request to @subject. */
static void
receive_probe_request(WlEngine *self, WlPeer *peer, const WlKey *subject)
{
    const WlPathMessage request = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    WlPeer *other = wl_peer_table_find(&self->peers, subject);

    if (other && other != peer && peer->router && !other->liveness.healthy) {
        wl_connect_asked(other);
        wl_scheduler_schedule(&self->scheduler, other);
        return;
    }
    if (!other || other == peer || !other->liveness.healthy || !other->boot.native)
        return;
    if (peer->router) {
        wl_path_request_urgent_check(other, self->now);
        wl_scheduler_schedule(&self->scheduler, other);
    } else if (self->own.router) {
        if (wl_rate_limit_take(&peer->path.agreement.requests, self->now, WL_PATH_REQUEST_INTERVAL,
                               WL_PATH_REQUEST_BURST))
            send_message(self, other, &peer->key, &request);
        else
            wl_engine_hold_back(self, peer, WL_HELD_BACK_PROBE_REQUEST);
    }
}

void
wl_path_receive(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const WlPathMessage *message = &fact->value.path;
    gboolean direct = (message->flags & WL_PATH_DIRECT) != 0, owns = wl_peer_owns_prefix(peer);
    WlPathAgreement *path = &peer->path.agreement;

    if (fact->attribute == WL_ATTRIBUTE_ROUTER) {
        wl_failover_receive(self, peer, fact);
        return;
    }
    if (message->version != WL_PATH_VERSION)
        return;
    /* Its Alive at the beginning of the session was lost, without which no path message is
     * answered; the next one would come in half a minute. */
    if (!peer->boot.known) {
        if (wl_rate_limit_take(&peer->path.introductions, self->now, WL_PATH_INTRODUCTION, 1)) {
            wl_peer_request_introduction(peer);
            wl_scheduler_schedule(&self->scheduler, peer);
        } else {
            wl_engine_hold_back(self, peer, WL_HELD_BACK_REPLY);
        }
    }
    if (message->flags & WL_PATH_PROBE_REQUEST) {
        receive_probe_request(self, peer, &fact->subject);
        return;
    }
    if (!wl_key_equal(&fact->subject, &peer->key))
        return;
    wl_scheduler_schedule(&self->scheduler, peer);
    measure(self, peer, message->ack);
    if (is_ack_of_ours(path, message->ack)) {
        path->last_ack = self->now;
        path->unacked = 0;
    }
    /* Who owns no prefix of the peer cannot follow it. */
    if (message->probe != 0 && owns) {
        path->pending_ack = message->probe;
        path->send_pending = TRUE;
    }
    if (message->epoch == path->epoch && direct == path->direct) {
        path->acked = TRUE;
    } else if (message->epoch > path->epoch && direct && !path->direct &&
               (!owns || wl_path_hold_down_permits_at(&peer->path, self->now) > self->now)) {
        /* With the same epoch the peer follows: the router is a path for both. */
        path->epoch = message->epoch;
        path->acked = FALSE;
        path->send_pending = TRUE;
    } else if (message->epoch > path->epoch || (message->epoch == path->epoch && !direct)) {
        path->epoch = message->epoch;
        set_direct(self, peer, direct);
        path->acked = TRUE;
        path->send_pending = TRUE;
    } else {
        path->send_pending = TRUE; /* the peer does not know the current epoch */
    }
}

/* ---- carrying decisions out */

/* FALSE if a router has not been heard yet since the uplink changed. */
static gboolean
answers_now(const WlEngine *self, const WlPeer *router)
{
    return router->liveness.last_heard >= self->uplink.since ||
           self->uplink.since + WL_PATH_CHECK <= self->now;
}

static WlPathDecision
decide(const WlEngine *self, const WlPeer *peer, gboolean has_fallback)
{
    const WlPathInput input = {
        .now = self->now,
        .path = &peer->path,
        .last_heard = peer->liveness.last_heard,
        .endpoint = &peer->device.endpoint,
        .handshake = peer->device.handshake,
        .rx_seen = peer->traffic.rx_seen,
        .snapshot = peer->device.snapshot,
        .flow_until = peer->traffic.flow_until,
        .has_fallback = has_fallback,
        .fallback_answers = has_fallback && answers_now(self, find_router(self, peer)),
        .may_be_promoted = has_movable(peer) && wl_peer_is_ready(peer, self->now),
    };

    return wl_path_decide(&input);
}

static void
act(WlEngine *self, WlPeer *peer, const WlPathDecision *decision)
{
    WlPathAgreement *path = &peer->path.agreement;

    path->watched_since = decision->watched_since;
    path->watched_until = decision->watched_until;
    path->check_until = decision->check_until;
    path->probe_due = decision->probe_due;
    path->unacked = decision->unacked;
    switch (decision->action) {
    case WL_PATH_STAY:
        break;
    case WL_PATH_PROBE:
        probe(self, peer);
        if (decision->request_probe)
            request_probe(self, peer);
        if (decision->read_device)
            wl_engine_request_snapshot(self);
        break;
    case WL_PATH_READ_DEVICE:
        wl_engine_request_snapshot(self);
        break;
    case WL_PATH_FALL_BACK:
        change(self, peer, FALSE);
        wl_roaming_suspect(peer); /* another endpoint may work */
        break;
    case WL_PATH_PROMOTE:
        change(self, peer, TRUE);
        break;
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, decision->wake_at);
}

static void
announce(WlEngine *self, WlPeer *peer)
{
    WlPathAgreement *path = &peer->path.agreement;

    if (!path->acked) {
        if (path->announce_due <= self->now) {
            path->send_pending = TRUE;
            path->announce_due = wl_announcement_next(self->now, path->announcements++);
        }
        wl_scheduler_wake_peer_at(&self->scheduler, peer, path->announce_due);
    }
    if (!path->send_pending)
        return;
    if (path->probe_pending ||
        wl_rate_limit_take(&path->send_rate, self->now, WL_PATH_SEND_INTERVAL, WL_PATH_SEND_BURST))
        send_state(self, peer);
    path->send_pending = FALSE;
}

static void
run_agreement(WlEngine *self, WlPeer *peer, gboolean has_fallback)
{
    WlPathDecision decision;

    if (peer->path.agreement.direct && has_fallback && !wl_peer_owns_prefix(peer))
        change(self, peer, FALSE);
    decision = decide(self, peer, has_fallback);
    act(self, peer, &decision);
    announce(self, peer);
}

/* Both members lose the session at about the same time: no message is needed. */
static void
end_agreement(WlEngine *self, WlPeer *peer)
{
    WlPathAgreement *path = &peer->path.agreement;

    path->live = path->direct = FALSE;
    peer->path.fell_back = self->now;
    path->fell_back_probe = path->probe;
    path->probe_due = WL_LONG_AGO;
    wl_path_start_over(peer, self->now);
    path->acked = TRUE;
    path->send_pending = path->probe_pending = FALSE;
    path->pending_ack = 0;
}

void
wl_path_run(WlEngine *self, WlPeer *peer)
{
    gboolean ready = wl_peer_is_ready(peer, self->now);
    gboolean has_fallback;

    if (!peer->liveness.healthy) {
        wl_traffic_watch(self, peer, FALSE);
        wl_path_go_end_inference(self, peer);
        wl_peer_echo_session_ended(peer);
        /* A message may arrive before the snapshot that shows the session: keep its state. */
        if (peer->path.agreement.live)
            end_agreement(self, peer);
        peer->path.direct = FALSE;
        /* Both members must try, or the filters of neither let the other in. */
        if (peer->path.agreement.request_pending)
            request_probe(self, peer);
        peer->path.agreement.request_pending = FALSE;
        return;
    }
    if (!peer->path.agreement.live)
        peer->path.agreement.routed_since = self->now;
    peer->path.agreement.live = TRUE;
    if (!wl_engine_can_reach(self, peer)) {
        wl_traffic_watch(self, peer, FALSE);
        return;
    }
    if (wl_failover_governs(self, peer)) {
        wl_path_go_end_inference(self, peer);
        if (peer->path.agreement.direct)
            end_agreement(self, peer);
        peer->path.direct = wl_failover_is_direct(self, peer);
        wl_traffic_watch(self, peer, wl_failover_is_watched(self, peer));
        return;
    }
    has_fallback = wl_path_has_fallback(self, peer);
    if (!peer->boot.native) {
        wl_path_go_run(self, peer, has_fallback);
        return;
    }
    wl_path_go_end_inference(self, peer);
    run_agreement(self, peer, has_fallback);
    /* Without a fallback router there is nothing to agree on. */
    peer->path.direct =
        peer->path.agreement.direct || ((peer->path.direct || ready) && !has_fallback);
    wl_traffic_watch(self, peer, peer->path.direct && has_fallback);
}
