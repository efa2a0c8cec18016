/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world/device.h"

#include "world/heap.h"
#include "world/owners.h"

#define REKEY_TIMEOUT       SIM_SEC(5)
#define REKEY_JITTER        334000
#define REKEY_AFTER         SIM_SEC(120)
#define REJECT_AFTER        SIM_SEC(180)
#define KEEPALIVE_TIMEOUT   SIM_SEC(10)
#define NEW_HANDSHAKE       (KEEPALIVE_TIMEOUT + REKEY_TIMEOUT)
#define MAX_ATTEMPTS        20 /* in 90 s of retries and what they take longer for the jitter */
#define MAX_STAGED          128
#define INITIATION_INTERVAL SIM_MSEC(20) /* of one peer; more often is a flood */
#define STAMP_STEP          16777        /* µs: time stamps are made coarse */
#define LONG_AGO            (G_MININT64 / 4)
#define WINDOW              64

typedef struct {
    guint64 number; /* 0: none */
    gint64 created;
    gboolean initiator;
    gboolean refreshed; /* a new one was asked for, near its end */
    guint64 sent;
    guint64 highest, seen; /* received counters: the highest, and a mask of those below */
} Session;

typedef enum {
    TIMER_RETRY,
    TIMER_PASSIVE,
    TIMER_SILENCE,
    TIMER_PERSISTENT,
    TIMER_N,
} Timer;

typedef struct {
    SimWait wait; /* first, see peer_of() */
    WlKey key;
    WlEndpoint endpoint;
    WlEndpoint place; /* where it was last heard from */
    GArray *allowed;
    guint16 keepalive;
    Session current, previous, next;
    GQueue staged;     /* of SimPacket */
    guint64 handshake; /* the one we wait for an answer to; 0: none */
    gint64 initiated;  /* the last, or the last answer */
    guint attempts;
    gint64 timers[TIMER_N]; /* SIM_NEVER: off */
    gboolean another_keepalive;
    gint64 consumed, stamp; /* of the last initiation received */
    gint64 last_handshake;  /* wall clock; only if has_handshake */
    gboolean has_handshake;
    guint64 rx, tx;
} Peer;

struct _SimDevice {
    WlKey public_key;
    guint16 port;
    SimDeviceCallbacks callbacks;
    gpointer user_data;
    gint64 now, wall_offset;
    GPtrArray *peers;   /* owned, in the order they were added */
    GHashTable *by_key; /* WlKey* -> Peer */
    SimOwners *owners;  /* prefix -> Peer */
    SimHeap heap;
    guint64 serial;
    guint initiations;
    guint64 dropped;
};

static Peer *
peer_of(SimWait *wait)
{
    return (Peer *) wait;
}

static void
drop_staged(Peer *peer)
{
    SimPacket *packet;

    while ((packet = g_queue_pop_head(&peer->staged)))
        sim_packet_unref(packet);
}

static void
peer_free(Peer *peer)
{
    drop_staged(peer);
    g_array_unref(peer->allowed);
    g_free(peer);
}

SimDevice *
sim_device_new(const WlKey *public_key, guint16 port, const SimDeviceCallbacks *callbacks,
               gpointer user_data)
{
    SimDevice *self = g_new0(SimDevice, 1);

    self->public_key = *public_key;
    self->port = port;
    self->callbacks = *callbacks;
    self->user_data = user_data;
    self->peers = g_ptr_array_new_with_free_func((GDestroyNotify) peer_free);
    self->by_key = g_hash_table_new(wl_key_hash, wl_key_equal);
    self->owners = sim_owners_new();
    sim_heap_init(&self->heap);
    return self;
}

void
sim_device_free(SimDevice *self)
{
    if (!self)
        return;
    sim_heap_clear(&self->heap);
    sim_owners_free(self->owners);
    g_hash_table_unref(self->by_key);
    g_ptr_array_unref(self->peers);
    g_free(self);
}

void
sim_device_set_time(SimDevice *self, gint64 now, gint64 wall_offset)
{
    self->now = now;
    self->wall_offset = wall_offset;
}

static Peer *
find_peer(const SimDevice *self, const WlKey *key)
{
    return g_hash_table_lookup(self->by_key, key);
}

static gboolean
is_usable(const SimDevice *self, const Session *session)
{
    return session->number != 0 && self->now - session->created < REJECT_AFTER;
}

static gint64
jitter(SimDevice *self)
{
    return self->callbacks.random(self->user_data) % REKEY_JITTER;
}

