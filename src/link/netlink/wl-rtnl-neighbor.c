/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink: neighbors. Messages belong to the caller. Results are 0 or a negative errno.
 */
#include "wl-rtnl-neighbor.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-rtnl-message.h"

#define REQUEST_SIZE 256 /* bytes */

static struct ndmsg *
put_request(guint8 *buffer, struct nlmsghdr **message, guint16 type, int ifindex,
            const WlIp *address)
{
    struct ndmsg *header;

    *message = mnl_nlmsg_put_header(buffer);
    (*message)->nlmsg_type = type;
    header = mnl_nlmsg_put_extra_header(*message, sizeof *header);
    header->ndm_family = (guint8) wl_rtnl_family(address);
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
wl_rtnl_parse_neighbor(const struct nlmsghdr *message, WlRtnlNeighbor *neighbor)
{
    const struct ndmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;

    if (message->nlmsg_type != RTM_NEWNEIGH && message->nlmsg_type != RTM_DELNEIGH)
        return FALSE;
    if (mnl_nlmsg_get_payload_len(message) < sizeof *header ||
        (header->ndm_family != AF_INET && header->ndm_family != AF_INET6))
        return FALSE;
    memset(neighbor, 0, sizeof *neighbor);
    neighbor->ifindex = header->ndm_ifindex;
    neighbor->state = message->nlmsg_type == RTM_NEWNEIGH ? header->ndm_state : NUD_NONE;
    attribute = wl_rtnl_find_attribute(message, sizeof *header, NDA_DST);
    return attribute && wl_rtnl_get_ip(attribute, header->ndm_family, &neighbor->address);
}

static int
read_state(const struct nlmsghdr *message, gpointer user_data)
{
    WlRtnlNeighbor neighbor;

    if (wl_rtnl_parse_neighbor(message, &neighbor))
        *(guint16 *) user_data = neighbor.state;
    return 0;
}

int
wl_rtnl_get_neighbor(WlNetlink *netlink, int ifindex, const WlIp *address, guint16 *state)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message;

    *state = NUD_NONE;
    put_request(buffer, &message, RTM_GETNEIGH, ifindex, address);
    return wl_netlink_request(netlink, message, read_state, state);
}
