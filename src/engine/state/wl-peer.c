/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-peer.h"

#include "state/wl-candidates.h"
#include "wl-link-local.h"

static void
lookup_free(WlLookup *lookup)
{
    g_free(lookup->name);
    g_array_unref(lookup->addresses);
    g_free(lookup);
}

static GArray *
prefixes_new(void)
{
    return g_array_new(FALSE, TRUE, sizeof(WlPrefix));
}

static void
init_pair(WlPair *pair)
{
    pair->told = TRUE;
    pair->send_due = pair->watching = WL_NEVER;
    pair->asked = pair->answered = pair->left = pair->returned = WL_LONG_AGO;
    pair->check_until = pair->watched_to = pair->ask_due = WL_LONG_AGO;
    pair->ask_backoff = WL_WAY_ASK;
}

void
wl_peer_reset_attempt(WlPeer *self)
{
    self->attempt.phase = WL_ATTEMPT_IDLE;
    self->attempt.restart = FALSE;
    self->attempt.due = WL_NEVER;
    self->attempt.round = 0;
    self->attempt.backoff = WL_BACKOFF_FIRST;
    for (guint i = 0; i < G_N_ELEMENTS(self->attempt.look); i++)
        self->attempt.look[i] = WL_NEVER;
}

static WlLookup *
take_lookup(GPtrArray *lookups, const char *name)
{
    WlLookup *lookup;

    for (guint i = 0; i < lookups->len; i++) {
        if (g_str_equal(((WlLookup *) lookups->pdata[i])->name, name))
            return g_ptr_array_steal_index(lookups, i);
    }
    lookup = g_new0(WlLookup, 1);
    lookup->name = g_strdup(name);
    lookup->addresses = g_array_new(FALSE, TRUE, sizeof(WlEndpoint));
    lookup->due = WL_LONG_AGO;
    lookup->backoff = WL_RESOLVE_FIRST;
    return lookup;
}

void
wl_peer_set_config(WlPeer *self, const WlPeerConfig *config)
{
    g_autoptr(GPtrArray) before = self->lookups;

    self->config = config;
    self->router = config && wl_peer_config_is_router(config);
    self->lookups = g_ptr_array_new_with_free_func((GDestroyNotify) lookup_free);
    for (guint i = 0; config && i < config->endpoints->len; i++) {
        WlEndpoint endpoint;

        if (!wl_endpoint_parse(config->endpoints->pdata[i], &endpoint))
            g_ptr_array_add(self->lookups, take_lookup(before, config->endpoints->pdata[i]));
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
    self->lookups = g_ptr_array_new_with_free_func((GDestroyNotify) lookup_free);
    self->handshake = -1;
    self->last_alive = -1;
    self->snapshot = self->rx_time = self->rx_seen = self->last_heard = WL_LONG_AGO;
    self->alive_sent = self->alive_sent_before = WL_LONG_AGO;
    self->resynced = self->facts_sent = self->send_retry = WL_LONG_AGO;
    self->change_retry = WL_LONG_AGO;
    self->resync_due = self->alive_since = WL_NEVER;
    self->move.retry = self->move.due = WL_NEVER;
    init_pair(&self->pair);
    self->echo.sent = self->echo.answered = self->echo.session = WL_LONG_AGO;
    self->echo.doubted = WL_LONG_AGO;
    self->flow_until = WL_LONG_AGO;
    self->attempt.tried = self->attempt.far_tried = self->attempt.woken = WL_LONG_AGO;
    wl_peer_reset_attempt(self);

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
    g_ptr_array_unref(self->lookups);
    g_clear_pointer(&self->metadata, wl_metadata_unref);
    g_free(self->approach);
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
wl_peer_is_live(const WlPeer *self, gint64 now)
{
    return wl_endpoint_is_set(&self->endpoint) && self->handshake >= 0 &&
           self->handshake + WL_HANDSHAKE_VALIDITY > now;
}

gboolean
wl_peer_is_ready(const WlPeer *self, gint64 now)
{
    return self->basic || self->alive_until > now + WL_READY_LEFT;
}

gboolean
wl_peer_is_authoritative(const WlPeer *self, gint64 now)
{
    return self->healthy && self->alive && self->last_alive > now - WL_AUTHORITATIVE_HEARD &&
           self->alive_since <= now - WL_AUTHORITATIVE_SINCE &&
           self->alive_until > now + WL_AUTHORITATIVE_LEFT;
}

WlTrust
wl_peer_get_configured_trust(const WlPeer *self)
{
    return self->config ? self->config->trust : WL_TRUST_UNSET;
}