static void
set_timer(SimDevice *self, Peer *peer, Timer timer, gint64 when)
{
    gint64 first = SIM_NEVER;

    peer->timers[timer] = when;
    for (guint i = 0; i < TIMER_N; i++)
        first = MIN(first, peer->timers[i]);
    sim_heap_set(&self->heap, &peer->wait, first);
}

/* ---- sending */

/* Takes @message. */
static void
transmit(SimDevice *self, Peer *peer, SimMessage *message)
{
    peer->tx += sim_message_size(message);
    message->sender = self->public_key;
    message->receiver = peer->key;
    peer->another_keepalive = FALSE;
    set_timer(self, peer, TIMER_PASSIVE, SIM_NEVER);
    if (peer->keepalive > 0)
        set_timer(self, peer, TIMER_PERSISTENT, self->now + SIM_SEC(peer->keepalive));
    self->callbacks.transmit(self->user_data, &peer->endpoint, message);
    sim_message_unref(message);
}

static guint64
next_number(SimDevice *self)
{
    /* Unlike those of any other device. */
    return ((guint64) self->public_key.bytes[0] << 56) |
           ((guint64) self->public_key.bytes[1] << 48) |
           ((guint64) self->public_key.bytes[2] << 40) | ++self->serial;
}

static void
initiate(SimDevice *self, Peer *peer, gboolean retry)
{
    SimMessage *message;

    if (!retry)
        peer->attempts = 0;
    if (self->now - peer->initiated < REKEY_TIMEOUT || !wl_endpoint_is_set(&peer->endpoint))
        return;
    peer->initiated = self->now;
    peer->handshake = next_number(self);
    set_timer(self, peer, TIMER_RETRY, self->now + REKEY_TIMEOUT + jitter(self));
    self->initiations++;
    message = sim_message_new(SIM_MESSAGE_INITIATION);
    message->handshake = peer->handshake;
    message->stamp = (self->now + self->wall_offset) / STAMP_STEP;
    transmit(self, peer, message);
}

static void
send_data(SimDevice *self, Peer *peer, SimPacket *packet)
{
    SimMessage *message = sim_message_new(SIM_MESSAGE_DATA);

    message->session = peer->current.number;
    message->counter = ++peer->current.sent;
    message->packet = packet ? sim_packet_ref(packet) : NULL;
    if (packet && peer->timers[TIMER_SILENCE] == SIM_NEVER)
        set_timer(self, peer, TIMER_SILENCE, self->now + NEW_HANDSHAKE + jitter(self));
    transmit(self, peer, message);
    if (peer->current.initiator && self->now - peer->current.created >= REKEY_AFTER)
        initiate(self, peer, FALSE);
}

static void
send_staged(SimDevice *self, Peer *peer)
{
    SimPacket *packet;

    while ((packet = g_queue_pop_head(&peer->staged))) {
        send_data(self, peer, packet);
        sim_packet_unref(packet);
    }
}

static gboolean
send_to(SimDevice *self, Peer *peer, SimPacket *packet)
{
    if (!wl_endpoint_is_set(&peer->endpoint))
        return FALSE;
    if (is_usable(self, &peer->current)) {
        send_data(self, peer, packet);
        return TRUE;
    }
    if (packet) {
        if (g_queue_get_length(&peer->staged) >= MAX_STAGED)
            sim_packet_unref(g_queue_pop_head(&peer->staged));
        g_queue_push_tail(&peer->staged, sim_packet_ref(packet));
    }
    initiate(self, peer, FALSE);
    return TRUE;
}

gboolean
sim_device_send(SimDevice *self, SimPacket *packet)
{
    Peer *peer = sim_owners_find(self->owners, &packet->destination);

    return peer && send_to(self, peer, packet);
}

/* ---- receiving */

/* Something authenticated came: that is where the peer is. */
static void
note_authenticated(SimDevice *self, Peer *peer, const WlEndpoint *from)
{
    peer->endpoint = peer->place = *from;
    set_timer(self, peer, TIMER_SILENCE, SIM_NEVER);
    if (peer->keepalive > 0)
        set_timer(self, peer, TIMER_PERSISTENT, self->now + SIM_SEC(peer->keepalive));
}

static void
completed(SimDevice *self, Peer *peer)
{
    set_timer(self, peer, TIMER_RETRY, SIM_NEVER);
    peer->attempts = 0;
    peer->last_handshake = self->now + self->wall_offset;
    peer->has_handshake = TRUE;
}

