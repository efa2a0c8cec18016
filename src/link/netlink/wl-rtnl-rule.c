/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink: policy rules. Arrays and messages belong to the caller. Results are 0 or a negative
 * errno.
 */
#include "wl-rtnl-rule.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "wl-rtnl-message.h"

#define REQUEST_SIZE 256 /* bytes */

int
wl_rtnl_add_rule(WlNetlink *netlink, int family, guint8 protocol, const WlRtnlRule *rule)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct fib_rule_hdr *header;

    message->nlmsg_type = RTM_NEWRULE;
    message->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
    header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->family = (guint8) family;
    header->action = rule->no_action     ? FR_ACT_NOP
                     : rule->unreachable ? FR_ACT_UNREACHABLE
                                         : FR_ACT_TO_TBL;
    header->flags = rule->invert ? FIB_RULE_INVERT : 0;
    if (!rule->no_action)
        mnl_attr_put_u32(message, FRA_TABLE, rule->table);
    mnl_attr_put_u32(message, FRA_PRIORITY, rule->priority);
    mnl_attr_put_u8(message, FRA_PROTOCOL, protocol);
    if (rule->mark) {
        mnl_attr_put_u32(message, FRA_FWMARK, rule->mark);
        mnl_attr_put_u32(message, FRA_FWMASK, G_MAXUINT32);
    }
    if (rule->not_default)
        mnl_attr_put_u32(message, FRA_SUPPRESS_PREFIXLEN, 0);
    /* The incoming interface of packets of this machine, and of its reverse path checks, is lo. */
    if (rule->local)
        mnl_attr_put_strz(message, FRA_IIFNAME, "lo");
    if (rule->udp_source_port) {
        struct fib_rule_port_range range = {rule->udp_source_port, rule->udp_source_port};

        mnl_attr_put_u8(message, FRA_IP_PROTO, IPPROTO_UDP);
        mnl_attr_put(message, FRA_SPORT_RANGE, sizeof range, &range);
    }
    return wl_netlink_request(netlink, message, NULL, NULL);
}

static void
clear_list(gpointer user_data)
{
    g_ptr_array_set_size(user_data, 0);
}

static int
copy_message(const struct nlmsghdr *message, gpointer user_data)
{
    g_ptr_array_add(user_data, g_memdup2(message, message->nlmsg_len));
    return 0;
}

int
wl_rtnl_list_rules(WlNetlink *netlink, int family, GPtrArray *messages)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    struct fib_rule_hdr *header;

    message->nlmsg_type = RTM_GETRULE;
    header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->family = (guint8) family;
    return wl_netlink_dump(netlink, message, clear_list, copy_message, messages);
}

gboolean
wl_rtnl_parse_rule(const struct nlmsghdr *message, WlRtnlRule *rule)
{
    const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;

    if (message->nlmsg_type != RTM_NEWRULE || mnl_nlmsg_get_payload_len(message) < sizeof *header)
        return FALSE;
    memset(rule, 0, sizeof *rule);
    rule->table = header->table;
    mnl_attr_for_each(attribute, message, sizeof *header)
    {
        switch (mnl_attr_get_type(attribute)) {
        case FRA_PRIORITY:
            rule->priority = wl_rtnl_get_u32(attribute, 0);
            break;
        case FRA_TABLE:
            rule->table = wl_rtnl_get_u32(attribute, 0);
            break;
        case FRA_PROTOCOL:
            if (mnl_attr_validate(attribute, MNL_TYPE_U8) >= 0)
                rule->protocol = mnl_attr_get_u8(attribute);
            break;
        }
    }
    return TRUE;
}
