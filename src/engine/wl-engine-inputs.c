/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-inputs.h"

#include "exchange/wl-advertise.h"
#include "exchange/wl-boot-id-change.h"
#include "exchange/wl-receive.h"
#include "exchange/wl-resync.h"
#include "facts/wl-routes.h"
#include "facts/wl-state-cache.h"
#include "paths/wl-endpoint-dns.h"
#include "paths/wl-endpoint-forget.h"
#include "paths/wl-failover.h"
#include "paths/wl-health.h"
#include "paths/wl-neighbors.h"
#include "paths/wl-path-go.h"
#include "paths/wl-reconcile.h"
#include "paths/wl-silence.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-state.h"
#include "wl-engine-turn.h"
#include "wl-profile-reload.h"

/* The inputs of wl-engine-inputs.h: each passes the event to its room and runs one turn. The
 * only writer of WlUplink. */

static void
advance(WlEngine *self, gint64 now)
{
    self->now = MAX(self->now, now);
}

void
wl_engine_advance_time(WlEngine *self, gint64 now)
{
    advance(self, now);
    wl_engine_turn(self);
}

void
wl_engine_device_snapshot(WlEngine *self, gint64 now, const WlDevice *device)
{
    advance(self, now);
    wl_health_apply_snapshot(self, device);
    wl_engine_turn(self);
}

void
wl_engine_datagram_received(WlEngine *self, gint64 now, const WlIp *source, const guint8 *data,
                            gsize length)
{
    guint64 flood = self->receiver.results[WL_RECEIVE_FLOOD];

    advance(self, now);
    wl_receive_datagram(self, source, data, length);
    /* A datagram dropped unread changes nothing and needs no turn. */
    if (self->receiver.results[WL_RECEIVE_FLOOD] == flood)
        wl_engine_turn(self);
}

/* Events within this time belong to one change of uplink. */
#define UPLINK_SETTLES WL_MS(300)

/* Endpoints that worked may fail now, and those that failed may work. */
static void
uplink_changed(WlEngine *self)
{
    self->uplink.since = self->now;
    self->uplink.round_trip = (WlRoundTrip){0};
    wl_neighbors_forget(self);
    wl_address_limiter_clear(&self->addresses);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        wl_engine_candidates_changed(self, peer);
        wl_path_start_over(peer, self->now);
        if (peer->liveness.healthy) {
            wl_roaming_suspect(peer);
            wl_path_request_urgent_check(peer, self->now);
        } else {
            wl_connect_restart(peer);
        }
        wl_endpoint_dns_renew(self, peer);
    }
}

/* The first address of a family came. Until then WireGuard may have sent from any other address of
 * this machine, a tunnel address included, and keeps the source of what arrived there; setting the
 * same endpoint again makes it choose the source anew. */
static void
set_endpoints_again(WlEngine *self, WlFamily family)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        if (peer->device.present && peer->device.endpoint.ip.family == family &&
            !peer->reconcile.set_endpoint && !peer->reconcile.recreate) {
            wl_reconcile_request_endpoint(peer, &peer->device.endpoint);
        }
    }
}

void
wl_engine_uplink_changed(WlEngine *self, gint64 now)
{
    advance(self, now);
    /* Addresses usually change with the uplink, and that input came first. */
    if (self->uplink.present && self->uplink.since + UPLINK_SETTLES <= self->now)
        uplink_changed(self);
    wl_engine_turn(self);
}

void
wl_engine_set_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    gboolean had_v4 = wl_policy_has_uplink(&self->policy, WL_FAMILY_V4);
    gboolean had_v6 = wl_policy_has_uplink(&self->policy, WL_FAMILY_V6);

    advance(self, now);
    if (wl_policy_set_local(&self->policy, addresses, n)) {
        gboolean has_v4 = wl_policy_has_uplink(&self->policy, WL_FAMILY_V4);
        gboolean has_v6 = wl_policy_has_uplink(&self->policy, WL_FAMILY_V6);

        self->uplink.present = has_v4 || has_v6;
        if (has_v4 && !had_v4)
            set_endpoints_again(self, WL_FAMILY_V4);
        if (has_v6 && !had_v6)
            set_endpoints_again(self, WL_FAMILY_V6);
        wl_routes_attached_changed(self);
        wl_engine_own_facts_changed(self);
        wl_engine_rules_changed(self);
        /* Without an uplink there may be no other wake-up soon. */
        if (!self->uplink.present)
            wl_engine_state_save_now(self);
        uplink_changed(self);
    }
    wl_engine_turn(self);
}

void
wl_engine_resumed(WlEngine *self, gint64 now)
{
    advance(self, now);
    wl_boot_id_change_now(self);
    uplink_changed(self);
    wl_engine_request_snapshot(self);
    wl_engine_turn(self);
}

