/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes of rtnetlink messages, and the request that deletes what a message describes. Messages
 * belong to the caller and are only read. Results are 0 or a negative errno.
 */
#include "wl-rtnl-message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

const struct nlattr *
wl_rtnl_find_attribute(const struct nlmsghdr *message, gsize header_size, guint16 type)
{
    const struct nlattr *attribute;

    mnl_attr_for_each(attribute, message, header_size)
    {
        if (mnl_attr_get_type(attribute) == type)
            return attribute;
    }
    return NULL;
}

guint32
wl_rtnl_get_u32(const struct nlattr *attribute, guint32 fallback)
{
    if (!attribute || mnl_attr_validate(attribute, MNL_TYPE_U32) < 0)
        return fallback;
    return mnl_attr_get_u32(attribute);
}

gboolean
wl_rtnl_get_ip(const struct nlattr *attribute, int family, WlIp *ip)
{
    gsize size = family == AF_INET ? 4 : 16;

    if (mnl_attr_get_payload_len(attribute) != size)
        return FALSE;
    wl_ip_from_bytes(ip, wl_rtnl_ip_family(family), mnl_attr_get_payload(attribute));
    return TRUE;
}

void
wl_rtnl_get_string(const struct nlattr *attribute, char *target, gsize size)
{
    gsize length = MIN(mnl_attr_get_payload_len(attribute), size - 1);

    memcpy(target, mnl_attr_get_payload(attribute), length);
    target[length] = '\0';
}

int
wl_rtnl_family(const WlIp *ip)
{
    return ip->family == WL_FAMILY_V4 ? AF_INET : AF_INET6;
}

WlFamily
wl_rtnl_ip_family(int family)
{
    return family == AF_INET ? WL_FAMILY_V4 : WL_FAMILY_V6;
}

int
wl_rtnl_delete_same(WlNetlink *netlink, const struct nlmsghdr *message)
{
    g_autofree struct nlmsghdr *copy = g_memdup2(message, message->nlmsg_len);
    int result;

    /* Every RTM_DEL* follows its RTM_NEW* (linux/rtnetlink.h). */
    copy->nlmsg_type = message->nlmsg_type + 1;
    copy->nlmsg_flags = 0;
    copy->nlmsg_pid = 0;
    result = wl_netlink_request(netlink, copy, NULL, NULL);
    return result == -ENOENT || result == -ESRCH ? 0 : result;
}
