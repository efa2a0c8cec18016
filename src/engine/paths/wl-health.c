/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-health.h"

#include "paths/wl-connect-hearsay.h"
#include "paths/wl-endpoint-dns.h"
#include "paths/wl-outer-endpoint.h"
#include "paths/wl-peer-echo.h"
#include "paths/wl-roaming.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "state/wl-removal-rules.h"
#include "wl-array.h"
#include "wl-prefix-set.h"

/*
 * The time of the last handshake. The device reports it in wall clock time, which may jump; but a
 * handshake is never older than the previous one, and none completes without received bytes. If the
 * clock was set forward and bytes arrived since, they arrived in a session that WireGuard still
 * uses.
 */
static gint64
handshake_of(const WlEngine *self, const WlPeer *peer, const WlDevicePeer *device)
{
    gint64 when = self->now - device->handshake_age;

    if (device->handshake_age < 0)
        return -1;
    if (peer->device.handshake == -1 || device->rx_bytes < peer->device.rx)
        return when;
    if (device->rx_bytes == peer->device.rx || ABS(when - peer->device.handshake) <= WL_MS(100))
        return peer->device.handshake;
    return when > peer->device.handshake ? when
                                         : MAX(peer->device.handshake, self->now - WL_REKEY_AFTER);
}

/* The allowed IPs of @device without @link_local, a set of WlPrefix. The caller owns it. */
static GArray *
dup_allowed(const WlDevicePeer *device, const WlPrefix *link_local, gboolean *has_link_local)
{
    GArray *allowed = wl_array_new(WlPrefix);

    *has_link_local = FALSE;
    for (guint i = 0; i < device->allowed_ips->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(device->allowed_ips, WlPrefix, i));
        if (wl_prefix_equal(&prefix, link_local))
            *has_link_local = TRUE;
        else
            wl_prefix_set_add(allowed, &prefix);
    }
    return allowed;
}

/* TRUE if @device has the allowed IPs @known and, if @with_link_local, @link_local, in any order.
 * Nearly every peer of a dump is as it was, which costs no memory here. WireGuard masks prefixes
 * and lists each once. */
static gboolean
has_allowed(const WlDevicePeer *device, const GArray *known, gboolean with_link_local,
            const WlPrefix *link_local)
{
    if (device->allowed_ips->len != known->len + (with_link_local ? 1 : 0))
        return FALSE;
    for (guint i = 0; i < device->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(device->allowed_ips, WlPrefix, i);
        if (!(with_link_local && wl_prefix_equal(prefix, link_local)) &&
            !wl_prefix_set_contains(known, prefix))
            return FALSE;
    }
    return TRUE;
}

static void
apply_allowed(WlEngine *self, WlPeer *peer, const WlDevicePeer *device)
{
    WlPrefix link_local = wl_prefix_from_ip(&peer->link_local);
    g_autoptr(GArray) allowed = NULL;
    gboolean has_link_local;

    if (peer->device.present &&
        has_allowed(device, peer->device.allowed, peer->device.link_local, &link_local))
        return;
    allowed = dup_allowed(device, &link_local, &has_link_local);
    if (!peer->device.present || peer->device.link_local != has_link_local)
        wl_scheduler_schedule(&self->scheduler, peer);
    peer->device.present = TRUE;
    peer->device.link_local = has_link_local;
    if (wl_prefix_set_equal(allowed, peer->device.allowed))
        return;
    g_array_unref(peer->device.allowed);
    peer->device.allowed = g_steal_pointer(&allowed);
    peer->device.allowed_serial++;
    wl_engine_local_facts_changed(self, peer);
}

static void
apply_peer(WlEngine *self, WlPeer *peer, const WlDevicePeer *device)
{
    gint64 handshake = handshake_of(self, peer, device);

    apply_allowed(self, peer, device);
    if (wl_engine_is_inside(self, &peer->key, &device->endpoint)) {
        wl_outer_endpoint_restore(self, peer, &device->endpoint);
    } else if (!wl_endpoint_equal(&peer->device.endpoint, &device->endpoint)) {
        peer->device.endpoint = device->endpoint;
        peer->path.round_trip = (WlRoundTrip){0};
        /* The peer roamed: our last packets may have gone to its old address. The new one is the
         * fallback if no candidate does better. */
        wl_roaming_peer_roamed(peer, &device->endpoint);
        if (peer->liveness.healthy)
            wl_peer_force_alive(peer);
        wl_engine_local_facts_changed(self, peer);
    }
    wl_traffic_note_counters(self, peer, device->rx_bytes, device->tx_bytes,
                             peer->device.handshake != handshake);
    if (handshake != peer->device.handshake || device->rx_bytes != peer->device.rx)
        wl_scheduler_schedule(&self->scheduler, peer);
    peer->device.handshake = handshake;
    if (device->rx_bytes > peer->device.rx)
        peer->device.rx_time = self->now;
    peer->device.rx = device->rx_bytes;
    peer->device.tx = device->tx_bytes;
    peer->device.snapshot = self->now;
}

