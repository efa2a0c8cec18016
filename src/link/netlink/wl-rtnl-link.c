/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink: interfaces. Creates, changes, deletes and lists them. Arrays belong to the caller.
 * Results are 0 or a negative errno.
 */
#include "wl-rtnl-link.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-rtnl-message.h"

#define REQUEST_SIZE 1024 /* bytes; an alias has up to 255 */

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

static void
put_no_address_generation(struct nlmsghdr *message)
{
    struct nlattr *spec = mnl_attr_nest_start(message, IFLA_AF_SPEC);
    struct nlattr *inet6 = mnl_attr_nest_start(message, AF_INET6);

    mnl_attr_put_u8(message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    mnl_attr_nest_end(message, inet6);
    mnl_attr_nest_end(message, spec);
}

int
wl_rtnl_change_link(WlNetlink *netlink, int ifindex, const WlRtnlLinkChange *change)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;
    struct ifinfomsg *info = put_link_request(buffer, &message, RTM_NEWLINK, ifindex);

    if (change->up)
        info->ifi_flags = info->ifi_change = IFF_UP;
    if (change->name)
        mnl_attr_put_strz(message, IFLA_IFNAME, change->name);
    if (change->alias)
        mnl_attr_put_str(message, IFLA_IFALIAS, change->alias);
    if (change->mtu)
        mnl_attr_put_u32(message, IFLA_MTU, change->mtu);
    if (change->no_address_generation)
        put_no_address_generation(message);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

gboolean
wl_rtnl_parse_link(const struct nlmsghdr *message, WlRtnlLink *link)
{
    const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute, *inner;

    if (message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
        return FALSE;
    /* Messages of AF_BRIDGE in the same group describe ports of a bridge. */
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
            wl_rtnl_get_string(attribute, link->name, sizeof link->name);
            break;
        case IFLA_IFALIAS:
            wl_rtnl_get_string(attribute, link->alias, sizeof link->alias);
            break;
        case IFLA_MTU:
            link->mtu = wl_rtnl_get_u32(attribute, 0);
            break;
        case IFLA_WIRELESS:
            link->wireless_event = TRUE;
            break;
        case IFLA_LINKINFO:
            mnl_attr_for_each_nested(inner, attribute)
            {
                if (mnl_attr_get_type(inner) == IFLA_INFO_KIND)
                    wl_rtnl_get_string(inner, link->kind, sizeof link->kind);
            }
            break;
        }
    }
    return link->ifindex > 0 && link->name[0] != '\0';
}

static int
read_link(const struct nlmsghdr *message, gpointer user_data)
{
    WlRtnlLink link;

    if (wl_rtnl_parse_link(message, &link))
        g_array_append_val((GArray *) user_data, link);
    return 0;
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
    result = wl_netlink_request(netlink, message, read_link, links);
    if (result < 0)
        return result;
    if (links->len != 1)
        return -ENODEV;
    *link = g_array_index(links, WlRtnlLink, 0);
    return 0;
}

static int
read_frame_errors(const struct nlmsghdr *message, gpointer user_data)
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
        /* The struct grows: newer kernels have more counters, older ones fewer. */
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
    return wl_netlink_request(netlink, message, read_frame_errors, errors);
}

static void
clear_array(gpointer user_data)
{
    g_array_set_size(user_data, 0);
}

int
wl_rtnl_list_links(WlNetlink *netlink, GArray *links)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    put_link_request(buffer, &message, RTM_GETLINK, 0);
    return wl_netlink_dump(netlink, message, clear_array, read_link, links);
}
