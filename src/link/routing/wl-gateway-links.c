/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interfaces of a gateway. Stateless; the list belongs to the caller.
 */
#include "wl-gateway-links.h"

#include <linux/rtnetlink.h>

#include "wl-rtnl-route.h"

static WlGatewayLink *
take_link(GArray *links, int ifindex)
{
    const WlGatewayLink link = {.ifindex = ifindex};

    for (guint i = 0; i < links->len; i++) {
        WlGatewayLink *known = &g_array_index(links, WlGatewayLink, i);

        if (known->ifindex == ifindex)
            return known;
    }
    g_array_append_val(links, link);
    return &g_array_index(links, WlGatewayLink, links->len - 1);
}

static void
add_uplink(GArray *links, const WlRtnlDestination *route)
{
    WlGatewayLink *link = take_link(links, route->ifindex);

    if (route->destination.ip.family == WL_FAMILY_V4)
        link->uplink4 = TRUE;
    else
        link->uplink6 = TRUE;
}

static gboolean
is_usable(const WlRtnlDestination *route, int ifindex)
{
    return route->table == RT_TABLE_MAIN && route->ifindex > 0 && route->ifindex != ifindex;
}

/* The routes to parts of the network, and the most specific one around it, which may be the default
 * route. */
static void
add_ways(GArray *links, const GArray *routes, int ifindex, const WlPrefix *network)
{
    const WlRtnlDestination *around = NULL;

    for (guint i = 0; i < routes->len; i++) {
        const WlRtnlDestination *route = &g_array_index(routes, WlRtnlDestination, i);

        if (!is_usable(route, ifindex))
            continue;
        if (wl_prefix_contains(network, &route->destination))
            take_link(links, route->ifindex);
        else if (wl_prefix_contains(&route->destination, network) &&
                 (!around || around->destination.length < route->destination.length))
            around = route;
    }
    if (around)
        take_link(links, around->ifindex);
}

static int
compare_links(gconstpointer a, gconstpointer b)
{
    return ((const WlGatewayLink *) a)->ifindex - ((const WlGatewayLink *) b)->ifindex;
}

int
wl_gateway_links_list(WlNetlink *netlink, int ifindex, gboolean exit, const GArray *networks,
                      GArray *links)
{
    g_autoptr(GArray) routes = g_array_new(FALSE, TRUE, sizeof(WlRtnlDestination));
    int result = wl_rtnl_list_destinations(netlink, routes);

    g_array_set_size(links, 0);
    for (guint i = 0; result == 0 && exit && i < routes->len; i++) {
        const WlRtnlDestination *route = &g_array_index(routes, WlRtnlDestination, i);

        if (is_usable(route, ifindex) && route->destination.length == 0)
            add_uplink(links, route);
    }
    for (guint i = 0; result == 0 && i < networks->len; i++)
        add_ways(links, routes, ifindex, &g_array_index(networks, WlPrefix, i));
    g_array_sort(links, compare_links);
    return result;
}
