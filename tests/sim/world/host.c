/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world/host.h"

#include <string.h>

#include "world/members.h"
#include "world/neighbors.h"
#include "world/outputs.h"
#include "world/stream.h"

#include "wl-link-local.h"

#define IP4_UDP_HEADERS 28
#define IP6_UDP_HEADERS 48
#define IP4_HEADER      20
#define IP6_HEADER      40
#define ECHO_HEADER     8
#define PING_SIZE       84
#define MAX_FORWARDS    8
#define MAX_TURNS       1000

static void on_timer(SimTimer *timer);

static void
port_free(SimPort *port)
{
    sim_port_attach(port, NULL);
    sim_port_clear(port);
    g_free(port);
}

SimHost *
sim_host_new(SimWorld *world, const char *name)
{
    SimHost *self = g_new0(SimHost, 1);

    self->timer.run = on_timer;
    self->world = world;
    self->name = g_strdup(name);
    self->index = world->hosts->len;
    self->listen_port = 51820;
    wl_key_generate(&self->private_key, sim_world_random_bytes, world);
    wl_key_derive_public(&self->private_key, &self->public_key);
    wl_key_link_local(&self->public_key, &self->link_local);
    self->ports = g_ptr_array_new_with_free_func((GDestroyNotify) port_free);
    self->served = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    self->absent = g_ptr_array_new();
    self->jammed = g_hash_table_new(NULL, NULL);
    self->config = wl_engine_config_new();
    self->config->private_key = self->private_key;
    self->config->name = g_strdup(name);
    self->neighbor_queries = g_ptr_array_new_with_free_func(g_free);
    self->protected_hosts = g_array_new(FALSE, TRUE, sizeof(WlIp));
    self->pings = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    self->states = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    self->history = g_array_new(FALSE, TRUE, sizeof(SimChange));
    g_ptr_array_add(world->hosts, self);
    g_hash_table_insert(world->by_name, self->name, self);
    g_hash_table_insert(world->by_key, &self->public_key, self);
    return self;
}

void
sim_host_set_public_key(SimHost *self, const WlKey *key)
{
    g_hash_table_remove(self->world->by_key, &self->public_key);
    wl_key_wipe(&self->private_key);
    wl_key_wipe(&self->config->private_key);
    self->public_key = *key;
    wl_key_link_local(key, &self->link_local);
    g_hash_table_insert(self->world->by_key, &self->public_key, self);
}

void
sim_host_free(SimHost *self)
{
    sim_host_power_off(self);
    g_ptr_array_unref(self->ports);
    g_array_unref(self->served);
    g_ptr_array_unref(self->absent);
    g_hash_table_unref(self->jammed);
    g_clear_pointer(&self->watched, g_array_unref);
    wl_engine_config_free(self->config);
    g_array_unref(self->protected_hosts);
    g_ptr_array_unref(self->neighbor_queries);
    g_hash_table_unref(self->pings);
    g_hash_table_unref(self->states);
    g_array_unref(self->history);
    g_free(self->saved_state);
    g_free(self->name);
    g_free(self);
}

SimPort *
sim_host_add_port(SimHost *self, const char *name)
{
    SimPort *port = g_new0(SimPort, 1);

    sim_port_init(port, name, self, NULL);
    g_ptr_array_add(self->ports, port);
    port->ifindex = self->ports->len + 1; /* 1 is lo */
    return port;
}

SimPort *
sim_host_find_port(const SimHost *self, const char *name)
{
    for (guint i = 0; i < self->ports->len; i++) {
        SimPort *port = self->ports->pdata[i];
        if (g_str_equal(port->name, name))
            return port;
    }
    return NULL;
}

gint64
sim_host_now(const SimHost *self)
{
    return self->world->now - (self->with && !self->with->sees_sleep ? self->slept : 0);
}

/* ---- the network below */

