/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol of WireGuard: handshakes, sessions, timers. Nothing is encrypted; sessions are
 * numbers.
 */
#include "world/device-private.h"

#define REKEY_TIMEOUT       SIM_SEC(5)
#define REKEY_JITTER        334000
#define REKEY_AFTER         SIM_SEC(120)
#define REJECT_AFTER        SIM_SEC(180)
#define KEEPALIVE_TIMEOUT   SIM_SEC(10)
#define NEW_HANDSHAKE       (KEEPALIVE_TIMEOUT + REKEY_TIMEOUT)
#define MAX_ATTEMPTS        20 /* in 90 s of retries, plus their jitter */
#define MAX_STAGED          128
#define INITIATION_INTERVAL SIM_MSEC(20) /* of one peer; faster is a flood */
#define STAMP_STEP          16777        /* µs: granularity of timestamps */
#define WINDOW              64

static DevicePeer *
peer_of(SimWait *wait)
{
    return (DevicePeer *) wait;
}

static void
device_drop_staged(DevicePeer *peer)
{
    SimPacket *packet;

    while ((packet = g_queue_pop_head(&peer->staged)))
        sim_packet_unref(packet);
}

void
device_peer_free(DevicePeer *peer)
{
    device_drop_staged(peer);
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
    self->peers = g_ptr_array_new_with_free_func((GDestroyNotify) device_peer_free);
    self->by_key = g_hash_table_new(wl_key_hash, wl_key_equal);
    self->dump = wl_device_new();
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
    wl_device_free(self->dump);
    g_free(self);
}

void
sim_device_set_time(SimDevice *self, gint64 now, gint64 wall_offset)
{
    self->now = now;
    self->wall_offset = wall_offset;
}

DevicePeer *
device_find_peer(const SimDevice *self, const WlKey *key)
{
    return g_hash_table_lookup(self->by_key, key);
}

gboolean
device_session_is_usable(const SimDevice *self, const DeviceSession *session)
{
    return session->number != 0 && self->now - session->created < REJECT_AFTER;
}

static gint64
jitter(SimDevice *self)
{
    return self->callbacks.random(self->user_data) % REKEY_JITTER;
}

void
device_set_timer(SimDevice *self, DevicePeer *peer, DeviceTimer timer, gint64 when)
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
transmit(SimDevice *self, DevicePeer *peer, SimMessage *message)
{
    peer->tx += sim_message_size(message);
    message->sender = self->public_key;
    message->receiver = peer->key;
    peer->another_keepalive = FALSE;
    device_set_timer(self, peer, TIMER_PASSIVE, SIM_NEVER);
    if (peer->keepalive > 0)
        device_set_timer(self, peer, TIMER_PERSISTENT, self->now + SIM_SEC(peer->keepalive));
    self->callbacks.transmit(self->user_data, &peer->endpoint, message);
    sim_message_unref(message);
}

static guint64
next_number(SimDevice *self)
{
    /* Unique among all devices. */
    return ((guint64) self->public_key.bytes[0] << 56) |
           ((guint64) self->public_key.bytes[1] << 48) |
           ((guint64) self->public_key.bytes[2] << 40) | ++self->serial;
}

void
device_initiate(SimDevice *self, DevicePeer *peer, gboolean retry)
{
    SimMessage *message;

    if (!retry)
        peer->attempts = 0;
    if (self->now - peer->initiated < REKEY_TIMEOUT || !wl_endpoint_is_set(&peer->endpoint))
        return;
    peer->initiated = self->now;
    peer->handshake = next_number(self);
    device_set_timer(self, peer, TIMER_RETRY, self->now + REKEY_TIMEOUT + jitter(self));
    self->initiations++;
    message = sim_message_new(SIM_MESSAGE_INITIATION);
    message->handshake = peer->handshake;
    message->stamp = (self->now + self->wall_offset) / STAMP_STEP;
    transmit(self, peer, message);
}

static void
send_data(SimDevice *self, DevicePeer *peer, SimPacket *packet)
{
    SimMessage *message = sim_message_new(SIM_MESSAGE_DATA);

    message->session = peer->current.number;
    message->counter = ++peer->current.sent;
    message->packet = packet ? sim_packet_ref(packet) : NULL;
    if (packet && peer->timers[TIMER_SILENCE] == SIM_NEVER)
        device_set_timer(self, peer, TIMER_SILENCE, self->now + NEW_HANDSHAKE + jitter(self));
    transmit(self, peer, message);
    if (peer->current.initiator && self->now - peer->current.created >= REKEY_AFTER)
        device_initiate(self, peer, FALSE);
}

static void
send_staged(SimDevice *self, DevicePeer *peer)
{
    SimPacket *packet;

    while ((packet = g_queue_pop_head(&peer->staged))) {
        send_data(self, peer, packet);
        sim_packet_unref(packet);
    }
}

static gboolean
send_to(SimDevice *self, DevicePeer *peer, SimPacket *packet)
{
    if (!wl_endpoint_is_set(&peer->endpoint))
        return FALSE;
    if (device_session_is_usable(self, &peer->current)) {
        send_data(self, peer, packet);
        return TRUE;
    }
    if (packet) {
        if (g_queue_get_length(&peer->staged) >= MAX_STAGED)
            sim_packet_unref(g_queue_pop_head(&peer->staged));
        g_queue_push_tail(&peer->staged, sim_packet_ref(packet));
    }
    device_initiate(self, peer, FALSE);
    return TRUE;
}

gboolean
sim_device_send(SimDevice *self, SimPacket *packet)
{
    DevicePeer *peer = sim_owners_find(self->owners, &packet->destination);

    return peer && send_to(self, peer, packet);
}

