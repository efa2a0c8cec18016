/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** rtnetlink: routes. Functions return 0 or a negative errno. */
typedef struct {
    int ifindex;
    guint32 priority;
    WlIp gateway;  /* family WL_FAMILY_NONE: none */
    guint8 family; /* WlFamily of the route */
} WlRtnlRoute;

/** Lists the default routes of the main table, one entry for each next hop. @routes: of
 * WlRtnlRoute, emptied first. */
int wl_rtnl_list_default_routes(WlNetlink *netlink, GArray *routes);
/** TRUE for a unicast default route of the main table. */
gboolean wl_rtnl_is_default_route(const struct nlmsghdr *message);

typedef struct {
    WlPrefix destination;
    guint32 table;
    int ifindex; /* of the first next hop; 0: none, or the kernel's list of them is an object */
} WlRtnlDestination;

/** Lists the unicast routes of all tables that the kernel uses at present: those without a carrier
 * are left out. @destinations: of WlRtnlDestination, emptied first. */
int wl_rtnl_list_destinations(WlNetlink *netlink, GArray *destinations);

/** Adds or replaces a route to @prefix in @table. @ifindex 0: an unreachable route. */
int wl_rtnl_add_route(WlNetlink *netlink, guint8 protocol, guint32 table, const WlPrefix *prefix,
                      int ifindex, guint32 metric);
/** The same, but -EEXIST if any program has added a route to @prefix with that metric. */
int wl_rtnl_add_new_route(WlNetlink *netlink, guint8 protocol, guint32 table,
                          const WlPrefix *prefix, int ifindex, guint32 metric);
/** Deletes the route that wl_rtnl_add_route() added with the same arguments; 0 also if there is
 * none. */
int wl_rtnl_delete_route(WlNetlink *netlink, guint8 protocol, guint32 table, const WlPrefix *prefix,
                         int ifindex, guint32 metric);
/** Lists the routes of @protocol in all tables. @messages: copies of the kernel's messages, to be
 * freed with g_free(); emptied first. @family: AF_INET or AF_INET6. */
int wl_rtnl_list_routes_of(WlNetlink *netlink, int family, guint8 protocol, GPtrArray *messages);
/** The table of the route in @message. */
guint32 wl_rtnl_route_table(const struct nlmsghdr *message);
