/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Networks and the datagrams that cross them. A datagram in flight holds a reference to its
 * message.
 */
#include "world/net.h"

#include <string.h>

#include "world/host.h"
#include "world/nat.h"

#define MAX_HOPS 16

/* A datagram that crosses one network. */
typedef struct {
    SimTimer timer;
    SimHost *origin;
    SimNet *net;
    SimPort *to;
    WlEndpoint source, destination;
    SimMessage *message;
    guint hops;
} Datagram;

static void arrive(SimTimer *timer);

/* ---- networks and ports */

static guint
ip_hash(gconstpointer key)
{
    const WlIp *ip = key;
    guint hash = ip->family;

    for (gsize i = 0; i < sizeof(ip->bytes); i++)
        hash = hash * 33 + ip->bytes[i];
    return hash;
}

static gboolean
ip_equal(gconstpointer a, gconstpointer b)
{
    return wl_ip_equal(a, b);
}

SimNet *
sim_net_new(SimWorld *world, const char *name)
{
    SimNet *self = g_new0(SimNet, 1);

    self->world = world;
    self->name = g_strdup(name);
    self->by_address = g_hash_table_new_full(ip_hash, ip_equal, g_free, NULL);
    self->routed = g_ptr_array_new();
    g_ptr_array_add(world->nets, self);
    g_hash_table_insert(world->nets_by_name, self->name, self);
    return self;
}

void
sim_net_free(SimNet *self)
{
    g_hash_table_unref(self->by_address);
    g_ptr_array_unref(self->routed);
    g_free(self->name);
    g_free(self);
}

void
sim_port_init(SimPort *self, const char *name, SimHost *host, SimNat *nat)
{
    memset(self, 0, sizeof(*self));
    self->name = g_strdup(name);
    self->host = host;
    self->nat = nat;
    self->up = TRUE;
    self->addresses = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
}

void
sim_port_clear(SimPort *self)
{
    g_free(self->name);
    g_array_unref(self->addresses);
    g_clear_pointer(&self->coming, g_array_unref);
}

static void
enlist(SimPort *self)
{
    for (guint i = 0; self->net && i < self->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(self->addresses, WlPrefix, i);
        g_hash_table_insert(self->net->by_address, g_memdup2(&address->ip, sizeof(address->ip)),
                            self);
    }
}

static void
delist(SimPort *self)
{
    for (guint i = 0; self->net && i < self->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(self->addresses, WlPrefix, i);
        if (g_hash_table_lookup(self->net->by_address, &address->ip) == self)
            g_hash_table_remove(self->net->by_address, &address->ip);
    }
}

void
sim_port_attach(SimPort *self, SimNet *net)
{
    delist(self);
    self->net = net;
    enlist(self);
}

void
sim_port_set_addresses(SimPort *self, const WlPrefix *addresses, gsize n)
{
    delist(self);
    g_array_set_size(self->addresses, 0);
    if (n > 0)
        g_array_append_vals(self->addresses, addresses, (guint) n);
    enlist(self);
}

const WlPrefix *
sim_port_get_address(const SimPort *self, WlFamily family)
{
    for (guint i = 0; i < self->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(self->addresses, WlPrefix, i);
        if (address->ip.family == family)
            return address;
    }
    return NULL;
}

/* ---- paths */

static gboolean
is_on_link(const SimPort *port, const WlIp *ip)
{
    for (guint i = 0; i < port->addresses->len; i++) {
        if (wl_prefix_contains_ip(&g_array_index(port->addresses, WlPrefix, i), ip))
            return TRUE;
    }
    return FALSE;
}

/* The receiver of a datagram for @ip from @from on its network; NULL: none. */
static SimPort *
next_port(const SimPort *from, const WlIp *ip)
{
    SimNet *net = from->net;
    SimPort *to = g_hash_table_lookup(net->by_address, ip);

    if (to)
        return to;
    for (guint i = 0; i < net->routed->len; i++) {
        SimNat *nat = net->routed->pdata[i];
        if (&nat->outside != from && is_on_link(&nat->inside, ip))
            return &nat->outside;
    }
    if (!net->gateway || net->gateway == from || is_on_link(from, ip))
        return NULL;
    return net->gateway;
}

static gboolean
is_usable(const SimPort *port)
{
    return port->net && port->up && !port->net->down;
}

