/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wg-model.h"

#include <string.h>

#define SEC(n)            ((gint64) (n) *G_USEC_PER_SEC)
#define REKEY_TIMEOUT     SEC(5)
#define REKEY_AFTER       SEC(120)
#define REJECT_AFTER      SEC(180)
#define KEEPALIVE_TIMEOUT SEC(10)
#define NEW_HANDSHAKE     (KEEPALIVE_TIMEOUT + REKEY_TIMEOUT)
#define MAX_ATTEMPTS      18
#define MAX_STAGED        128
#define NEVER             G_MAXINT64
#define LONG_AGO          (G_MININT64 / 4)
#define HANDSHAKE_SIZE    148
#define DATA_OVERHEAD     32

typedef struct {
    guint64 number; /* 0: none */
    gint64 created;
    gboolean initiator;
} Session;

typedef struct {
    WlKey key;
    WlEndpoint endpoint;
    GArray *allowed;
    guint16 keepalive;
    Session current, previous, next;
    GQueue staged;     /* of WgInner */
    guint64 handshake; /* the one we wait for an answer to; 0: none */
    gint64 initiated;
    guint attempts;
    gint64 retry, passive, silence, persistent;
    gint64 last_handshake; /* -1: never */
    guint64 rx, tx;
} Peer;

struct _WgModel {
    WlKey public_key;
    guint16 port;
    WgCallbacks callbacks;
    gpointer user_data;
    gint64 now;
    GPtrArray *peers;
    guint64 serial;
    guint initiations;
};

void
wg_inner_free(WgInner *inner)
{
    if (!inner)
        return;
    g_clear_pointer(&inner->facts, g_bytes_unref);
    g_free(inner);
}

void
wg_message_free(WgMessage *message)
{
    wg_inner_free(message->inner);
    g_free(message);
}

static void
peer_free(Peer *peer)
{
    WgInner *inner;

    while ((inner = g_queue_pop_head(&peer->staged)))
        wg_inner_free(inner);
    g_array_unref(peer->allowed);
    g_free(peer);
}

WgModel *
wg_model_new(const WlKey *public_key, guint16 port, const WgCallbacks *callbacks,
             gpointer user_data)
{
    WgModel *self = g_new0(WgModel, 1);

    self->public_key = *public_key;
    self->port = port;
    self->callbacks = *callbacks;
    self->user_data = user_data;
    self->peers = g_ptr_array_new_with_free_func((GDestroyNotify) peer_free);
    return self;
}

void
wg_model_free(WgModel *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->peers);
    g_free(self);
}

void
wg_model_set_time(WgModel *self, gint64 now)
{
    self->now = now;
}

guint
wg_model_get_initiations(const WgModel *self)
{
    return self->initiations;
}

static Peer *
find_peer(const WgModel *self, const WlKey *key)
{
    for (guint i = 0; i < self->peers->len; i++) {
        Peer *peer = self->peers->pdata[i];
        if (wl_key_equal(&peer->key, key))
            return peer;
    }
    return NULL;
}

/* Cryptokey routing: the peer with the longest prefix. */
static Peer *
find_owner(const WgModel *self, const WlIp *ip)
{
    Peer *best = NULL;
    int length = -1;

    for (guint i = 0; i < self->peers->len; i++) {
        Peer *peer = self->peers->pdata[i];
        for (guint j = 0; j < peer->allowed->len; j++) {
            const WlPrefix *prefix = &g_array_index(peer->allowed, WlPrefix, j);
            if (prefix->length > length && wl_prefix_contains_ip(prefix, ip)) {
                best = peer;
                length = prefix->length;
            }
        }
    }
    return best;
}

static gboolean
is_usable(const WgModel *self, const Session *session)
{
    return session->number != 0 && self->now - session->created < REJECT_AFTER;
}

static void
transmit(WgModel *self, Peer *peer, WgMessage *message, gsize size)
{
    peer->tx += size;
    message->sender = self->public_key;
    message->receiver = peer->key;
    self->callbacks.transmit(self->user_data, &peer->endpoint, message);
}

static guint64
next_number(WgModel *self)
{
    /* Unlike those of any other device. */
    return ((guint64) self->public_key.bytes[0] << 56) |
           ((guint64) self->public_key.bytes[1] << 48) | ++self->serial;
}

static void
initiate(WgModel *self, Peer *peer, gboolean retry)
{
    WgMessage *message;

    if (!retry)
        peer->attempts = 0;
    if (self->now - peer->initiated < REKEY_TIMEOUT || !wl_endpoint_is_set(&peer->endpoint))
        return;
    peer->initiated = self->now;
    peer->handshake = next_number(self);
    peer->retry = self->now + REKEY_TIMEOUT + self->callbacks.random(self->user_data) % 334000;
    self->initiations++;
    message = g_new0(WgMessage, 1);
    message->kind = WG_INITIATION;
    message->handshake = peer->handshake;
    transmit(self, peer, message, HANDSHAKE_SIZE);
}

