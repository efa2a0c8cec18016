/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-go.h"

#include "paths/wl-path-liveness.h"
#include "paths/wl-path-observation.h"
#include "paths/wl-peer-echo.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-predicates.h"

/*
 * A Go daemon does not announce its path. It promotes the direct path, by giving us our allowed
 * IPs, at its next chunk (5 s) after it has a session and our Alive (docs/protocol.md 7.3), and
 * keeps it while its handshake is valid. Observation windows watch for signs that it has promoted:
 *
 *  - packets that it sends directly before we follow are dropped and counted by the device;
 *  - it replies to an echo from our IPv6 tunnel address to its link-local address;
 *  - it no longer replies to an echo to its IPv4 tunnel address through the router, while the
 *    control echoes of the same round are replied to;
 *  - if none of these signs is possible, the time that a daemon needs is over.
 */

struct _WlPeerInference {
    WlPathObservation observation;
    gint64 until, due;              /* of the window; of its next round */
    guint windows;                  /* in which the peer did not promote */
    gint64 reopen;                  /* the next window; WL_NEVER: one is open */
    gint64 alive_due, alive_period; /* of the next Alive in the window */
    gint64 followed;                /* and not yet confirmed; WL_NEVER: not followed */
};

/* ---- echoes */

static const WlIp *
own_address(const WlEngine *self, WlFamily family)
{
    for (guint i = 0; i < self->config->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(self->config->addresses, WlPrefix, i);
        if (address->ip.family == family && wl_ip_is_global_unicast(&address->ip))
            return &address->ip;
    }
    return NULL;
}

/* An IPv4 tunnel address of the peer that *router has as long as the peer is not direct. */
static const WlIp *
transit_address(const WlEngine *self, const WlPeer *peer, WlPeer **router)
{
    const GArray *lists[] = {peer->prefixes.direct_ips, peer->prefixes.learned_ips};

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint j = 0; j < lists[i]->len; j++) {
            const WlPrefix *prefix = &g_array_index(lists[i], WlPrefix, j);
            if (prefix->ip.family == WL_FAMILY_V4 && prefix->length == 32 &&
                (*router = wl_engine_find_fallback_router(self, peer, prefix)))
                return &prefix->ip;
        }
    }
    return NULL;
}

/* The bytes that an echo adds to the counters of the first peer that transmits it. */
static guint64
echo_size(WlPathEcho kind)
{
    return kind == WL_PATH_ECHO_TRANSIT ? WL_ECHO_SIZE_V4 : WL_ECHO_SIZE_V6;
}

static void
send_echo(WlEngine *self, WlPeer *peer, WlPeer *next_hop, WlPathEcho kind, const WlIp *source,
          const WlIp *destination)
{
    guint16 sequence = wl_peer_echo_send(self, peer, source, destination);

    wl_path_observation_note_request(&peer->path.inference->observation, kind, sequence);
    wl_peer_add_own_tx(next_hop, echo_size(kind));
}

static void
send_round(WlEngine *self, WlPeer *peer)
{
    const WlIp *own6 = own_address(self, WL_FAMILY_V6), *own4 = own_address(self, WL_FAMILY_V4);
    WlPeer *router = NULL;
    const WlIp *transit = transit_address(self, peer, &router);

    wl_path_observation_begin_round(&peer->path.inference->observation, self->now);
    if (own6)
        send_echo(self, peer, peer, WL_PATH_ECHO_DIRECT, own6, &peer->link_local);
    if (!own4 || !transit)
        return;
    send_echo(self, peer, peer->path.direct ? peer : router, WL_PATH_ECHO_TRANSIT, own4, transit);
    send_echo(self, peer, peer, WL_PATH_ECHO_PEER, NULL, &peer->link_local);
    send_echo(self, peer, router, WL_PATH_ECHO_ROUTER, NULL, &router->link_local);
}

void
wl_path_go_echo_reply(WlEngine *self, WlPeer *peer, guint16 sequence)
{
    WlPathEcho kind;
    WlPeer *last_hop = peer;

    wl_scheduler_schedule(&self->scheduler, peer);
    if (wl_peer_echo_take_reply(self, peer, sequence) || !peer->path.inference)
        return;
    kind = wl_path_observation_note_reply(&peer->path.inference->observation, sequence, self->now);
    if (kind == WL_PATH_ECHO_N)
        return;
    if (kind == WL_PATH_ECHO_PEER)
        wl_peer_echo_note_reply(self, peer);
    if (kind == WL_PATH_ECHO_ROUTER || (kind == WL_PATH_ECHO_TRANSIT && !peer->path.direct)) {
        last_hop = NULL;
        transit_address(self, peer, &last_hop);
    }
    if (last_hop)
        wl_peer_add_own_rx(last_hop, echo_size(kind));
}

