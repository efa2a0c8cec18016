/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-netlink.h"

/** rtnetlink: policy rules. Functions return 0 or a negative errno. */
typedef struct {
    guint32 priority;
    guint32 table;
    guint32 mark;            /* fwmark, compared with all 32 bits; 0: any */
    gboolean invert;         /* match what does not match */
    gboolean not_default;    /* ignore default routes of the table */
    gboolean local;          /* match packets of this machine, and reverse path checks */
    gboolean unreachable;    /* no route for what matches; the table is only a label */
    gboolean no_action;      /* continue with the next rule */
    guint16 udp_source_port; /* 0: any packets */
    guint8 protocol;         /* set by wl_rtnl_parse_rule() only */
} WlRtnlRule;

/** Adds a rule. -EEXIST if the same one exists. @family: AF_INET or AF_INET6. */
int wl_rtnl_add_rule(WlNetlink *netlink, int family, guint8 protocol, const WlRtnlRule *rule);
/** Lists the rules of @family. @messages: copies of the kernel's messages, to be freed with
 * g_free(); emptied first. */
int wl_rtnl_list_rules(WlNetlink *netlink, int family, GPtrArray *messages);
/** Reads priority, table and protocol; other fields are zero. FALSE if @message is not RTM_NEWRULE,
 * or malformed. */
gboolean wl_rtnl_parse_rule(const struct nlmsghdr *message, WlRtnlRule *rule);
