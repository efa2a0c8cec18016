/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

static void
apply_peer(WlEngine *self, WlPeer *peer, const WlDevicePeer *device)
{
    g_autoptr(GArray) allowed = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    WlPrefix link_local = wl_prefix_from_ip(&peer->link_local);
    gboolean has_link_local = FALSE;
    gint64 handshake = peer->handshake;

    for (guint i = 0; i < device->allowed_ips->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(device->allowed_ips, WlPrefix, i));
        if (wl_prefix_equal(&prefix, &link_local))
            has_link_local = TRUE;
        else
            wl_prefixes_add(allowed, &prefix);
    }
    peer->in_device = TRUE;
    peer->device_link_local = has_link_local;
    if (!wl_prefixes_equal(allowed, peer->device_allowed)) {
        g_array_unref(peer->device_allowed);
        peer->device_allowed = g_steal_pointer(&allowed);
        peer->allowed_serial++;
        self->local_dirty = TRUE;
    }
    if (!wl_endpoint_equal(&peer->endpoint, &device->endpoint)) {
        /* Prefixes may not cover the addresses that peers are at. */
        if (!wl_ip_equal(&peer->endpoint.ip, &device->endpoint.ip))
            self->claims_dirty = self->claims_dirty || wl_fact_set_claims(self->facts) > 0;
        peer->endpoint = device->endpoint;
        self->local_dirty = TRUE;
    }
    if (device->handshake_age < 0)
        peer->handshake = -1;
    else if (peer->handshake < 0 ||
             ABS(self->now - device->handshake_age - peer->handshake) > WL_MS(100))
        peer->handshake = self->now - device->handshake_age;
    wl_engine_note_counters(self, peer, device->rx_bytes, device->tx_bytes,
                            peer->handshake != handshake);
    if (device->rx_bytes > peer->rx)
        peer->rx_time = self->now;
    peer->rx = device->rx_bytes;
    peer->tx = device->tx_bytes;
    peer->snapshot = self->now;
}

void
wl_engine_apply_snapshot(WlEngine *self, const WlDevice *device)
{
    g_autoptr(GHashTable) by_key = g_hash_table_new(wl_key_hash, wl_key_equal);

    self->snapshot_asked = WL_LONG_AGO;
    self->snapshot_wanted = FALSE;
    if (device->listen_port != 0 && device->listen_port != self->policy.listen_port) {
        self->policy.listen_port = device->listen_port;
        self->local_dirty = self->judge_dirty = TRUE;
    }
    for (guint i = 0; i < device->peers->len; i++) {
        WlDevicePeer *peer = device->peers->pdata[i];
        g_hash_table_insert(by_key, &peer->public_key, peer);
    }
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];
        const WlDevicePeer *seen = g_hash_table_lookup(by_key, &peer->key);

        if (seen) {
            apply_peer(self, peer, seen);
            continue;
        }
        /* Somebody took it away: it will be added again. */
        peer->in_device = FALSE;
        peer->handshake = -1;
        peer->endpoint = (WlEndpoint){0};
        peer->snapshot = self->now;
    }
}

static void
became_healthy(WlEngine *self, WlPeer *peer)
{
    peer->worked = peer->endpoint;
    peer->candidates_dirty = TRUE;
    wl_peer_reset_attempt(peer);
    peer->move.backoff = WL_MOVE_RETRY_FIRST;
    /* What was sent before may have been lost with the attempt; ready on both sides needs an Alive.
     */
    peer->force_ping = TRUE;
    peer->facts_due = self->now;
}

static void
update_peer(WlEngine *self, WlPeer *peer)
{
    gboolean healthy = wl_peer_is_live(peer, self->now);
    gboolean alive = peer->alive_until > self->now;

    /* A rekey since the last snapshot counts: look before leaving (section 7.2). */
    if (peer->healthy && !healthy && wl_endpoint_is_set(&peer->endpoint) && peer->handshake >= 0 &&
        peer->snapshot < peer->handshake + WL_HANDSHAKE_VALIDITY) {
        wl_engine_want_snapshot(self);
        healthy = TRUE;
    }
    if (healthy != peer->healthy || alive != peer->alive) {
        /* Facts about a peer are worth telling while it is one or the other (section 5.6). */
        self->facts_changed = TRUE;
        self->local_dirty = TRUE;
        self->claims_dirty = self->claims_dirty || wl_fact_set_claims(self->facts) > 0;
        self->stale_due = self->now;
    }
    if (healthy && !peer->healthy)
        became_healthy(self, peer);
    if (healthy && wl_endpoint_is_set(&peer->endpoint)) {
        if (!wl_endpoint_equal(&peer->worked, &peer->endpoint) &&
            peer->rx_time >= self->now - WL_SEC(1)) {
            peer->worked = peer->endpoint;
            peer->candidates_dirty = TRUE;
        }
        peer->worked_until = self->now + WL_WORKED_TTL;
    }
    peer->healthy = healthy;
    peer->alive = alive;
    if (!(healthy && alive))
        peer->alive_since = WL_NEVER;
    else if (peer->alive_since == WL_NEVER)
        peer->alive_since = self->now;

    if (healthy && peer->handshake + WL_HANDSHAKE_VALIDITY > self->now)
        wl_engine_need(self, peer->handshake + WL_HANDSHAKE_VALIDITY);
    if (alive)
        wl_engine_need(self, peer->alive_until);
    if (peer->forget_due <= self->now)
        wl_engine_forget(self, peer);
    else
        wl_engine_need(self, peer->forget_due);
}

void
wl_engine_update_health(WlEngine *self)
{
    for (guint i = 0; i < self->peers->len; i++)
        update_peer(self, self->peers->pdata[i]);
}
