/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-go.h"

#include <string.h>

#include "paths/wl-peer-echo.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-predicates.h"

/*
 * A Go daemon says nothing about the way. It gives us our allowed IPs, and so takes the direct way
 * for both directions, at its next chunk (5 s) after it has a session and our Alive
 * (docs/protocol.md 7.3), and keeps to it while its handshake is valid. We follow it as closely as
 * can be seen:
 *
 *  - what it sends directly before we follow is dropped by the device, which counts it;
 *  - an echo to its link-local address from our IPv6 tunnel address is answered when it has us;
 *  - an echo to its IPv4 tunnel address by the router's way is not answered any more then, while
 *    those to the link-local addresses of both, sent at the same moment, are;
 *  - if none of these can be seen, by the time it needs.
 */

typedef enum {
    KIND_DIRECT, /* from our tunnel address to its link-local one */
    KIND_VIA,    /* between the tunnel addresses, by the router */
    /* Between the link-local addresses: whether those who carry the one by the router, and
     * ourselves, have a moment for it. */
    KIND_PEER,
    KIND_ROUTER,
    KIND_N,
} Kind;

#define BIT(kind) (1 << (kind))
#define CONTROLS  (BIT(KIND_PEER) | BIT(KIND_ROUTER))

/* Echoes of one moment. */
typedef struct {
    gint64 sent;
    guint16 sequences[KIND_N];
    guint8 asked, answered; /* bits of kinds */
} Round;

struct _WlPathObservation {
    gint64 until, due;
    guint windows; /* so many it did not move in */
    gint64 again;  /* when to look again; WL_NEVER: looking now */
    gboolean has_dropped;
    guint64 dropped; /* when we began to look */
    Round rounds[8];
    guint n;         /* all that there were */
    guint8 answered; /* bits of kinds that were in any round */
    gboolean via_lost_before;
    gint64 round_trip; /* longest, by the router */
    gint64 ping_due, ping_again;
    gint64 followed; /* and looking whether that was right; WL_NEVER: not yet */
    guint undone;
};

/* ---- probes */

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

