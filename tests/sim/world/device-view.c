/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Views of a device, for its member and for tests.
 */
#include "world/device-private.h"

static gint64
handshake_age(const SimDevice *self, const DevicePeer *peer)
{
    if (!peer->has_handshake)
        return -1;
    return MAX(self->now + self->wall_offset - peer->last_handshake, 0);
}

const WlDevice *
sim_device_read(SimDevice *self)
{
    WlDevice *device = self->dump;

    device->public_key = self->public_key;
    device->listen_port = self->port;
    device->dropped = self->dropped;
    for (guint i = 0; i < self->peers->len; i++) {
        DevicePeer *peer = self->peers->pdata[i];
        WlDevicePeer *copy = peer->shown;

        copy->endpoint = peer->endpoint;
        copy->handshake_age = handshake_age(self, peer);
        copy->rx_bytes = peer->rx;
        copy->tx_bytes = peer->tx;
        copy->keepalive = peer->keepalive;
        if (!peer->shows_others)
            continue;
        peer->shows_others = FALSE;
        g_array_set_size(copy->allowed_ips, 0);
        g_array_append_vals(copy->allowed_ips, peer->allowed->data, peer->allowed->len);
    }
    return device;
}

const WlKey *
sim_device_find_owner(const SimDevice *self, const WlIp *ip)
{
    const DevicePeer *peer = sim_owners_find(self->owners, ip);

    return peer ? &peer->key : NULL;
}

int
sim_device_find_route_length(const SimDevice *self, const WlIp *ip)
{
    return sim_owners_find_length(self->owners, ip);
}

gboolean
sim_device_has_peer(const SimDevice *self, const WlKey *key)
{
    return device_find_peer(self, key) != NULL;
}

gboolean
sim_device_get_endpoint(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint)
{
    const DevicePeer *peer = device_find_peer(self, key);

    if (!peer || !wl_endpoint_is_set(&peer->endpoint))
        return FALSE;
    *endpoint = peer->endpoint;
    return TRUE;
}

gboolean
sim_device_get_place(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint)
{
    const DevicePeer *peer = device_find_peer(self, key);

    if (!peer || !wl_endpoint_is_set(&peer->place))
        return FALSE;
    *endpoint = peer->place;
    return TRUE;
}

gboolean
sim_device_has_allowed(const SimDevice *self, const WlKey *key, const WlPrefix *prefix)
{
    const DevicePeer *peer = device_find_peer(self, key);

    for (guint i = 0; peer && i < peer->allowed->len; i++) {
        if (wl_prefix_equal(&g_array_index(peer->allowed, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

gboolean
sim_device_has_just(const SimDevice *self, const WlKey *key, const GArray *allowed)
{
    const DevicePeer *peer = device_find_peer(self, key);

    for (guint i = 0; i < allowed->len; i++) {
        if (!sim_device_has_allowed(self, key, &g_array_index(allowed, WlPrefix, i)))
            return FALSE;
    }
    return peer && peer->allowed->len == allowed->len;
}

guint64
sim_device_get_session(const SimDevice *self, const WlKey *key)
{
    const DevicePeer *peer = device_find_peer(self, key);

    return peer && device_session_is_usable(self, &peer->current) ? peer->current.number : 0;
}

gint64
sim_device_get_session_age(const SimDevice *self, const WlKey *key)
{
    const DevicePeer *peer = device_find_peer(self, key);

    return peer && device_session_is_usable(self, &peer->current)
               ? self->now - peer->current.created
               : -1;
}

gboolean
sim_device_is_confirming(const SimDevice *self, const WlKey *key)
{
    const DevicePeer *peer = device_find_peer(self, key);

    return peer && peer->next.number != 0 && self->now - peer->next.created < SIM_CONFIRMATION;
}

gboolean
sim_device_has_session(const SimDevice *self, const WlKey *key)
{
    return sim_device_get_session(self, key) != 0;
}

gboolean
sim_device_accepts_session(const SimDevice *self, const WlKey *key, guint64 session)
{
    DevicePeer *peer = device_find_peer(self, key);

    return peer && session != 0 && device_find_session((SimDevice *) self, peer, session) != NULL;
}

gint64
sim_device_get_handshake_age(const SimDevice *self, const WlKey *key)
{
    const DevicePeer *peer = device_find_peer(self, key);

    return peer ? handshake_age(self, peer) : -1;
}

guint16
sim_device_get_port(const SimDevice *self)
{
    return self->port;
}

guint
sim_device_get_initiations(const SimDevice *self)
{
    return self->initiations;
}

guint64
sim_device_get_dropped(const SimDevice *self)
{
    return self->dropped;
}
