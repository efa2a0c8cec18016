/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host: its interfaces and its next deadline.
 */
#include "world/host.h"

#include "wl-link-local.h"
#include "world/member.h"
#include "world/outputs.h"

#define MAX_TURNS 1000

static void on_timer(SimTimer *timer);

const char *
sim_kind_to_string(SimKind kind)
{
    static const char *const names[] = {"native", "go", "basic"};

    return names[kind];
}

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
    self->refused_sends = g_hash_table_new(NULL, NULL);
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
    g_hash_table_unref(self->refused_sends);
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

/* Its addresses come later than its route. */
static gboolean
has_route_only(const SimPort *port, WlFamily family)
{
    for (guint i = 0; port->coming && i < port->coming->len; i++) {
        if (g_array_index(port->coming, WlPrefix, i).ip.family == family)
            return TRUE;
    }
    return FALSE;
}

/* What a kernel takes that has no address on the interface of the route: one of another interface,
 * at last its own in the tunnel. */
static gboolean
find_other_source(const SimHost *self, WlFamily family, WlIp *source)
{
    for (guint i = 0; i < self->ports->len; i++) {
        const SimPort *port = self->ports->pdata[i];
        const WlPrefix *address = sim_port_get_address(port, family);

        if (address && port->net && port->up) {
            *source = address->ip;
            return TRUE;
        }
    }
    return sim_host_get_source(self, family, source);
}

SimPort *
sim_host_route(const SimHost *self, const WlIp *to, WlIp *source)
{
    SimPort *found = NULL;
    int length = -1; /* prefix length of an attached network; -1: the first one with a gateway */

    for (guint i = 0; i < self->ports->len; i++) {
        SimPort *port = self->ports->pdata[i];
        const WlPrefix *address = sim_port_get_address(port, to->family);
        int here;

        if (!port->net || !port->up)
            continue;
        if (!address && !found && has_route_only(port, to->family) &&
            find_other_source(self, to->family, source))
            found = port;
        if (!address)
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

/* ---- time */

gint64
sim_host_now(const SimHost *self)
{
    return self->world->now - (self->kind == SIM_KIND_GO ? self->slept : 0);
}

static void
run_member(SimHost *self)
{
    gint64 begun = sim_cpu_begin(self);

    self->counters.wakeups++;
    sim_member_time(self);
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
    for (guint i = 0;
         sim_member_is_running(self) && sim_member_get_deadline(self) <= self->world->now; i++) {
        if (i > MAX_TURNS)
            g_error("%s: too many wake-ups at the same time", self->name);
        run_member(self);
    }
    deadline = sim_device_get_deadline(self->device);
    if (sim_member_is_running(self))
        deadline = MIN(deadline, sim_member_get_deadline(self));
    sim_world_set_timer(self->world, &self->timer, deadline);
}

static void
on_timer(SimTimer *timer)
{
    sim_host_settle((SimHost *) timer);
}

SimCounters
sim_host_get_counters(const SimHost *self)
{
    SimCounters counters = self->counters;

    if (self->device)
        counters.initiations += sim_device_get_initiations(self->device);
    return counters;
}