void
wl_engine_set_connectivity(WlEngine *self, gint64 now, WlConnectivity connectivity)
{
    gboolean was_portal = self->uplink.connectivity == WL_CONNECTIVITY_PORTAL;

    advance(self, now);
    self->uplink.connectivity = connectivity;
    /* Unreachable peers may be reachable now; live sessions are not affected. */
    for (guint i = 0; was_portal && connectivity != WL_CONNECTIVITY_PORTAL &&
                      i < wl_peer_table_size(&self->peers);
         i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        if (peer->liveness.healthy)
            continue;
        wl_connect_restart(peer);
        wl_scheduler_schedule(&self->scheduler, peer);
    }
    wl_engine_turn(self);
}

void
wl_engine_set_protected_hosts(WlEngine *self, gint64 now, const WlIp *servers, gsize n)
{
    advance(self, now);
    if (wl_policy_set_servers(&self->policy, servers, n))
        wl_engine_rules_changed(self);
    wl_engine_turn(self);
}

void
wl_engine_set_mapped_endpoints(WlEngine *self, gint64 now, const WlEndpoint *endpoints, gsize n)
{
    advance(self, now);
    if (wl_policy_set_mapped(&self->policy, endpoints, n)) {
        wl_engine_own_facts_changed(self);
        wl_engine_rules_changed(self);
    }
    wl_engine_turn(self);
}

/* Sends all facts to every peer, requests theirs, and tries every candidate again. */
static void
start_over(WlEngine *self)
{
    wl_boot_id_change_now(self);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);
        wl_resync_peer(self, peer);
    }
    uplink_changed(self);
    wl_engine_request_snapshot(self);
    wl_engine_turn(self);
}

void
wl_engine_link_recreated(WlEngine *self, gint64 now)
{
    advance(self, now);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        wl_health_link_recreated(self, peer);
        wl_reconcile_retry_now(peer);
        wl_peer_reset_connect(peer);
    }
    start_over(self);
}

gboolean
wl_engine_refresh(WlEngine *self, gint64 now)
{
    advance(self, now);
    if (self->refreshed + WL_RESEND_INTERVAL > self->now)
        return FALSE;
    self->refreshed = self->now;
    start_over(self);
    return TRUE;
}

void
wl_engine_name_resolved(WlEngine *self, gint64 now, const char *name, const WlEndpoint *endpoints,
                        gsize n)
{
    advance(self, now);
    wl_endpoint_dns_result(self, name, endpoints, n);
    wl_engine_turn(self);
}

void
wl_engine_peer_change_failed(WlEngine *self, gint64 now, const WlKey *key)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, key);

    advance(self, now);
    if (peer)
        wl_reconcile_failed(self, peer);
    wl_engine_turn(self);
}

void
wl_engine_send_failed(WlEngine *self, gint64 now, const WlKey *key)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, key);

    advance(self, now);
    if (peer)
        wl_advertise_send_failed(self, peer);
    wl_engine_turn(self);
}

void
wl_engine_echo_reply(WlEngine *self, gint64 now, const WlKey *key, guint16 sequence)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, key);

    advance(self, now);
    if (!peer)
        return;
    wl_path_go_echo_reply(self, peer, sequence);
    wl_engine_turn(self);
}

void
wl_engine_check_peers(WlEngine *self, gint64 now)
{
    if (wl_peer_table_size(&self->peers) > WL_BATCH_PEERS)
        return;
    advance(self, now);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++)
        wl_silence_check(self, wl_peer_table_get(&self->peers, i));
    wl_engine_turn(self);
}

void
wl_engine_traffic_started(WlEngine *self, gint64 now, const WlIp *destination)
{
    advance(self, now);
    wl_traffic_started(self, destination);
    wl_engine_turn(self);
}

void
wl_engine_neighbor_result(WlEngine *self, gint64 now, const WlIp *address, guint32 ifindex,
                          gboolean reachable)
{
    if (!wl_neighbor_table_find(&self->neighbors, address, ifindex))
        return; /* the result belongs to an uplink that is gone */
    advance(self, now);
    wl_neighbors_result(self, address, ifindex, reachable);
    wl_engine_turn(self);
}

gboolean
wl_engine_load_state(WlEngine *self, gint64 now, const char *state, gsize length, GError **error)
{
    advance(self, now);
    if (!wl_state_cache_load(self, state, length, error))
        return FALSE;
    wl_engine_turn(self);
    return TRUE;
}

gboolean
wl_engine_reload_profile(WlEngine *self, gint64 now, const WlEngineConfig *config, GError **error)
{
    if (!wl_engine_config_check_peers(config, &self->own.key, error))
        return FALSE;
    advance(self, now);
    wl_profile_reload(self, config);
    wl_engine_turn(self);
    return TRUE;
}

gboolean
wl_engine_use_router(WlEngine *self, gint64 now, const WlKey *key, GError **error)
{
    advance(self, now);
    if (!wl_failover_prefer(self, key, error))
        return FALSE;
    wl_engine_turn(self);
    return TRUE;
}

gboolean
wl_engine_forget_endpoint(WlEngine *self, gint64 now, const WlKey *key, const WlEndpoint *endpoint,
                          GError **error)
{
    advance(self, now);
    if (!wl_endpoint_forget(self, key, endpoint, error))
        return FALSE;
    wl_engine_turn(self);
    return TRUE;
}
