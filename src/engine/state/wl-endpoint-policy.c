/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-endpoint-policy.h"

#include "wl-prefix-set.h"

gboolean
wl_endpoint_policy_is_reachable_class(const WlEndpoint *endpoint)
{
    const WlIp *ip = &endpoint->ip;

    if (endpoint->port == 0 || !wl_ip_is_global_unicast(ip))
        return FALSE;
    if (ip->family == WL_FAMILY_V4)
        return ip->bytes[0] != 0 && ip->bytes[0] < 240;
    return !wl_ip_is_v4_mapped(ip);
}

/* TRUE for the network and broadcast addresses of an attached network. */
static gboolean
is_broadcast(const WlPrefix *local, const WlIp *ip)
{
    guint hosts = 32u - local->length;
    guint32 mask = hosts >= 32 ? G_MAXUINT32 : (1u << hosts) - 1;
    guint32 value;

    if (local->ip.family != WL_FAMILY_V4 || local->length > 30 || !wl_prefix_contains_ip(local, ip))
        return FALSE;
    memcpy(&value, ip->bytes, sizeof(value));
    value = GUINT32_FROM_BE(value) & mask;
    return value == mask || value == 0;
}

gboolean
wl_endpoint_policy_is_inside(const WlPolicy *self, int route, const WlIp *ip)
{
    for (guint i = 0; i < self->config->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(self->config->addresses, WlPrefix, i);
        if (wl_ip_equal(&address->ip, ip))
            return TRUE; /* delivered here, whatever the routes */
        if (wl_prefix_contains_ip(address, ip))
            route = MAX(route, address->length);
    }
    for (guint i = 0; route >= 0 && i < self->local->len; i++) {
        const WlPrefix *local = &g_array_index(self->local, WlLocalAddress, i).address;
        /* An address in the range of the tunnel may be on an attached network (docs/protocol.md
         * 7.6). */
        if (local->length >= route && wl_prefix_contains_ip(local, ip))
            return FALSE;
    }
    return route >= 0;
}

WlVerdict
wl_endpoint_policy_check(const WlPolicy *self, const WlEndpoint *endpoint)
{
    WlPrefix host = wl_prefix_from_ip(&endpoint->ip);
    WlVerdict verdict = wl_prefix_set_outermost_covers(self->tunnel, &host) ? WL_VERDICT_IN_NETWORKS
                                                                            : WL_VERDICT_ACCEPTED;

    if (!wl_endpoint_policy_is_reachable_class(endpoint))
        return WL_VERDICT_BAD_ADDRESS;
    if (wl_endpoint_policy_is_inside(self, -1, &endpoint->ip))
        return WL_VERDICT_IN_TUNNEL;
    for (guint i = 0; i < self->mapped->len; i++) {
        if (wl_endpoint_equal(&g_array_index(self->mapped, WlEndpoint, i), endpoint))
            return WL_VERDICT_OWN_ENDPOINT;
    }
    for (guint i = 0; i < self->local->len; i++) {
        const WlLocalAddress *local = &g_array_index(self->local, WlLocalAddress, i);

        if (is_broadcast(&local->address, &endpoint->ip))
            return WL_VERDICT_BAD_ADDRESS;
        if (endpoint->port == self->listen_port && wl_ip_equal(&local->address.ip, &endpoint->ip))
            return WL_VERDICT_OWN_ENDPOINT;
        if (wl_prefix_contains_ip(&local->address, &endpoint->ip))
            verdict = WL_VERDICT_ACCEPTED;
    }
    return verdict;
}
