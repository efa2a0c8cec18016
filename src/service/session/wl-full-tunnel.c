/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The policy routes of a profile with full-tunnel. */

#include "wl-full-tunnel.h"

GArray *
wl_full_tunnel_dup_routes(const WlEngineConfig *config)
{
    GArray *routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));

    for (guint i = 0; i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const WlPrefix *prefix = &g_array_index(peer->allowed_ips, WlPrefix, j);

            if (prefix->length <= 1)
                g_array_append_vals(routes, prefix, 1);
        }
    }
    return routes;
}

WlPolicyRoutes *
wl_full_tunnel_open(const WlEngineConfig *config, const WlSessionSettings *settings,
                    guint16 listen_port, guint16 resolver_port, WlLink *link, GError **error)
{
    g_autoptr(GArray) routes = wl_full_tunnel_dup_routes(config);
    WlPolicyRoutesConfig tunnel = {
        .uuid = settings->uuid,
        .ifindex = wl_link_get_ifindex(link),
        .listen_port = listen_port,
        .resolver_port = resolver_port,
        .routes = routes,
        .kill_switch = settings->kill_switch,
    };

    return wl_policy_routes_new(&tunnel, error);
}
