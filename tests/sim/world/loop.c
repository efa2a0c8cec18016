/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of WireGuard inside the tunnel.
 */
#include "world/loop.h"

/* A round takes this long; a packet does not grow beyond the MTU, where it is fragmented. */
#define ROUND   SIM_MSEC(1)
#define MTU     1420
#define HEADERS 48

typedef struct {
    SimTimer timer;
    SimHost *host;
    SimPacket *packet;
} Loop;

gboolean
sim_loop_enters_tunnel(const SimHost *host, const WlIp *ip)
{
    int tunnel = sim_device_find_route_length(host->device, ip), attached = -1;

    if (tunnel <= 1)
        tunnel = -1;
    for (guint i = 0; i < host->config->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(host->config->addresses, WlPrefix, i);
        if (wl_prefix_contains_ip(address, ip))
            tunnel = MAX(tunnel, address->length);
    }
    for (guint i = 0; tunnel >= 0 && i < host->ports->len; i++) {
        const SimPort *port = host->ports->pdata[i];
        for (guint j = 0; port->net && port->up && j < port->addresses->len; j++) {
            const WlPrefix *address = &g_array_index(port->addresses, WlPrefix, j);
            if (wl_prefix_contains_ip(address, ip))
                attached = MAX(attached, address->length);
        }
    }
    return tunnel > attached;
}

static void
loop_free(Loop *loop)
{
    sim_packet_unref(loop->packet);
    g_free(loop);
}

static void
schedule(SimHost *host, SimPacket *packet, gint64 delay, void (*run)(SimTimer *timer))
{
    Loop *loop = g_new0(Loop, 1);

    loop->timer.run = run;
    loop->host = host;
    loop->packet = sim_packet_ref(packet);
    sim_world_set_timer(host->world, &loop->timer, host->world->now + delay);
}

static void
run_send(SimTimer *timer)
{
    Loop *loop = (Loop *) timer;

    sim_host_send(loop->host, loop->packet);
    sim_host_settle(loop->host);
    loop_free(loop);
}

static void
run_deliver(SimTimer *timer)
{
    Loop *loop = (Loop *) timer;
    const SimPacket *packet = loop->packet;
    WlEndpoint source = {.ip = packet->source, .port = packet->source_port};
    WlEndpoint destination = {.ip = packet->destination, .port = packet->destination_port};

    sim_host_receive(loop->host, &source, &destination, packet->message);
    loop_free(loop);
}

void
sim_loop_send(SimHost *host, const WlEndpoint *to, SimMessage *message)
{
    guint loops = message->packet ? message->packet->loops + 1 : 1;
    SimPacket *packet;
    WlIp source;

    if (loops > SIM_LOOPS || sim_host_owns(host, &to->ip) ||
        !sim_host_get_source(host, to->ip.family, &source))
        return;
    packet = sim_packet_new(SIM_PACKET_LOOP);
    packet->source = source;
    packet->destination = to->ip;
    packet->source_port = host->listen_port;
    packet->destination_port = to->port;
    packet->message = sim_message_ref(message);
    packet->size = MIN(sim_message_size(message) + HEADERS, MTU);
    packet->loops = loops;
    schedule(host, packet, ROUND, run_send);
    sim_packet_unref(packet);
}

void
sim_loop_deliver(SimHost *host, SimPacket *packet)
{
    schedule(host, packet, 0, run_deliver);
}

void
sim_loop_drop_all(SimWorld *world)
{
    g_autoptr(GPtrArray) waits = g_ptr_array_new();

    for (guint i = 1; i < world->heap.waits->len; i++) {
        SimTimer *timer = world->heap.waits->pdata[i];
        if (timer->run == run_send || timer->run == run_deliver)
            g_ptr_array_add(waits, timer);
    }
    for (guint i = 0; i < waits->len; i++) {
        SimTimer *timer = waits->pdata[i];
        sim_heap_set(&world->heap, &timer->wait, SIM_NEVER);
        loop_free((Loop *) timer);
    }
}
