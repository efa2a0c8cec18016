/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-rtnl.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#define REQUEST_SIZE 1024

static struct ifinfomsg *
put_link_request(guint8 *buffer, struct nlmsghdr **message, guint16 type, int ifindex)
{
    struct ifinfomsg *info;

    *message = mnl_nlmsg_put_header(buffer);
    (*message)->nlmsg_type = type;
    info = mnl_nlmsg_put_extra_header(*message, sizeof *info);
    info->ifi_family = AF_UNSPEC;
    info->ifi_index = ifindex;
    return info;
}

int
wl_rtnl_add_wireguard(WlNetlink *netlink, const char *name, int ifindex)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;
    struct nlattr *nest;

    put_link_request(buffer, &message, RTM_NEWLINK, ifindex);
    message->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
    mnl_attr_put_strz(message, IFLA_IFNAME, name);
    nest = mnl_attr_nest_start(message, IFLA_LINKINFO);
    mnl_attr_put_strz(message, IFLA_INFO_KIND, "wireguard");
    mnl_attr_nest_end(message, nest);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_delete_link(WlNetlink *netlink, int ifindex)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    put_link_request(buffer, &message, RTM_DELLINK, ifindex);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_set_alias(WlNetlink *netlink, int ifindex, const char *alias)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    put_link_request(buffer, &message, RTM_NEWLINK, ifindex);
    mnl_attr_put_str(message, IFLA_IFALIAS, alias);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_set_name(WlNetlink *netlink, int ifindex, const char *name)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    put_link_request(buffer, &message, RTM_NEWLINK, ifindex);
    mnl_attr_put_strz(message, IFLA_IFNAME, name);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_set_mtu(WlNetlink *netlink, int ifindex, guint32 mtu)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    put_link_request(buffer, &message, RTM_NEWLINK, ifindex);
    mnl_attr_put_u32(message, IFLA_MTU, mtu);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_set_up(WlNetlink *netlink, int ifindex)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;
    struct ifinfomsg *info = put_link_request(buffer, &message, RTM_NEWLINK, ifindex);

    info->ifi_flags = IFF_UP;
    info->ifi_change = IFF_UP;
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_set_no_address_generation(WlNetlink *netlink, int ifindex)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;
    struct nlattr *spec, *inet6;

    put_link_request(buffer, &message, RTM_NEWLINK, ifindex);
    spec = mnl_attr_nest_start(message, IFLA_AF_SPEC);
    inet6 = mnl_attr_nest_start(message, AF_INET6);
    mnl_attr_put_u8(message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    mnl_attr_nest_end(message, inet6);
    mnl_attr_nest_end(message, spec);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_add_address(WlNetlink *netlink, int ifindex, const WlPrefix *address)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    gsize size = wl_ip_size(&address->ip);
    struct ifaddrmsg *info;

    message->nlmsg_type = RTM_NEWADDR;
    message->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
    info = mnl_nlmsg_put_extra_header(message, sizeof *info);
    info->ifa_family = address->ip.family == WL_FAMILY_V4 ? AF_INET : AF_INET6;
    info->ifa_prefixlen = address->length;
    info->ifa_index = (guint) ifindex;
    info->ifa_scope = RT_SCOPE_UNIVERSE;
    if (wl_ip_is_link_local(&address->ip))
        info->ifa_scope = RT_SCOPE_LINK;
    if (address->ip.family == WL_FAMILY_V6)
        info->ifa_flags = IFA_F_NODAD;
    mnl_attr_put(message, IFA_LOCAL, size, address->ip.bytes);
    mnl_attr_put(message, IFA_ADDRESS, size, address->ip.bytes);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

static void
copy_string(char *target, gsize size, const struct nlattr *attribute)
{
    gsize length = MIN(mnl_attr_get_payload_len(attribute), size - 1);

    memcpy(target, mnl_attr_get_payload(attribute), length);
    target[length] = '\0';
}

static guint32
get_u32(const struct nlattr *attribute)
{
    return mnl_attr_validate(attribute, MNL_TYPE_U32) < 0 ? 0 : mnl_attr_get_u32(attribute);
}

static gboolean
get_ip(const struct nlattr *attribute, int family, WlIp *ip)
{
    gsize size = family == AF_INET ? 4 : 16;

    if (mnl_attr_get_payload_len(attribute) != size)
        return FALSE;
    wl_ip_from_bytes(ip, family == AF_INET ? WL_FAMILY_V4 : WL_FAMILY_V6,
                     mnl_attr_get_payload(attribute));
    return TRUE;
}

gboolean
wl_rtnl_parse_link(const struct nlmsghdr *message, WlRtnlLink *link)
{
    const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute, *inner;

    if (message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
        return FALSE;
    /* Bridges speak of their ports in the same group, with a family of their own. */
    if (mnl_nlmsg_get_payload_len(message) < sizeof *info || info->ifi_family != AF_UNSPEC)
        return FALSE;
    memset(link, 0, sizeof *link);
    link->ifindex = info->ifi_index;
    link->flags = info->ifi_flags;
    link->type = info->ifi_type;
    mnl_attr_for_each(attribute, message, sizeof *info)
    {
        switch (mnl_attr_get_type(attribute)) {
        case IFLA_IFNAME:
            copy_string(link->name, sizeof link->name, attribute);
            break;
        case IFLA_IFALIAS:
            copy_string(link->alias, sizeof link->alias, attribute);
            break;
        case IFLA_MTU:
            link->mtu = get_u32(attribute);
            break;
        case IFLA_WIRELESS:
            link->wireless_event = TRUE;
            break;
        case IFLA_LINKINFO:
            mnl_attr_for_each_nested(inner, attribute)
            {
                if (mnl_attr_get_type(inner) == IFLA_INFO_KIND)
                    copy_string(link->kind, sizeof link->kind, inner);
            }
            break;
        }
    }
    return link->ifindex > 0 && link->name[0] != '\0';
}

gboolean
wl_rtnl_parse_address(const struct nlmsghdr *message, WlRtnlAddress *address)
{
    const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;
    gboolean local = FALSE;

    if (message->nlmsg_type != RTM_NEWADDR && message->nlmsg_type != RTM_DELADDR)
        return FALSE;
    if (mnl_nlmsg_get_payload_len(message) < sizeof *info ||
        (info->ifa_family != AF_INET && info->ifa_family != AF_INET6))
        return FALSE;
    memset(address, 0, sizeof *address);
    address->ifindex = (int) info->ifa_index;
    address->flags = info->ifa_flags;
    address->address.length = info->ifa_prefixlen;
    mnl_attr_for_each(attribute, message, sizeof *info)
    {
        switch (mnl_attr_get_type(attribute)) {
        case IFA_FLAGS:
            address->flags = get_u32(attribute);
            break;
        case IFA_LOCAL: /* with a point-to-point address IFA_ADDRESS is the other end */
            local = get_ip(attribute, info->ifa_family, &address->address.ip);
            break;
        case IFA_ADDRESS:
            if (!local)
                get_ip(attribute, info->ifa_family, &address->address.ip);
            break;
        }
    }
    return address->address.ip.family != WL_FAMILY_NONE;
}

/* The main table, also where it is given by attribute. */
static gboolean
in_main_table(const struct nlmsghdr *message, const struct rtmsg *route)
{
    const struct nlattr *attribute;
    guint32 table = route->rtm_table;

    mnl_attr_for_each(attribute, message, sizeof *route)
    {
        if (mnl_attr_get_type(attribute) == RTA_TABLE)
            table = get_u32(attribute);
    }
    return table == RT_TABLE_MAIN;
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
           !(route->rtm_flags & RTM_F_CLONED) && in_main_table(message, route);
}

static void
add_next_hops(const struct nlattr *multipath, const WlRtnlRoute *model, int family, GArray *routes)
{
    const struct rtnexthop *hop = mnl_attr_get_payload(multipath);
    gsize left = mnl_attr_get_payload_len(multipath);

    while (left >= sizeof *hop && hop->rtnh_len >= sizeof *hop && hop->rtnh_len <= left) {
        gsize step = RTNH_ALIGN(hop->rtnh_len);
        const struct nlattr *attr; /* the name that the macro below wants */
        WlRtnlRoute route;

        memcpy(&route, model, sizeof route); /* padding too: routes are compared as bytes */
        route.ifindex = hop->rtnh_ifindex;
        mnl_attr_for_each_payload((const struct nlattr *) (hop + 1), hop->rtnh_len - sizeof *hop)
        {
            if (mnl_attr_get_type(attr) == RTA_GATEWAY)
                get_ip(attr, family, &route.gateway);
        }
        g_array_append_val(routes, route);
        if (step >= left)
            break;
        left -= step;
        hop = (const struct rtnexthop *) ((const guint8 *) hop + step);
    }
}

static int
take_default_route(const struct nlmsghdr *message, gpointer user_data)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute, *multipath = NULL;
    WlRtnlRoute route;

    if (!wl_rtnl_is_default_route(message))
        return 0;
    memset(&route, 0, sizeof route);
    route.family = header->rtm_family == AF_INET ? WL_FAMILY_V4 : WL_FAMILY_V6;
    mnl_attr_for_each(attribute, message, sizeof *header)
    {
        switch (mnl_attr_get_type(attribute)) {
        case RTA_OIF:
            route.ifindex = (int) get_u32(attribute);
            break;
        case RTA_PRIORITY:
            route.priority = get_u32(attribute);
            break;
        case RTA_GATEWAY:
            get_ip(attribute, header->rtm_family, &route.gateway);
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

static int
take_link(const struct nlmsghdr *message, gpointer user_data)
{
    WlRtnlLink link;

    if (wl_rtnl_parse_link(message, &link))
        g_array_append_val((GArray *) user_data, link);
    return 0;
}

static int
take_address(const struct nlmsghdr *message, gpointer user_data)
{
    WlRtnlAddress address;

    if (wl_rtnl_parse_address(message, &address))
        g_array_append_val((GArray *) user_data, address);
    return 0;
}

static void
forget(gpointer user_data)
{
    g_array_set_size(user_data, 0);
}

int
wl_rtnl_find_link(WlNetlink *netlink, const char *name, WlRtnlLink *link)
{
    g_autoptr(GArray) links = g_array_new(FALSE, TRUE, sizeof(WlRtnlLink));
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;
    int result;

    put_link_request(buffer, &message, RTM_GETLINK, 0);
    mnl_attr_put_strz(message, IFLA_IFNAME, name);
    result = wl_netlink_request(netlink, message, take_link, links);
    if (result < 0)
        return result;
    if (links->len != 1)
        return -ENODEV;
    *link = g_array_index(links, WlRtnlLink, 0);
    return 0;
}

static int
take_frame_errors(const struct nlmsghdr *message, gpointer user_data)
{
    const struct nlattr *attribute;
    struct rtnl_link_stats64 stats;
    guint64 *errors = user_data;

    if (message->nlmsg_type != RTM_NEWLINK ||
        mnl_nlmsg_get_payload_len(message) < sizeof(struct ifinfomsg))
        return 0;
    mnl_attr_for_each(attribute, message, sizeof(struct ifinfomsg))
    {
        if (mnl_attr_get_type(attribute) != IFLA_STATS64)
            continue;
        /* A newer kernel may count more things, an older one fewer. */
        memset(&stats, 0, sizeof stats);
        memcpy(&stats, mnl_attr_get_payload(attribute),
               MIN(mnl_attr_get_payload_len(attribute), sizeof stats));
        *errors = stats.rx_frame_errors;
    }
    return 0;
}

int
wl_rtnl_get_frame_errors(WlNetlink *netlink, int ifindex, guint64 *errors)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    *errors = 0;
    put_link_request(buffer, &message, RTM_GETLINK, ifindex);
    return wl_netlink_request(netlink, message, take_frame_errors, errors);
}

int
wl_rtnl_list_links(WlNetlink *netlink, GArray *links)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    put_link_request(buffer, &message, RTM_GETLINK, 0);
    return wl_netlink_dump(netlink, message, forget, take_link, links);
}

int
wl_rtnl_list_addresses(WlNetlink *netlink, GArray *addresses)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

    message->nlmsg_type = RTM_GETADDR;
    mnl_nlmsg_put_extra_header(message, sizeof(struct ifaddrmsg));
    return wl_netlink_dump(netlink, message, forget, take_address, addresses);
}

int
wl_rtnl_list_default_routes(WlNetlink *netlink, GArray *routes)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

    message->nlmsg_type = RTM_GETROUTE;
    mnl_nlmsg_put_extra_header(message, sizeof(struct rtmsg));
    return wl_netlink_dump(netlink, message, forget, take_default_route, routes);
}