/* ---- receiving */

/* An authenticated packet arrived: the peer is at @from. */
static void
note_authenticated(SimDevice *self, DevicePeer *peer, const WlEndpoint *from)
{
    peer->endpoint = peer->place = *from;
    device_set_timer(self, peer, TIMER_SILENCE, SIM_NEVER);
    if (peer->keepalive > 0)
        device_set_timer(self, peer, TIMER_PERSISTENT, self->now + SIM_SEC(peer->keepalive));
}

static void
completed(SimDevice *self, DevicePeer *peer)
{
    device_set_timer(self, peer, TIMER_RETRY, SIM_NEVER);
    peer->attempts = 0;
    peer->last_handshake = self->now + self->wall_offset;
    peer->has_handshake = TRUE;
}

static gboolean
is_replay(DeviceSession *session, guint64 counter)
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

DeviceSession *
device_find_session(SimDevice *self, DevicePeer *peer, guint64 number)
{
    DeviceSession *sessions[] = {&peer->current, &peer->previous, &peer->next};

    for (guint i = 0; i < G_N_ELEMENTS(sessions); i++) {
        if (sessions[i]->number == number && device_session_is_usable(self, sessions[i]))
            return sessions[i];
    }
    return NULL;
}

static void
receive_data(SimDevice *self, DevicePeer *peer, const WlEndpoint *from, SimMessage *message)
{
    DeviceSession *session = device_find_session(self, peer, message->session);

    if (!session || is_replay(session, message->counter))
        return;
    peer->endpoint = *from; /* before a reply is sent */
    if (session == &peer->next) {
        /* The initiator uses the session of our response: it is confirmed. */
        peer->previous = peer->current;
        peer->current = peer->next;
        peer->next = (DeviceSession){0};
        completed(self, peer);
        send_staged(self, peer);
    }
    note_authenticated(self, peer, from);
    if (peer->current.initiator && !peer->current.refreshed &&
        self->now - peer->current.created >= REJECT_AFTER - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT) {
        peer->current.refreshed = TRUE;
        device_initiate(self, peer, FALSE);
    }
    if (!message->packet) {
        peer->rx += sim_message_size(message);
        return;
    }
    if (peer->timers[TIMER_PASSIVE] == SIM_NEVER)
        device_set_timer(self, peer, TIMER_PASSIVE, self->now + KEEPALIVE_TIMEOUT);
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
receive_initiation(SimDevice *self, DevicePeer *peer, const WlEndpoint *from, SimMessage *message)
{
    SimMessage *answer;

    if (message->stamp <= peer->stamp || self->now - peer->consumed < INITIATION_INTERVAL)
        return;
    peer->stamp = message->stamp;
    peer->consumed = self->now;
    /* A peer has one handshake state: a pending initiation is dropped, and crossing initiations
     * give neither side a session. */
    peer->handshake = 0;
    note_authenticated(self, peer, from);
    peer->rx += sim_message_size(message);
    peer->next = (DeviceSession){.number = next_number(self), .created = self->now};
    peer->previous = (DeviceSession){0};
    peer->initiated = self->now; /* a response counts as an initiation */
    answer = sim_message_new(SIM_MESSAGE_RESPONSE);
    answer->handshake = message->handshake;
    answer->session = peer->next.number;
    transmit(self, peer, answer);
}

static void
receive_response(SimDevice *self, DevicePeer *peer, const WlEndpoint *from, SimMessage *message)
{
    if (peer->handshake == 0 || message->handshake != peer->handshake)
        return;
    peer->handshake = 0;
    peer->previous = peer->next.number != 0 ? peer->next : peer->current;
    peer->next = (DeviceSession){0};
    peer->current =
        (DeviceSession){.number = message->session, .created = self->now, .initiator = TRUE};
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
    DevicePeer *peer = device_find_peer(self, &message->sender);

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
take_timer(SimDevice *self, DevicePeer *peer, DeviceTimer timer)
{
    if (peer->timers[timer] > self->now)
        return FALSE;
    device_set_timer(self, peer, timer, SIM_NEVER);
    return TRUE;
}

static void
run_peer(SimDevice *self, DevicePeer *peer)
{
    if (take_timer(self, peer, TIMER_RETRY)) {
        if (++peer->attempts < MAX_ATTEMPTS) {
            device_initiate(self, peer, TRUE);
        } else {
            peer->handshake = 0;
            device_drop_staged(peer);
        }
    }
    if (take_timer(self, peer, TIMER_PASSIVE)) {
        gboolean another = peer->another_keepalive;
        /* Without a session it causes an initiation, as any packet does. */
        send_to(self, peer, NULL);
        if (another)
            device_set_timer(self, peer, TIMER_PASSIVE, self->now + KEEPALIVE_TIMEOUT);
    }
    if (take_timer(self, peer, TIMER_SILENCE))
        device_initiate(self, peer, FALSE);
    if (take_timer(self, peer, TIMER_PERSISTENT)) {
        send_to(self, peer, NULL);
        device_set_timer(self, peer, TIMER_PERSISTENT, self->now + SIM_SEC(peer->keepalive));
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
        DevicePeer *peer = self->peers->pdata[i];
        peer->current = peer->previous = peer->next = (DeviceSession){0};
        peer->handshake = 0;
    }
}

void
sim_device_resume(SimDevice *self, gint64 duration)
{
    for (guint i = 0; i < self->peers->len; i++) {
        DevicePeer *peer = self->peers->pdata[i];
        for (guint j = 0; j < TIMER_N; j++) {
            if (peer->timers[j] != SIM_NEVER)
                device_set_timer(self, peer, j, peer->timers[j] + duration);
        }
    }
}
