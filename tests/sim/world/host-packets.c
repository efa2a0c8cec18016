/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel of a host: packets from and into its WireGuard device, forwarding, echoes and their
 * replies, and the watch for traffic.
 */
#include "world/host-private.h"

#include "world/liar/liars.h"
#include "world/loop.h"
#include "world/member.h"
#include "world/outputs.h"
#include "world/stream.h"

#define IP4_UDP_HEADERS 28
#define IP6_UDP_HEADERS 48
#define IP4_HEADER      20
#define IP6_HEADER      40
#define ECHO_HEADER     8
#define PING_SIZE       84
#define MAX_FORWARDS    8

/* ---- below the tunnel */

static void
trace_handshake(const SimHost *self, const WlEndpoint *to, const SimMessage *message)
{
    g_autofree char *at = NULL;
    const SimHost *peer;

    if (!self->world->trace)
        return;
    at = wl_endpoint_to_string(to);
    peer = sim_world_find_key(self->world, &message->receiver);
    sim_world_trace(self->world, self->name, "%s %s at %s",
                    message->kind == SIM_MESSAGE_INITIATION ? "initiates to" : "responds to",
                    peer ? peer->name : "unknown", at);
}

void
sim_host_transmit(gpointer user_data, const WlEndpoint *to, SimMessage *message)
{
    SimHost *self = user_data;
    WlEndpoint source = {.port = self->listen_port};
    gboolean loops = sim_loop_enters_tunnel(self, &to->ip);
    SimPort *port = loops ? NULL : sim_host_route(self, &to->ip, &source.ip);

    if ((!port && !loops) || self->asleep)
        return;
    if (wl_endpoint_is_set(&self->forged_source))
        source = self->forged_source;
    if (message->kind != SIM_MESSAGE_DATA)
        trace_handshake(self, to, message);
    if (message->kind != SIM_MESSAGE_DATA && self->world->handshake)
        self->world->handshake(self, to, message, self->world->user_data);
    self->counters.packets++;
    self->counters.bytes += sim_message_size(message) +
                            (to->ip.family == WL_FAMILY_V4 ? IP4_UDP_HEADERS : IP6_UDP_HEADERS);
    if (loops)
        sim_loop_send(self, to, message);
    else
        sim_net_transmit(port, &source, to, message);
}

void
sim_host_receive(SimHost *self, const WlEndpoint *source, const WlEndpoint *destination,
                 SimMessage *message)
{
    if (self->asleep || !self->device || destination->port != self->listen_port)
        return;
    sim_device_set_time(self->device, self->world->now, self->wall_offset);
    sim_device_receive(self->device, source, message);
    self->world->dirty |= message->kind != SIM_MESSAGE_DATA || message->counter == 1;
    sim_host_settle(self);
}

/* ---- in the tunnel */

/* Reports traffic: a packet on the link, neither from nor to a link-local address. */
static void
note_traffic(SimHost *self, const SimPacket *packet)
{
    gboolean wanted = !self->watched;

    if (!self->watching || !sim_member_is_running(self) || wl_ip_is_link_local(&packet->source) ||
        wl_ip_is_link_local(&packet->destination))
        return;
    for (guint i = 0; self->watched && i < self->watched->len; i++)
        wanted |=
            wl_prefix_contains_ip(&g_array_index(self->watched, WlPrefix, i), &packet->destination);
    if (!wanted)
        return;
    self->watching = FALSE;
    sim_world_trace(self->world, self->name, "sees traffic begin");
    if (self->engine)
        wl_engine_traffic_started(self->engine, sim_host_now(self), &packet->destination);
}

void
sim_host_send(SimHost *self, SimPacket *packet)
{
    if (!self->device || self->asleep)
        return;
    note_traffic(self, packet);
    sim_device_set_time(self->device, self->world->now, self->wall_offset);
    sim_device_send(self->device, packet);
}

static void
answer(SimHost *self, const SimPacket *echo)
{
    SimPacket *reply = sim_packet_forwarded(echo);

    reply->kind = SIM_PACKET_REPLY;
    reply->forwards = echo->forwards;
    reply->source = echo->destination;
    reply->destination = echo->source;
    sim_host_send(self, reply);
    sim_packet_unref(reply);
}