/* An address of the peer itself that *router has as long as it is not direct. */
static const WlIp *
routed_address(const WlEngine *self, const WlPeer *peer, WlPeer **router)
{
    const GArray *lists[] = {peer->direct_ips, peer->learned_ips};

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

/* What an echo adds to the counters of whom it goes to first. */
static guint64
size_of(Kind kind)
{
    return kind == KIND_VIA ? WL_ECHO_SIZE_V4 : WL_ECHO_SIZE_V6;
}

static void
ask(WlEngine *self, WlPeer *peer, WlPeer *carrier, Kind kind, const WlIp *source,
    const WlIp *destination)
{
    WlPathObservation *approach = peer->observation;
    Round *round = &approach->rounds[(approach->n - 1) % G_N_ELEMENTS(approach->rounds)];

    round->sequences[kind] = wl_peer_echo_send(self, peer, source, destination);
    round->asked |= BIT(kind);
    carrier->own_tx += size_of(kind);
}

static void
ask_all(WlEngine *self, WlPeer *peer)
{
    const WlIp *own6 = own_address(self, WL_FAMILY_V6), *own4 = own_address(self, WL_FAMILY_V4);
    WlPeer *router = NULL;
    const WlIp *routed = routed_address(self, peer, &router);
    WlPathObservation *approach = peer->observation;

    approach->rounds[approach->n++ % G_N_ELEMENTS(approach->rounds)] = (Round){.sent = self->now};
    if (own6)
        ask(self, peer, peer, KIND_DIRECT, own6, &peer->link_local);
    if (!own4 || !routed)
        return;
    ask(self, peer, peer->direct ? peer : router, KIND_VIA, own4, routed);
    ask(self, peer, peer, KIND_PEER, NULL, &peer->link_local);
    ask(self, peer, router, KIND_ROUTER, NULL, &router->link_local);
}

static void
note_answer(WlEngine *self, WlPeer *peer, Round *round, Kind kind)
{
    gboolean by_router = kind == KIND_ROUTER || (kind == KIND_VIA && !peer->direct);
    WlPathObservation *approach = peer->observation;
    WlPeer *router = NULL;

    round->answered |= BIT(kind);
    approach->answered |= BIT(kind);
    if (kind == KIND_VIA)
        approach->round_trip = MAX(approach->round_trip, self->now - round->sent);
    else if (kind == KIND_PEER)
        wl_peer_echo_note_reply(self, peer);
    if (by_router)
        routed_address(self, peer, &router);
    if (!by_router || router)
        (by_router ? router : peer)->own_rx += size_of(kind);
}

static void
take_answer(WlEngine *self, WlPeer *peer, guint16 sequence)
{
    WlPathObservation *approach = peer->observation;

    for (guint i = 0; i < MIN(approach->n, G_N_ELEMENTS(approach->rounds)); i++) {
        Round *round = &approach->rounds[i];

        for (guint kind = 0; kind < KIND_N; kind++) {
            if ((round->asked & ~round->answered & BIT(kind)) &&
                round->sequences[kind] == sequence) {
                note_answer(self, peer, round, kind);
                return;
            }
        }
    }
}

void
wl_path_go_echo_reply(WlEngine *self, WlPeer *peer, guint16 sequence)
{
    wl_scheduler_schedule(&self->scheduler, peer);
    if (wl_peer_echo_take_reply(self, peer, sequence))
        return;
    if (peer->observation)
        take_answer(self, peer, sequence);
}

/* ---- has it moved? */

/* The @i-th before the last. */
static const Round *
round_before(const WlPathObservation *approach, guint i)
{
    return &approach->rounds[(approach->n - 1 - i) % G_N_ELEMENTS(approach->rounds)];
}

/* Only the echo by the router was not answered: nobody was away for a moment. */
static gboolean
is_only_via_lost(const WlPathObservation *approach, const Round *round)
{
    guint8 controls = approach->answered & CONTROLS;

    return (round->asked & ~round->answered & BIT(KIND_VIA)) &&
           (round->answered & controls) == controls;
}

/* When it is known that the last @enough by the router were lost, if nothing is answered until
 * then; WL_NEVER: there are not so many. */
static gint64
lost_from(const WlPathObservation *approach, guint enough)
{
    gint64 sent[G_N_ELEMENTS(approach->rounds)];
    guint n = 0;

    for (guint i = 0; i < MIN(approach->n, G_N_ELEMENTS(approach->rounds)); i++) {
        const Round *round = round_before(approach, i);

        /* What was lost before this one says nothing any more. */
        if (round->answered & BIT(KIND_VIA))
            break;
        if (is_only_via_lost(approach, round))
            sent[n++] = round->sent;
    }
    return n < enough ? WL_NEVER : sent[n - enough] + approach->round_trip + WL_PATH_GO_REPLY_SLACK;
}

/* From when on the last ones by the router are not answered any more. */
static gint64
via_lost_from(const WlPathObservation *approach)
{
    gboolean sure = !approach->via_lost_before && (approach->answered & CONTROLS);

    if (!(approach->answered & BIT(KIND_VIA)) || approach->undone >= WL_PATH_GO_REVERTS)
        return WL_NEVER;
    return lost_from(approach, sure ? WL_PATH_GO_LOST : WL_PATH_GO_LOST_LOSSY);
}

/* A way on which single packets are lost says less. */
static void
note_losses(WlPathObservation *approach)
{
    gboolean later_answered = FALSE;

    for (guint i = 0; i < MIN(approach->n, G_N_ELEMENTS(approach->rounds)); i++) {
        const Round *round = round_before(approach, i);

        if (round->answered & BIT(KIND_VIA))
            later_answered = TRUE;
        else if (later_answered && is_only_via_lost(approach, round))
            approach->via_lost_before = TRUE;
    }
}

/* The device's number is for all peers: it tells something of one only if no other is waited for.
 */
static gboolean
is_dropping(const WlEngine *self, const WlPeer *peer)
{
    WlPathObservation *approach = peer->observation;

    if (self->inference.open != 1) {
        approach->has_dropped = FALSE;
        return FALSE;
    }
    if (!approach->has_dropped) {
        approach->has_dropped = peer->snapshot == self->now;
        approach->dropped = self->inference.dropped;
        return FALSE;
    }
    return self->inference.dropped > approach->dropped;
}

static gboolean
has_moved(WlEngine *self, const WlPeer *peer)
{
    WlPathObservation *approach = peer->observation;

    note_losses(approach);
    return (approach->answered & BIT(KIND_DIRECT)) || is_dropping(self, peer) ||
           via_lost_from(approach) <= self->now;
}

static void
tick(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *approach = peer->observation;
    gint64 known;

    if (approach->due <= self->now) {
        approach->due = self->now + WL_PATH_GO_ROUND;
        ask_all(self, peer);
        if (self->inference.open == 1 && !peer->direct)
            wl_engine_request_snapshot(self);
    }
    if (approach->ping_due <= self->now && !peer->direct) {
        /* What it waits for. */
        wl_peer_force_alive(peer);
        approach->ping_due = self->now + approach->ping_again;
        approach->ping_again *= 2;
    }
    known = peer->direct ? lost_from(approach, WL_PATH_GO_LOST_LOSSY) : via_lost_from(approach);
    if (known > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, known);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, approach->due);
}

