/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink: routes. Default routes of the main table are parsed to structs; routes of a full
 * tunnel are kept as the kernel's messages, so that exactly those can be deleted. Arrays belong to
 * the caller. Results are 0 or a negative errno.
 */
#include "wl-rtnl-route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-rtnl-message.h"

#define REQUEST_SIZE 256 /* bytes */

guint32
wl_rtnl_route_table(const struct nlmsghdr *message)
{
    const struct rtmsg *route = mnl_nlmsg_get_payload(message);

    /* rtm_table holds 8 bits; the attribute holds all of them. */
    return wl_rtnl_get_u32(wl_rtnl_find_attribute(message, sizeof *route, RTA_TABLE),
                           route->rtm_table);
}

gboolean
wl_rtnl_is_default_route(const struct nlmsghdr *message)
{
    const struct rtmsg *route = mnl_nlmsg_get_payload(message);

    if (message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE)
        return FALSE;
    return mnl_nlmsg_get_payload_len(message) >= sizeof *route &&
           (route->rtm_family == AF_INET || route->rtm_family == AF_INET6) &&
           route->rtm_dst_len == 0 && route->rtm_type == RTN_UNICAST &&
           !(route->rtm_flags & RTM_F_CLONED) && wl_rtnl_route_table(message) == RT_TABLE_MAIN;
}

static void
add_next_hops(const struct nlattr *multipath, const WlRtnlRoute *model, int family, GArray *routes)
{
    const struct rtnexthop *hop = mnl_attr_get_payload(multipath);
    gsize left = mnl_attr_get_payload_len(multipath);

    while (left >= sizeof *hop && hop->rtnh_len >= sizeof *hop && hop->rtnh_len <= left) {
        gsize step = RTNH_ALIGN(hop->rtnh_len);
        const struct nlattr *attr; /* the name that mnl_attr_for_each_payload() expects */
        WlRtnlRoute route;

        memcpy(&route, model, sizeof route); /* with its padding: routes are compared as bytes */
        route.ifindex = hop->rtnh_ifindex;
        mnl_attr_for_each_payload((const struct nlattr *) (hop + 1), hop->rtnh_len - sizeof *hop)
        {
            if (mnl_attr_get_type(attr) == RTA_GATEWAY)
                wl_rtnl_get_ip(attr, family, &route.gateway);
        }
        g_array_append_val(routes, route);
        if (step >= left)
            break;
        left -= step;
        hop = (const struct rtnexthop *) ((const guint8 *) hop + step);
    }
}

static int
read_default_route(const struct nlmsghdr *message, gpointer user_data)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute, *multipath = NULL;
    WlRtnlRoute route;

    if (!wl_rtnl_is_default_route(message))
        return 0;
    memset(&route, 0, sizeof route);
    route.family = (guint8) wl_rtnl_ip_family(header->rtm_family);
    mnl_attr_for_each(attribute, message, sizeof *header)
    {
        switch (mnl_attr_get_type(attribute)) {
        case RTA_OIF:
            route.ifindex = (int) wl_rtnl_get_u32(attribute, 0);
            break;
        case RTA_PRIORITY:
            route.priority = wl_rtnl_get_u32(attribute, 0);
            break;
        case RTA_GATEWAY:
            wl_rtnl_get_ip(attribute, header->rtm_family, &route.gateway);
            break;
        case RTA_MULTIPATH:
            multipath = attribute;
            break;
        }
    }
    if (multipath)
        add_next_hops(multipath, &route, header->rtm_family, user_data);
    else if (route.ifindex > 0)
        g_array_append_val((GArray *) user_data, route);
    return 0;
}

static void
clear_array(gpointer user_data)
{
    g_array_set_size(user_data, 0);
}

static int
list_routes(WlNetlink *netlink, WlNetlinkFunc func, GArray *routes)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

    message->nlmsg_type = RTM_GETROUTE;
    mnl_nlmsg_put_extra_header(message, sizeof(struct rtmsg));
    return wl_netlink_dump(netlink, message, clear_array, func, routes);
}

int
wl_rtnl_list_default_routes(WlNetlink *netlink, GArray *routes)
{
    return list_routes(netlink, read_default_route, routes);
}

