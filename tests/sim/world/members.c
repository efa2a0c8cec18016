/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world/members.h"

#define MAX_HOPS 8

const SimMemberKind *
sim_members_find(SimKind kind)
{
    switch (kind) {
    case SIM_KIND_NATIVE:
        return &sim_member_native;
    case SIM_KIND_GO:
        return &sim_member_go;
    case SIM_KIND_BASIC:
        break;
    }
    return NULL;
}

const char *
sim_kind_to_string(SimKind kind)
{
    static const char *const names[] = {"native", "go", "basic"};

    return names[kind];
}

guint32
sim_host_random(gpointer user_data)
{
    const SimHost *host = user_data;

    return g_rand_int(host->world->random);
}

static gboolean
is_absent(const SimHost *host, const WlKey *key)
{
    for (guint i = 0; i < host->absent->len; i++) {
        const SimHost *absent = host->absent->pdata[i];
        if (wl_key_equal(&absent->public_key, key))
            return TRUE;
    }
    return wl_key_equal(&host->public_key, key);
}

void
sim_members_configure_device(SimHost *host)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        g_autoptr(WlPeerChange) change = NULL;

        if (is_absent(host, &peer->public_key))
            continue;
        change = wl_peer_change_new(WL_PEER_ADD, &peer->public_key);
        g_array_append_vals(change->allowed_ips, peer->allowed_ips->data, peer->allowed_ips->len);
        for (guint j = 0; j < peer->endpoints->len; j++) {
            if (wl_endpoint_parse(peer->endpoints->pdata[j], &change->endpoint))
                break;
        }
        change->keepalive = peer->keepalive;
        sim_device_change(host->device, change);
    }
}

/* ---- questions about the truth */

/* The next host that a packet to @ip reaches; NULL: it is lost. */
static SimHost *
next_hop(SimHost *host, const WlIp *from, const WlIp *ip)
{
    const WlKey *owner = host->device ? sim_device_find_owner(host->device, ip) : NULL;
    WlEndpoint source = {.port = host->listen_port}, endpoint, seen;
    SimPort *port;
    SimHost *next;

    if (!owner || host->asleep || !sim_device_get_endpoint(host->device, owner, &endpoint))
        return NULL;
    sim_device_set_time(host->device, host->world->now, host->wall_offset);
    port = sim_host_route(host, &endpoint.ip, &source.ip);
    next = port ? sim_net_trace_path(port, &source, &endpoint, &seen) : NULL;
    if (!next || next->asleep || !next->device || !wl_key_equal(&next->public_key, owner) ||
        endpoint.port == 0)
        return NULL;
    sim_device_set_time(next->device, host->world->now, next->wall_offset);
    if (!sim_device_accepts_session(next->device, &host->public_key,
                                    sim_device_get_session(host->device, owner)))
        return NULL;
    owner = sim_device_find_owner(next->device, from);
    return owner && wl_key_equal(owner, &host->public_key) ? next : NULL;
}

static gboolean
deliver_one_direction(SimHost *host, const WlIp *from, const WlIp *to, SimHost **last, guint *hops)
{
    for (guint i = 0; i < MAX_HOPS; i++) {
        SimHost *next = next_hop(host, from, to);

        if (!next)
            return FALSE;
        if (sim_host_owns(next, to)) {
            *last = next;
            return TRUE;
        }
        if (!next->forwards)
            return FALSE;
        ++*hops;
        host = next;
    }
    return FALSE;
}

gboolean
sim_host_can_deliver(SimHost *self, const WlIp *ip, guint *hops)
{
    guint there = 0, back = 0;
    SimHost *last, *end;
    WlIp source;

    if (!sim_host_get_source(self, ip->family, &source) ||
        !deliver_one_direction(self, &source, ip, &last, &there) ||
        !deliver_one_direction(last, ip, &source, &end, &back))
        return FALSE;
    if (hops)
        *hops = there + back;
    return end == self;
}

gboolean
sim_host_get_peer_status(const SimHost *self, const SimHost *peer, SimPeerStatus *status)
{
    return self->member &&
           self->with->get_peer_status(self->member, sim_host_now(self), &peer->public_key, status);
}

SimCounters
sim_host_get_counters(const SimHost *self)
{
    SimCounters counters = self->counters;

    if (self->device)
        counters.initiations += sim_device_get_initiations(self->device);
    return counters;
}
