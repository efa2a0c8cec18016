/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Selects the addresses of tunnels that the loop guard watches. Stateless. */

#include "wl-guarded-addresses.h"

#include <string.h>

#include "wl-network-address.h"

static gboolean
is_outside(const GArray *visible, const WlIp *ip)
{
    for (guint i = 0; i < visible->len; i++) {
        const WlNetworkAddress *address = &g_array_index(visible, WlNetworkAddress, i);

        if (!address->tunnel && wl_ip_equal(&address->address.ip, ip))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_listed(const GArray *list, const WlIp *ip)
{
    for (guint i = 0; i < list->len; i++)
        if (wl_ip_equal(&g_array_index(list, WlLoopGuardAddress, i).address, ip))
            return TRUE;
    return FALSE;
}

/* A link-local address is the source only of packets on its own interface. */
static void
add(GArray *list, const GArray *visible, const WlIp *ip, int ifindex)
{
    WlLoopGuardAddress entry;

    if (wl_ip_is_link_local(ip) || is_outside(visible, ip) || is_listed(list, ip))
        return;
    memset(&entry, 0, sizeof entry); /* compared bytewise */
    entry.address = *ip;
    entry.ifindex = ifindex;
    g_array_append_val(list, entry);
}

GArray *
wl_guarded_addresses(const GArray *configured, const GArray *own, const GArray *visible,
                     int ifindex)
{
    GArray *list = g_array_new(FALSE, TRUE, sizeof(WlLoopGuardAddress));

    for (guint i = 0; i < configured->len; i++)
        add(list, visible, &g_array_index(configured, WlPrefix, i).ip, ifindex);
    for (guint i = 0; i < own->len; i++)
        add(list, visible, &g_array_index(own, WlPrefix, i).ip, ifindex);
    for (guint i = 0; i < visible->len; i++) {
        const WlNetworkAddress *address = &g_array_index(visible, WlNetworkAddress, i);

        if (address->tunnel)
            add(list, visible, &address->address.ip, address->ifindex);
    }
    return list;
}

static gboolean
has_family(const GArray *prefixes, WlFamily family)
{
    for (guint i = 0; i < prefixes->len; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);

        if (prefix->ip.family == family && !wl_ip_is_link_local(&prefix->ip))
            return TRUE;
    }
    return FALSE;
}

/* An address that is not assigned yet is none. One of another tunnel of ours counts: this one may
 * lead through that. */
gboolean
wl_guarded_family_is_alone(const GArray *configured, const GArray *own, const GArray *visible,
                           WlFamily family)
{
    for (guint i = 0; i < visible->len; i++) {
        const WlNetworkAddress *address = &g_array_index(visible, WlNetworkAddress, i);

        if ((address->usable || address->source) && address->address.ip.family == family &&
            wl_ip_is_global_unicast(&address->address.ip))
            return FALSE;
    }
    return has_family(configured, family) || has_family(own, family);
}