static gboolean
is_replay(Session *session, guint64 counter)
{
    if (counter > session->highest) {
        guint64 step = counter - session->highest;
        session->seen = step < WINDOW ? session->seen << step : 0;
        session->seen |= 1;
        session->highest = counter;
        return FALSE;
    }
    if (session->highest - counter >= WINDOW)
        return TRUE;
    if (session->seen & ((guint64) 1 << (session->highest - counter)))
        return TRUE;
    session->seen |= (guint64) 1 << (session->highest - counter);
    return FALSE;
}

static Session *
find_session(SimDevice *self, Peer *peer, guint64 number)
{
    Session *sessions[] = {&peer->current, &peer->previous, &peer->next};

    for (guint i = 0; i < G_N_ELEMENTS(sessions); i++) {
        if (sessions[i]->number == number && is_usable(self, sessions[i]))
            return sessions[i];
    }
    return NULL;
}

static void
receive_data(SimDevice *self, Peer *peer, const WlEndpoint *from, SimMessage *message)
{
    Session *session = find_session(self, peer, message->session);

    if (!session || is_replay(session, message->counter))
        return;
    peer->endpoint = *from; /* before anything is sent there */
    if (session == &peer->next) {
        /* The initiator uses what we answered: now it counts. */
        peer->previous = peer->current;
        peer->current = peer->next;
        peer->next = (Session){0};
        completed(self, peer);
        send_staged(self, peer);
    }
    note_authenticated(self, peer, from);
    if (peer->current.initiator && !peer->current.refreshed &&
        self->now - peer->current.created >= REJECT_AFTER - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT) {
        peer->current.refreshed = TRUE;
        initiate(self, peer, FALSE);
    }
    if (!message->packet) {
        peer->rx += sim_message_size(message);
        return;
    }
    if (peer->timers[TIMER_PASSIVE] == SIM_NEVER)
        set_timer(self, peer, TIMER_PASSIVE, self->now + KEEPALIVE_TIMEOUT);
    else
        peer->another_keepalive = TRUE;
    if (sim_owners_find(self->owners, &message->packet->source) != peer) {
        self->dropped++;
        return;
    }
    peer->rx += sim_message_size(message);
    self->callbacks.deliver(self->user_data, &peer->key, message->packet);
}

static void
receive_initiation(SimDevice *self, Peer *peer, const WlEndpoint *from, SimMessage *message)
{
    SimMessage *answer;

    if (message->stamp <= peer->stamp || self->now - peer->consumed < INITIATION_INTERVAL)
        return;
    peer->stamp = message->stamp;
    peer->consumed = self->now;
    /* There is one handshake state per peer: an initiation of ours that is on its way is
     * forgotten, and two that cross bring neither side a session. */
    peer->handshake = 0;
    note_authenticated(self, peer, from);
    peer->rx += sim_message_size(message);
    peer->next = (Session){.number = next_number(self), .created = self->now};
    peer->previous = (Session){0};
    peer->initiated = self->now; /* an answer counts as one */
    answer = sim_message_new(SIM_MESSAGE_RESPONSE);
    answer->handshake = message->handshake;
    answer->session = peer->next.number;
    transmit(self, peer, answer);
}

static void
receive_response(SimDevice *self, Peer *peer, const WlEndpoint *from, SimMessage *message)
{
    if (peer->handshake == 0 || message->handshake != peer->handshake)
        return;
    peer->handshake = 0;
    peer->previous = peer->next.number != 0 ? peer->next : peer->current;
    peer->next = (Session){0};
    peer->current = (Session){.number = message->session, .created = self->now, .initiator = TRUE};
    completed(self, peer);
    note_authenticated(self, peer, from);
    peer->rx += sim_message_size(message);
    if (g_queue_is_empty(&peer->staged))
        send_data(self, peer, NULL);
    send_staged(self, peer);
}

void
sim_device_receive(SimDevice *self, const WlEndpoint *from, SimMessage *message)
{
    Peer *peer = find_peer(self, &message->sender);

    if (!peer || !wl_key_equal(&message->receiver, &self->public_key))
        return;
    switch (message->kind) {
    case SIM_MESSAGE_INITIATION:
        receive_initiation(self, peer, from, message);
        break;
    case SIM_MESSAGE_RESPONSE:
        receive_response(self, peer, from, message);
        break;
    case SIM_MESSAGE_DATA:
        receive_data(self, peer, from, message);
        break;
    }
}

/* ---- timers */

gint64
sim_device_get_deadline(const SimDevice *self)
{
    const SimWait *first = sim_heap_first(&self->heap);

    return first ? first->when : SIM_NEVER;
}

static gboolean
take_timer(SimDevice *self, Peer *peer, Timer timer)
{
    if (peer->timers[timer] > self->now)
        return FALSE;
    set_timer(self, peer, timer, SIM_NEVER);
    return TRUE;
}

