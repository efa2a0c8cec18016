/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** rtnetlink: neighbors of IPv4 (ARP) and IPv6. Functions return 0 or a negative errno. */
typedef struct {
    int ifindex;
    WlIp address;
    guint16 state; /* NUD_*; NUD_NONE for a deleted entry */
} WlRtnlNeighbor;

/** Uses the neighbor as a packet would: the kernel resolves it unless it is known. */
int wl_rtnl_use_neighbor(WlNetlink *netlink, int ifindex, const WlIp *address);
/** Reads one entry. -ENOENT if there is none. Kernels before 5.0 fail: they list all only. */
int wl_rtnl_get_neighbor(WlNetlink *netlink, int ifindex, const WlIp *address, guint16 *state);
/** FALSE if @message is not RTM_NEWNEIGH or RTM_DELNEIGH, or malformed. */
gboolean wl_rtnl_parse_neighbor(const struct nlmsghdr *message, WlRtnlNeighbor *neighbor);
