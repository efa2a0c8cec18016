/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-reload.h"

#include "facts/wl-display-names.h"
#include "facts/wl-fact-evaluate.h"
#include "facts/wl-local-facts.h"
#include "facts/wl-members.h"
#include "facts/wl-profile-apply.h"
#include "facts/wl-routes.h"
#include "paths/wl-endpoint-dns.h"
#include "paths/wl-reconcile.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "wl-link-local.h"
#include "wl-peer-removal.h"
#include "wl-role.h"

/* The difference between the profile before and after the reload. An unchanged entry keeps its
 * place in memory, since peers point to it. */
typedef struct {
    GPtrArray *before;    /* of WlPeerConfig, owned: replaced and removed entries */
    GPtrArray *fresh;     /* of WlPeerConfig: new entries and replacements */
    GPtrArray *gone;      /* of WlPeer: no longer in the profile */
    GPtrArray *transit;   /* of WlPeer: became transit peers or ceased to be */
    gboolean allowed_ips; /* allowed IPs or the order of entries changed */
    gboolean routers;     /* a peer became a router or ceased to be */
} ProfileDiff;

static void
profile_diff_clear(ProfileDiff *diff)
{
    g_ptr_array_unref(diff->before);
    g_ptr_array_unref(diff->fresh);
    g_ptr_array_unref(diff->gone);
    g_ptr_array_unref(diff->transit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProfileDiff, profile_diff_clear)

static const WlPeerConfig *
find_entry(const GPtrArray *entries, const WlKey *key)
{
    for (guint i = 0; i < entries->len; i++) {
        const WlPeerConfig *entry = entries->pdata[i];
        if (wl_key_equal(&entry->public_key, key))
            return entry;
    }
    return NULL;
}

/* Replaces the entries of the profile by copies of @peers, except for equal entries. */
static void
replace_entries(WlEngine *self, const GPtrArray *peers, ProfileDiff *diff)
{
    g_autoptr(GHashTable) known = g_hash_table_new(wl_key_hash, wl_key_equal);
    GPtrArray *old = self->config->peers;
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_config_free);

    for (guint i = 0; i < old->len; i++) {
        WlPeerConfig *entry = old->pdata[i];
        g_hash_table_insert(known, &entry->public_key, entry);
    }
    for (guint i = 0; i < peers->len; i++) {
        const WlPeerConfig *entry = peers->pdata[i];
        WlPeerConfig *was = g_hash_table_lookup(known, &entry->public_key);

        diff->allowed_ips |=
            i >= old->len || was != old->pdata[i] || !wl_peer_config_same_allowed_ips(was, entry);
        if (was && wl_peer_config_equal(was, entry)) {
            g_hash_table_remove(known, &was->public_key);
            g_ptr_array_add(list, was);
            continue;
        }
        g_ptr_array_add(list, wl_peer_config_copy(entry));
        g_ptr_array_add(diff->fresh, list->pdata[i]);
    }
    diff->allowed_ips |= peers->len != old->len;
    for (guint i = 0; i < old->len; i++) {
        WlPeerConfig *entry = old->pdata[i];
        if (g_hash_table_lookup(known, &entry->public_key) == entry)
            g_ptr_array_add(diff->before, entry);
    }
    g_ptr_array_set_free_func(old, NULL);
    g_ptr_array_unref(old);
    self->config->peers = list;
}

/* TRUE for an entry that makes its peer a transit peer. */
static gboolean
is_transit(const WlPeerConfig *config)
{
    return config && (config->trust >= WL_TRUST_ALLOWED_IPS || wl_role_is_router_peer(config));
}

/* Assigns the entry @config to @peer; NULL: the peer is no longer in the profile. */
static void
update_peer(WlEngine *self, WlPeer *peer, const WlPeerConfig *config, ProfileDiff *diff)
{
    const WlPeerConfig *before = peer->config;
    gboolean was_router = peer->router;

    wl_scheduler_count_work(&self->scheduler);
    if (config)
        wl_members_set_orphaned(self, peer, FALSE);
    else
        g_ptr_array_add(diff->gone, peer);
    wl_peer_table_set_config(&self->peers, peer, config);
    if (peer->device.present && !wl_peer_config_same_settings(before, config))
        wl_reconcile_request_settings(peer);
    if (before && config ? !wl_peer_config_same_endpoints(before, config) : TRUE) {
        wl_engine_candidates_changed(self, peer);
        if (before)
            wl_connect_endpoint_dropped(peer);
        /* The endpoint in use may be the one that the profile replaced. */
        if (peer->liveness.healthy && config && config->endpoints->len > 0)
            wl_roaming_suspect(peer);
    }
    if (is_transit(before) != is_transit(config))
        g_ptr_array_add(diff->transit, peer);
    diff->routers |= was_router != peer->router;
    wl_engine_name_changed(self, peer);
    wl_engine_local_facts_changed(self, peer);
    wl_engine_state_changed(self);
}

static void
add_peer(WlEngine *self, const WlPeerConfig *config, ProfileDiff *diff)
{
    WlPeer *other;
    WlIp link_local;

    /* A learned member with the same link-local address is replaced by the configured one. */
    wl_key_link_local(&config->public_key, &link_local);
    other = wl_peer_table_find_link_local(&self->peers, &link_local);
    if (other) {
        g_ptr_array_remove(diff->gone, other);
        g_ptr_array_remove(diff->transit, other);
        wl_engine_remove_peer(self, other);
    }
    wl_members_add(self, &config->public_key, config);
    wl_scheduler_count_work(&self->scheduler);
    /* A former peer assumes that its earlier facts are still known here (docs/protocol.md 5.5 and
     * 12.4). */
    wl_engine_want_boot_id(self);
}