static int
read_destination(const struct nlmsghdr *message, gpointer user_data)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;
    WlRtnlDestination route;

    if (message->nlmsg_type != RTM_NEWROUTE ||
        mnl_nlmsg_get_payload_len(message) < sizeof *header ||
        (header->rtm_family != AF_INET && header->rtm_family != AF_INET6) ||
        header->rtm_type != RTN_UNICAST ||
        header->rtm_flags & (RTM_F_CLONED | RTNH_F_DEAD | RTNH_F_LINKDOWN))
        return 0;
    memset(&route, 0, sizeof route);
    route.destination.ip.family = (guint8) wl_rtnl_ip_family(header->rtm_family);
    route.destination.length = header->rtm_dst_len;
    route.table = wl_rtnl_route_table(message);
    attribute = wl_rtnl_find_attribute(message, sizeof *header, RTA_DST);
    if (attribute)
        wl_rtnl_get_ip(attribute, header->rtm_family, &route.destination.ip);
    route.ifindex =
        (int) wl_rtnl_get_u32(wl_rtnl_find_attribute(message, sizeof *header, RTA_OIF), 0);
    g_array_append_val((GArray *) user_data, route);
    return 0;
}

int
wl_rtnl_list_destinations(WlNetlink *netlink, GArray *destinations)
{
    return list_routes(netlink, read_destination, destinations);
}

/* @message has room for REQUEST_SIZE bytes. */
static void
put_route(struct nlmsghdr *message, guint8 protocol, guint32 table, const WlPrefix *prefix,
          int ifindex, guint32 metric)
{
    gboolean v4 = prefix->ip.family == WL_FAMILY_V4;
    struct rtmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

    header->rtm_family = v4 ? AF_INET : AF_INET6;
    header->rtm_dst_len = prefix->length;
    header->rtm_table = RT_TABLE_UNSPEC;
    header->rtm_protocol = protocol;
    header->rtm_type = ifindex > 0 ? RTN_UNICAST : RTN_UNREACHABLE;
    header->rtm_scope = v4 && ifindex > 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    if (prefix->length > 0)
        mnl_attr_put(message, RTA_DST, wl_ip_size(&prefix->ip), prefix->ip.bytes);
    if (ifindex > 0)
        mnl_attr_put_u32(message, RTA_OIF, (guint32) ifindex);
    mnl_attr_put_u32(message, RTA_TABLE, table);
    mnl_attr_put_u32(message, RTA_PRIORITY, metric);
}

static int
change_route(WlNetlink *netlink, guint16 type, guint16 flags, guint8 protocol, guint32 table,
             const WlPrefix *prefix, int ifindex, guint32 metric)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

    message->nlmsg_type = type;
    message->nlmsg_flags = flags;
    put_route(message, protocol, table, prefix, ifindex, metric);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_add_route(WlNetlink *netlink, guint8 protocol, guint32 table, const WlPrefix *prefix,
                  int ifindex, guint32 metric)
{
    return change_route(netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, protocol, table,
                        prefix, ifindex, metric);
}

int
wl_rtnl_add_new_route(WlNetlink *netlink, guint8 protocol, guint32 table, const WlPrefix *prefix,
                      int ifindex, guint32 metric)
{
    return change_route(netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, protocol, table, prefix,
                        ifindex, metric);
}

int
wl_rtnl_delete_route(WlNetlink *netlink, guint8 protocol, guint32 table, const WlPrefix *prefix,
                     int ifindex, guint32 metric)
{
    int result = change_route(netlink, RTM_DELROUTE, 0, protocol, table, prefix, ifindex, metric);

    return result == -ESRCH || result == -ENODEV ? 0 : result;
}

typedef struct {
    guint8 protocol;
    GPtrArray *messages;
} RouteList;

static void
clear_list(gpointer user_data)
{
    g_ptr_array_set_size(((RouteList *) user_data)->messages, 0);
}

static int
read_route(const struct nlmsghdr *message, gpointer user_data)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    RouteList *list = user_data;

    if (message->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(message) < sizeof *header)
        return 0;
    if (header->rtm_protocol == list->protocol && !(header->rtm_flags & RTM_F_CLONED))
        g_ptr_array_add(list->messages, g_memdup2(message, message->nlmsg_len));
    return 0;
}

int
wl_rtnl_list_routes_of(WlNetlink *netlink, int family, guint8 protocol, GPtrArray *messages)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    RouteList list = {protocol, messages};
    struct rtmsg *header;

    message->nlmsg_type = RTM_GETROUTE;
    header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->rtm_family = (guint8) family;
    return wl_netlink_dump(netlink, message, clear_list, read_route, &list);
}
