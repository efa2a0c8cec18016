/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-rtnl-policy.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#define REQUEST_SIZE 512

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
    header->action = rule->nothing ? FR_ACT_NOP : FR_ACT_TO_TBL;
    header->flags = rule->invert ? FIB_RULE_INVERT : 0;
    if (!rule->nothing)
        mnl_attr_put_u32(message, FRA_TABLE, rule->table);
    mnl_attr_put_u32(message, FRA_PRIORITY, rule->priority);
    mnl_attr_put_u8(message, FRA_PROTOCOL, protocol);
    if (rule->mark) {
        mnl_attr_put_u32(message, FRA_FWMARK, rule->mark);
        mnl_attr_put_u32(message, FRA_FWMASK, G_MAXUINT32);
    }
    if (rule->not_default)
        mnl_attr_put_u32(message, FRA_SUPPRESS_PREFIXLEN, 0);
    /* The kernel has lo as the incoming interface of both; forwarded packets have another. */
    if (rule->local)
        mnl_attr_put_strz(message, FRA_IIFNAME, "lo");
    if (rule->udp_source_port) {
        struct fib_rule_port_range range = {rule->udp_source_port, rule->udp_source_port};

        mnl_attr_put_u8(message, FRA_IP_PROTO, IPPROTO_UDP);
        mnl_attr_put(message, FRA_SPORT_RANGE, sizeof range, &range);
    }
    return wl_netlink_request(netlink, message, NULL, NULL);
}

int
wl_rtnl_add_route(WlNetlink *netlink, guint8 protocol, guint32 table, const WlPrefix *prefix,
                  int ifindex, guint32 metric)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    gboolean v4 = prefix->ip.family == WL_FAMILY_V4;
    struct rtmsg *header;

    message->nlmsg_type = RTM_NEWROUTE;
    message->nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE;
    header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->rtm_family = v4 ? AF_INET : AF_INET6;
    header->rtm_dst_len = prefix->length;
    header->rtm_table = RT_TABLE_UNSPEC;
    header->rtm_protocol = protocol;
    header->rtm_type = ifindex > 0 ? RTN_UNICAST : RTN_UNREACHABLE;
    header->rtm_scope = v4 && ifindex > 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    if (prefix->length > 0)
        mnl_attr_put(message, RTA_DST, wl_ip_size(&prefix->ip), prefix->ip.bytes);
    if (ifindex > 0)
        mnl_attr_put_u32(message, RTA_OIF, (guint32) ifindex);
    mnl_attr_put_u32(message, RTA_TABLE, table);
    mnl_attr_put_u32(message, RTA_PRIORITY, metric);
    return wl_netlink_request(netlink, message, NULL, NULL);
}

static void
forget(gpointer user_data)
{
    g_ptr_array_set_size(user_data, 0);
}

static int
take_copy(const struct nlmsghdr *message, gpointer user_data)
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
    return wl_netlink_dump(netlink, message, forget, take_copy, messages);
}

typedef struct {
    guint8 protocol;
    GPtrArray *messages;
} RouteList;

static void
forget_routes(gpointer user_data)
{
    g_ptr_array_set_size(((RouteList *) user_data)->messages, 0);
}

static int
take_route(const struct nlmsghdr *message, gpointer user_data)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    RouteList *list = user_data;

    if (message->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(message) < sizeof *header)
        return 0;
    if (header->rtm_protocol == list->protocol && !(header->rtm_flags & RTM_F_CLONED))
        take_copy(message, list->messages);
    return 0;
}

int
wl_rtnl_list_routes_of(WlNetlink *netlink, int family, guint8 protocol, GPtrArray *messages)
{
    _Alignas(struct nlmsghdr) guint8 buffer[REQUEST_SIZE] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    RouteList list = {protocol, messages};
    struct rtmsg *header;

    message->nlmsg_type = RTM_GETROUTE;
    header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->rtm_family = (guint8) family;
    return wl_netlink_dump(netlink, message, forget_routes, take_route, &list);
}

static guint32
get_u32(const struct nlattr *attribute)
{
    return mnl_attr_validate(attribute, MNL_TYPE_U32) < 0 ? 0 : mnl_attr_get_u32(attribute);
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
            rule->priority = get_u32(attribute);
            break;
        case FRA_TABLE:
            rule->table = get_u32(attribute);
            break;
        case FRA_PROTOCOL:
            if (mnl_attr_validate(attribute, MNL_TYPE_U8) >= 0)
                rule->protocol = mnl_attr_get_u8(attribute);
            break;
        }
    }
    return TRUE;
}

guint32
wl_rtnl_route_table(const struct nlmsghdr *message)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;
    guint32 table = header->rtm_table;

    mnl_attr_for_each(attribute, message, sizeof *header)
    {
        if (mnl_attr_get_type(attribute) == RTA_TABLE)
            table = get_u32(attribute);
    }
    return table;
}

int
wl_rtnl_remove_same(WlNetlink *netlink, const struct nlmsghdr *message)
{
    g_autofree struct nlmsghdr *copy = g_memdup2(message, message->nlmsg_len);
    int result;

    copy->nlmsg_type = message->nlmsg_type == RTM_NEWRULE ? RTM_DELRULE : RTM_DELROUTE;
    copy->nlmsg_flags = 0;
    copy->nlmsg_pid = 0;
    result = wl_netlink_request(netlink, copy, NULL, NULL);
    return result == -ENOENT || result == -ESRCH ? 0 : result;
}