/* The port through which a NAT forwards a datagram; NULL: dropped. */
static SimPort *
pass(SimPort *port, WlEndpoint *source, WlEndpoint *destination, gboolean dry)
{
    SimNat *nat = port->nat;
    const WlPrefix *outside;

    if (port == &nat->outside)
        return sim_nat_in(nat, destination, source, dry) ? &nat->inside : NULL;
    outside = sim_port_get_address(&nat->outside, destination->ip.family);
    if (outside && wl_ip_equal(&outside->ip, &destination->ip)) {
        if (!nat->hairpin || !sim_nat_out(nat, source, destination, dry))
            return NULL;
        return sim_nat_in(nat, destination, source, dry) ? &nat->inside : NULL;
    }
    return sim_nat_out(nat, source, destination, dry) ? &nat->outside : NULL;
}

/* ---- datagrams in flight */

static void
datagram_free(Datagram *datagram)
{
    sim_message_unref(datagram->message);
    g_free(datagram);
}

static void
schedule(const Datagram *datagram, const SimPort *from)
{
    SimNet *net = datagram->net;
    Datagram *copy = g_memdup2(datagram, sizeof(*datagram));
    gint64 delay = net->delay + from->delay + datagram->to->delay;

    if (net->jitter > 0)
        delay += sim_world_random(net->world, (guint32) net->jitter);
    if (sim_world_chance(net->world, net->reorder))
        delay += net->delay + SIM_MSEC(5);
    copy->timer = (SimTimer){.run = arrive};
    sim_message_ref(copy->message);
    sim_world_set_timer(net->world, &copy->timer, net->world->now + delay);
}

static void
put_on(SimPort *from, Datagram *datagram)
{
    SimNet *net = from->net;

    if (!is_usable(from) || datagram->hops > MAX_HOPS)
        return;
    datagram->net = net;
    datagram->to = next_port(from, &datagram->destination.ip);
    if (!datagram->to || sim_world_chance(net->world, net->loss))
        return;
    schedule(datagram, from);
    if (sim_world_chance(net->world, net->duplicate))
        schedule(datagram, from);
}

static void
arrive(SimTimer *timer)
{
    Datagram *datagram = (Datagram *) timer;
    SimPort *to = datagram->to;

    if (to->net == datagram->net && is_usable(to)) {
        if (to->host) {
            if (!sim_world_is_cut(to->host->world, datagram->origin, to->host))
                sim_host_receive(to->host, &datagram->source, &datagram->destination,
                                 datagram->message);
        } else {
            SimPort *next = pass(to, &datagram->source, &datagram->destination, FALSE);
            datagram->hops++;
            if (next)
                put_on(next, datagram);
        }
    }
    datagram_free(datagram);
}

void
sim_net_transmit(SimPort *port, const WlEndpoint *source, const WlEndpoint *destination,
                 SimMessage *message)
{
    Datagram datagram = {
        .origin = port->host, .source = *source, .destination = *destination, .message = message};

    if (port->net)
        put_on(port, &datagram);
}

SimHost *
sim_net_trace_path(SimPort *port, const WlEndpoint *source, const WlEndpoint *destination,
                   WlEndpoint *seen)
{
    SimHost *origin = port->host;
    WlEndpoint to = *destination;

    *seen = *source;
    for (guint hops = 0; hops < MAX_HOPS; hops++) {
        SimPort *next;

        if (!is_usable(port))
            return NULL;
        next = next_port(port, &to.ip);
        if (!next || !is_usable(next))
            return NULL;
        if (next->host)
            return sim_world_is_cut(origin->world, origin, next->host) ? NULL : next->host;
        port = pass(next, seen, &to, TRUE);
        if (!port)
            return NULL;
    }
    return NULL;
}

void
sim_net_drop_all(SimWorld *world)
{
    g_autoptr(GPtrArray) waits = g_ptr_array_new();

    for (guint i = 1; i < world->heap.waits->len; i++) {
        SimTimer *timer = world->heap.waits->pdata[i];
        if (timer->run == arrive)
            g_ptr_array_add(waits, timer);
    }
    for (guint i = 0; i < waits->len; i++) {
        SimTimer *timer = waits->pdata[i];
        sim_heap_set(&world->heap, &timer->wait, SIM_NEVER);
        datagram_free((Datagram *) timer);
    }
}