/* Only once, and only from the destination of the echo. */
static void
take_echo_reply(SimHost *self, const SimPacket *reply)
{
    for (guint i = 0; i < SIM_ECHOES; i++) {
        SimEcho *sent = &self->echoes[i];
        WlKey key = sent->key;

        if (sent->number != reply->number || !wl_ip_equal(&sent->probe.destination, &reply->source))
            continue;
        sent->number = 0;
        sim_world_trace(self->world, self->name, "receives an echo reply from %s",
                        sim_world_find_key(self->world, &key)->name);
        wl_engine_echo_reply(self->engine, sim_host_now(self), &key, sent->probe.sequence);
        return;
    }
}

static void
take_reply(SimHost *self, const SimPacket *reply)
{
    SimPing *ping = g_hash_table_lookup(self->pings, &reply->number);

    if (ping && ping->answered < 0) {
        ping->answered = self->world->now;
        ping->forwards = reply->forwards;
        self->world->dirty = TRUE;
    } else if (!ping && self->engine) {
        take_echo_reply(self, reply);
    }
}

static void
take_facts(SimHost *self, const SimPacket *packet)
{
    gint64 begun;

    if (!sim_member_is_running(self))
        return;
    if (self->liar)
        sim_liar_note_received(self->liar, &packet->source, packet->facts);
    if (self->world->before_receive)
        self->world->before_receive(self, &packet->source, packet->facts, self->world->user_data);
    begun = sim_cpu_begin(self);
    sim_member_datagram(self, &packet->source, packet->facts);
    sim_cpu_end(self, begun, FALSE);
    if (self->world->after_receive)
        self->world->after_receive(self, packet->facts, self->world->user_data);
}

static void
forward(SimHost *self, const SimPacket *packet)
{
    SimPacket *onward;

    if (!self->forwards || wl_ip_is_link_local(&packet->destination) ||
        packet->forwards >= MAX_FORWARDS)
        return;
    onward = sim_packet_forwarded(packet);
    sim_host_send(self, onward);
    sim_packet_unref(onward);
}

void
sim_host_deliver(gpointer user_data, const WlKey *from, SimPacket *packet)
{
    SimHost *self = user_data;

    note_traffic(self, packet);
    if (!sim_host_owns(self, &packet->destination)) {
        forward(self, packet);
        return;
    }
    switch (packet->kind) {
    case SIM_PACKET_FACTS:
        take_facts(self, packet);
        break;
    case SIM_PACKET_ECHO:
        if (!self->silent)
            answer(self, packet);
        break;
    case SIM_PACKET_REPLY:
        take_reply(self, packet);
        break;
    case SIM_PACKET_LOOP:
        sim_loop_deliver(self, packet);
        break;
    case SIM_PACKET_STREAM:
        sim_stream_received(packet->stream, packet->number);
        break;
    }
}

/* ---- echoes */

static SimPacket *
echo_new(SimHost *self, const WlIp *to, gsize size)
{
    SimPacket *packet = sim_packet_new(SIM_PACKET_ECHO);

    packet->number = ++self->world->last_echo;
    packet->destination = *to;
    packet->size = size;
    return packet;
}

void
sim_host_send_echo(SimHost *self, const WlKey *key, const WlEchoRequest *probe)
{
    gboolean v4 = probe->destination.family == WL_FAMILY_V4;
    SimPacket *packet =
        echo_new(self, &probe->destination, ECHO_HEADER + (v4 ? IP4_HEADER : IP6_HEADER));

    packet->source = probe->source.family == WL_FAMILY_NONE ? self->link_local : probe->source;
    self->echoes[probe->sequence % SIM_ECHOES] =
        (SimEcho){.number = packet->number, .key = *key, .probe = *probe};
    /* A kernel does not send from a foreign address. */
    if (sim_host_owns(self, &packet->source))
        sim_host_send(self, packet);
    sim_packet_unref(packet);
}

guint64
sim_host_ping(SimHost *self, const WlIp *to)
{
    SimPacket *packet = echo_new(self, to, PING_SIZE);
    SimPing *ping = g_new0(SimPing, 1);
    guint64 number = packet->number;

    ping->sent = self->world->now;
    ping->answered = -1;
    g_hash_table_insert(self->pings, g_memdup2(&number, sizeof(number)), ping);
    if (sim_host_get_source(self, to->family, &packet->source))
        sim_host_send(self, packet);
    sim_packet_unref(packet);
    sim_host_settle(self);
    return number;
}

const SimPing *
sim_host_get_ping(const SimHost *self, guint64 number)
{
    return g_hash_table_lookup(self->pings, &number);
}
