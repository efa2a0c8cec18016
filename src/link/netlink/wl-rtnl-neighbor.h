/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** rtnetlink: neighbours, those of IPv4 (ARP) and IPv6. Calls return 0 or a negative errno. */
typedef struct {
    int ifindex;
    WlIp address;
    guint16 state; /* NUD_*; of one that is gone NUD_NONE */
} WlRtnlNeighbor;

/** As if there were a packet for it: asks the network, unless it is known. */
int wl_rtnl_use_neighbor(WlNetlink *netlink, int ifindex, const WlIp *address);
/** What is known of it. -ENOENT if there is no entry; kernels before 5.0 give no single one. */
int wl_rtnl_get_neighbor(WlNetlink *netlink, int ifindex, const WlIp *address, guint16 *state);
/** FALSE if @message is not about a neighbour, or malformed. */
gboolean wl_rtnl_parse_neighbor(const struct nlmsghdr *message, WlRtnlNeighbor *neighbour);
