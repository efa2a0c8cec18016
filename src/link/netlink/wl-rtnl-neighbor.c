/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-rtnl-neighbor.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define REQUEST_SIZE 256

static struct ndmsg *
put_request(guint8 *buffer, struct nlmsghdr **message, guint16 type, int ifindex,
            const WlIp *address)
{
    struct ndmsg *header;

    *message = mnl_nlmsg_put_header(buffer);
    (*message)->nlmsg_type = type;
    header = mnl_nlmsg_put_extra_header(*message, sizeof *header);
    header->ndm_family = address->family == WL_FAMILY_V4 ? AF_INET : AF_INET6;
    header->ndm_ifindex = ifindex;
    mnl_attr_put(*message, NDA_DST, wl_ip_size(address), address->bytes);
    return header;
}

int
wl_rtnl_use_neighbor(WlNetlink *netlink, int ifindex, const WlIp *address)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;
    struct ndmsg *header = put_request(buffer, &message, RTM_NEWNEIGH, ifindex, address);

    message->nlmsg_flags = NLM_F_CREATE;
    header->ndm_state = NUD_NONE;
    header->ndm_flags = NTF_USE;
    return wl_netlink_request(netlink, message, NULL, NULL);
}

gboolean
wl_rtnl_parse_neighbor(const struct nlmsghdr *message, WlRtnlNeighbor *neighbour)
{
    const struct ndmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;

    if (message->nlmsg_type != RTM_NEWNEIGH && message->nlmsg_type != RTM_DELNEIGH)
        return FALSE;
    if (mnl_nlmsg_get_payload_len(message) < sizeof *header ||
        (header->ndm_family != AF_INET && header->ndm_family != AF_INET6))
        return FALSE;
    memset(neighbour, 0, sizeof *neighbour);
    neighbour->ifindex = header->ndm_ifindex;
    neighbour->state = message->nlmsg_type == RTM_NEWNEIGH ? header->ndm_state : NUD_NONE;
    mnl_attr_for_each(attribute, message, sizeof *header)
    {
        WlFamily family = header->ndm_family == AF_INET ? WL_FAMILY_V4 : WL_FAMILY_V6;
        WlIp address = {.family = family};

        if (mnl_attr_get_type(attribute) != NDA_DST ||
            mnl_attr_get_payload_len(attribute) != wl_ip_size(&address))
            continue;
        memcpy(address.bytes, mnl_attr_get_payload(attribute), wl_ip_size(&address));
        neighbour->address = address;
    }
    return neighbour->address.family != WL_FAMILY_NONE;
}

static int
take_state(const struct nlmsghdr *message, gpointer user_data)
{
    WlRtnlNeighbor neighbour;

    if (wl_rtnl_parse_neighbor(message, &neighbour))
        *(guint16 *) user_data = neighbour.state;
    return 0;
}

int
wl_rtnl_get_neighbor(WlNetlink *netlink, int ifindex, const WlIp *address, guint16 *state)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    *state = NUD_NONE;
    put_request(buffer, &message, RTM_GETNEIGH, ifindex, address);
    return wl_netlink_request(netlink, message, take_state, state);
}
