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

#define TICK         WL_MS(100)
#define SLACK        WL_MS(300) /* for what is on its way */
#define LATER        WL_SEC(2)  /* where it could be seen that it had not moved */
#define AGAIN        WL_SEC(60)
#define WINDOWS      3
#define PING_AGAIN   WL_SEC(1) /* then twice as long: our Alive may be lost */
#define MAX_UNDONE   3
#define ANSWER_SLACK WL_MS(60)
#define LOST         2
#define LOST_OF_MANY 4

#define DROPS_WAIT WL_SEC(2) /* for an answer of somebody who seems to be gone */

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

struct _WlApproach {
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
    WlApproach *approach = peer->approach;
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
    WlApproach *approach = peer->approach;

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
    WlApproach *approach = peer->approach;
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
    WlApproach *approach = peer->approach;

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
    if (peer->approach)
        take_answer(self, peer, sequence);
}

/* ---- has it moved? */

/* The @i-th before the last. */
static const Round *
round_before(const WlApproach *approach, guint i)
{
    return &approach->rounds[(approach->n - 1 - i) % G_N_ELEMENTS(approach->rounds)];
}

/* Only the echo by the router was not answered: nobody was away for a moment. */
static gboolean
is_only_via_lost(const WlApproach *approach, const Round *round)
{
    guint8 controls = approach->answered & CONTROLS;

    return (round->asked & ~round->answered & BIT(KIND_VIA)) &&
           (round->answered & controls) == controls;
}

/* When it is known that the last @enough by the router were lost, if nothing is answered until
 * then; WL_NEVER: there are not so many. */
static gint64
lost_from(const WlApproach *approach, guint enough)
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
    return n < enough ? WL_NEVER : sent[n - enough] + approach->round_trip + ANSWER_SLACK;
}

/* From when on the last ones by the router are not answered any more. */
static gint64
via_lost_from(const WlApproach *approach)
{
    gboolean sure = !approach->via_lost_before && (approach->answered & CONTROLS);

    if (!(approach->answered & BIT(KIND_VIA)) || approach->undone >= MAX_UNDONE)
        return WL_NEVER;
    return lost_from(approach, sure ? LOST : LOST_OF_MANY);
}

/* A way on which single packets are lost says less. */
static void
note_losses(WlApproach *approach)
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
    WlApproach *approach = peer->approach;

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
    WlApproach *approach = peer->approach;

    note_losses(approach);
    return (approach->answered & BIT(KIND_DIRECT)) || is_dropping(self, peer) ||
           via_lost_from(approach) <= self->now;
}

static void
tick(WlEngine *self, WlPeer *peer)
{
    WlApproach *approach = peer->approach;
    gint64 known;

    if (approach->due <= self->now) {
        approach->due = self->now + TICK;
        ask_all(self, peer);
        if (self->inference.open == 1 && !peer->direct)
            wl_engine_request_snapshot(self);
    }
    if (approach->ping_due <= self->now && !peer->direct) {
        /* What it waits for. */
        peer->force_ping = TRUE;
        approach->ping_due = self->now + approach->ping_again;
        approach->ping_again *= 2;
    }
    known = peer->direct ? lost_from(approach, LOST_OF_MANY) : via_lost_from(approach);
    if (known > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, known);
    wl_scheduler_wake_peer_at(&self->scheduler, peer, approach->due);
}

/* It could be seen, and it has not moved. */
static gboolean
is_known_not_moved(const WlEngine *self, const WlPeer *peer)
{
    return (peer->approach->answered & BIT(KIND_VIA)) ||
           (peer->echo.answers && own_address(self, WL_FAMILY_V6) != NULL);
}

static void
open_window(WlEngine *self, WlPeer *peer)
{
    WlApproach *approach = peer->approach;
    guint windows = 0;

    if (!approach)
        self->inference.open++;
    else
        windows = approach->windows;
    g_free(approach);
    peer->approach = approach = g_new0(WlApproach, 1);
    approach->windows = windows;
    approach->again = WL_NEVER;
    approach->due = self->now;
    approach->until = self->now + WL_CHUNK_PERIOD + SLACK;
    approach->ping_due = self->now;
    approach->ping_again = PING_AGAIN;
    approach->followed = WL_NEVER;
}

void
wl_engine_end_approach(WlEngine *self, WlPeer *peer)
{
    if (!peer->approach)
        return;
    g_clear_pointer(&peer->approach, g_free);
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
    return last_sign(peer) > peer->pair.left;
}