static void
run_peer(SimDevice *self, Peer *peer)
{
    if (take_timer(self, peer, TIMER_RETRY)) {
        if (++peer->attempts < MAX_ATTEMPTS) {
            initiate(self, peer, TRUE);
        } else {
            peer->handshake = 0;
            drop_staged(peer);
        }
    }
    if (take_timer(self, peer, TIMER_PASSIVE)) {
        gboolean another = peer->another_keepalive;
        /* Without a session it asks for one, as any packet does. */
        send_to(self, peer, NULL);
        if (another)
            set_timer(self, peer, TIMER_PASSIVE, self->now + KEEPALIVE_TIMEOUT);
    }
    if (take_timer(self, peer, TIMER_SILENCE))
        initiate(self, peer, FALSE);
    if (take_timer(self, peer, TIMER_PERSISTENT)) {
        send_to(self, peer, NULL);
        set_timer(self, peer, TIMER_PERSISTENT, self->now + SIM_SEC(peer->keepalive));
    }
}

void
sim_device_run(SimDevice *self)
{
    SimWait *first;

    while ((first = sim_heap_first(&self->heap)) && first->when <= self->now)
        run_peer(self, peer_of(first));
}

void
sim_device_suspend(SimDevice *self)
{
    for (guint i = 0; i < self->peers->len; i++) {
        Peer *peer = self->peers->pdata[i];
        peer->current = peer->previous = peer->next = (Session){0};
        peer->handshake = 0;
    }
}

void
sim_device_resume(SimDevice *self, gint64 duration)
{
    for (guint i = 0; i < self->peers->len; i++) {
        Peer *peer = self->peers->pdata[i];
        for (guint j = 0; j < TIMER_N; j++) {
            if (peer->timers[j] != SIM_NEVER)
                set_timer(self, peer, j, peer->timers[j] + duration);
        }
    }
}

/* ---- configuration */

static void
disown(SimDevice *self, Peer *peer)
{
    for (guint i = 0; i < peer->allowed->len; i++)
        sim_owners_remove(self->owners, &g_array_index(peer->allowed, WlPrefix, i));
    g_array_set_size(peer->allowed, 0);
}

static void
take_from(Peer *peer, const WlPrefix *prefix)
{
    for (guint i = 0; i < peer->allowed->len; i++) {
        if (wl_prefix_equal(&g_array_index(peer->allowed, WlPrefix, i), prefix)) {
            g_array_remove_index(peer->allowed, i);
            return;
        }
    }
}

/* A prefix has one owner, and the last who is given it has it. */
static void
own(SimDevice *self, Peer *peer, const GArray *allowed)
{
    for (guint i = 0; i < allowed->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(allowed, WlPrefix, i));
        Peer *before = sim_owners_set(self->owners, &prefix, peer);

        if (before == peer)
            continue;
        if (before)
            take_from(before, &prefix);
        g_array_append_val(peer->allowed, prefix);
    }
}

static void
remove_peer(SimDevice *self, Peer *peer)
{
    disown(self, peer);
    sim_heap_set(&self->heap, &peer->wait, SIM_NEVER);
    g_hash_table_remove(self->by_key, &peer->key);
    g_ptr_array_remove(self->peers, peer);
}

static Peer *
add_peer(SimDevice *self, const WlPeerChange *change)
{
    Peer *peer = g_new0(Peer, 1);

    peer->key = change->public_key;
    peer->allowed = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    peer->initiated = peer->consumed = LONG_AGO;
    peer->stamp = G_MININT64;
    for (guint i = 0; i < TIMER_N; i++)
        peer->timers[i] = SIM_NEVER;
    peer->keepalive = change->keepalive;
    g_queue_init(&peer->staged);
    g_ptr_array_add(self->peers, peer);
    g_hash_table_insert(self->by_key, &peer->key, peer);
    return peer;
}

gboolean
sim_device_change(SimDevice *self, const WlPeerChange *change)
{
    Peer *peer = find_peer(self, &change->public_key);
    gboolean lost = FALSE;

    if (peer && (change->kind == WL_PEER_REMOVE || change->kind == WL_PEER_RECREATE)) {
        lost = is_usable(self, &peer->current) && self->now - peer->current.created < SIM_SEC(165);
        remove_peer(self, peer);
        peer = NULL;
    }
    if (change->kind == WL_PEER_REMOVE || (change->kind == WL_PEER_UPDATE && !peer))
        return lost;
    if (!peer)
        peer = add_peer(self, change);
    if (wl_endpoint_is_set(&change->endpoint))
        peer->endpoint = change->endpoint;
    if (change->kind != WL_PEER_UPDATE || change->replace_allowed_ips) {
        disown(self, peer);
        own(self, peer, change->allowed_ips);
    }
    /* Whatever waits is sent with each change, so that the attempts begin anew. */
    if (!g_queue_is_empty(&peer->staged))
        initiate(self, peer, FALSE);
    if (change->kind == WL_PEER_UPDATE && !change->replace_settings)
        return lost;
    peer->keepalive = change->keepalive;
    set_timer(self, peer, TIMER_PERSISTENT, change->keepalive > 0 ? self->now : SIM_NEVER);
    return lost;
}