static void
send_data(WgModel *self, Peer *peer, WgInner *inner)
{
    WgMessage *message = g_new0(WgMessage, 1);
    gsize size = DATA_OVERHEAD;

    if (inner)
        size += inner->facts ? g_bytes_get_size(inner->facts) + 48 : 84;
    message->kind = WG_DATA;
    message->session = peer->current.number;
    message->inner = inner;
    peer->passive = NEVER;
    if (inner && peer->silence == NEVER)
        peer->silence = self->now + NEW_HANDSHAKE;
    if (peer->keepalive > 0)
        peer->persistent = self->now + SEC(peer->keepalive);
    transmit(self, peer, message, size);
    if (peer->current.initiator && self->now - peer->current.created >= REKEY_AFTER)
        initiate(self, peer, FALSE);
}

static void
send_staged(WgModel *self, Peer *peer)
{
    WgInner *inner;

    while ((inner = g_queue_pop_head(&peer->staged)))
        send_data(self, peer, inner);
}

static gboolean
send_to(WgModel *self, Peer *peer, WgInner *inner)
{
    if (!wl_endpoint_is_set(&peer->endpoint)) {
        wg_inner_free(inner);
        return FALSE;
    }
    if (is_usable(self, &peer->current)) {
        send_data(self, peer, inner);
        return TRUE;
    }
    if (inner) {
        if (g_queue_get_length(&peer->staged) >= MAX_STAGED)
            wg_inner_free(g_queue_pop_head(&peer->staged));
        g_queue_push_tail(&peer->staged, inner);
    }
    initiate(self, peer, FALSE);
    return TRUE;
}

gboolean
wg_model_send(WgModel *self, WgInner *inner)
{
    Peer *peer = find_owner(self, &inner->destination);

    if (peer)
        return send_to(self, peer, inner);
    wg_inner_free(inner);
    return FALSE;
}

/* ---- receiving */

static void
heard(WgModel *self, Peer *peer, const WlEndpoint *from, gsize size)
{
    peer->endpoint = *from;
    peer->rx += size;
    peer->silence = NEVER;
}

static void
established(WgModel *self, Peer *peer, guint64 session, gboolean initiator)
{
    peer->previous = peer->current;
    peer->current = (Session){.number = session, .created = self->now, .initiator = initiator};
    peer->last_handshake = self->now;
    peer->retry = NEVER;
    peer->handshake = 0;
}

static void
receive_data(WgModel *self, Peer *peer, const WlEndpoint *from, WgMessage *message)
{
    gsize size = DATA_OVERHEAD;

    if (message->session == peer->next.number && is_usable(self, &peer->next)) {
        gint64 created = peer->next.created;
        established(self, peer, peer->next.number, FALSE);
        peer->current.created = created;
        peer->next = (Session){0};
        heard(self, peer, from, 0);
        send_staged(self, peer);
    } else if (!(message->session == peer->current.number && is_usable(self, &peer->current)) &&
               !(message->session == peer->previous.number && is_usable(self, &peer->previous))) {
        return;
    }
    if (message->inner)
        size += message->inner->facts ? g_bytes_get_size(message->inner->facts) + 48 : 84;
    heard(self, peer, from, size);
    if (!message->inner)
        return;
    if (peer->passive == NEVER)
        peer->passive = self->now + KEEPALIVE_TIMEOUT;
    if (peer->current.initiator &&
        self->now - peer->current.created >= REJECT_AFTER - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT)
        initiate(self, peer, FALSE);
    if (find_owner(self, &message->inner->source) == peer)
        self->callbacks.deliver(self->user_data, g_steal_pointer(&message->inner));
}

void
wg_model_receive(WgModel *self, const WlEndpoint *from, WgMessage *message)
{
    Peer *peer = find_peer(self, &message->sender);

    if (peer && wl_key_equal(&message->receiver, &self->public_key)) {
        switch (message->kind) {
        case WG_INITIATION: {
            WgMessage *answer = g_new0(WgMessage, 1);

            /* There is one handshake state per peer: an initiation of ours that is on its way is
             * forgotten, and two that cross bring neither side a session. */
            peer->handshake = 0;
            heard(self, peer, from, HANDSHAKE_SIZE);
            peer->next = (Session){.number = next_number(self), .created = self->now};
            answer->kind = WG_RESPONSE;
            answer->handshake = message->handshake;
            answer->session = peer->next.number;
            transmit(self, peer, answer, HANDSHAKE_SIZE);
            break;
        }
        case WG_RESPONSE:
            if (peer->handshake == 0 || message->handshake != peer->handshake)
                break;
            established(self, peer, message->session, TRUE);
            heard(self, peer, from, HANDSHAKE_SIZE);
            if (g_queue_is_empty(&peer->staged))
                send_data(self, peer, NULL);
            send_staged(self, peer);
            break;
        case WG_DATA:
            receive_data(self, peer, from, message);
            break;
        }
    }
    wg_message_free(message);
}

