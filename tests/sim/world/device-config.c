/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of a device: peers and the owners of prefixes.
 */
#include "world/device-private.h"

#define LONG_AGO (G_MININT64 / 4)

static void
disown(SimDevice *self, DevicePeer *peer)
{
    for (guint i = 0; i < peer->allowed->len; i++)
        sim_owners_remove(self->owners, &g_array_index(peer->allowed, WlPrefix, i));
    g_array_set_size(peer->allowed, 0);
    peer->shows_others = TRUE;
}

static void
take_from(DevicePeer *peer, const WlPrefix *prefix)
{
    for (guint i = 0; i < peer->allowed->len; i++) {
        if (wl_prefix_equal(&g_array_index(peer->allowed, WlPrefix, i), prefix)) {
            g_array_remove_index(peer->allowed, i);
            peer->shows_others = TRUE;
            return;
        }
    }
}

/* A prefix has one owner, the last peer to which it was assigned. */
static void
own(SimDevice *self, DevicePeer *peer, const GArray *allowed)
{
    for (guint i = 0; i < allowed->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(allowed, WlPrefix, i));
        DevicePeer *before = sim_owners_set(self->owners, &prefix, peer);

        if (before == peer)
            continue;
        if (before)
            take_from(before, &prefix);
        g_array_append_val(peer->allowed, prefix);
        peer->shows_others = TRUE;
    }
}

static void
remove_peer(SimDevice *self, DevicePeer *peer)
{
    disown(self, peer);
    sim_heap_set(&self->heap, &peer->wait, SIM_NEVER);
    g_hash_table_remove(self->by_key, &peer->key);
    g_ptr_array_remove(self->dump->peers, peer->shown);
    g_ptr_array_remove(self->peers, peer);
}

static DevicePeer *
add_peer(SimDevice *self, const WlPeerChange *change)
{
    DevicePeer *peer = g_new0(DevicePeer, 1);

    peer->key = change->public_key;
    peer->allowed = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    peer->initiated = peer->consumed = LONG_AGO;
    peer->stamp = G_MININT64;
    for (guint i = 0; i < TIMER_N; i++)
        peer->timers[i] = SIM_NEVER;
    peer->keepalive = change->keepalive;
    g_queue_init(&peer->staged);
    g_ptr_array_add(self->peers, peer);
    peer->shown = wl_device_peer_new(&peer->key);
    g_ptr_array_add(self->dump->peers, peer->shown);
    g_hash_table_insert(self->by_key, &peer->key, peer);
    return peer;
}

gboolean
sim_device_change(SimDevice *self, const WlPeerChange *change)
{
    DevicePeer *peer = device_find_peer(self, &change->public_key);
    gboolean lost = FALSE;

    if (peer && (change->kind == WL_PEER_REMOVE || change->kind == WL_PEER_RECREATE)) {
        lost = device_session_is_usable(self, &peer->current) &&
               self->now - peer->current.created < SIM_SEC(165);
        remove_peer(self, peer);
        peer = NULL;
    }
    if (change->kind == WL_PEER_REMOVE || (change->kind == WL_PEER_UPDATE && !peer))
        return lost;
    if (!peer)
        peer = add_peer(self, change);
    if (wl_endpoint_is_set(&change->endpoint))
        peer->endpoint = change->endpoint;
    if (change->kind != WL_PEER_UPDATE || change->replace_allowed_ips) {
        disown(self, peer);
        own(self, peer, change->allowed_ips);
    }
    /* Each change sends staged packets, which restarts the attempts. */
    if (!g_queue_is_empty(&peer->staged))
        device_initiate(self, peer, FALSE);
    if (change->kind == WL_PEER_UPDATE && !change->replace_settings)
        return lost;
    peer->keepalive = change->keepalive;
    device_set_timer(self, peer, TIMER_PERSISTENT, change->keepalive > 0 ? self->now : SIM_NEVER);
    return lost;
}
