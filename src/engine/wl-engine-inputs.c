/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-inputs.h"

#include "exchange/wl-advertise.h"
#include "exchange/wl-receive.h"
#include "exchange/wl-resync.h"
#include "facts/wl-state-cache.h"
#include "paths/wl-endpoint-dns.h"
#include "paths/wl-endpoint-forget.h"
#include "paths/wl-health.h"
#include "paths/wl-neighbors.h"
#include "paths/wl-path-go.h"
#include "paths/wl-reconcile.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-state.h"
#include "wl-boot-id.h"
#include "wl-engine-turn.h"
#include "wl-profile-reload.h"

/* The inputs of wl-engine.h: each tells its rooms what happened and runs one turn. */

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
    /* What is dropped unread changes nothing: no turn for it. */
    if (self->receiver.results[WL_RECEIVE_FLOOD] == flood)
        wl_engine_turn(self);
}

/* In which several words about an uplink are about one change. */
#define UPLINK_SETTLES WL_MS(300)

/* Ways that worked may not any more, and those that did not may. */
static void
uplink_changed(WlEngine *self)
{
    self->uplink.since = self->now;
    wl_neighbors_forget(self);
    wl_engine_schedule_all(self);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        peer->candidates_dirty = TRUE;
        if (peer->healthy)
            wl_roaming_suspect(peer);
        else
            wl_connect_restart(peer);
        wl_endpoint_dns_renew(self, peer);
    }
}

void
wl_engine_uplink_changed(WlEngine *self, gint64 now)
{
    advance(self, now);
    /* Mostly the addresses change with it, which has been told already. */
    if (self->uplink.present && self->uplink.since + UPLINK_SETTLES <= self->now)
        uplink_changed(self);
    wl_engine_turn(self);
}

void
wl_engine_set_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    advance(self, now);
    if (wl_policy_set_local(&self->policy, addresses, n)) {
        self->uplink.present = wl_policy_has_uplink(&self->policy);
        self->own.facts_due = self->evaluation.all_due = TRUE;
        /* What was learned is written with this, not by a wake-up of its own. */
        if (!self->uplink.present && self->outputs.state_save_due != WL_NEVER)
            self->outputs.state_save_due = self->now;
        uplink_changed(self);
    }
    wl_engine_turn(self);
}

/* Another one; it asks everybody to say everything again. */
static void
renew_boot_id(WlEngine *self)
{
    wl_boot_id_generate(&self->own.boot_id, self->random.func, self->random.data);
    self->own.boot_id_created = self->now;
    self->own.boot_id_due = FALSE;
}

void
wl_engine_resumed(WlEngine *self, gint64 now)
{
    advance(self, now);
    renew_boot_id(self);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++)
        wl_peer_table_get(&self->peers, i)->alive_expires = 0;
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
    /* Whoever could not be reached may be now; of live sessions nothing is to be doubted. */
    for (guint i = 0; was_portal && connectivity != WL_CONNECTIVITY_PORTAL &&
                      i < wl_peer_table_size(&self->peers);
         i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        if (peer->healthy)
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
    self->evaluation.all_due |= wl_policy_set_servers(&self->policy, servers, n);
    wl_engine_turn(self);
}

/* Everything is sent to everybody, who are asked for theirs, and every address tried again. */
static void
start_anew(WlEngine *self)
{
    renew_boot_id(self);
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

        peer->in_device = peer->device_link_local = FALSE;
        peer->endpoint = (WlEndpoint){0};
        peer->handshake = -1;
        peer->change_retry = WL_LONG_AGO;
        g_array_set_size(peer->device_allowed, 0);
        peer->allowed_serial++;
        peer->local_dirty = peer->candidates_dirty = TRUE;
        wl_peer_reset_connect(peer);
    }
    start_anew(self);
}

gboolean
wl_engine_refresh(WlEngine *self, gint64 now)
{
    advance(self, now);
    if (self->refreshed + WL_RESEND_INTERVAL > self->now)
        return FALSE;
    self->refreshed = self->now;
    start_anew(self);
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
        return; /* of an uplink that is not there any more */
    advance(self, now);
    wl_neighbors_result(self, address, ifindex, reachable);
    wl_engine_turn(self);
}

gboolean
wl_engine_load_state(WlEngine *self, gint64 now, const char *memory, gsize length, GError **error)
{
    advance(self, now);
    if (!wl_state_cache_load(self, memory, length, error))
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
wl_engine_forget_endpoint(WlEngine *self, gint64 now, const WlKey *key, const WlEndpoint *endpoint,
                          GError **error)
{
    advance(self, now);
    if (!wl_endpoint_forget(self, key, endpoint, error))
        return FALSE;
    wl_engine_turn(self);
    return TRUE;
}
