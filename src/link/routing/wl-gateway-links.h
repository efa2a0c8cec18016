/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** An interface beside the link through which members reach something. */
typedef struct {
    int ifindex;
    gboolean uplink4, uplink6; /* of a default route of the main table */
} WlGatewayLink;

/**
 * The interfaces that lead to the internet, if @exit, and to @networks (of WlPrefix), as the main
 * table says; @ifindex, which is the link, is none of them. Reads the routes. @links: of
 * WlGatewayLink, emptied first, by their index. Returns 0 or a negative errno.
 */
int wl_gateway_links_list(WlNetlink *netlink, int ifindex, gboolean exit, const GArray *networks,
                          GArray *links);
