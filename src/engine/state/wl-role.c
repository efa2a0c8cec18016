/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-role.h"

gboolean
wl_role_is_router_peer(const WlPeerConfig *config)
{
    for (guint i = 0; i < config->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(config->allowed_ips, WlPrefix, i);
        if (prefix->length == 0 || wl_prefix_is_routed_net(prefix))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_role_covers_subnet(const WlPrefix *prefix, const GArray *addresses)
{
    if (prefix->length == wl_prefix_max_length(prefix))
        return FALSE;
    for (guint i = 0; i < addresses->len; i++) {
        WlPrefix subnet = wl_prefix_masked(&g_array_index(addresses, WlPrefix, i));

        if (wl_prefix_contains(prefix, &subnet))
            return TRUE;
    }
    return FALSE;
}

/* @shortest: the least length of the allowed IPs that count. */
static gboolean
covers_subnet(const WlEngineConfig *config, const WlPeerConfig *peer, guint shortest)
{
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->allowed_ips, WlPrefix, i);

        if (prefix->length >= shortest && wl_role_covers_subnet(prefix, config->addresses))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_role_is_network_router(const WlEngineConfig *config, const WlPeerConfig *peer)
{
    if (covers_subnet(config, peer, WL_ROLE_SHORTEST_NETWORK))
        return TRUE;
    if (!covers_subnet(config, peer, 0))
        return FALSE;
    for (guint i = 0; i < config->peers->len; i++) {
        if (covers_subnet(config, config->peers->pdata[i], WL_ROLE_SHORTEST_NETWORK))
            return FALSE;
    }
    return TRUE;
}

gboolean
wl_role_is_own_router(const WlEngineConfig *config, const WlPeerConfig *own)
{
    if (config->role != WL_ROLE_AUTOMATIC)
        return config->role == WL_ROLE_ROUTER;
    for (guint i = 0; i < config->peers->len; i++) {
        if (config->peers->pdata[i] != own && wl_role_is_router_peer(config->peers->pdata[i]))
            return FALSE;
    }
    return TRUE;
}