/* ---- timers */

gint64
wg_model_get_deadline(const WgModel *self)
{
    gint64 deadline = NEVER;

    for (guint i = 0; i < self->peers->len; i++) {
        const Peer *peer = self->peers->pdata[i];
        deadline = MIN(deadline,
                       MIN(MIN(peer->retry, peer->passive), MIN(peer->silence, peer->persistent)));
    }
    return deadline;
}

static void
run_peer(WgModel *self, Peer *peer)
{
    if (peer->retry <= self->now) {
        peer->retry = NEVER;
        if (++peer->attempts < MAX_ATTEMPTS) {
            initiate(self, peer, TRUE);
        } else {
            WgInner *inner;
            peer->handshake = 0;
            while ((inner = g_queue_pop_head(&peer->staged)))
                wg_inner_free(inner);
        }
    }
    if (peer->passive <= self->now) {
        peer->passive = NEVER;
        if (is_usable(self, &peer->current))
            send_data(self, peer, NULL);
    }
    if (peer->silence <= self->now) {
        peer->silence = NEVER;
        initiate(self, peer, FALSE);
    }
    if (peer->persistent <= self->now) {
        peer->persistent = self->now + SEC(peer->keepalive);
        send_to(self, peer, NULL);
    }
}

void
wg_model_run(WgModel *self)
{
    for (guint i = 0; i < self->peers->len; i++)
        run_peer(self, self->peers->pdata[i]);
}

/* ---- configuration */

static void
set_allowed(WgModel *self, Peer *peer, const GArray *allowed)
{
    g_array_set_size(peer->allowed, 0);
    g_array_append_vals(peer->allowed, allowed->data, allowed->len);
    for (guint i = 0; i < self->peers->len; i++) {
        Peer *other = self->peers->pdata[i];
        for (guint j = other->allowed->len; other != peer && j-- > 0;) {
            for (guint k = 0; k < allowed->len; k++) {
                if (wl_prefix_equal(&g_array_index(other->allowed, WlPrefix, j),
                                    &g_array_index(allowed, WlPrefix, k))) {
                    g_array_remove_index(other->allowed, j);
                    break;
                }
            }
        }
    }
}

gboolean
wg_model_change(WgModel *self, const WlPeerChange *change)
{
    Peer *peer = find_peer(self, &change->public_key);
    gboolean lost = FALSE;

    if (peer && (change->kind == WL_PEER_REMOVE || change->kind == WL_PEER_RECREATE)) {
        lost = is_usable(self, &peer->current) && self->now - peer->last_handshake < SEC(165);
        g_ptr_array_remove(self->peers, peer);
        peer = NULL;
    }
    if (change->kind == WL_PEER_REMOVE || (change->kind == WL_PEER_UPDATE && !peer))
        return lost;
    if (!peer) {
        peer = g_new0(Peer, 1);
        peer->key = change->public_key;
        peer->allowed = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
        peer->initiated = LONG_AGO;
        peer->retry = peer->passive = peer->silence = peer->persistent = NEVER;
        peer->last_handshake = -1;
        peer->keepalive = change->keepalive;
        g_queue_init(&peer->staged);
        g_ptr_array_add(self->peers, peer);
    }
    if (wl_endpoint_is_set(&change->endpoint))
        peer->endpoint = change->endpoint;
    if (change->kind != WL_PEER_UPDATE || change->replace_allowed_ips)
        set_allowed(self, peer, change->allowed_ips);
    if (change->kind != WL_PEER_UPDATE && change->keepalive > 0)
        peer->persistent = self->now;
    return lost;
}

WlDevice *
wg_model_read(const WgModel *self)
{
    WlDevice *device = wl_device_new();

    device->public_key = self->public_key;
    device->listen_port = self->port;
    for (guint i = 0; i < self->peers->len; i++) {
        const Peer *peer = self->peers->pdata[i];
        WlDevicePeer *copy = wl_device_peer_new(&peer->key);

        copy->endpoint = peer->endpoint;
        copy->handshake_age = peer->last_handshake < 0 ? -1 : self->now - peer->last_handshake;
        copy->rx_bytes = peer->rx;
        copy->tx_bytes = peer->tx;
        copy->keepalive = peer->keepalive;
        g_array_append_vals(copy->allowed_ips, peer->allowed->data, peer->allowed->len);
        g_ptr_array_add(device->peers, copy);
    }
    return device;
}