/* A peer sends on a path that it does not have here. Path inference determines which peer this is
 * while there is traffic. */
static void
note_dropped(WlEngine *self, guint64 dropped)
{
    if (dropped > self->inference.dropped) {
        self->inference.dropped_since = self->now;
        for (guint i = 0; self->traffic.active && i < wl_peer_table_size(&self->peers); i++) {
            WlPeer *peer = wl_peer_table_get(&self->peers, i);
            if (peer->traffic.watched && !peer->boot.native)
                wl_scheduler_schedule(&self->scheduler, peer);
        }
    }
    self->inference.dropped = dropped;
}

/* The device does not have the peer. */
static void
set_absent(WlPeer *peer)
{
    peer->device.present = FALSE;
    peer->device.handshake = -1;
    peer->device.endpoint = (WlEndpoint){0};
}

/* The peers of @device by the slots of those of the table; NULL: the device does not have it. The
 * caller frees the array. */
static const WlDevicePeer **
map_by_slot(const WlEngine *self, const WlDevice *device)
{
    const WlDevicePeer **by_slot = g_new0(const WlDevicePeer *, self->peers.slots->len);

    for (guint i = 0; i < device->peers->len; i++) {
        const WlDevicePeer *seen = device->peers->pdata[i];
        const WlPeer *peer = wl_peer_table_find(&self->peers, &seen->public_key);

        if (peer)
            by_slot[peer->slot] = seen;
    }
    return by_slot;
}

/* A dump covers every peer; only peers that changed or await a snapshot are scheduled. */
void
wl_health_apply_snapshot(WlEngine *self, const WlDevice *device)
{
    const WlDevicePeer **by_slot;
    const guint64 shows = self->outputs.snapshot_requested == WL_LONG_AGO
                              ? self->outputs.changes
                              : self->outputs.snapshot_shows;

    self->outputs.snapshot_requested = WL_LONG_AGO;
    self->outputs.snapshot_read = self->now;
    self->outputs.snapshot_wanted = FALSE;
    wl_scheduler_snapshot_read(&self->scheduler);
    if (device->listen_port != 0 && device->listen_port != self->policy.listen_port) {
        self->policy.listen_port = device->listen_port;
        wl_engine_own_facts_changed(self);
        wl_engine_rules_changed(self);
    }
    note_dropped(self, device->dropped);
    by_slot = map_by_slot(self, device);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);
        const WlDevicePeer *seen = by_slot[peer->slot];

        /* It may show the peer as it was before the last change, which would look like roaming. */
        if (peer->reconcile.change > shows) {
            wl_engine_request_snapshot_for(self, peer);
            continue;
        }
        if (seen) {
            apply_peer(self, peer, seen);
            continue;
        }
        /* Another program removed the peer; add it again. */
        if (peer->device.present)
            wl_engine_local_facts_changed(self, peer);
        set_absent(peer);
        peer->device.snapshot = self->now;
    }
    g_free(by_slot);
}

void
wl_health_link_recreated(WlEngine *self, WlPeer *peer)
{
    set_absent(peer);
    g_array_set_size(peer->device.allowed, 0);
    peer->device.allowed_serial++;
    wl_engine_local_facts_changed(self, peer);
}

void
wl_health_forget_endpoint(WlEngine *self, WlPeer *peer)
{
    if (!wl_endpoint_is_set(&peer->device.endpoint))
        return;
    peer->device.endpoint = (WlEndpoint){0};
    wl_engine_local_facts_changed(self, peer);
}

static void
note_worked(WlEngine *self, WlPeer *peer)
{
    if (!wl_endpoint_is_set(&peer->endpoints.worked))
        wl_engine_state_changed(self);
    else if (!wl_endpoint_equal(&peer->endpoints.worked, &peer->device.endpoint))
        wl_engine_location_changed(self);
    wl_peer_set_worked(peer, &peer->device.endpoint, self->now, self->now + WL_WORKED_TTL);
    wl_engine_candidates_changed(self, peer);
}

/* The first handshake with a router, which does not initiate by itself, measures the round trip of
 * the uplink before any ack does. */
static void
measure_handshake(WlEngine *self, const WlPeer *peer)
{
    if (peer->router && self->uplink.round_trip.smoothed == 0 &&
        peer->connect.phase == WL_CONNECT_SLOT && !peer->connect.crossed &&
        peer->connect.holds == 0 && peer->device.handshake > peer->connect.tried)
        wl_round_trip_add(&self->uplink.round_trip, peer->device.handshake - peer->connect.tried);
}

