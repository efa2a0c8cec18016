/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** rtnetlink: links, addresses and default routes. Calls return 0 or a negative errno. */
typedef struct {
    int ifindex;
    guint flags;  /* IFF_* */
    guint16 type; /* ARPHRD_* */
    guint32 mtu;
    gboolean wireless_event; /* says only something about Wi-Fi (a scan), nothing of the link */
    char name[16];
    char kind[16]; /* "wireguard", "tun", ...; empty for hardware */
    char alias[256];
} WlRtnlLink;

typedef struct {
    int ifindex;
    guint32 flags;    /* IFA_F_* */
    WlPrefix address; /* host bits kept; the local end of a point-to-point address */
} WlRtnlAddress;

typedef struct {
    int ifindex;
    guint32 priority;
    WlIp gateway;  /* family WL_FAMILY_NONE: none, WlRtnlRoute.family says which family */
    guint8 family; /* WlFamily */
} WlRtnlRoute;

/** Makes a link of kind wireguard, down. @ifindex: the one it gets, 0: any. */
int wl_rtnl_add_wireguard(WlNetlink *netlink, const char *name, int ifindex);
int wl_rtnl_delete_link(WlNetlink *netlink, int ifindex);
/** At most 255 bytes. */
int wl_rtnl_set_alias(WlNetlink *netlink, int ifindex, const char *alias);
/** Of a link that is down. -EEXIST if another has the name. */
int wl_rtnl_set_name(WlNetlink *netlink, int ifindex, const char *name);
/** @mtu: bytes. */
int wl_rtnl_set_mtu(WlNetlink *netlink, int ifindex, guint32 mtu);
/** -EADDRINUSE where the kernel's WireGuard does not get its listen port, which it binds then. */
int wl_rtnl_set_up(WlNetlink *netlink, int ifindex);
/** No fe80 address made by the kernel when the link goes up. */
int wl_rtnl_set_no_address_generation(WlNetlink *netlink, int ifindex);
/** Without duplicate address detection; -EEXIST if it is there. */
int wl_rtnl_add_address(WlNetlink *netlink, int ifindex, const WlPrefix *address);

/** -ENODEV if there is none. */
int wl_rtnl_find_link(WlNetlink *netlink, const char *name, WlRtnlLink *link);
/**
 * Packets that the link received and found no good in their frames, since it was made. WireGuard
 * counts here what a peer sent from an address that is not among its allowed IPs.
 */
int wl_rtnl_get_frame_errors(WlNetlink *netlink, int ifindex, guint64 *errors);
/** @links: of WlRtnlLink, emptied first. */
int wl_rtnl_list_links(WlNetlink *netlink, GArray *links);
/** @addresses: of WlRtnlAddress, both families, emptied first. */
int wl_rtnl_list_addresses(WlNetlink *netlink, GArray *addresses);
/** @routes: of WlRtnlRoute, one for each next hop, default routes of the main table; emptied first.
 */
int wl_rtnl_list_default_routes(WlNetlink *netlink, GArray *routes);

/* Reading of single messages; FALSE if they are not such or malformed. */
gboolean wl_rtnl_parse_link(const struct nlmsghdr *message, WlRtnlLink *link);
gboolean wl_rtnl_parse_address(const struct nlmsghdr *message, WlRtnlAddress *address);
/** TRUE for a unicast default route of the main table. */
gboolean wl_rtnl_is_default_route(const struct nlmsghdr *message);