/* ---- questions */

static gint64
handshake_age(const SimDevice *self, const Peer *peer)
{
    if (!peer->has_handshake)
        return -1;
    return MAX(self->now + self->wall_offset - peer->last_handshake, 0);
}

WlDevice *
sim_device_read(const SimDevice *self)
{
    WlDevice *device = wl_device_new();

    device->public_key = self->public_key;
    device->listen_port = self->port;
    device->dropped = self->dropped;
    for (guint i = 0; i < self->peers->len; i++) {
        const Peer *peer = self->peers->pdata[i];
        WlDevicePeer *copy = wl_device_peer_new(&peer->key);

        copy->endpoint = peer->endpoint;
        copy->handshake_age = handshake_age(self, peer);
        copy->rx_bytes = peer->rx;
        copy->tx_bytes = peer->tx;
        copy->keepalive = peer->keepalive;
        g_array_append_vals(copy->allowed_ips, peer->allowed->data, peer->allowed->len);
        g_ptr_array_add(device->peers, copy);
    }
    return device;
}

const WlKey *
sim_device_find_owner(const SimDevice *self, const WlIp *ip)
{
    const Peer *peer = sim_owners_find(self->owners, ip);

    return peer ? &peer->key : NULL;
}

gboolean
sim_device_has_peer(const SimDevice *self, const WlKey *key)
{
    return find_peer(self, key) != NULL;
}

gboolean
sim_device_get_endpoint(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint)
{
    const Peer *peer = find_peer(self, key);

    if (!peer || !wl_endpoint_is_set(&peer->endpoint))
        return FALSE;
    *endpoint = peer->endpoint;
    return TRUE;
}

gboolean
sim_device_get_place(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint)
{
    const Peer *peer = find_peer(self, key);

    if (!peer || !wl_endpoint_is_set(&peer->place))
        return FALSE;
    *endpoint = peer->place;
    return TRUE;
}

gboolean
sim_device_has_allowed(const SimDevice *self, const WlKey *key, const WlPrefix *prefix)
{
    const Peer *peer = find_peer(self, key);

    for (guint i = 0; peer && i < peer->allowed->len; i++) {
        if (wl_prefix_equal(&g_array_index(peer->allowed, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

gboolean
sim_device_has_just(const SimDevice *self, const WlKey *key, const GArray *allowed)
{
    const Peer *peer = find_peer(self, key);

    for (guint i = 0; i < allowed->len; i++) {
        if (!sim_device_has_allowed(self, key, &g_array_index(allowed, WlPrefix, i)))
            return FALSE;
    }
    return peer && peer->allowed->len == allowed->len;
}

guint64
sim_device_get_session(const SimDevice *self, const WlKey *key)
{
    const Peer *peer = find_peer(self, key);

    return peer && is_usable(self, &peer->current) ? peer->current.number : 0;
}

gint64
sim_device_get_session_age(const SimDevice *self, const WlKey *key)
{
    const Peer *peer = find_peer(self, key);

    return peer && is_usable(self, &peer->current) ? self->now - peer->current.created : -1;
}

gboolean
sim_device_has_session(const SimDevice *self, const WlKey *key)
{
    return sim_device_get_session(self, key) != 0;
}

gboolean
sim_device_accepts_session(const SimDevice *self, const WlKey *key, guint64 session)
{
    Peer *peer = find_peer(self, key);

    return peer && session != 0 && find_session((SimDevice *) self, peer, session) != NULL;
}

gint64
sim_device_get_handshake_age(const SimDevice *self, const WlKey *key)
{
    const Peer *peer = find_peer(self, key);

    return peer ? handshake_age(self, peer) : -1;
}

guint16
sim_device_get_port(const SimDevice *self)
{
    return self->port;
}

guint
sim_device_get_initiations(const SimDevice *self)
{
    return self->initiations;
}

guint64
sim_device_get_dropped(const SimDevice *self)
{
    return self->dropped;
}
