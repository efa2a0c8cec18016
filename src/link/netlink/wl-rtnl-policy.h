/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/** rtnetlink: policy rules, and routes in tables of our own. Calls return 0 or a negative errno. */
typedef struct {
    guint32 priority;
    guint32 table;
    guint32 mark;            /* fwmark, all bits of it; 0: any */
    gboolean invert;         /* for what does not match */
    gboolean not_default;    /* default routes of the table do not count */
    gboolean local;          /* for packets of this machine itself, and reverse path checks */
    gboolean nothing;        /* matches without effect: the next rule decides */
    guint16 udp_source_port; /* 0: any packets */
    guint8 protocol;         /* who made it: filled by wl_rtnl_parse_rule() */
} WlRtnlRule;

/** -EEXIST if there is just such a rule. @family: AF_INET or AF_INET6. */
int wl_rtnl_add_rule(WlNetlink *netlink, int family, guint8 protocol, const WlRtnlRule *rule);
/** Adds or replaces. @ifindex 0: what goes there is refused as unreachable. */
int wl_rtnl_add_route(WlNetlink *netlink, guint8 protocol, guint32 table, const WlPrefix *prefix,
                      int ifindex, guint32 metric);

/** @messages: gets copies, made with g_malloc(), and is emptied first. */
int wl_rtnl_list_rules(WlNetlink *netlink, int family, GPtrArray *messages);
/** The same of the routes made by @protocol, of all tables. */
int wl_rtnl_list_routes_of(WlNetlink *netlink, int family, guint8 protocol, GPtrArray *messages);

/** Priority, table and protocol; the rest stays zero. FALSE if it is no rule or malformed. */
gboolean wl_rtnl_parse_rule(const struct nlmsghdr *message, WlRtnlRule *rule);
/** The number of the table that the route of a message is in. */
guint32 wl_rtnl_route_table(const struct nlmsghdr *message);
/** Removes the very rule or route that a message tells of; 0 also if it is not there any more. */
int wl_rtnl_remove_same(WlNetlink *netlink, const struct nlmsghdr *message);