SimPort *
sim_host_route(const SimHost *self, const WlIp *to, WlIp *source)
{
    SimPort *found = NULL;
    int length = -1; /* of the network that it is on; without one, the first that leads on */

    for (guint i = 0; i < self->ports->len; i++) {
        SimPort *port = self->ports->pdata[i];
        const WlPrefix *address = sim_port_get_address(port, to->family);
        int here;

        if (!address || !port->net || !port->up)
            continue;
        here = wl_prefix_contains_ip(address, to) ? address->length : -1;
        if (found && here <= length)
            continue;
        found = port;
        length = here;
        *source = address->ip;
    }
    return found;
}

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

static void
transmit(gpointer user_data, const WlEndpoint *to, SimMessage *message)
{
    SimHost *self = user_data;
    WlEndpoint source = {.port = self->listen_port};
    SimPort *port = sim_host_route(self, &to->ip, &source.ip);

    if (!port || self->asleep)
        return;
    if (message->kind != SIM_MESSAGE_DATA)
        trace_handshake(self, to, message);
    if (message->kind != SIM_MESSAGE_DATA && self->world->handshake)
        self->world->handshake(self, to, message, self->world->user_data);
    self->counters.packets++;
    self->counters.bytes += sim_message_size(message) +
                            (to->ip.family == WL_FAMILY_V4 ? IP4_UDP_HEADERS : IP6_UDP_HEADERS);
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

/* ---- its kernel */

gboolean
sim_host_owns(const SimHost *self, const WlIp *ip)
{
    if (wl_ip_equal(&self->link_local, ip))
        return self->kind != SIM_KIND_BASIC;
    for (guint i = 0; i < self->config->addresses->len; i++) {
        if (wl_ip_equal(&g_array_index(self->config->addresses, WlPrefix, i).ip, ip))
            return TRUE;
    }
    for (guint i = 0; i < self->served->len; i++) {
        if (wl_prefix_contains_ip(&g_array_index(self->served, WlPrefix, i), ip))
            return TRUE;
    }
    return FALSE;
}

gboolean
sim_host_get_source(const SimHost *self, WlFamily family, WlIp *source)
{
    for (guint i = 0; i < self->config->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(self->config->addresses, WlPrefix, i);
        if (address->ip.family == family) {
            *source = address->ip;
            return TRUE;
        }
    }
    return FALSE;
}

/* A packet passes the link, neither from nor to a link-local address. */
static void
note_traffic(SimHost *self, const SimPacket *packet)
{
    gboolean wanted = !self->watched;

    if (!self->watching || !self->member || wl_ip_is_link_local(&packet->source) ||
        wl_ip_is_link_local(&packet->destination))
        return;
    for (guint i = 0; self->watched && i < self->watched->len; i++)
        wanted |=
            wl_prefix_contains_ip(&g_array_index(self->watched, WlPrefix, i), &packet->destination);
    if (!wanted)
        return;
    self->watching = FALSE;
    sim_world_trace(self->world, self->name, "sees traffic begin");
    if (self->with->traffic_began)
        self->with->traffic_began(self->member, sim_host_now(self), &packet->destination);
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

/* Once, and only from where it was sent to. */
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
        self->with->echo_reply(self->member, sim_host_now(self), &key, sent->probe.sequence);
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
    } else if (!ping && self->member && self->with->echo_reply) {
        take_echo_reply(self, reply);
    }
}

static void
take_facts(SimHost *self, const SimPacket *packet)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(packet->facts, &length);
    gint64 begun;

    if (!self->member)
        return;
    if (self->world->before_receive)
        self->world->before_receive(self, &packet->source, packet->facts, self->world->user_data);
    begun = sim_cpu_begin(self);
    self->with->datagram(self->member, sim_host_now(self), &packet->source, data, length);
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

static void
deliver(gpointer user_data, const WlKey *from, SimPacket *packet)
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
    case SIM_PACKET_STREAM:
        sim_stream_received(packet->stream, packet->number);
        break;
    }
}

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
    /* From somebody else's address no kernel sends. */
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

