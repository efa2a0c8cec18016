/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes of a link, added and removed as the set changes. What the kernel removes with the link is
 * restored by WlLinkState. Errors are of WL_LINK_ERROR.
 */
#include "wl-link-routes.h"

#include <linux/rtnetlink.h>

#include "wl-link-error.h"
#include "wl-policy-routes.h"
#include "wl-rtnl-route.h"

/* NetworkManager's metric for routes of a VPN: before those of other interfaces. */
#define ROUTE_METRIC 50

struct _WlLinkRoutes {
    WlNetlink *netlink;
    int ifindex;
    guint32 table;
    GArray *routes; /* of WlPrefix: those that exist */
};

WlLinkRoutes *
wl_link_routes_new(int ifindex, GError **error)
{
    WlNetlink *netlink = wl_netlink_new(NETLINK_ROUTE, error);
    WlLinkRoutes *self;

    if (!netlink)
        return NULL;
    self = g_new0(WlLinkRoutes, 1);
    self->netlink = netlink;
    self->ifindex = ifindex;
    self->routes = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    return self;
}

void
wl_link_routes_free(WlLinkRoutes *self)
{
    if (!self)
        return;
    wl_netlink_free(self->netlink);
    g_array_unref(self->routes);
    g_free(self);
}

static gboolean
contains(const GArray *routes, const WlPrefix *route)
{
    for (guint i = 0; i < routes->len; i++) {
        if (wl_prefix_equal(&g_array_index(routes, WlPrefix, i), route))
            return TRUE;
    }
    return FALSE;
}

/* Keeps the first failure. */
static void
check(int result, const char *what, const WlPrefix *route, GError **error)
{
    g_autofree char *text = NULL;

    if (result == 0 || !error || *error)
        return;
    text = wl_prefix_to_string(route);
    wl_link_set_errno(error, result, "cannot %s the route %s", what, text);
}

static void
remove_others(WlLinkRoutes *self, const GArray *routes, guint32 table, GError **error)
{
    for (guint i = self->routes->len; i > 0; i--) {
        const WlPrefix route = g_array_index(self->routes, WlPrefix, i - 1);

        if (table == self->table && contains(routes, &route))
            continue;
        check(wl_rtnl_delete_route(self->netlink, WL_ROUTE_PROTOCOL, self->table, &route,
                                   self->ifindex, ROUTE_METRIC),
              "remove", &route, error);
        g_array_remove_index(self->routes, i - 1);
    }
}

static void
add_missing(WlLinkRoutes *self, const GArray *routes, GError **error)
{
    for (guint i = 0; i < routes->len; i++) {
        const WlPrefix *route = &g_array_index(routes, WlPrefix, i);
        int result;

        if (contains(self->routes, route))
            continue;
        result = wl_rtnl_add_new_route(self->netlink, WL_ROUTE_PROTOCOL, self->table, route,
                                       self->ifindex, ROUTE_METRIC);
        check(result, "add", route, error);
        if (result == 0)
            g_array_append_vals(self->routes, route, 1);
    }
}

gboolean
wl_link_routes_set(WlLinkRoutes *self, const GArray *routes, guint32 table, GError **error)
{
    g_autoptr(GError) first = NULL;

    remove_others(self, routes, table, &first);
    self->table = table;
    if (table != 0)
        add_missing(self, routes, &first);
    if (!first)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}