/* TRUE when it is time to follow. */
static gboolean
approach(WlEngine *self, WlPeer *peer)
{
    WlApproach *state = peer->approach;

    if (!state || state->again <= self->now) {
        open_window(self, peer);
        state = peer->approach;
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
    if (state->until + LATER <= self->now) {
        state->windows++;
        state->again = self->now + (state->windows < WINDOWS ? TICK : AGAIN);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, state->again);
        return FALSE;
    }
    tick(self, peer);
    return FALSE;
}

static void
forget_rounds(WlEngine *self, WlApproach *state)
{
    memset(state->rounds, 0, sizeof(state->rounds));
    state->n = 0;
    state->has_dropped = FALSE;
    state->due = self->now + TICK;
}

static void
follow(WlEngine *self, WlPeer *peer)
{
    WlApproach *state = peer->approach;

    peer->direct = TRUE;
    peer->pair.returned = self->now;
    /* Signs may deceive: whoever answered by the router has to do so directly now. */
    if ((state->answered & BIT(KIND_VIA)) && !(state->answered & BIT(KIND_DIRECT))) {
        state->followed = self->now;
        forget_rounds(self, state);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, state->due);
    } else {
        wl_engine_end_approach(self, peer);
    }
}

/* We followed somebody who had not moved. Then that is what is waited for again. */
static void
undo(WlEngine *self, WlPeer *peer)
{
    WlApproach *state = peer->approach;

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
    WlApproach *state = peer->approach;

    for (guint i = 0; i < MIN(state->n, G_N_ELEMENTS(state->rounds)); i++) {
        if (round_before(state, i)->answered & (BIT(KIND_VIA) | BIT(KIND_DIRECT))) {
            wl_engine_end_approach(self, peer);
            return;
        }
    }
    if (lost_from(state, LOST_OF_MANY) <= self->now)
        undo(self, peer);
    else if (state->followed + LATER <= self->now) /* it cannot be told */
        wl_engine_end_approach(self, peer);
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

    if (self->inference.dropped_since <= heard || self->now < heard + WL_WAY_SILENCE) {
        peer->echo.doubted = WL_LONG_AGO;
        return FALSE;
    }
    if (peer->echo.doubted == WL_LONG_AGO) {
        peer->echo.doubted = self->now;
        peer->force_ping = TRUE;
        wl_peer_echo_probe(self, peer);
    }
    if (self->now < peer->echo.doubted + (peer->echo.answers ? DROPS_WAIT : WL_OTHERS_SILENCE)) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->echo.doubted + DROPS_WAIT);
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->echo.doubted + WL_OTHERS_SILENCE);
        return FALSE;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return FALSE;
    }
    return self->inference.dropped_since > peer->echo.doubted;
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
    gint64 patience = peer->echo.answers ? WL_WAY_SILENCE : WL_OTHERS_SILENCE;

    if (peer->flow_until <= self->now || peer->move.phase != WL_MOVE_NONE ||
        peer->move.retry != WL_NEVER)
        return;
    if (self->now < heard + WL_WAY_QUIET) {
        need_under_traffic(self, peer, heard + WL_WAY_QUIET);
        return;
    }
    if (peer->echo.answers && peer->echo.sent + WL_FLOW_LOOK <= self->now)
        wl_peer_echo_probe(self, peer);
    if (self->now < heard + patience || (peer->echo.answers && peer->echo.sent < heard)) {
        need_under_traffic(self, peer, heard + patience);
        return;
    }
    if (peer->snapshot < self->now) {
        wl_engine_request_snapshot(self);
        return;
    }
    peer->move.hint = TRUE;
    wl_scheduler_wake_peer_at(&self->scheduler, peer, self->now);
}

void
wl_engine_run_other_way(WlEngine *self, WlPeer *peer, gboolean covered)
{
    gboolean moves = covered && !peer->basic;

    /* Whether echoes are answered is found out while they are. */
    if (peer->has_boot_id && peer->echo.sent < peer->echo.session)
        wl_peer_echo_probe(self, peer);
    if (moves && peer->direct && peer->approach && peer->approach->followed != WL_NEVER) {
        check(self, peer);
    } else if (!moves || peer->direct) {
        wl_engine_end_approach(self, peer);
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
        peer->pair.left = self->now;
        peer->echo.doubted = WL_LONG_AGO;
        peer->move.hint = TRUE;
    }
    wl_engine_watch_peer(self, peer, moves && peer->direct);
}