/* ---- observation windows */

static gboolean
has_promoted(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *observation = &peer->path.inference->observation;
    gboolean dropping = wl_path_observation_note_dropped(observation, self->inference.dropped,
                                                         self->inference.open == 1,
                                                         peer->device.snapshot == self->now);

    wl_path_observation_note_losses(observation);
    return dropping || wl_path_observation_has_reply(observation, WL_PATH_ECHO_DIRECT) ||
           wl_path_observation_promoted_at(observation) <= self->now;
}

static void
continue_window(WlEngine *self, WlPeer *peer)
{
    WlPeerInference *inference = peer->path.inference;
    gint64 conclusion;

    if (inference->due <= self->now) {
        inference->due = self->now + WL_PATH_GO_ROUND;
        send_round(self, peer);
        if (self->inference.open == 1 && !peer->path.direct)
            wl_engine_request_snapshot(self);
    }
    if (inference->alive_due <= self->now && !peer->path.direct) {
        /* The daemon waits for an Alive. */
        wl_peer_force_alive(peer);
        inference->alive_due = self->now + inference->alive_period;
        inference->alive_period *= 2;
    }
    conclusion = peer->path.direct ? wl_path_observation_refuted_at(&inference->observation)
                                   : wl_path_observation_promoted_at(&inference->observation);
    if (conclusion > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, conclusion);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, inference->due);
}

/* TRUE if a sign is possible, so that its absence shows that the peer has not promoted. */
static gboolean
is_sign_possible(const WlEngine *self, const WlPeer *peer)
{
    return wl_path_observation_has_reply(&peer->path.inference->observation,
                                         WL_PATH_ECHO_TRANSIT) ||
           (peer->path.echo.responds && own_address(self, WL_FAMILY_V6) != NULL);
}

/* FALSE if the peer has had too many. */
static gboolean
open_window(WlEngine *self, WlPeer *peer)
{
    WlPeerInference *inference = peer->path.inference;
    guint windows = 0;

    if (!wl_rate_limit_take(&peer->path.windows, self->now, WL_PATH_GO_WINDOW_REFILL,
                            WL_PATH_GO_WINDOW_BURST)) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  wl_rate_limit_when(&peer->path.windows, self->now,
                                                     WL_PATH_GO_WINDOW_REFILL,
                                                     WL_PATH_GO_WINDOW_BURST));
        wl_engine_hold_back_once(self, peer, WL_HELD_BACK_OBSERVATION);
        return FALSE;
    }
    wl_held_back_end(&peer->held_back, WL_HELD_BACK_OBSERVATION);
    if (!inference) {
        self->inference.open++;
        peer->path.inference = inference = g_new(WlPeerInference, 1);
    } else {
        windows = inference->windows;
    }
    *inference = (WlPeerInference){
        .windows = windows,
        .reopen = WL_NEVER,
        .due = self->now,
        .until = self->now + WL_PATH_GO_WINDOW,
        .alive_due = self->now,
        .alive_period = WL_PATH_GO_ALIVE,
        .followed = WL_NEVER,
    };
    return TRUE;
}

void
wl_path_go_end_inference(WlEngine *self, WlPeer *peer)
{
    if (!peer->path.inference)
        return;
    g_clear_pointer(&peer->path.inference, g_free);
    self->inference.open--;
}

/* TRUE if the peer was heard since the fall-back: a session that has merely not expired is no
 * reason to promote. */
static gboolean
was_heard_since_fall_back(const WlPeer *peer)
{
    return wl_path_liveness_last_heard(peer) > peer->path.fell_back;
}

