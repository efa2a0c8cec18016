/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-full-tunnel.h"

static GArray *
dup_default_routes(const WlEngineConfig *config)
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
                    guint16 resolver_port, WlLink *link, GError **error)
{
    g_autoptr(GArray) routes = dup_default_routes(config);
    WlPolicyRoutesConfig tunnel = {
        .uuid = settings->uuid,
        .ifindex = wl_link_get_ifindex(link),
        .listen_port = config->listen_port,
        .resolver_port = resolver_port,
        .routes = routes,
        .kill_switch = settings->kill_switch,
    };

    if (tunnel.listen_port == 0) {
        g_autoptr(WlDevice) device = wl_link_read(link, error);

        if (!device)
            return NULL;
        tunnel.listen_port = device->listen_port;
    }
    return wl_policy_routes_new(&tunnel, error);
}

static gboolean
has_default_route(const WlProfile *profile, const char *whole, const char *half)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *peer = profile->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const char *prefix = peer->allowed_ips->pdata[j];

            if (g_str_equal(prefix, whole) || g_str_equal(prefix, half))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
asks_others(NMSettingIPConfig *setting)
{
    return setting && nm_setting_ip_config_get_num_dns(setting) > 0 &&
           nm_setting_ip_config_get_dns_priority(setting) >= 0;
}

void
wl_full_tunnel_log(const WlProfile *profile, NMConnection *connection)
{
    gboolean v4 = has_default_route(profile, "0.0.0.0/0", "0.0.0.0/1");
    gboolean v6 = has_default_route(profile, "::/0", "::/1");

    if (!profile->full_tunnel) {
        if (v4 || v6)
            g_message("a peer could take all traffic, but full-tunnel is not set: only the "
                      "network's own goes through it");
        return;
    }
    if (!v4 || !v6)
        g_message("no peer takes all %s: it %s", v4 ? "IPv6" : "IPv4",
                  profile->kill_switch ? "is refused" : "leaves without the tunnel");
    if (asks_others(nm_connection_get_setting_ip4_config(connection)) ||
        asks_others(nm_connection_get_setting_ip6_config(connection)))
        g_warning("names may be asked outside the tunnel: set ipv4.dns-priority and "
                  "ipv6.dns-priority to -50 and their dns-search to ~");
}
