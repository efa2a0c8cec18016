/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink: addresses of interfaces. Arrays belong to the caller. Results are 0 or a negative
 * errno.
 */
#include "wl-rtnl-address.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-rtnl-message.h"

#define REQUEST_SIZE 256 /* bytes */

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
    info->ifa_family = (guint8) wl_rtnl_family(&address->ip);
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
            address->flags = wl_rtnl_get_u32(attribute, 0);
            break;
        case IFA_LOCAL: /* IFA_ADDRESS of a point-to-point link is the other end */
            local = wl_rtnl_get_ip(attribute, info->ifa_family, &address->address.ip);
            break;
        case IFA_ADDRESS:
            if (!local)
                wl_rtnl_get_ip(attribute, info->ifa_family, &address->address.ip);
            break;
        }
    }
    return address->address.ip.family != WL_FAMILY_NONE;
}

static int
read_address(const struct nlmsghdr *message, gpointer user_data)
{
    WlRtnlAddress address;

    if (wl_rtnl_parse_address(message, &address))
        g_array_append_val((GArray *) user_data, address);
    return 0;
}

static void
clear_array(gpointer user_data)
{
    g_array_set_size(user_data, 0);
}

int
wl_rtnl_list_addresses(WlNetlink *netlink, GArray *addresses)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

    message->nlmsg_type = RTM_GETADDR;
    mnl_nlmsg_put_extra_header(message, sizeof(struct ifaddrmsg));
    return wl_netlink_dump(netlink, message, clear_array, read_address, addresses);
}
