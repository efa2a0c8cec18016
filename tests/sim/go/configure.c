/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device of a Go daemon: added and removed peers, and the changes that it requests.
 */
#include "go/go-private.h"

#include "wl-engine-config.h"
#include "wl-link-local.h"

/* ---- the device ---------------------------------------------------------------------------- */

gboolean
go_has_prefix(const GArray *prefixes, const WlPrefix *prefix)
{
    for (guint i = 0; i < prefixes->len; i++) {
        if (wl_prefix_equal(&g_array_index(prefixes, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

WlPrefix
go_link_local(const WlKey *key)
{
    WlIp ip;

    wl_key_link_local(key, &ip);
    return wl_prefix_from_ip(&ip);
}

/* An allowed IP has one owner: assigning it to a peer takes it from the others. */
static void
take_from_others(GoDaemon *self, const WlDevicePeer *owner)
{
    for (guint i = 0; i < self->device->peers->len; i++) {
        WlDevicePeer *peer = self->device->peers->pdata[i];

        for (guint n = peer->allowed_ips->len; peer != owner && n-- > 0;) {
            if (go_has_prefix(owner->allowed_ips, &g_array_index(peer->allowed_ips, WlPrefix, n)))
                g_array_remove_index(peer->allowed_ips, n);
        }
    }
}

void
go_change(GoDaemon *self, WlPeerChange *change)
{
    WlDevicePeer *peer = wl_device_find(self->device, &change->public_key);
    WlOutput *output = go_emit(self, WL_OUTPUT_CHANGE_PEER);

    output->key = change->public_key;
    output->change = change;
    if (change->kind == WL_PEER_REMOVE) {
        g_ptr_array_remove(self->device->peers, peer);
        return;
    }
    if (!peer) {
        peer = wl_device_peer_new(&change->public_key);
        g_ptr_array_add(self->device->peers, peer);
    }
    if (wl_endpoint_is_set(&change->endpoint))
        peer->endpoint = change->endpoint;
    if (change->replace_allowed_ips) {
        g_array_set_size(peer->allowed_ips, 0);
        g_array_append_vals(peer->allowed_ips, change->allowed_ips->data, change->allowed_ips->len);
        take_from_others(self, peer);
    }
}

/* ---- membership (docs/protocol.md 6.4) ----------------------------------------------------- */

static gboolean
is_member(const GoDaemon *self, const WlKey *key, const GPtrArray *facts)
{
    if (wl_key_equal(key, &self->key) || wl_engine_config_find(self->config, key))
        return TRUE;
    for (guint i = 0; facts && i < facts->len; i++) {
        const WlFact *fact = facts->pdata[i];

        if (fact->attribute == WL_ATTRIBUTE_MEMBER || fact->attribute == WL_ATTRIBUTE_METADATA)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_reliable(const GoDaemon *self, const WlKey *key)
{
    const GoState *state = go_state(self, key);

    return state && state->healthy && state->alive &&
           self->now - state->alive_since >= GO_RELIABLE_SINCE &&
           state->alive_until - self->now > GO_RELIABLE_LEFT;
}

/* *configured: the configuration trusts a peer with Membership. */
static gboolean
has_reliable_source(const GoDaemon *self, const WlDevice *before, gboolean *configured)
{
    gboolean reliable = FALSE;

    *configured = FALSE;
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *peer = self->config->peers->pdata[i];

        if (peer->trust < WL_TRUST_MEMBERSHIP)
            continue;
        *configured = TRUE;
        reliable = reliable || is_reliable(self, &peer->public_key);
    }
    for (guint i = 0; !*configured && i < before->peers->len; i++) {
        const WlDevicePeer *peer = before->peers->pdata[i];

        reliable = reliable || (go_is_router_peer(peer) && is_reliable(self, &peer->public_key));
    }
    return reliable;
}

static void
remove_peers(GoDaemon *self, const WlDevice *before, const GPtrArray *marked)
{
    gboolean configured;

    if (!has_reliable_source(self, before, &configured))
        return;
    for (guint i = 0; i < marked->len; i++) {
        const WlDevicePeer *peer = marked->pdata[i];

        if (go_is_router_peer(peer) && !configured)
            continue;
        go_log(self, &peer->public_key, "is removed");
        g_hash_table_remove(self->states, &peer->public_key);
        go_change(self, wl_peer_change_new(WL_PEER_REMOVE, &peer->public_key));
    }
}

/* ---- one round ----------------------------------------------------------------------------- */

static void
forget_states(GoDaemon *self, const WlDevice *before, GHashTable *groups)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, self->states);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        if (!wl_device_find(before, key) && !wl_engine_config_find(self->config, key) &&
            !g_hash_table_contains(groups, key))
            g_hash_table_iter_remove(&iter);
    }
}

static void
add_new_peers(GoDaemon *self, const WlDevice *before, GHashTable *groups, const GArray *subjects,
              gboolean allow_deconfigure)
{
    for (guint i = 0; i < subjects->len; i++) {
        const WlKey *key = &g_array_index(subjects, WlKey, i);
        const GPtrArray *facts = g_hash_table_lookup(groups, key);
        g_autoptr(WlDevicePeer) peer = NULL;

        if (wl_key_equal(key, &self->key) || wl_device_find(before, key) ||
            !is_member(self, key, facts))
            continue;
        go_log(self, key, "is added");
        peer = wl_device_peer_new(key);
        go_apply(self, peer, TRUE, facts, allow_deconfigure);
    }
}

void
go_configure(GoDaemon *self, const WlDevice *before)
{
    g_autoptr(GArray) subjects = g_array_new(FALSE, FALSE, sizeof(WlKey));
    g_autoptr(GHashTable) groups = go_facts_group(self->facts, subjects);
    g_autoptr(GPtrArray) marked = g_ptr_array_new();
    gboolean leaf = self->now - self->started > GO_FACT_TTL && !self->router;
    gboolean allow_deconfigure = leaf && go_own_trust(self) < WL_TRUST_ALLOWED_IPS;
    gboolean allow_delete = leaf && go_own_trust(self) < WL_TRUST_MEMBERSHIP;

    for (guint i = 0; i < before->peers->len; i++) {
        const WlDevicePeer *peer = before->peers->pdata[i];

        go_state_update(self, peer, g_hash_table_lookup(groups, &peer->public_key));
    }
    forget_states(self, before, groups);

    for (guint i = 0; i < before->peers->len; i++) {
        WlDevicePeer *peer = before->peers->pdata[i];
        const GPtrArray *facts = g_hash_table_lookup(groups, &peer->public_key);

        if (!is_member(self, &peer->public_key, facts))
            g_ptr_array_add(marked, peer);
        else if (facts)
            go_apply(self, peer, FALSE, facts, allow_deconfigure);
    }
    add_new_peers(self, before, groups, subjects, allow_deconfigure);

    if (marked->len > 0 && (self->router || go_own_trust(self) >= WL_TRUST_MEMBERSHIP))
        go_log(self, NULL, "BUG detected: wants to remove %u peers", marked->len);
    else if (allow_delete && marked->len > 0)
        remove_peers(self, before, marked);
}
