/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Neighbor resolution. A query belongs to its host and ends with a result or with the member.
 */
#include "world/neighbors.h"

#include "world/outputs.h"

/* As in Linux. */
#define ASKS      3
#define ASK_EVERY SIM_SEC(1)

typedef struct {
    SimTimer timer;
    SimHost *host;
    SimNet *net; /* the network of the query; NULL: none */
    WlIp ip;
    guint32 ifindex;
    gboolean heard; /* a reply arrives */
} NeighborQuery;

static SimPort *
find_port(const SimHost *host, guint32 ifindex)
{
    for (guint i = 0; i < host->ports->len; i++) {
        SimPort *port = host->ports->pdata[i];
        if (port->ifindex == ifindex)
            return port;
    }
    return NULL;
}

/* The host that replies: any that is awake, regardless of what runs on it; NULL: none. */
static const SimPort *
find_owner(const SimHost *host, const SimNet *net, const WlIp *ip)
{
    const SimPort *owner = net && !net->down ? g_hash_table_lookup(net->by_address, ip) : NULL;

    if (!owner || !owner->up)
        return NULL;
    if (owner->host && (owner->host->off || owner->host->asleep ||
                        sim_world_is_cut(host->world, host, owner->host) ||
                        sim_world_is_cut(host->world, owner->host, host)))
        return NULL;
    return owner;
}

static void
remove_query(NeighborQuery *query)
{
    sim_world_set_timer(query->host->world, &query->timer, SIM_NEVER);
    g_ptr_array_remove(query->host->neighbor_queries, query);
}

static void
on_result(SimTimer *timer)
{
    NeighborQuery query = *(NeighborQuery *) timer;
    SimHost *host = query.host;
    const SimPort *port = find_port(host, query.ifindex);
    g_autofree char *text = wl_ip_to_string(&query.ip);
    gboolean there =
        query.heard && port && port->net == query.net && find_owner(host, query.net, &query.ip);

    remove_query((NeighborQuery *) timer);
    if (host->asleep)
        return; /* the member queries again when it wakes */
    sim_world_trace(host->world, host->name, "%s %s",
                    there ? "finds neighbor" : "finds no neighbor", text);
    wl_engine_neighbor_result(host->engine, sim_host_now(host), &query.ip, query.ifindex, there);
    sim_host_settle(host);
}

static void
drop_same(SimHost *host, const WlIp *ip, guint32 ifindex)
{
    for (guint i = 0; i < host->neighbor_queries->len; i++) {
        NeighborQuery *query = host->neighbor_queries->pdata[i];

        if (query->ifindex != ifindex || !wl_ip_equal(&query->ip, ip))
            continue;
        remove_query(query);
        return;
    }
}

void
sim_neighbors_resolve(SimHost *host, const WlIp *ip, guint32 ifindex)
{
    NeighborQuery *query = g_new0(NeighborQuery, 1);
    const SimPort *port = find_port(host, ifindex);
    const SimPort *owner;
    gint64 after = ASKS * ASK_EVERY;

    drop_same(host, ip, ifindex);
    *query = (NeighborQuery){.timer = {.run = on_result},
                             .host = host,
                             .net = port && port->up ? port->net : NULL,
                             .ip = *ip,
                             .ifindex = ifindex};
    owner = find_owner(host, query->net, ip);
    for (guint i = 0; owner && !query->heard && i < ASKS; i++) {
        if (sim_world_chance(host->world, query->net->loss) ||
            sim_world_chance(host->world, query->net->loss))
            continue;
        query->heard = TRUE;
        after = i * ASK_EVERY + 2 * (query->net->delay + port->delay + owner->delay);
    }
    g_ptr_array_add(host->neighbor_queries, query);
    sim_world_set_timer(host->world, &query->timer, host->world->now + after);
}

void
sim_neighbors_cancel_all(SimHost *host)
{
    while (host->neighbor_queries->len > 0)
        remove_query(host->neighbor_queries->pdata[host->neighbor_queries->len - 1]);
}
