/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-config.h"

#include <sodium.h>
#include <string.h>

#include "wl-array.h"
#include "wl-link-local.h"

G_DEFINE_QUARK(wl - engine - error - quark, wl_engine_error)

WlPeerConfig *
wl_peer_config_new(const WlKey *public_key)
{
    WlPeerConfig *self = g_new0(WlPeerConfig, 1);

    self->public_key = *public_key;
    self->endpoints = g_ptr_array_new_with_free_func(g_free);
    self->allowed_ips = wl_array_new(WlPrefix);
    self->trust = WL_TRUST_UNSET;
    return self;
}

void
wl_peer_config_free(WlPeerConfig *self)
{
    if (!self)
        return;
    wl_key_wipe(&self->preshared_key);
    g_free(self->name);
    g_ptr_array_unref(self->endpoints);
    g_array_unref(self->allowed_ips);
    g_free(self);
}

WlPeerConfig *
wl_peer_config_copy(const WlPeerConfig *config)
{
    WlPeerConfig *copy = wl_peer_config_new(&config->public_key);

    copy->name = g_strdup(config->name);
    for (guint i = 0; i < config->endpoints->len; i++)
        g_ptr_array_add(copy->endpoints, g_strdup(config->endpoints->pdata[i]));
    for (guint i = 0; i < config->allowed_ips->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(config->allowed_ips, WlPrefix, i));
        g_array_append_val(copy->allowed_ips, prefix);
    }
    copy->trust = config->trust;
    copy->basic = config->basic;
    copy->fact_exchanger = config->fact_exchanger;
    copy->has_preshared_key = config->has_preshared_key;
    /* Keeps the key out of swap and core dumps where permitted; it is wiped in any case. */
    if (config->has_preshared_key)
        (void) sodium_mlock(copy, sizeof(*copy));
    copy->preshared_key = config->preshared_key;
    copy->keepalive = config->keepalive;
    return copy;
}

gboolean
wl_peer_config_same_endpoints(const WlPeerConfig *x, const WlPeerConfig *y)
{
    const GPtrArray *a = x->endpoints, *b = y->endpoints;
    gboolean same = a->len == b->len;

    for (guint i = 0; same && i < a->len; i++)
        same = g_str_equal(a->pdata[i], b->pdata[i]);
    return same;
}

gboolean
wl_peer_config_same_allowed_ips(const WlPeerConfig *x, const WlPeerConfig *y)
{
    const GArray *a = x->allowed_ips, *b = y->allowed_ips;
    gboolean same = a->len == b->len;

    for (guint i = 0; same && i < a->len; i++)
        same = wl_prefix_equal(&g_array_index(a, WlPrefix, i), &g_array_index(b, WlPrefix, i));
    return same;
}

gboolean
wl_peer_config_equal(const WlPeerConfig *a, const WlPeerConfig *b)
{
    return wl_key_equal(&a->public_key, &b->public_key) && g_strcmp0(a->name, b->name) == 0 &&
           wl_peer_config_same_endpoints(a, b) && wl_peer_config_same_allowed_ips(a, b) &&
           a->trust == b->trust && a->basic == b->basic && a->fact_exchanger == b->fact_exchanger &&
           wl_peer_config_same_settings(a, b);
}

gboolean
wl_peer_config_same_settings(const WlPeerConfig *a, const WlPeerConfig *b)
{
    gboolean with_key = a && a->has_preshared_key;

    return (a ? a->keepalive : 0) == (b ? b->keepalive : 0) &&
           with_key == (b && b->has_preshared_key) &&
           (!with_key || wl_key_equal(&a->preshared_key, &b->preshared_key));
}

WlEngineConfig *
wl_engine_config_new(void)
{
    WlEngineConfig *self = g_new0(WlEngineConfig, 1);

    self->addresses = wl_array_new(WlPrefix);
    self->networks = wl_array_new(WlPrefix);
    self->peers = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_config_free);
    return self;
}

void
wl_engine_config_free(WlEngineConfig *self)
{
    if (!self)
        return;
    wl_key_wipe(&self->private_key);
    g_free(self->name);
    g_array_unref(self->addresses);
    g_array_unref(self->networks);
    g_ptr_array_unref(self->peers);
    g_free(self);
}

WlEngineConfig *
wl_engine_config_copy(const WlEngineConfig *config)
{
    WlEngineConfig *copy = wl_engine_config_new();

    copy->private_key = config->private_key;
    copy->listen_port = config->listen_port;
    copy->role = config->role;
    copy->chatty = config->chatty;
    copy->name = g_strdup(config->name);
    g_array_append_vals(copy->addresses, config->addresses->data, config->addresses->len);
    for (guint i = 0; i < config->networks->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(config->networks, WlPrefix, i));
        g_array_append_val(copy->networks, prefix);
    }
    for (guint i = 0; i < config->peers->len; i++)
        g_ptr_array_add(copy->peers, wl_peer_config_copy(config->peers->pdata[i]));
    return copy;
}

const WlPeerConfig *
wl_engine_config_find(const WlEngineConfig *config, const WlKey *key)
{
    for (guint i = 0; i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];
        if (wl_key_equal(&peer->public_key, key))
            return peer;
    }
    return NULL;
}

gboolean
wl_engine_config_check(const WlEngineConfig *config, WlKey *public_key, GError **error)
{
    if (wl_key_is_zero(&config->private_key) ||
        !wl_key_derive_public(&config->private_key, public_key)) {
        g_set_error_literal(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_KEY,
                            "the private key has no public key; make one with wirelinkctl genkey");
        return FALSE;
    }
    return wl_engine_config_check_peers(config, public_key, error);
}

gboolean
wl_engine_config_check_peers(const WlEngineConfig *config, const WlKey *public_key, GError **error)
{
    g_autoptr(GHashTable) keys = g_hash_table_new(wl_key_hash, wl_key_equal);
    g_autoptr(GHashTable) addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    WlIp own;

    wl_key_link_local(public_key, &own);
    g_hash_table_add(addresses, wl_ip_to_string(&own));

    for (guint i = 0; i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];
        g_autofree char *text = wl_key_to_string(&peer->public_key);
        g_autofree char *address = NULL;
        WlIp link_local;

        if (wl_key_is_zero(&peer->public_key)) {
            g_set_error(
                error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_KEY,
                "peer %u has no public key; give the one its owner's wirelinkctl pubkey prints",
                i + 1);
            return FALSE;
        }
        if (!g_hash_table_add(keys, (gpointer) &peer->public_key)) {
            g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE,
                        "peer %s is listed twice; put all of its settings into one entry", text);
            return FALSE;
        }
        if (wl_key_equal(&peer->public_key, public_key))
            continue;
        wl_key_link_local(&peer->public_key, &link_local);
        address = wl_ip_to_string(&link_local);
        if (!g_hash_table_add(addresses, g_strdup(address))) {
            g_set_error(
                error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_DUPLICATE,
                "peer %s has the link-local address %s of another member; one of the two needs a new key",
                text, address);
            return FALSE;
        }
    }
    return TRUE;
}