/* It could be seen, and it has not moved. */
static gboolean
is_known_not_moved(const WlEngine *self, const WlPeer *peer)
{
    return (peer->observation->answered & BIT(KIND_VIA)) ||
           (peer->echo.responds && own_address(self, WL_FAMILY_V6) != NULL);
}

static void
open_window(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *approach = peer->observation;
    guint windows = 0;

    if (!approach)
        self->inference.open++;
    else
        windows = approach->windows;
    g_free(approach);
    peer->observation = approach = g_new0(WlPathObservation, 1);
    approach->windows = windows;
    approach->again = WL_NEVER;
    approach->due = self->now;
    approach->until = self->now + WL_PATH_GO_WINDOW;
    approach->ping_due = self->now;
    approach->ping_again = WL_PATH_GO_ALIVE;
    approach->followed = WL_NEVER;
}

void
wl_path_go_end_inference(WlEngine *self, WlPeer *peer)
{
    if (!peer->observation)
        return;
    g_clear_pointer(&peer->observation, g_free);
    self->inference.open--;
}

/* Of anything authenticated. */
static gint64
last_sign(const WlPeer *peer)
{
    return MAX(MAX(peer->last_heard, peer->rx_seen), peer->handshake);
}

/* Something came directly since the direct way was left: a session that is only not over yet is no
 * reason to take it again. */
static gboolean
is_back(const WlPeer *peer)
{
    return last_sign(peer) > peer->path.fell_back;
}

/* TRUE when it is time to follow. */
static gboolean
approach(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *state = peer->observation;

    if (!state || state->again <= self->now) {
        open_window(self, peer);
        state = peer->observation;
    }
    if (state->again != WL_NEVER) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, state->again);
        return FALSE;
    }
    if (has_moved(self, peer))
        return TRUE;
    if (state->until <= self->now && !is_known_not_moved(self, peer) && is_back(peer) &&
        wl_peer_is_ready(peer, self->now))
        return TRUE;
    if (state->until + WL_PATH_GO_EXTRA <= self->now) {
        state->windows++;
        state->again = self->now + (state->windows < WL_PATH_GO_WINDOWS ? WL_PATH_GO_ROUND
                                                                        : WL_PATH_GO_WINDOW_RETRY);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, state->again);
        return FALSE;
    }
    tick(self, peer);
    return FALSE;
}

static void
forget_rounds(WlEngine *self, WlPathObservation *state)
{
    memset(state->rounds, 0, sizeof(state->rounds));
    state->n = 0;
    state->has_dropped = FALSE;
    state->due = self->now + WL_PATH_GO_ROUND;
}

static void
follow(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *state = peer->observation;

    peer->direct = TRUE;
    peer->path.promoted = self->now;
    /* Signs may deceive: whoever answered by the router has to do so directly now. */
    if ((state->answered & BIT(KIND_VIA)) && !(state->answered & BIT(KIND_DIRECT))) {
        state->followed = self->now;
        forget_rounds(self, state);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, state->due);
    } else {
        wl_path_go_end_inference(self, peer);
    }
}

/* We followed somebody who had not moved. Then that is what is waited for again. */
static void
undo(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *state = peer->observation;

    peer->direct = FALSE;
    state->followed = WL_NEVER;
    state->via_lost_before = TRUE;
    state->undone++;
    forget_rounds(self, state);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, state->due);
}

