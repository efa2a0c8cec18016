/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-netlink.h"

/** rtnetlink: interfaces. Functions return 0 or a negative errno. */
typedef struct {
    int ifindex;
    guint flags;             /* IFF_* */
    guint16 type;            /* ARPHRD_* */
    guint32 mtu;             /* bytes */
    gboolean wireless_event; /* a Wi-Fi event such as a scan; nothing about the interface changed */
    char name[16];
    char kind[16]; /* "wireguard", "tun", ...; empty for hardware */
    char alias[256];
} WlRtnlLink;

/** What wl_rtnl_change_link() sets, all in one message; zero fields stay as they are. */
typedef struct {
    const char *name;  /* of an interface that is down; -EEXIST if another has the name */
    const char *alias; /* at most 255 bytes */
    guint32 mtu;       /* bytes */
    gboolean up;       /* -EADDRINUSE if the kernel's WireGuard cannot bind its listen port */
    gboolean no_address_generation; /* the kernel adds no fe80:: address when the link goes up */
} WlRtnlLinkChange;

/** Creates an interface of kind wireguard, down. @ifindex: its index; 0: any. */
int wl_rtnl_add_wireguard(WlNetlink *netlink, const char *name, int ifindex);
int wl_rtnl_delete_link(WlNetlink *netlink, int ifindex);
int wl_rtnl_change_link(WlNetlink *netlink, int ifindex, const WlRtnlLinkChange *change);

/** -ENODEV if no interface has the name. */
int wl_rtnl_find_link(WlNetlink *netlink, const char *name, WlRtnlLink *link);
/** @links: of WlRtnlLink, emptied first. */
int wl_rtnl_list_links(WlNetlink *netlink, GArray *links);
/**
 * The number of received packets with frame errors since the interface was created. WireGuard
 * counts here the packets whose source is not among the allowed IPs of their peer
 * (drivers/net/wireguard/receive.c).
 */
int wl_rtnl_get_frame_errors(WlNetlink *netlink, int ifindex, guint64 *errors);
/** FALSE if @message is not RTM_NEWLINK or RTM_DELLINK of an interface, or malformed. */
gboolean wl_rtnl_parse_link(const struct nlmsghdr *message, WlRtnlLink *link);