static void
became_healthy(WlEngine *self, WlPeer *peer)
{
    measure_handshake(self, peer);
    note_worked(self, peer);
    wl_address_limiter_note_answer(&self->addresses, &peer->device.endpoint.ip, &peer->key);
    wl_handshake_limiter_leave(&self->limiter, &peer->key);
    wl_connect_hearsay_note_session(self, peer);
    wl_peer_reset_connect(peer);
    wl_roaming_session_began(peer);
    /* Earlier Alives may have been lost with the tries, and each side needs one to be ready. */
    wl_peer_force_alive(peer);
    wl_peer_echo_session_began(self, peer);
}

/* Facts about a peer are advertised while it is healthy or alive (docs/protocol.md 5.6). */
static void
advertise_about(WlEngine *self, const WlPeer *peer)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, &peer->key);

    for (guint i = 0; about && i < about->len; i++)
        wl_engine_fact_changed(self, about->pdata[i]);
}

/* A fact that an authoritative peer no longer advertises is withdrawn. */
static void
update_authoritative(WlEngine *self, WlPeer *peer)
{
    gboolean authoritative = wl_peer_is_authoritative(peer, self->now);

    if (authoritative && !peer->liveness.authoritative)
        wl_engine_authorities_changed(self);
    peer->liveness.authoritative = authoritative;
    if (peer->liveness.healthy && peer->liveness.alive &&
        peer->membership.trust >= WL_TRUST_ALLOWED_IPS && !self->own.router &&
        peer->liveness.alive_since + WL_AUTHORITATIVE_SINCE > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->liveness.alive_since + WL_AUTHORITATIVE_SINCE);
}

/* docs/protocol.md 7.2: an endpoint and a handshake younger than 165.334 s. */
static gboolean
is_healthy_at(const WlPeer *peer, gint64 when)
{
    return wl_endpoint_is_set(&peer->device.endpoint) && peer->device.handshake != -1 &&
           peer->device.handshake + WL_HANDSHAKE_VALIDITY > when;
}

void
wl_health_update(WlEngine *self, WlPeer *peer)
{
    gboolean healthy = is_healthy_at(peer, self->now);
    gboolean alive = peer->liveness.alive_until > self->now;
    gboolean was_healthy = peer->liveness.healthy, was_advertised;

    /* The session may have been renewed since the last snapshot: read the device first
     * (docs/protocol.md 7.2). */
    if (peer->liveness.healthy && !healthy && is_healthy_at(peer, peer->device.snapshot)) {
        wl_engine_request_snapshot(self);
        healthy = TRUE;
    }
    if (healthy != peer->liveness.healthy || alive != peer->liveness.alive)
        wl_engine_local_facts_changed(self, peer);
    was_advertised = peer->liveness.healthy || peer->liveness.alive;
    if (healthy != peer->liveness.healthy && peer->router)
        wl_engine_schedule_all(self); /* the peers that it routes */
    if (healthy && !peer->liveness.healthy)
        became_healthy(self, peer);
    else if (!healthy && peer->liveness.healthy)
        wl_endpoint_dns_renew(self, peer);
    if (healthy) {
        if (!wl_endpoint_equal(&peer->endpoints.worked, &peer->device.endpoint) &&
            peer->device.rx_time >= self->now - WL_WORKED_RECENTLY)
            note_worked(self, peer);
        peer->endpoints.worked_until = self->now + WL_WORKED_TTL;
        if (wl_endpoint_equal(&peer->endpoints.worked, &peer->device.endpoint))
            wl_endpoint_history_renew(peer->endpoints.history, self->now);
    }
    peer->liveness.healthy = healthy;
    peer->liveness.alive = alive;
    if (!was_advertised && (healthy || alive))
        advertise_about(self, peer);
    if (!(healthy && alive))
        peer->liveness.alive_since = WL_NEVER;
    else if (peer->liveness.alive_since == WL_NEVER)
        peer->liveness.alive_since = self->now;

    update_authoritative(self, peer);
    if (healthy != was_healthy)
        wl_prefix_table_update_hosts(&self->prefixes, peer);
    if (healthy && peer->device.handshake + WL_HANDSHAKE_VALIDITY > self->now)
        wl_scheduler_wake_peer_at(&self->scheduler, peer,
                                  peer->device.handshake + WL_HANDSHAKE_VALIDITY);
    if (alive)
        wl_scheduler_wake_peer_at(&self->scheduler, peer, peer->liveness.alive_until);
    wl_outer_endpoint_run(self, peer);
}
