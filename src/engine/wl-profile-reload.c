/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-reload.h"

#include "facts/wl-display-names.h"
#include "facts/wl-fact-evaluate.h"
#include "facts/wl-local-facts.h"
#include "facts/wl-members.h"
#include "facts/wl-profile-apply.h"
#include "paths/wl-endpoint-dns.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "wl-link-local.h"
#include "wl-peer-removal.h"
#include "wl-prefix-set.h"

/*
 * A profile that changes while it is in use. Peers that it says the same of as before keep their
 * sessions, and nothing is asked of the link for them. What was told is judged again by who is
 * trusted now, and what is not believed any more goes at once: the user said so, and nobody has to
 * confirm it. An entry that stays the same stays in its place in memory, where peers point at it.
 */
typedef struct {
    GPtrArray *before;    /* of WlPeerConfig, owned: entries that are replaced or gone */
    GPtrArray *fresh;     /* of WlPeerConfig: entries that are new or replace another */
    GPtrArray *gone;      /* of WlPeer: not in the profile any more */
    GPtrArray *carriers;  /* of WlPeer: what others say of them may count for more, or less */
    gboolean allowed_ips; /* somebody's, or whose entry comes first */
    gboolean routers;
} Change;

static void
change_clear(Change *change)
{
    g_ptr_array_unref(change->before);
    g_ptr_array_unref(change->fresh);
    g_ptr_array_unref(change->gone);
    g_ptr_array_unref(change->carriers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

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

/* Replaces the entries of the profile by copies of @peers, keeping those that say the same. */
static void
replace_entries(WlEngine *self, const GPtrArray *peers, Change *change)
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

        change->allowed_ips |=
            i >= old->len || was != old->pdata[i] || !wl_peer_config_same_allowed_ips(was, entry);
        if (was && wl_peer_config_equal(was, entry)) {
            g_hash_table_remove(known, &was->public_key);
            g_ptr_array_add(list, was);
            continue;
        }
        g_ptr_array_add(list, wl_peer_config_copy(entry));
        g_ptr_array_add(change->fresh, list->pdata[i]);
    }
    change->allowed_ips |= peers->len != old->len;
    for (guint i = 0; i < old->len; i++) {
        WlPeerConfig *entry = old->pdata[i];
        if (g_hash_table_lookup(known, &entry->public_key) == entry)
            g_ptr_array_add(change->before, entry);
    }
    g_ptr_array_set_free_func(old, NULL);
    g_ptr_array_unref(old);
    self->config->peers = list;
}

/* Who carries others, or may say who does, has a say in which prefixes count. */
static gboolean
is_carrier(const WlPeerConfig *config)
{
    return config && (config->trust >= WL_TRUST_ALLOWED_IPS || wl_peer_config_is_router(config));
}

/* Another entry is about @peer, or none any more. */
static void
change_peer(WlEngine *self, WlPeer *peer, const WlPeerConfig *config, Change *change)
{
    const WlPeerConfig *before = peer->config;
    gboolean was_router = peer->router;

    wl_scheduler_count_work(&self->scheduler);
    if (!before && config) {
        self->peers.learned--;
        wl_members_set_orphaned(self, peer, FALSE);
    } else if (before && !config) {
        self->peers.learned++;
        g_ptr_array_add(change->gone, peer);
    }
    wl_peer_set_config(peer, config);
    if (config)
        peer->basic = config->basic;
    peer->want_settings |= peer->in_device && !wl_peer_config_same_settings(before, config);
    if (before && config ? !wl_peer_config_same_endpoints(before, config) : TRUE) {
        wl_engine_candidates_changed(self, peer);
        if (before)
            wl_connect_endpoint_dropped(peer);
        /* It may not be any more where it answered until now. */
        if (peer->healthy && config && config->endpoints->len > 0)
            wl_roaming_suspect(peer);
    }
    if (is_carrier(before) != is_carrier(config))
        g_ptr_array_add(change->carriers, peer);
    change->routers |= was_router != peer->router;
    peer->name_dirty = TRUE;
    wl_engine_local_facts_changed(self, peer);
    wl_engine_state_changed(self);
}

static void
add_peer(WlEngine *self, const WlPeerConfig *config, Change *change)
{
    WlPeer *other;
    WlIp link_local;

    /* A learned member that only looks like it gives way to the one that the user named. */
    wl_key_link_local(&config->public_key, &link_local);
    other = wl_peer_table_find_link_local(&self->peers, &link_local);
    if (other) {
        g_ptr_array_remove(change->gone, other);
        g_ptr_array_remove(change->carriers, other);
        wl_engine_remove_peer(self, other);
    }
    wl_members_add(self, &config->public_key, config);
    wl_scheduler_count_work(&self->scheduler);
    /* It may have been known before, and believe that we still have what it told then
     * (docs/protocol.md 5.5 and 12.4). */
    self->own.boot_id_due = TRUE;
}

