/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a packet would arrive at this moment, judged by devices and networks alone.
 */
#include "world/reach.h"

#include "world/loop.h"

#define MAX_HOPS 8

/* The next host on the path of a packet to @ip; NULL: the packet is lost. */
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
    if (sim_loop_enters_tunnel(host, &endpoint.ip))
        return NULL;
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
sim_reach(SimHost *self, const WlIp *ip, guint *hops)
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