/* ---- time */

static gint64
member_deadline(const SimHost *self)
{
    gint64 deadline = self->with->get_deadline(self->member);

    return deadline == SIM_NEVER ? SIM_NEVER : deadline + (self->world->now - sim_host_now(self));
}

static void
run_member(SimHost *self)
{
    gint64 begun = sim_cpu_begin(self);

    self->counters.wakeups++;
    self->with->time(self->member, sim_host_now(self));
    sim_cpu_end(self, begun, FALSE);
    self->counters.idle_wakeups += sim_outputs_drain(self) == 0;
}

void
sim_host_settle(SimHost *self)
{
    gint64 deadline = SIM_NEVER;

    if (self->asleep || !self->device) {
        sim_world_set_timer(self->world, &self->timer, SIM_NEVER);
        return;
    }
    sim_device_set_time(self->device, self->world->now, self->wall_offset);
    sim_device_run(self->device);
    sim_outputs_drain(self);
    for (guint i = 0; self->member && member_deadline(self) <= self->world->now; i++) {
        if (i > MAX_TURNS)
            g_error("%s is never done at one time", self->name);
        run_member(self);
    }
    deadline = sim_device_get_deadline(self->device);
    if (self->member)
        deadline = MIN(deadline, member_deadline(self));
    sim_world_set_timer(self->world, &self->timer, deadline);
}

static void
on_timer(SimTimer *timer)
{
    sim_host_settle((SimHost *) timer);
}

/* ---- life */

static void
report_addresses(SimHost *self)
{
    g_autoptr(GArray) local = g_array_new(FALSE, TRUE, sizeof(WlLocalAddress));

    for (guint i = 0; i < self->ports->len; i++) {
        const SimPort *port = self->ports->pdata[i];
        for (guint j = 0; port->net && port->up && j < port->addresses->len; j++) {
            WlLocalAddress address = {
                .address = g_array_index(port->addresses, WlPrefix, j),
                .ifindex = port->ifindex,
                .announce = g_str_has_prefix(port->name, "eth"),
            };
            g_strlcpy(address.ifname, port->name, sizeof(address.ifname));
            g_array_append_val(local, address);
        }
    }
    self->with->local_addresses(self->member, sim_host_now(self), (WlLocalAddress *) local->data,
                                local->len);
}

void
sim_host_network_changed(SimHost *self)
{
    self->world->dirty = TRUE;
    if (self->member && !self->asleep)
        report_addresses(self);
    sim_host_settle(self);
}

/* What NetworkManager knows, and a machine that sleeps hears of when it wakes. */
static void
report_environment(SimHost *self, gboolean connectivity, gboolean protected_hosts)
{
    if (!self->member || self->asleep)
        return;
    if (connectivity && self->with->connectivity)
        self->with->connectivity(self->member, sim_host_now(self), self->connectivity);
    if (protected_hosts && self->with->protected_hosts)
        self->with->protected_hosts(self->member, sim_host_now(self),
                                    (WlIp *) self->protected_hosts->data,
                                    self->protected_hosts->len);
}

void
sim_host_set_connectivity(SimHost *self, WlConnectivity connectivity)
{
    self->connectivity = connectivity;
    report_environment(self, TRUE, FALSE);
    sim_host_settle(self);
}

void
sim_host_set_protected_hosts(SimHost *self, const WlIp *protected_hosts, gsize n)
{
    g_array_set_size(self->protected_hosts, 0);
    g_array_append_vals(self->protected_hosts, protected_hosts, n);
    report_environment(self, FALSE, TRUE);
    sim_host_settle(self);
}

static void
make_device(SimHost *self)
{
    static const SimDeviceCallbacks callbacks = {
        .transmit = transmit, .deliver = deliver, .random = sim_host_random};

    self->device = sim_device_new(&self->public_key, self->listen_port, &callbacks, self);
    self->devices++;
    sim_device_set_time(self->device, self->world->now, self->wall_offset);
}

