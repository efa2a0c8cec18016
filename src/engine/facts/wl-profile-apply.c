/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-profile-apply.h"

#include "facts/wl-local-facts.h"
#include "facts/wl-members.h"
#include "facts/wl-routes.h"
#include "wl-array.h"
#include "wl-prefix-set.h"
#include "wl-role.h"

void
wl_profile_apply_own(WlEngine *self)
{
    self->own.entry = wl_engine_config_find(self->config, &self->own.key);
    self->own.trust = self->own.entry ? self->own.entry->trust : WL_TRUST_UNSET;
    self->own.any_trust = self->own.any_membership = FALSE;
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *peer = self->config->peers->pdata[i];

        self->own.any_trust |= peer->trust != WL_TRUST_UNSET;
        if (peer == self->own.entry)
            continue;
        self->own.any_membership |= peer->trust >= WL_TRUST_MEMBERSHIP;
    }
    /* Each configured peer advertises facts about itself and about the peers to which it
     * connects. */
    wl_fact_set_set_max_sources(self->facts, WL_MAX_FACT_SOURCES + WL_MAX_FACT_SOURCES_OF_PEER *
                                                                       self->config->peers->len);
    self->own.router = wl_role_is_own_router(self->config, self->own.entry);
}

void
wl_profile_apply_authorities(WlEngine *self)
{
    g_ptr_array_set_size(self->peers.routers, 0);
    g_ptr_array_set_size(self->peers.authorities, 0);
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        if (peer->router)
            g_ptr_array_add(self->peers.routers, peer);
        if (self->own.any_membership
                ? wl_peer_get_configured_trust(peer) >= WL_TRUST_MEMBERSHIP
                : peer->config && wl_role_is_network_router(self->config, peer->config))
            g_ptr_array_add(self->peers.authorities, peer);
    }
}

void
wl_profile_apply_peers(WlEngine *self)
{
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *peer = self->config->peers->pdata[i];

        g_hash_table_insert(self->own.metadata, (gpointer) &peer->public_key,
                            wl_local_facts_make_metadata(peer));
        if (peer != self->own.entry)
            wl_members_add(self, &peer->public_key, peer);
    }
    wl_profile_apply_authorities(self);
    wl_profile_apply_allowed_ips(self);
}

/* ---- configured allowed IPs */

static void
add_configured(WlEngine *self, WlPeer *peer, const WlPrefix *prefix)
{
    GPtrArray *peers = wl_prefix_map_get(self->prefixes.configured, prefix);

    if (!peers) {
        peers = g_ptr_array_new();
        wl_prefix_map_set(self->prefixes.configured, prefix, peers);
    }
    g_ptr_array_add(peers, peer);
}

/* TRUE if an earlier entry of the profile of the same role has exactly this prefix. */
static gboolean
is_taken(const WlEngine *self, const WlPeer *peer, const WlPrefix *prefix)
{
    const GPtrArray *peers = wl_prefix_map_get(self->prefixes.configured, prefix);

    for (guint i = 0; peers && i < peers->len && peers->pdata[i] != peer; i++) {
        const WlPeer *other = peers->pdata[i];
        if (other->router == peer->router &&
            !wl_router_set_withholds(&self->routers, self->config, other, prefix))
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    const WlEngine *engine;
    const WlPeer *peer;
    const WlPrefix *prefix;
} Inside;

static gboolean
is_of_another(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const Inside *inside = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *other = peers->pdata[i];
        if (inside->engine->routers.fellows &&
            wl_router_set_withholds(&inside->engine->routers, inside->engine->config, other,
                                    prefix))
            continue;
        if (other != inside->peer && (other->router || !wl_prefix_equal(prefix, inside->prefix)))
            return TRUE;
    }
    return FALSE;
}

static void
classify(WlEngine *self, WlPeer *peer, const WlPrefix *prefix, GArray *static_ips,
         GArray *direct_ips)
{
    Inside inside = {.engine = self, .peer = peer, .prefix = prefix};

    if (wl_router_set_withholds(&self->routers, self->config, peer, prefix))
        return;
    if (is_taken(self, peer, prefix)) {
        g_autofree char *label = wl_peer_dup_label(peer);
        g_autofree char *text = wl_prefix_to_string(prefix);
        wl_engine_log(self, NULL,
                      "%s: allowed IPs %s ignored: another peer of the profile has them", label,
                      text);
        return;
    }
    if (peer->router ||
        !wl_prefix_map_find_covering(self->prefixes.configured, prefix, is_of_another, &inside))
        wl_prefix_set_add(static_ips, prefix);
    else
        wl_prefix_set_add(direct_ips, prefix);
}

static void
set_routes(WlEngine *self, const GArray *prefixes, gboolean has)
{
    for (guint i = 0; i < prefixes->len; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);

        if (has)
            wl_routes_add(self, prefix);
        else
            wl_routes_drop(self, prefix);
    }
}

/* Takes ownership of both. */
static void
set_allowed_ips(WlEngine *self, WlPeer *peer, GArray *static_ips, GArray *direct_ips)
{
    g_autoptr(GArray) static_ips_before = peer->prefixes.static_ips;
    g_autoptr(GArray) direct_ips_before = peer->prefixes.direct_ips;

    peer->prefixes.static_ips = static_ips;
    peer->prefixes.direct_ips = direct_ips;
    if (wl_prefix_set_equal(static_ips, static_ips_before) &&
        wl_prefix_set_equal(direct_ips, direct_ips_before))
        return;
    wl_scheduler_count_work(&self->scheduler);
    set_routes(self, static_ips, TRUE);
    set_routes(self, direct_ips, TRUE);
    set_routes(self, static_ips_before, FALSE);
    set_routes(self, direct_ips_before, FALSE);
    wl_reconcile_retry_now(peer);
    wl_scheduler_schedule(&self->scheduler, peer);
    if (peer->router)
        wl_engine_schedule_all(self); /* the peers that it routes */
}

static void
update_router_set(WlEngine *self)
{
    if (!wl_router_set_update(&self->routers, self->config, &self->peers, self->own.router))
        return;
    /* The bits of the members are others now. */
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++)
        wl_peer_table_get(&self->peers, i)->failover.answered = 0;
    wl_engine_schedule_all(self);
}

void
wl_profile_apply_allowed_ips(WlEngine *self)
{
    update_router_set(self);
    wl_prefix_map_free(self->prefixes.configured);
    self->prefixes.configured = wl_prefix_map_new((GDestroyNotify) g_ptr_array_unref);
    /* In profile order: the first entry with a prefix keeps it. */
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *config = self->config->peers->pdata[i];
        WlPeer *peer = wl_peer_table_find(&self->peers, &config->public_key);

        for (guint j = 0; peer && j < config->allowed_ips->len; j++)
            add_configured(self, peer, &g_array_index(config->allowed_ips, WlPrefix, j));
    }
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);
        GArray *static_ips = wl_array_new(WlPrefix), *direct_ips = wl_array_new(WlPrefix);

        for (guint j = 0; peer->config && j < peer->config->allowed_ips->len; j++)
            classify(self, peer, &g_array_index(peer->config->allowed_ips, WlPrefix, j), static_ips,
                     direct_ips);
        set_allowed_ips(self, peer, static_ips, direct_ips);
    }
}