static void
apply_entries(WlEngine *self, ProfileDiff *diff)
{
    for (guint i = 0; i < diff->before->len; i++) {
        const WlPeerConfig *config = diff->before->pdata[i];
        WlPeer *peer = wl_peer_table_find(&self->peers, &config->public_key);

        g_hash_table_remove(self->own.metadata, &config->public_key);
        if (peer && !find_entry(diff->fresh, &config->public_key))
            update_peer(self, peer, NULL, diff);
    }
    for (guint i = 0; i < diff->fresh->len; i++) {
        const WlPeerConfig *config = diff->fresh->pdata[i];
        WlPeer *peer = wl_peer_table_find(&self->peers, &config->public_key);

        g_hash_table_insert(self->own.metadata, (gpointer) &config->public_key,
                            wl_local_facts_make_metadata(config));
        if (config == self->own.entry)
            continue;
        if (peer)
            update_peer(self, peer, config, diff);
        else
            add_peer(self, config, diff);
        diff->routers |= wl_role_is_router_peer(config);
    }
}

/* Evaluates the claimed prefixes that overlap the allowed IPs of @entries. */
static void
evaluate_around(WlEngine *self, const GPtrArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        const WlPeerConfig *config = entries->pdata[i];

        for (guint j = 0; j < config->allowed_ips->len; j++)
            wl_prefix_table_configured_changed(&self->prefixes,
                                               &g_array_index(config->allowed_ips, WlPrefix, j));
    }
}

/* The trust of each peer depends on all entries (docs/protocol.md 6.2). */
static void
evaluate_trust(WlEngine *self)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);
        WlTrust before = peer->membership.trust;
        WlTrustSource source = peer->membership.trust_source;

        wl_members_evaluate_trust(self, peer);
        if (peer->membership.trust == before && peer->membership.trust_source == source)
            continue;
        wl_scheduler_schedule(&self->scheduler, peer);
        if (peer->membership.trust != before)
            wl_fact_evaluate_all_of(self, &peer->key);
    }
}

/* A peer that left the profile stays only if an accepted fact names it now. */
static void
remove_gone(WlEngine *self, const GPtrArray *gone)
{
    wl_fact_evaluate_due(self);
    for (guint i = 0; i < gone->len; i++) {
        WlPeer *peer = gone->pdata[i];

        if (self->peers.learned > WL_MAX_LEARNED_PEERS ||
            !wl_engine_is_member(self, &peer->key, FALSE))
            wl_engine_remove_peer(self, peer);
    }
}

static void
update_every_peer(WlEngine *self)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        wl_engine_local_facts_changed(self, peer);
        wl_engine_candidates_changed(self, peer);
    }
}

static void
apply_settings(WlEngine *self, const WlEngineConfig *config)
{
    WlEngineConfig *own = self->config;

    if (own->chatty != config->chatty)
        wl_engine_schedule_all(self);
    own->chatty = config->chatty;
    own->role = config->role;
    g_array_set_size(own->networks, 0);
    for (guint i = 0; i < config->networks->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(config->networks, WlPrefix, i));
        g_array_append_val(own->networks, prefix);
    }
    if (g_strcmp0(own->name, config->name) != 0) {
        g_autofree char *before = own->name;

        own->name = g_strdup(config->name);
        wl_display_names_own_changed(self, before);
    }
}

/* Keys, since a peer may be removed meanwhile and its memory reused. */
static GHashTable *
dup_keys(const GPtrArray *peers)
{
    GHashTable *keys = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];
        g_hash_table_add(keys, wl_key_copy(&peer->key));
    }
    return keys;
}

/* A reload needs no authoritative source: it removes at once the peers that it orphaned. The peers
 * in @kept were orphaned before. */
static void
remove_orphans(WlEngine *self, GHashTable *kept)
{
    WlPeer *peer;

    while ((peer = wl_members_update_by_profile(self, kept)))
        wl_engine_remove_peer(self, peer);
}

static void
apply_profile(WlEngine *self, const WlEngineConfig *config)
{
    g_auto(ProfileDiff) diff = {
        .before = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_config_free),
        .fresh = g_ptr_array_new(),
        .gone = g_ptr_array_new(),
        .transit = g_ptr_array_new(),
    };
    g_autoptr(GHashTable) kept = dup_keys(self->membership.orphaned);
    gboolean was_router = self->own.router;
    WlTrust own_trust = self->own.trust;

    apply_settings(self, config);
    replace_entries(self, config->peers, &diff);
    wl_profile_apply_own(self);
    apply_entries(self, &diff);
    wl_profile_apply_authorities(self);
    wl_endpoint_dns_index(self);
    if (diff.allowed_ips || diff.routers) {
        wl_profile_apply_allowed_ips(self);
        evaluate_around(self, diff.before);
        evaluate_around(self, diff.fresh);
    }
    if (wl_policy_read_profile(&self->policy) || diff.routers)
        wl_engine_rules_changed(self);
    evaluate_trust(self);
    for (guint i = 0; i < diff.transit->len; i++)
        wl_fact_evaluate_about(self, &((WlPeer *) diff.transit->pdata[i])->key);
    if (was_router != self->own.router || own_trust != self->own.trust || diff.routers)
        update_every_peer(self);
    wl_engine_own_facts_changed(self);
    wl_engine_authorities_changed(self);
    remove_gone(self, diff.gone);
    remove_orphans(self, kept);
}

void
wl_profile_reload(WlEngine *self, const WlEngineConfig *config)
{
    g_autoptr(GArray) routes = g_array_copy(self->routes.list);

    apply_profile(self, config);
    wl_routes_settle(&self->routes, routes);
}
