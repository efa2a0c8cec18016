/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-peer.h"

#include "state/wl-candidates.h"
#include "wl-array.h"
#include "wl-link-local.h"
#include "wl-role.h"

static void
endpoint_dns_free(WlEndpointDns *dns)
{
    g_free(dns->name);
    g_array_unref(dns->addresses);
    g_free(dns);
}

static GArray *
prefixes_new(void)
{
    return wl_array_new(WlPrefix);
}

static void
init_path(WlPathState *path)
{
    path->acked = TRUE;
    path->announce_due = path->watched_since = WL_NEVER;
    path->last_probe = path->last_ack = path->fell_back = path->promoted = WL_LONG_AGO;
    path->check_until = path->watched_until = path->probe_due = WL_LONG_AGO;
    path->probe_backoff = WL_PATH_PROBE_INTERVAL;
}

void
wl_peer_reset_connect(WlPeer *self)
{
    self->connect.phase = WL_CONNECT_IDLE;
    self->connect.restart = FALSE;
    self->connect.due = WL_NEVER;
    self->connect.round = 0;
    self->connect.backoff = WL_BACKOFF_FIRST;
    for (guint i = 0; i < G_N_ELEMENTS(self->connect.poll); i++)
        self->connect.poll[i] = WL_NEVER;
}

static WlEndpointDns *
take_dns(GPtrArray *names, const char *name)
{
    WlEndpointDns *dns;

    for (guint i = 0; i < names->len; i++) {
        if (g_str_equal(((WlEndpointDns *) names->pdata[i])->name, name))
            return g_ptr_array_steal_index(names, i);
    }
    dns = g_new0(WlEndpointDns, 1);
    dns->name = g_strdup(name);
    dns->addresses = wl_array_new(WlEndpoint);
    dns->due = WL_LONG_AGO;
    dns->backoff = WL_RESOLVE_FIRST;
    return dns;
}

void
wl_peer_set_config(WlPeer *self, const WlPeerConfig *config)
{
    g_autoptr(GPtrArray) before = self->dns_names;

    self->config = config;
    self->router = config && wl_role_is_router_peer(config);
    self->dns_names = g_ptr_array_new_with_free_func((GDestroyNotify) endpoint_dns_free);
    for (guint i = 0; config && i < config->endpoints->len; i++) {
        WlEndpoint endpoint;

        if (!wl_endpoint_parse(config->endpoints->pdata[i], &endpoint))
            g_ptr_array_add(self->dns_names, take_dns(before, config->endpoints->pdata[i]));
    }
}

WlPeer *
wl_peer_new(const WlKey *key, const WlPeerConfig *config, guint slot)
{
    WlPeer *self = g_new0(WlPeer, 1);

    self->key = *key;
    wl_key_link_local(key, &self->link_local);
    self->slot = slot;
    self->trust = WL_TRUST_UNSET;
    self->static_ips = prefixes_new();
    self->direct_ips = prefixes_new();
    self->learned_ips = prefixes_new();
    self->hosts = prefixes_new();
    self->device_allowed = prefixes_new();
    self->candidates = wl_candidates_new();
    self->candidates_dirty = self->local_dirty = self->name_dirty = TRUE;
    self->timer.owner = self->alive_deadline.owner = self;
    for (guint i = 0; i < WL_STEP_N; i++)
        self->wake_at[i] = WL_NEVER;
    self->dns_names = g_ptr_array_new_with_free_func((GDestroyNotify) endpoint_dns_free);
    self->handshake = -1;
    self->last_alive = -1;
    self->snapshot = self->rx_time = self->rx_seen = self->last_heard = WL_LONG_AGO;
    self->alive_sent = self->alive_sent_before = WL_LONG_AGO;
    self->resynced = self->facts_sent = self->send_retry = WL_LONG_AGO;
    self->change_retry = WL_LONG_AGO;
    self->resync_due = self->alive_since = WL_NEVER;
    self->roaming.retry = self->roaming.due = WL_NEVER;
    init_path(&self->path);
    self->echo.sent = self->echo.last_reply = self->echo.session_since = WL_LONG_AGO;
    self->echo.suspected_since = WL_LONG_AGO;
    self->flow_until = WL_LONG_AGO;
    self->connect.tried = self->connect.off_link_tried = self->connect.demanded = WL_LONG_AGO;
    wl_peer_reset_connect(self);

    wl_peer_set_config(self, config);
    return self;
}

void
wl_peer_free(WlPeer *self)
{
    g_array_unref(self->static_ips);
    g_array_unref(self->direct_ips);
    g_array_unref(self->learned_ips);
    g_array_unref(self->hosts);
    g_array_unref(self->device_allowed);
    g_array_unref(self->candidates);
    g_ptr_array_unref(self->dns_names);
    g_clear_pointer(&self->metadata, wl_metadata_unref);
    g_free(self->inference);
    wl_send_window_free(self->window);
    g_free(self->learned_name);
    g_free(self->folded);
    g_free(self->name);
    wl_reason_free(self->reason);
    g_free(self);
}

char *
wl_peer_dup_label(const WlPeer *self)
{
    const char *name = self->config ? self->config->name : NULL;
    char *key;

    if (!name || !*name)
        name = self->name;
    if (name && *name)
        return g_strdup(name);
    key = wl_key_to_string(&self->key);
    key[8] = '\0';
    return key;
}

gboolean
wl_peer_is_ready(const WlPeer *self, gint64 now)
{
    return self->basic || self->alive_until > now + WL_READY_LEFT;
}

WlTrust
wl_peer_get_configured_trust(const WlPeer *self)
{
    return self->config ? self->config->trust : WL_TRUST_UNSET;
}

void
wl_connect_restart(WlPeer *peer)
{
    peer->connect.restart = TRUE;
}

void
wl_connect_endpoint_dropped(WlPeer *peer)
{
    peer->connect.endpoint_dropped = TRUE;
}

void
wl_roaming_suspect(WlPeer *peer)
{
    peer->roaming.suspect = TRUE;
}

void
wl_path_request_check(WlPeer *peer, gint64 now)
{
    peer->path.check_until = now + WL_PATH_CHECK;
}

void
wl_peer_force_alive(WlPeer *peer)
{
    peer->force_alive = TRUE;
}

void
wl_peer_request_alive(WlPeer *peer)
{
    peer->force_alive = peer->request_alive = TRUE;
}
