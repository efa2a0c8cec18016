/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path.h"

#include "paths/wl-path-go.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-predicates.h"

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

#define REPLY_INTERVAL WL_MS(100)
#define REPLY_BURST    10
/* Answers may be late: so many questions back they count. */
#define QUESTIONS_BACK 8

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
wl_engine_is_covered(const WlEngine *self, const WlPeer *peer)
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
    WlPair *pair = &peer->pair;
    WlPathMessage way = {
        .version = WL_PATH_VERSION,
        .flags = pair->direct ? WL_PATH_DIRECT : 0,
        .epoch = pair->epoch,
        .ack = pair->owed,
    };

    if (pair->asked == self->now)
        way.probe = pair->question;
    pair->owed = 0;
    pair->reply = FALSE;
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
    WlPair *pair = &peer->pair;

    pair->question++;
    if (pair->question == 0)
        pair->question = 1;
    pair->asked = self->now;
    pair->unanswered++;
    pair->reply = TRUE;
}

/* ---- changing */

static void
set_direct(WlEngine *self, WlPeer *peer, gboolean direct)
{
    WlPair *pair = &peer->pair;

    if (pair->direct == direct)
        return;
    pair->direct = direct;
    pair->unanswered = 0;
    pair->watching = WL_NEVER;
    if (direct) {
        pair->returned = self->now;
        return;
    }
    /* A way that is left again and again is taken less and less often. */
    if (self->now - pair->returned < WL_WAY_HOLD_MAX)
        pair->hold = CLAMP(pair->hold * 2, WL_WAY_HOLD_MIN, WL_WAY_HOLD_MAX);
    else
        pair->hold = WL_WAY_HOLD_MIN;
    pair->left = self->now;
    pair->left_with = pair->question;
    pair->ask_backoff = WL_WAY_ASK;
    pair->ask_due = self->now + WL_WAY_ASK;
}

/* Our own decision. */
static void
change(WlEngine *self, WlPeer *peer, gboolean direct)
{
    WlPair *pair = &peer->pair;

    if (pair->epoch < G_MAXUINT32)
        pair->epoch++;
    set_direct(self, peer, direct);
    pair->told = FALSE;
    pair->tries = 0;
    pair->send_due = self->now;
}

static gboolean
is_answer(const WlPair *pair, guint16 answer)
{
    return answer != 0 && (guint16) (pair->question - answer) < QUESTIONS_BACK &&
           (guint16) (answer - pair->left_with - 1) < G_MAXINT16;
}

/* From a router: about the way to the subject. From somebody else: a router is to pass it on. */
static void
receive_look(WlEngine *self, WlPeer *peer, const WlKey *subject)
{
    const WlPathMessage look = {.version = WL_PATH_VERSION, .flags = WL_PATH_PROBE_REQUEST};
    WlPeer *other = wl_peer_table_find(&self->peers, subject);

    if (!other || other == peer || !other->healthy || !other->native ||
        !wl_rate_limit_take(&peer->pair.replies, self->now, REPLY_INTERVAL, REPLY_BURST))
        return;
    if (peer->router) {
        other->pair.check_until = self->now + WL_WAY_CHECK;
        wl_scheduler_schedule(&self->scheduler, other);
    } else if (self->own.router) {
        send_way(self, other, &peer->key, &look);
    }
}

void
wl_engine_receive_way(WlEngine *self, WlPeer *peer, const WlFact *fact)
{
    const WlPathMessage *way = &fact->value.path;
    gboolean direct = (way->flags & WL_PATH_DIRECT) != 0;
    WlPair *pair = &peer->pair;

    if (way->version != WL_PATH_VERSION)
        return;
    if (way->flags & WL_PATH_PROBE_REQUEST) {
        receive_look(self, peer, &fact->subject);
        return;
    }
    if (!wl_key_equal(&fact->subject, &peer->key))
        return;
    wl_scheduler_schedule(&self->scheduler, peer);
    if (is_answer(pair, way->ack)) {
        pair->answered = self->now;
        pair->unanswered = 0;
    }
    if (way->probe != 0) {
        pair->owed = way->probe;
        pair->reply = TRUE;
    }
    if (way->epoch == pair->epoch && direct == pair->direct) {
        pair->told = TRUE;
    } else if (way->epoch > pair->epoch || (way->epoch == pair->epoch && !direct)) {
        pair->epoch = way->epoch;
        set_direct(self, peer, direct);
        pair->told = TRUE;
        pair->reply = TRUE;
    } else {
        pair->reply = TRUE; /* it does not know ours */
    }
}

/* ---- deciding */

static void
leave(WlEngine *self, WlPeer *peer)
{
    change(self, peer, FALSE);
    peer->move.hint = TRUE; /* perhaps there is another address */
}