/* TRUE when it is time to follow. */
static gboolean
observe(WlEngine *self, WlPeer *peer)
{
    WlPeerInference *inference;

    if ((!peer->path.inference || peer->path.inference->reopen <= self->now) &&
        !open_window(self, peer))
        return FALSE;
    inference = peer->path.inference;
    if (inference->reopen != WL_NEVER) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, inference->reopen);
        return FALSE;
    }
    if (has_promoted(self, peer))
        return TRUE;
    if (inference->until <= self->now && !is_sign_possible(self, peer) &&
        was_heard_since_fall_back(peer) && wl_peer_is_ready(peer, self->now))
        return TRUE;
    if (inference->until + WL_PATH_GO_EXTRA <= self->now) {
        inference->windows++;
        inference->reopen =
            self->now +
            (inference->windows < WL_PATH_GO_WINDOWS ? WL_PATH_GO_ROUND : WL_PATH_GO_WINDOW_RETRY);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, inference->reopen);
        return FALSE;
    }
    continue_window(self, peer);
    return FALSE;
}

/* ---- following */

static void
schedule_next_round(WlEngine *self, WlPeer *peer)
{
    peer->path.inference->due = self->now + WL_PATH_GO_ROUND;
    wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->path.inference->due);
}

static void
follow(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *observation = &peer->path.inference->observation;

    peer->path.direct = TRUE;
    peer->path.promoted = self->now;
    if (!wl_path_observation_has_reply(observation, WL_PATH_ECHO_TRANSIT) ||
        wl_path_observation_has_reply(observation, WL_PATH_ECHO_DIRECT)) {
        wl_path_go_end_inference(self, peer);
        return;
    }
    /* Packet loss makes these signs unreliable: a peer that replied through the router must now
     * reply directly. */
    peer->path.inference->followed = self->now;
    wl_path_observation_restart(observation);
    schedule_next_round(self, peer);
}

/* The peer had not promoted; observe it again. */
static void
revert(WlEngine *self, WlPeer *peer)
{
    peer->path.direct = FALSE;
    peer->path.inference->followed = WL_NEVER;
    wl_path_observation_revert(&peer->path.inference->observation);
    schedule_next_round(self, peer);
}

static void
confirm(WlEngine *self, WlPeer *peer)
{
    WlPeerInference *inference = peer->path.inference;

    if (wl_path_observation_is_confirmed(&inference->observation))
        wl_path_go_end_inference(self, peer);
    else if (wl_path_observation_refuted_at(&inference->observation) <= self->now)
        revert(self, peer);
    else if (inference->followed + WL_PATH_GO_EXTRA <= self->now) /* no sign for either */
        wl_path_go_end_inference(self, peer);
    else
        continue_window(self, peer);
}

static void
fall_back(WlEngine *self, WlPeer *peer)
{
    peer->path.direct = FALSE;
    peer->path.fell_back = self->now;
    wl_roaming_suspect(peer);
}

/* A native member whose first Alive was lost shows what it is by its path messages, and sends
 * another one on request. A Go daemon sends the next one after half a minute. */
static gboolean
is_kind_clear(WlEngine *self, WlPeer *peer)
{
    gint64 due = peer->path.echo.session_since + WL_PATH_GO_UNKNOWN;

    if (peer->boot.known || due <= self->now)
        return TRUE;
    wl_scheduler_wake_peer_at(&self->scheduler, peer, due);
    return FALSE;
}

void
wl_path_go_run(WlEngine *self, WlPeer *peer, gboolean has_fallback)
{
    gboolean infers = has_fallback && !peer->basic;

    /* Echo replies are significant only if the peer replies while it is reachable. */
    if (peer->boot.known && peer->path.echo.sent < peer->path.echo.session_since)
        wl_peer_echo_probe(self, peer);
    if (infers && peer->path.direct && peer->path.inference &&
        peer->path.inference->followed != WL_NEVER) {
        confirm(self, peer);
    } else if (!infers || peer->path.direct) {
        wl_path_go_end_inference(self, peer);
        /* A late Alive does not end the direct path; only an expired handshake does
         * (docs/protocol.md 7.3). */
        peer->path.direct = peer->path.direct || wl_peer_is_ready(peer, self->now);
    } else if (is_kind_clear(self, peer) && observe(self, peer)) {
        follow(self, peer);
    }
    if (peer->traffic.watched)
        wl_path_liveness_check(self, peer);
    if (infers && peer->path.direct && wl_path_liveness_has_fallen_back(self, peer))
        fall_back(self, peer);
    wl_traffic_watch(self, peer, infers && peer->path.direct);
}
