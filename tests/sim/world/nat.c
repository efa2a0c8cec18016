/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mappings of a NAT and the datagrams that they admit. Times in µs of the world.
 */
#include "world/nat.h"

/* The timeouts of Linux connection tracking for UDP. */
#define UNREPLIED SIM_SEC(30)
#define REPLIED   SIM_SEC(120)

static void
mapping_free(SimMapping *mapping)
{
    g_array_unref(mapping->permits);
    g_free(mapping);
}

SimNat *
sim_nat_new(SimWorld *world, const char *name, SimNatKind kind)
{
    SimNat *self = g_new0(SimNat, 1);

    self->world = world;
    self->name = g_strdup(name);
    self->kind = kind;
    self->timeout_unreplied = UNREPLIED;
    self->timeout_replied = REPLIED;
    sim_port_init(&self->outside, "outside", NULL, self);
    sim_port_init(&self->inside, "inside", NULL, self);
    self->mappings = g_ptr_array_new_with_free_func((GDestroyNotify) mapping_free);
    g_ptr_array_add(world->nats, self);
    g_hash_table_insert(world->nats_by_name, self->name, self);
    return self;
}

void
sim_nat_free(SimNat *self)
{
    sim_port_clear(&self->outside);
    sim_port_clear(&self->inside);
    g_ptr_array_unref(self->mappings);
    g_free(self->name);
    g_free(self);
}

void
sim_nat_attach(SimNat *self, SimNet *outside, SimNet *inside)
{
    sim_port_attach(&self->outside, outside);
    sim_port_attach(&self->inside, inside);
    inside->gateway = &self->inside;
    if (sim_port_get_address(&self->inside, WL_FAMILY_V6))
        g_ptr_array_add(outside->routed, self);
}

void
sim_nat_forget(SimNat *self)
{
    g_ptr_array_set_size(self->mappings, 0);
    self->world->dirty = TRUE;
}

static gint64
timeout_of(const SimNat *self, const SimMapping *mapping)
{
    return mapping->replied ? self->timeout_replied : self->timeout_unreplied;
}

static gboolean
lives(const SimNat *self, const SimMapping *mapping)
{
    return self->world->now - mapping->last < timeout_of(self, mapping);
}

/* IPv6 is not translated: its mappings are only a filter. */
static gboolean
is_translated(const WlEndpoint *inside)
{
    return inside->ip.family == WL_FAMILY_V4;
}

static void
drop_dead(SimNat *self)
{
    for (guint i = self->mappings->len; i-- > 0;) {
        if (!lives(self, self->mappings->pdata[i]))
            g_ptr_array_remove_index(self->mappings, i);
    }
}

static SimMapping *
find_out(const SimNat *self, const WlEndpoint *inside, const WlEndpoint *remote)
{
    for (guint i = 0; i < self->mappings->len; i++) {
        SimMapping *mapping = self->mappings->pdata[i];
        if (lives(self, mapping) && wl_endpoint_equal(&mapping->inside, inside) &&
            (self->kind != SIM_NAT_SYMMETRIC || wl_endpoint_equal(&mapping->remote, remote)))
            return mapping;
    }
    return NULL;
}

static gboolean
port_taken(const SimNat *self, guint16 port)
{
    for (guint i = 0; i < self->mappings->len; i++) {
        const SimMapping *mapping = self->mappings->pdata[i];
        if (lives(self, mapping) && is_translated(&mapping->inside) && mapping->port == port)
            return TRUE;
    }
    return FALSE;
}

static guint16
choose_port(const SimNat *self, const WlEndpoint *inside)
{
    guint16 port = inside->port;

    if (!is_translated(inside))
        return port;
    if (self->kind == SIM_NAT_SYMMETRIC)
        port = (guint16) (1024 + sim_world_random(self->world, 64000));
    while (port == 0 || port_taken(self, port))
        port++;
    return port;
}

static void
permit(SimNat *self, SimMapping *mapping, const WlEndpoint *remote)
{
    SimPermit permit = {.remote = *remote, .last = self->world->now};

    for (guint i = mapping->permits->len; i-- > 0;) {
        SimPermit *known = &g_array_index(mapping->permits, SimPermit, i);
        if (wl_endpoint_equal(&known->remote, remote)) {
            known->last = self->world->now;
            return;
        }
        if (self->world->now - known->last >= self->timeout_replied)
            g_array_remove_index_fast(mapping->permits, i);
    }
    g_array_append_val(mapping->permits, permit);
}

gboolean
sim_nat_out(SimNat *self, WlEndpoint *source, const WlEndpoint *remote, gboolean dry)
{
    const WlPrefix *address = sim_port_get_address(&self->outside, source->ip.family);
    SimMapping *mapping = find_out(self, source, remote);
    guint16 port;

    if (is_translated(source) && !address)
        return FALSE;
    if (!mapping && dry && self->kind == SIM_NAT_SYMMETRIC)
        return FALSE; /* its port is not known in advance */
    port = mapping ? mapping->port : choose_port(self, source);
    if (!dry) {
        if (!mapping) {
            drop_dead(self);
            mapping = g_new0(SimMapping, 1);
            mapping->inside = *source;
            mapping->remote = *remote;
            mapping->port = port;
            mapping->permits = g_array_new(FALSE, TRUE, sizeof(SimPermit));
            g_ptr_array_add(self->mappings, mapping);
        }
        mapping->last = self->world->now;
        permit(self, mapping, remote);
    }
    if (is_translated(source)) {
        source->ip = address->ip;
        source->port = port;
    }
    return TRUE;
}

static gboolean
lets_in(const SimNat *self, const SimMapping *mapping, const WlEndpoint *remote)
{
    if (self->kind == SIM_NAT_FULL_CONE && is_translated(&mapping->inside))
        return TRUE;
    for (guint i = 0; i < mapping->permits->len; i++) {
        const SimPermit *permit = &g_array_index(mapping->permits, SimPermit, i);

        if (self->world->now - permit->last >= timeout_of(self, mapping))
            continue;
        if (wl_endpoint_equal(&permit->remote, remote) ||
            (self->kind == SIM_NAT_ADDRESS_RESTRICTED &&
             wl_ip_equal(&permit->remote.ip, &remote->ip)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_for(const SimMapping *mapping, const WlEndpoint *destination)
{
    if (mapping->inside.ip.family != destination->ip.family)
        return FALSE;
    if (is_translated(&mapping->inside))
        return mapping->port == destination->port;
    return wl_endpoint_equal(&mapping->inside, destination);
}

gboolean
sim_nat_in(SimNat *self, WlEndpoint *destination, const WlEndpoint *remote, gboolean dry)
{
    for (guint i = 0; i < self->mappings->len; i++) {
        SimMapping *mapping = self->mappings->pdata[i];

        if (!lives(self, mapping) || !is_for(mapping, destination) ||
            !lets_in(self, mapping, remote))
            continue;
        if (!dry) {
            mapping->last = self->world->now;
            mapping->replied = TRUE;
            permit(self, mapping, remote);
        }
        *destination = mapping->inside;
        return TRUE;
    }
    return FALSE;
}