/* On the direct way: does anything still come? */
static void
watch(WlEngine *self, WlPeer *peer)
{
    gint64 heard = MAX(MAX(peer->last_heard, peer->rx_seen), peer->handshake);
    gint64 late = MAX(peer->last_heard, peer->pair.returned) + WL_WAY_LATE;
    WlPair *pair = &peer->pair;
    gint64 until;

    if (!wl_engine_is_covered(self, peer)) {
        pair->watching = WL_NEVER;
        return;
    }
    /* Its Alive should have come: also where there is no traffic it is known soon. */
    if (late <= self->now && pair->check_until < late)
        pair->check_until = self->now + WL_WAY_CHECK;
    until = MAX(peer->flow_until, pair->check_until);
    if (MIN(until, pair->watched_to) <= self->now)
        pair->watching = WL_NEVER;
    pair->watched_to = MAX(until, heard + WL_WAY_QUIET);
    if (until <= self->now) {
        wl_scheduler_wake_peer_at(&self->scheduler, peer, late > self->now ? late : WL_NEVER);
        return;
    }
    /* Whoever had nothing to say until now is not silent. */
    if (pair->watching == WL_NEVER)
        pair->watching = self->now;
    if (pair->asked <= MAX(heard, pair->watching))
        pair->unanswered = 0;
    if (self->now < heard + WL_WAY_QUIET) {
        /* Where it is not looked at any more by then, nothing is to be done at the end of that. */
        if (heard + WL_WAY_QUIET < until)
            wl_scheduler_wake_peer_at(&self->scheduler, peer, heard + WL_WAY_QUIET);
        else if (late > self->now)
            wl_scheduler_wake_peer_at(&self->scheduler, peer, late);
        return;
    }
    if (self->now >= MAX(heard, pair->watching) + WL_WAY_SILENCE &&
        pair->unanswered >= WL_WAY_ASKS && self->now >= pair->asked + WL_WAY_ASK) {
        /* What came since the last look counts. */
        if (peer->snapshot < self->now)
            wl_engine_request_snapshot(self);
        else
            leave(self, peer);
        return;
    }
    if (pair->asked + WL_WAY_ASK <= self->now) {
        ask(self, peer);
        /* At the first time where it was silent before. */
        if (pair->unanswered == (heard < pair->watching ? 1 : 2))
            have_it_look(self, peer);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, pair->asked + WL_WAY_ASK);
}

/* On the way of a router: does the direct one work? */
static void
test(WlEngine *self, WlPeer *peer)
{
    gint64 heard = MAX(peer->last_heard, peer->handshake);
    WlPair *pair = &peer->pair;

    if (!has_movable(peer) || !wl_peer_is_ready(peer, self->now))
        return;
    if (pair->answered > pair->left) {
        if (pair->left + pair->hold <= self->now)
            change(self, peer, TRUE);
        else
            wl_scheduler_wake_peer_at(&self->scheduler, peer, pair->left + pair->hold);
        return;
    }
    /* Something came: a good moment. */
    if (heard > pair->asked)
        pair->ask_due = MIN(pair->ask_due, pair->asked + WL_WAY_ASK);
    if (pair->ask_due <= self->now) {
        ask(self, peer);
        pair->ask_due = self->now + pair->ask_backoff;
        pair->ask_backoff = MIN(pair->ask_backoff * 2, WL_WAY_ASK_MAX);
    }
    wl_scheduler_wake_peer_at(&self->scheduler, peer, pair->ask_due);
}

static void
tell(WlEngine *self, WlPeer *peer)
{
    WlPair *pair = &peer->pair;

    if (!pair->told) {
        if (pair->send_due <= self->now) {
            guint doubled = MAX(pair->tries, WL_WAY_TELL_TRIES) - WL_WAY_TELL_TRIES;

            pair->reply = TRUE;
            pair->tries++;
            pair->send_due = self->now + MIN(WL_WAY_TELL << MIN(doubled, 8), WL_WAY_TELL_MAX);
        }
        wl_scheduler_wake_peer_at(&self->scheduler, peer, pair->send_due);
    }
    if (!pair->reply)
        return;
    if (pair->asked == self->now ||
        wl_rate_limit_take(&pair->replies, self->now, REPLY_INTERVAL, REPLY_BURST))
        say(self, peer);
    pair->reply = FALSE;
}

static void
run_pair(WlEngine *self, WlPeer *peer)
{
    WlPair *pair = &peer->pair;

    if (pair->direct)
        watch(self, peer);
    else
        test(self, peer);
    tell(self, peer);
}

/* A dead session ends the direct way by itself, for both at about the same time. */
static void
end_pair(WlEngine *self, WlPeer *peer)
{
    WlPair *pair = &peer->pair;

    pair->live = pair->direct = FALSE;
    pair->left = self->now;
    pair->left_with = pair->question;
    pair->hold = 0;
    pair->ask_due = WL_LONG_AGO;
    pair->ask_backoff = WL_WAY_ASK;
    pair->told = TRUE;
    pair->reply = FALSE;
    pair->owed = 0;
}

void
wl_engine_run_way(WlEngine *self, WlPeer *peer)
{
    gboolean ready = wl_peer_is_ready(peer, self->now);
    gboolean covered;

    if (!peer->healthy) {
        wl_engine_watch_peer(self, peer, FALSE);
        wl_engine_end_approach(self, peer);
        peer->echo.answers = FALSE;
        /* What comes by a session that we do not know of yet is kept until we do. */
        if (peer->pair.live)
            end_pair(self, peer);
        peer->direct = FALSE;
        return;
    }
    peer->pair.live = TRUE;
    if (!wl_engine_can_reach(self, peer)) {
        wl_engine_watch_peer(self, peer, FALSE);
        return;
    }
    covered = wl_engine_is_covered(self, peer);
    if (!peer->native) {
        wl_engine_run_other_way(self, peer, covered);
        return;
    }
    wl_engine_end_approach(self, peer);
    run_pair(self, peer);
    /* Where there is no other way, there is nothing to agree on. */
    peer->direct = peer->pair.direct || ((peer->direct || ready) && !covered);
    wl_engine_watch_peer(self, peer, peer->direct && covered);
}
