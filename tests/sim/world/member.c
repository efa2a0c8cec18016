/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The member on a host, of either kind.
 */
#include "world/member.h"

gboolean
sim_member_is_running(const SimHost *host)
{
    return host->engine || host->daemon;
}

gboolean
sim_member_create(SimHost *host, GError **error)
{
    g_return_val_if_fail(!sim_member_is_running(host), FALSE);
    if (host->kind == SIM_KIND_NATIVE)
        host->engine = wl_engine_new(host->config, sim_host_now(host), sim_world_random_bytes,
                                     host->world, error);
    else if (host->kind == SIM_KIND_GO)
        host->daemon =
            go_new(host->config, sim_host_now(host), sim_world_random_bytes, host->world, error);
    return sim_member_is_running(host);
}

void
sim_member_free(SimHost *host)
{
    g_clear_pointer(&host->engine, wl_engine_free);
    g_clear_pointer(&host->daemon, go_free);
}

/* ---- inputs */

void
sim_member_time(SimHost *host)
{
    if (host->engine)
        wl_engine_advance_time(host->engine, sim_host_now(host));
    else
        go_time(host->daemon, sim_host_now(host));
}

void
sim_member_snapshot(SimHost *host, const WlDevice *device)
{
    if (host->engine)
        wl_engine_device_snapshot(host->engine, sim_host_now(host), device);
    else
        go_snapshot(host->daemon, sim_host_now(host), device);
}

void
sim_member_datagram(SimHost *host, const WlIp *source, GBytes *bytes)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);

    if (host->engine)
        wl_engine_datagram_received(host->engine, sim_host_now(host), source, data, length);
    else
        go_datagram(host->daemon, sim_host_now(host), source, data, length);
}

void
sim_member_local_addresses(SimHost *host, const GArray *addresses)
{
    const WlLocalAddress *first = (const WlLocalAddress *) addresses->data;

    if (host->engine)
        wl_engine_set_local_addresses(host->engine, sim_host_now(host), first, addresses->len);
    else
        go_local_addresses(host->daemon, sim_host_now(host), first, addresses->len);
}

void
sim_member_resolved(SimHost *host, const char *name, const GArray *endpoints)
{
    const WlEndpoint *first = (const WlEndpoint *) endpoints->data;

    if (host->engine)
        wl_engine_name_resolved(host->engine, sim_host_now(host), name, first, endpoints->len);
    else
        go_resolved(host->daemon, sim_host_now(host), name, first, endpoints->len);
}

void
sim_member_send_failed(SimHost *host, const WlKey *key)
{
    if (host->engine)
        wl_engine_send_failed(host->engine, sim_host_now(host), key);
    else
        go_send_failed(host->daemon, sim_host_now(host), key);
}

/* ---- outputs and views */

WlOutput *
sim_member_next_output(SimHost *host)
{
    return host->engine ? wl_engine_next_output(host->engine) : go_next_output(host->daemon);
}

gint64
sim_member_get_deadline(const SimHost *host)
{
    gint64 deadline =
        host->engine ? wl_engine_get_deadline(host->engine) : go_get_deadline(host->daemon);

    return deadline == SIM_NEVER ? SIM_NEVER : deadline + (host->world->now - sim_host_now(host));
}

gboolean
sim_member_is_router(const SimHost *host)
{
    return host->engine ? wl_engine_is_router(host->engine) : go_is_router(host->daemon);
}

static gboolean
get_engine_peer(const WlEngine *engine, const WlKey *key, SimPeerStatus *status)
{
    WlPeerView view;

    if (!wl_engine_get_peer(engine, key, &view))
        return FALSE;
    *status = (SimPeerStatus){.state = view.state,
                              .reason = view.reason_text,
                              .name = view.name,
                              .healthy = view.healthy,
                              .alive = view.alive};
    return TRUE;
}

/* A Go daemon has no states; the device shows which peer carries packets for another. */
static gboolean
get_daemon_peer(const GoDaemon *daemon, const WlKey *key, SimPeerStatus *status)
{
    GoPeer peer;

    if (!go_get_peer(daemon, key, &peer))
        return FALSE;
    *status = (SimPeerStatus){.state = peer.healthy ? WL_PEER_DIRECT : WL_PEER_OFFLINE,
                              .reason = peer.healthy ? "a Go daemon considers it healthy"
                                                     : "a Go daemon considers it unhealthy",
                              .name = peer.name,
                              .healthy = peer.healthy,
                              .alive = peer.alive};
    return TRUE;
}

gboolean
sim_member_get_peer_by_key(const SimHost *host, const WlKey *key, SimPeerStatus *status)
{
    if (host->engine)
        return get_engine_peer(host->engine, key, status);
    return host->daemon && get_daemon_peer(host->daemon, key, status);
}

gboolean
sim_member_get_peer(const SimHost *host, const SimHost *peer, SimPeerStatus *status)
{
    return sim_member_get_peer_by_key(host, &peer->public_key, status);
}
