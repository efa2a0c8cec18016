/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The conversion from the profile, which holds text, to the configuration of the engine. */

#include "wl-engine-config-from-profile.h"

#include "wl-profile-check.h"

static gboolean
bad_value(const char *key, const char *value, GError **error)
{
    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE, "%s: invalid value \"%s\"", key,
                value);
    return FALSE;
}

static gboolean
append_prefixes(GArray *prefixes, const GPtrArray *texts, const char *key, GError **error)
{
    for (guint i = 0; i < texts->len; i++) {
        const char *text = g_ptr_array_index(texts, i);
        WlPrefix prefix;

        if (!wl_prefix_parse(text, &prefix))
            return bad_value(key, text, error);
        g_array_append_val(prefixes, prefix);
    }
    return TRUE;
}

GArray *
wl_prefixes_from_profile(const GPtrArray *texts)
{
    GArray *prefixes = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

    append_prefixes(prefixes, texts, "", NULL);
    return prefixes;
}

static WlTrust
trust_of(WlProfileTrust trust)
{
    switch (trust) {
    case WL_PROFILE_TRUST_UNTRUSTED:
        return WL_TRUST_UNTRUSTED;
    case WL_PROFILE_TRUST_ENDPOINT:
        return WL_TRUST_ENDPOINT;
    case WL_PROFILE_TRUST_ALLOWED_IPS:
        return WL_TRUST_ALLOWED_IPS;
    case WL_PROFILE_TRUST_MEMBERSHIP:
        return WL_TRUST_MEMBERSHIP;
    case WL_PROFILE_TRUST_DELEGATE_TRUST:
        return WL_TRUST_DELEGATE;
    case WL_PROFILE_TRUST_UNSET:
        break;
    }
    return WL_TRUST_UNSET;
}

static WlRole
role_of(WlProfileRole role)
{
    switch (role) {
    case WL_PROFILE_ROLE_LEAF:
        return WL_ROLE_LEAF;
    case WL_PROFILE_ROLE_ROUTER:
        return WL_ROLE_ROUTER;
    case WL_PROFILE_ROLE_AUTOMATIC:
        break;
    }
    return WL_ROLE_AUTOMATIC;
}

static WlPeerConfig *
setup_peer(const WlProfilePeer *peer, const WlKey *own, GError **error)
{
    g_autofree char *key_name = g_strdup_printf("peer-%u-public-key", peer->number);
    g_autofree char *ips_name = g_strdup_printf("peer-%u-allowed-ips", peer->number);
    WlKey key;

    if (!wl_key_parse(peer->public_key, &key)) {
        bad_value(key_name, peer->public_key, error);
        return NULL;
    }
    if (wl_key_equal(&key, own)) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_CONFLICT, "%s: " WL_PROFILE_OWN_KEY,
                    key_name);
        return NULL;
    }
    g_autoptr(WlPeerConfig) config = wl_peer_config_new(&key);

    config->name = g_strdup(peer->name);
    for (guint i = 0; i < peer->endpoints->len; i++)
        g_ptr_array_add(config->endpoints, g_strdup(g_ptr_array_index(peer->endpoints, i)));
    if (!append_prefixes(config->allowed_ips, peer->allowed_ips, ips_name, error))
        return NULL;
    config->trust = trust_of(peer->trust);
    config->basic = peer->basic;
    config->fact_exchanger = peer->fact_exchanger;
    config->keepalive = peer->keepalive;
    if (peer->preshared_key) {
        config->has_preshared_key = TRUE;
        if (!wl_key_parse(peer->preshared_key, &config->preshared_key)) {
            g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
                        "peer-%u-preshared-key: not a WireGuard key", peer->number);
            return NULL;
        }
    }
    return g_steal_pointer(&config);
}

WlEngineConfig *
wl_engine_config_from_profile_with_public_key(const WlProfile *profile, const WlKey *own,
                                              GError **error)
{
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();

    config->listen_port = profile->listen_port;
    config->role = role_of(profile->role);
    config->chatty = profile->chatty;
    config->name = g_strdup(profile->name);
    if (!append_prefixes(config->addresses, profile->addresses, "address", error) ||
        !append_prefixes(config->networks, profile->networks, "networks", error))
        return NULL;
    for (guint i = 0; i < profile->peers->len; i++) {
        WlPeerConfig *peer = setup_peer(g_ptr_array_index(profile->peers, i), own, error);

        if (!peer)
            return NULL;
        g_ptr_array_add(config->peers, peer);
    }
    return g_steal_pointer(&config);
}

WlEngineConfig *
wl_engine_config_from_profile(const WlProfile *profile, GError **error)
{
    WlEngineConfig *config;
    WlKey key, own;

    if (!profile->private_key || !wl_key_parse(profile->private_key, &key) ||
        !wl_key_derive_public(&key, &own)) {
        g_set_error_literal(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SECRET,
                            "private-key: not a WireGuard private key; \"wirelinkctl genkey\" "
                            "generates one");
        return NULL;
    }
    config = wl_engine_config_from_profile_with_public_key(profile, &own, error);
    if (config)
        config->private_key = key;
    wl_key_wipe(&key);
    return config;
}