gboolean
sim_host_start(SimHost *self, GError **error)
{
    g_return_val_if_fail(!self->member, FALSE);
    if (self->kind == SIM_KIND_NATIVE || !self->device) {
        g_clear_pointer(&self->device, sim_device_free);
        make_device(self);
        if (self->kind != SIM_KIND_NATIVE)
            sim_members_configure_device(self);
    }
    self->config->listen_port = self->listen_port;
    self->with = sim_members_find(self->kind);
    self->started = self->world->now;
    self->off = FALSE;
    self->watching = FALSE;
    memset(self->echoes, 0, sizeof(self->echoes));
    g_hash_table_remove_all(self->states);
    if (self->with) {
        self->member = self->with->create(self->config, sim_host_now(self), sim_world_random_bytes,
                                          self->world, error);
        if (!self->member)
            return FALSE;
        if (self->saved_state && self->with->load_state) {
            g_autoptr(GError) unread = NULL;
            if (!self->with->load_state(self->member, sim_host_now(self), self->saved_state,
                                        strlen(self->saved_state), &unread)) {
                sim_world_trace(self->world, self->name, "cannot load its state: %s",
                                unread->message);
                g_clear_pointer(&self->saved_state, g_free);
            }
        }
        sim_outputs_drain(self);
        report_environment(self, self->connectivity != WL_CONNECTIVITY_UNKNOWN,
                           self->protected_hosts->len > 0);
    }
    sim_world_trace(self->world, self->name, "starts");
    sim_host_network_changed(self);
    return TRUE;
}

static void
end_member(SimHost *self, const char *how)
{
    self->world->dirty = TRUE;
    self->watching = FALSE;
    if (!self->member)
        return;
    sim_world_trace(self->world, self->name, "%s", how);
    sim_neighbors_cancel_all(self);
    self->with->free(self->member);
    self->member = NULL;
}

static void
end_device(SimHost *self)
{
    if (!self->device)
        return;
    self->counters.initiations += sim_device_get_initiations(self->device);
    g_clear_pointer(&self->device, sim_device_free);
}

void
sim_host_stop(SimHost *self)
{
    end_member(self, "stops");
    if (self->kind != SIM_KIND_GO)
        end_device(self);
    sim_host_settle(self);
}

void
sim_host_crash(SimHost *self)
{
    end_member(self, "crashes");
    sim_host_settle(self);
}

void
sim_host_power_off(SimHost *self)
{
    end_member(self, "is powered off");
    end_device(self);
    self->off = TRUE;
    self->asleep = FALSE;
    sim_host_settle(self);
}

void
sim_host_sleep(SimHost *self)
{
    if (self->asleep)
        return;
    sim_world_trace(self->world, self->name, "sleeps");
    self->asleep = TRUE;
    self->slept_at = self->world->now;
    if (self->device) {
        sim_device_set_time(self->device, self->world->now, self->wall_offset);
        sim_device_suspend(self->device);
    }
    sim_host_settle(self);
    self->world->dirty = TRUE;
}

void
sim_host_wake(SimHost *self)
{
    gint64 duration = self->world->now - self->slept_at;

    if (!self->asleep)
        return;
    sim_world_trace(self->world, self->name, "wakes");
    self->asleep = FALSE;
    self->slept += duration;
    if (self->device) {
        sim_device_set_time(self->device, self->world->now, self->wall_offset);
        sim_device_resume(self->device, duration);
    }
    if (self->member && self->with->resumed)
        self->with->resumed(self->member, sim_host_now(self));
    report_environment(self, TRUE, TRUE);
    sim_host_network_changed(self);
}

void
sim_host_lose_link(SimHost *self)
{
    if (!self->device)
        return;
    end_device(self);
    make_device(self);
    if (self->member && self->with->link_recreated)
        self->with->link_recreated(self->member, sim_host_now(self));
    self->watching = FALSE;
    sim_host_settle(self);
}