static void
apply_entries(WlEngine *self, Change *change)
{
    for (guint i = 0; i < change->before->len; i++) {
        const WlPeerConfig *config = change->before->pdata[i];
        WlPeer *peer = wl_peer_table_find(&self->peers, &config->public_key);

        g_hash_table_remove(self->own.metadata, &config->public_key);
        if (peer && !find_entry(change->fresh, &config->public_key))
            change_peer(self, peer, NULL, change);
    }
    for (guint i = 0; i < change->fresh->len; i++) {
        const WlPeerConfig *config = change->fresh->pdata[i];
        WlPeer *peer = wl_peer_table_find(&self->peers, &config->public_key);

        g_hash_table_insert(self->own.metadata, (gpointer) &config->public_key,
                            wl_local_facts_make_metadata(config));
        if (config == self->own.entry)
            continue;
        if (peer)
            change_peer(self, peer, config, change);
        else
            add_peer(self, config, change);
        change->routers |= wl_peer_config_is_router(config);
    }
}

/* What others claim of what an entry gave, or gives now. */
static void
judge_around(WlEngine *self, const GPtrArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        const WlPeerConfig *config = entries->pdata[i];

        for (guint j = 0; j < config->allowed_ips->len; j++)
            wl_prefix_table_configured_changed(&self->prefixes,
                                               &g_array_index(config->allowed_ips, WlPrefix, j));
    }
}

/* Everybody's trust follows from the entries together (docs/protocol.md 6.2). */
static void
evaluate_trust(WlEngine *self)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);
        WlTrust before = peer->trust;
        WlTrustSource by = peer->trust_source;

        wl_members_evaluate_trust(self, peer);
        if (peer->trust == before && peer->trust_source == by)
            continue;
        wl_scheduler_schedule(&self->scheduler, peer);
        if (peer->trust != before)
            wl_fact_evaluate_all_of(self, &peer->key);
    }
}

/* Of those who left the profile only members stay that somebody who is believed names now. */
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
change_everybody(WlEngine *self)
{
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        wl_engine_local_facts_changed(self, peer);
        wl_engine_candidates_changed(self, peer);
    }
}

static void
take_settings(WlEngine *self, const WlEngineConfig *config)
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

/* Keys, for a peer may go meanwhile and another take its place in memory. */
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

/* Trust was changed by the profile, which needs no authoritative source: whom nobody names any more
 * goes at once, but for those @waiting already. */
static void
remove_orphans(WlEngine *self, GHashTable *waiting)
{
    WlPeer *peer;

    do {
        wl_prefix_table_delay(&self->prefixes, WL_LONG_AGO);
        wl_fact_evaluate_due(self);
        peer = wl_members_update_by_profile(self, waiting);
        if (peer)
            wl_engine_remove_peer(self, peer);
    } while (peer || self->membership.changed->len > 0);
}

static void
take_profile(WlEngine *self, const WlEngineConfig *config)
{
    g_auto(Change) change = {
        .before = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_config_free),
        .fresh = g_ptr_array_new(),
        .gone = g_ptr_array_new(),
        .carriers = g_ptr_array_new(),
    };
    g_autoptr(GHashTable) waiting = dup_keys(self->membership.orphaned);
    gboolean was_router = self->own.router;
    WlTrust own_trust = self->own.trust;

    take_settings(self, config);
    replace_entries(self, config->peers, &change);
    wl_profile_apply_own(self);
    apply_entries(self, &change);
    wl_profile_apply_authorities(self);
    wl_endpoint_dns_index(self);
    if (change.allowed_ips || change.routers) {
        wl_profile_apply_allowed_ips(self);
        judge_around(self, change.before);
        judge_around(self, change.fresh);
    }
    if (wl_policy_read_profile(&self->policy) || change.routers)
        self->evaluation.all_due = TRUE;
    evaluate_trust(self);
    for (guint i = 0; i < change.carriers->len; i++)
        wl_fact_evaluate_about(self, &((WlPeer *) change.carriers->pdata[i])->key);
    if (was_router != self->own.router || own_trust != self->own.trust || change.routers)
        change_everybody(self);
    self->own.facts_due = self->evaluation.stale_due = TRUE;
    remove_gone(self, change.gone);
    remove_orphans(self, waiting);
}

void
wl_profile_reload(WlEngine *self, const WlEngineConfig *config)
{
    g_autoptr(GArray) routes = g_array_copy(self->routes.list);

    take_profile(self, config);
    /* What moved from one peer to another is routed as before. */
    if (wl_prefix_set_equal(routes, self->routes.list))
        self->routes.changed = FALSE;
}