static void
check(WlEngine *self, WlPeer *peer)
{
    WlPathObservation *state = peer->observation;

    for (guint i = 0; i < MIN(state->n, G_N_ELEMENTS(state->rounds)); i++) {
        if (round_before(state, i)->answered & (BIT(KIND_VIA) | BIT(KIND_DIRECT))) {
            wl_path_go_end_inference(self, peer);
            return;
        }
    }
    if (lost_from(state, WL_PATH_GO_LOST_LOSSY) <= self->now)
        undo(self, peer);
    else if (state->followed + WL_PATH_GO_EXTRA <= self->now) /* it cannot be told */
        wl_path_go_end_inference(self, peer);
    else
        tick(self, peer);
}

/* ---- has it gone? */

/* Its packets come by the router, and nothing of it directly although it was asked: it has lost its
 * session, or started anew. */
static gboolean
has_gone(WlEngine *self, WlPeer *peer)
{
    gint64 heard = last_sign(peer);

    if (self->inference.dropped_since <= heard || self->now < heard + WL_PATH_SILENCE) {
        peer->echo.suspected_since = WL_LONG_AGO;
        return FALSE;
    }
    if (peer->echo.suspected_since == WL_LONG_AGO) {
        peer->echo.suspected_since = self->now;
        wl_peer_force_alive(peer);
        wl_peer_echo_probe(self, peer);
    }
    if (self->now < peer->echo.suspected_since +
                        (peer->echo.responds ? WL_PATH_GO_GONE : WL_PATH_SILENCE_NO_ECHO)) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->echo.suspected_since + WL_PATH_GO_GONE);
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->echo.suspected_since + WL_PATH_SILENCE_NO_ECHO);
        return FALSE;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return FALSE;
    }
    return self->inference.dropped_since > peer->echo.suspected_since;
}

/* When there is no traffic any more by then, nothing is to be done; more of it is a touch. */
static void
need_under_traffic(WlEngine *self, WlPeer *peer, gint64 when)
{
    if (when < peer->flow_until)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, when);
}

/* Under traffic a silent way is asked, and where it stays silent another address is tried inside
 * the session. */
static void
look_for_life(WlEngine *self, WlPeer *peer)
{
    gint64 heard = last_sign(peer);
    gint64 patience = peer->echo.responds ? WL_PATH_SILENCE : WL_PATH_SILENCE_NO_ECHO;

    if (peer->flow_until <= self->now || peer->roaming.phase != WL_ROAMING_NONE ||
        peer->roaming.retry != WL_NEVER)
        return;
    if (self->now < heard + WL_PATH_QUIET) {
        need_under_traffic(self, peer, heard + WL_PATH_QUIET);
        return;
    }
    if (peer->echo.responds && peer->echo.sent + WL_TRAFFIC_POLL <= self->now)
        wl_peer_echo_probe(self, peer);
    if (self->now < heard + patience || (peer->echo.responds && peer->echo.sent < heard)) {
        need_under_traffic(self, peer, heard + patience);
        return;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return;
    }
    wl_roaming_suspect(peer);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, self->now);
}

void
wl_path_go_run(WlEngine *self, WlPeer *peer, gboolean covered)
{
    gboolean moves = covered && !peer->basic;

    /* Whether echoes are answered is found out while they are. */
    if (peer->has_boot_id && peer->echo.sent < peer->echo.session_since)
        wl_peer_echo_probe(self, peer);
    if (moves && peer->direct && peer->observation && peer->observation->followed != WL_NEVER) {
        check(self, peer);
    } else if (!moves || peer->direct) {
        wl_path_go_end_inference(self, peer);
        /* Being late with an Alive does not end it, only a stale handshake does
         * (docs/protocol.md 7.3). */
        peer->direct = peer->direct || wl_peer_is_ready(peer, self->now);
    } else if (peer->has_boot_id && approach(self, peer)) {
        follow(self, peer);
    }
    if (peer->watched)
        look_for_life(self, peer);
    if (moves && peer->direct && has_gone(self, peer)) {
        peer->direct = FALSE;
        peer->path.fell_back = self->now;
        peer->echo.suspected_since = WL_LONG_AGO;
        wl_roaming_suspect(peer);
    }
    wl_traffic_watch(self, peer, moves && peer->direct);
}
