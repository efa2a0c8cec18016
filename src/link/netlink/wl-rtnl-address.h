/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** rtnetlink: addresses of interfaces. Functions return 0 or a negative errno. */
typedef struct {
    int ifindex;
    guint32 flags;    /* IFA_F_* */
    WlPrefix address; /* with host bits; the local end of a point-to-point address */
} WlRtnlAddress;

/** Adds @address without duplicate address detection. -EEXIST if the interface has it. */
int wl_rtnl_add_address(WlNetlink *netlink, int ifindex, const WlPrefix *address);
/** Lists the addresses of all interfaces and both families. @addresses: of WlRtnlAddress, emptied
 * first. */
int wl_rtnl_list_addresses(WlNetlink *netlink, GArray *addresses);
/** FALSE if @message is not RTM_NEWADDR or RTM_DELADDR, or malformed. */
gboolean wl_rtnl_parse_address(const struct nlmsghdr *message, WlRtnlAddress *address);
