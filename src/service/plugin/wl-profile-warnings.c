/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Messages about valid settings with unexpected effects. */

#include "wl-profile-warnings.h"

#include "wl-tunnel-addresses.h"

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

static void
log_full_tunnel(const WlProfile *profile, NMConnection *connection)
{
    gboolean v4 = has_default_route(profile, "0.0.0.0/0", "0.0.0.0/1");
    gboolean v6 = has_default_route(profile, "::/0", "::/1");

    if (!profile->full_tunnel) {
        if (v4 || v6)
            g_message("a peer has a default route, but full-tunnel is not set; only traffic of "
                      "the network's own prefixes uses the tunnel");
        return;
    }
    if (!v4 || !v6)
        g_message("no peer has a default route for %s; this traffic %s", v4 ? "IPv6" : "IPv4",
                  profile->kill_switch ? "is blocked" : "bypasses the tunnel");
    if (asks_others(nm_connection_get_setting_ip4_config(connection)) ||
        asks_others(nm_connection_get_setting_ip6_config(connection)))
        g_warning("DNS queries may bypass the tunnel; set ipv4.dns-priority and "
                  "ipv6.dns-priority to -50 and both dns-search to ~");
}

static void
log_users(NMConnection *connection)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);
    guint n = setting ? nm_setting_connection_get_num_permissions(setting) : 0;

    if (n > 1)
        g_message(
            "connection.permissions names %u users; NetworkManager 1.58 and newer activate a private "
            "VPN connection of one user only",
            n);
}

void
wl_profile_warnings_log(const WlProfile *profile, NMConnection *connection)
{
    for (guint i = 0; i < profile->warnings->len; i++)
        g_warning("%s", (const char *) g_ptr_array_index(profile->warnings, i));
    log_full_tunnel(profile, connection);
    log_users(connection);
}

static void
log_method(const char *name, NMSettingIPConfig *setting, const WlPrefix *address)
{
    const char *method = setting ? nm_setting_ip_config_get_method(setting) : NULL;
    g_autofree char *text = NULL;

    if (!method || !address || g_str_equal(method, NM_SETTING_IP4_CONFIG_METHOD_AUTO))
        return;
    text = wl_prefix_to_string(address);
    g_warning("%s.method is %s, so NetworkManager does not set the address %s or any route of "
              "that family; set the method to auto",
              name, method, text);
}

/* NetworkManager applies addresses and routes of a VPN with the method "auto" only. */
void
wl_profile_warnings_log_methods(NMConnection *connection, const GArray *addresses)
{
    log_method("ipv4", nm_connection_get_setting_ip4_config(connection),
               wl_tunnel_addresses_first(addresses, WL_FAMILY_V4));
    log_method("ipv6", nm_connection_get_setting_ip6_config(connection),
               wl_tunnel_addresses_first(addresses, WL_FAMILY_V6));
}
