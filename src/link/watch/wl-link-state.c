/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses and routes of one link, as the kernel's messages, so that exactly those can be sent
 * back. Owns its copies; knows no main loop. Results are 0 or a negative errno.
 */
#include "wl-link-state.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "wl-policy-routes.h"
#include "wl-rtnl-address.h"
#include "wl-rtnl-link.h"
#include "wl-rtnl-message.h"
#include "wl-rtnl-route.h"

#define MAX_ITEMS 4096 /* a large network; further ones are not tracked */
/* How often a route waits for its source address; other addresses may become usable before. */
#define MAX_WAITS 5

typedef struct {
    struct nlmsghdr *message; /* RTM_NEWADDR or RTM_NEWROUTE of the kernel */
    gboolean lost;            /* removed; to be restored or dropped at the end of the burst */
    gboolean waits;           /* lost, until the kernel announces an address */
    guint n_waits;
} Item;

struct _WlLinkState {
    int ifindex;
    gboolean up;
    gboolean flushed; /* the kernel caused the losses of this burst, not a program */
    GPtrArray *items; /* of Item; in their original order, in which they can be restored */
};

static void
item_free(gpointer data)
{
    Item *item = data;

    g_free(item->message);
    g_free(item);
}

WlLinkState *
wl_link_state_new(int ifindex)
{
    WlLinkState *self = g_new0(WlLinkState, 1);

    self->ifindex = ifindex;
    self->items = g_ptr_array_new_with_free_func(item_free);
    return self;
}

void
wl_link_state_free(WlLinkState *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->items);
    g_free(self);
}

/* ---- classification ------------------------------------------------------------------------ */

static gboolean
is_address(const struct nlmsghdr *message)
{
    return message->nlmsg_type == RTM_NEWADDR || message->nlmsg_type == RTM_DELADDR;
}

static guint8
family_of(const struct nlmsghdr *message)
{
    return *(const guint8 *) mnl_nlmsg_get_payload(message);
}

static const struct nlattr *
find_attribute(const struct nlmsghdr *message, guint16 type)
{
    gsize header = is_address(message) ? sizeof(struct ifaddrmsg) : sizeof(struct rtmsg);

    return wl_rtnl_find_attribute(message, header, type);
}

/* Whether a program added the route. Not tracked: local routes, which follow their addresses, those
 * of router advertisements, and those of a full tunnel, which WlPolicyRoutes restores. */
static gboolean
is_tracked_route(const WlLinkState *self, const struct nlmsghdr *message)
{
    const struct rtmsg *route = mnl_nlmsg_get_payload(message);
    guint32 table;

    if (mnl_nlmsg_get_payload_len(message) < sizeof *route || route->rtm_type != RTN_UNICAST ||
        route->rtm_flags & RTM_F_CLONED ||
        (route->rtm_family != AF_INET && route->rtm_family != AF_INET6))
        return FALSE;
    table = wl_rtnl_route_table(message);
    return route->rtm_protocol != RTPROT_RA && route->rtm_protocol != RTPROT_REDIRECT &&
           !(route->rtm_protocol == WL_ROUTE_PROTOCOL && wl_policy_routes_is_table(table)) &&
           table != RT_TABLE_LOCAL &&
           wl_rtnl_get_u32(find_attribute(message, RTA_OIF), 0) == (guint32) self->ifindex;
}

static gboolean
is_tracked(const WlLinkState *self, const struct nlmsghdr *message)
{
    WlRtnlAddress address;

    switch (message->nlmsg_type) {
    case RTM_NEWADDR:
    case RTM_DELADDR:
        return wl_rtnl_parse_address(message, &address) && address.ifindex == self->ifindex;
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
        return is_tracked_route(self, message);
    default:
        return FALSE;
    }
}

static gboolean
same_attribute(const struct nlmsghdr *a, const struct nlmsghdr *b, guint16 type)
{
    const struct nlattr *x = find_attribute(a, type), *y = find_attribute(b, type);

    if (!x || !y)
        return x == y;
    return mnl_attr_get_payload_len(x) == mnl_attr_get_payload_len(y) &&
           memcmp(mnl_attr_get_payload(x), mnl_attr_get_payload(y), mnl_attr_get_payload_len(x)) ==
               0;
}

/* Compares what identifies an address or a route to the kernel. */
static gboolean
is_same(const struct nlmsghdr *a, const struct nlmsghdr *b)
{
    if (is_address(a) != is_address(b) || family_of(a) != family_of(b))
        return FALSE;
    if (is_address(a)) {
        const struct ifaddrmsg *x = mnl_nlmsg_get_payload(a), *y = mnl_nlmsg_get_payload(b);

        return x->ifa_prefixlen == y->ifa_prefixlen && same_attribute(a, b, IFA_ADDRESS) &&
               same_attribute(a, b, IFA_LOCAL);
    }
    const struct rtmsg *x = mnl_nlmsg_get_payload(a), *y = mnl_nlmsg_get_payload(b);

    return x->rtm_dst_len == y->rtm_dst_len && x->rtm_tos == y->rtm_tos &&
           same_attribute(a, b, RTA_DST) && same_attribute(a, b, RTA_PRIORITY) &&
           wl_rtnl_route_table(a) == wl_rtnl_route_table(b);
}

static Item *
find(const WlLinkState *self, const struct nlmsghdr *message)
{
    for (guint i = 0; i < self->items->len; i++) {
        Item *item = self->items->pdata[i];

        if (is_same(item->message, message))
            return item;
    }
    return NULL;
}

/* ---- messages ------------------------------------------------------------------------------ */

static void
drop_lost(WlLinkState *self)
{
    for (guint i = self->items->len; i > 0; i--) {
        const Item *item = self->items->pdata[i - 1];

        if (item->lost && !item->waits)
            g_ptr_array_remove_index(self->items, i - 1);
    }
}

/* Of IPv4 the kernel keeps the addresses and removes the routes without messages. */
static void
link_went_down(WlLinkState *self)
{
    /* What was removed before the link went down was removed on purpose. */
    if (!self->flushed)
        drop_lost(self);
    for (guint i = 0; i < self->items->len; i++) {
        Item *item = self->items->pdata[i];

        if (!is_address(item->message) || family_of(item->message) == AF_INET6)
            item->lost = TRUE;
    }
    self->flushed = TRUE;
}

static void
handle_link(WlLinkState *self, const struct nlmsghdr *message)
{
    WlRtnlLink link;
    gboolean up;

    if (message->nlmsg_type != RTM_NEWLINK || !wl_rtnl_parse_link(message, &link) ||
        link.ifindex != self->ifindex)
        return;
    up = link.flags & IFF_UP;
    if (self->up && !up)
        link_went_down(self);
    self->up = up;
}

/* No program removes our link-local address alone: its removal means that IPv6 was disabled. */
static gboolean
is_link_local(const struct nlmsghdr *message)
{
    WlRtnlAddress address;

    return wl_rtnl_parse_address(message, &address) && address.address.ip.family == WL_FAMILY_V6 &&
           wl_ip_is_link_local(&address.address.ip);
}

/* NULL: there are too many. */
static Item *
find_or_add(WlLinkState *self, const struct nlmsghdr *message)
{
    Item *item = find(self, message);

    if (!item && self->items->len < MAX_ITEMS) {
        item = g_new0(Item, 1);
        g_ptr_array_add(self->items, item);
    }
    return item;
}

/* A route that waits for its source address can be restored now. */
static void
address_was_announced(WlLinkState *self)
{
    for (guint i = 0; i < self->items->len; i++) {
        Item *item = self->items->pdata[i];

        self->flushed |= item->waits;
        item->waits = FALSE;
    }
}

static gboolean
handle_new(WlLinkState *self, const struct nlmsghdr *message)
{
    Item *item = find_or_add(self, message);

    if (!item)
        return FALSE;
    g_free(item->message);
    item->message = g_memdup2(message, message->nlmsg_len);
    item->lost = item->waits = FALSE;
    item->n_waits = 0;
    if (is_address(message))
        address_was_announced(self);
    return TRUE;
}

static void
handle_removed(WlLinkState *self, const struct nlmsghdr *message)
{
    /*
     * The kernel announces an IPv6 address some time after it was added, from a work queue
     * (addrconf_dad_work() in net/ipv6/addrconf.c), and not at all if it is removed before that.
     * The message of the removal describes the address as well.
     */
    Item *item = is_address(message) ? find_or_add(self, message) : find(self, message);

    if (is_address(message) && is_link_local(message))
        self->flushed = TRUE;
    if (!item)
        return;
    if (!item->message) {
        item->message = g_memdup2(message, message->nlmsg_len);
        item->message->nlmsg_type = RTM_NEWADDR;
    }
    item->lost = TRUE;
}

gboolean
wl_link_state_handle(WlLinkState *self, const struct nlmsghdr *message)
{
    handle_link(self, message);
    if (!is_tracked(self, message))
        return FALSE;
    if (message->nlmsg_type == RTM_NEWADDR || message->nlmsg_type == RTM_NEWROUTE)
        return handle_new(self, message);
    handle_removed(self, message);
    return TRUE;
}

static int
read_message(const struct nlmsghdr *message, gpointer user_data)
{
    wl_link_state_handle(user_data, message);
    return 0;
}

int
wl_link_state_read(WlLinkState *self, WlNetlink *netlink)
{
    static const guint16 types[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE};

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        _Alignas(struct nlmsghdr) guint8 buffer[256] = {0};
        struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
        int result;

        message->nlmsg_type = types[i];
        /* All three headers start with the family; 0 is any. */
        mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
        result = wl_netlink_dump(netlink, message, NULL, read_message, self);
        if (result < 0)
            return result;
    }
    return 0;
}

gboolean
wl_link_state_settle(WlLinkState *self)
{
    gboolean flushed = self->flushed;

    if (!self->up)
        return FALSE; /* settled once the link is up again */
    self->flushed = FALSE;
    if (!flushed)
        drop_lost(self);
    for (guint i = 0; i < self->items->len; i++) {
        const Item *item = self->items->pdata[i];

        if (item->lost && !item->waits)
            return TRUE;
    }
    return FALSE;
}

/* ---- restoring ----------------------------------------------------------------------------- */

static int
restore_item(const struct nlmsghdr *message, WlNetlink *netlink)
{
    g_autofree struct nlmsghdr *copy = g_memdup2(message, message->nlmsg_len);
    int result;

    copy->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
    copy->nlmsg_pid = 0;
    /* Flags such as RTNH_F_LINKDOWN describe the former state of the link. */
    if (!is_address(message))
        ((struct rtmsg *) mnl_nlmsg_get_payload(copy))->rtm_flags = 0;
    result = wl_netlink_request(netlink, copy, NULL, NULL);
    return result == -EEXIST ? 0 : result;
}

/* The kernel refuses a route with a source address that it has not finished adding
 * (ip6_route_info_create() in net/ipv6/route.c). */
static gboolean
has_to_wait(Item *item, int result)
{
    if (result != -EINVAL || is_address(item->message) ||
        !find_attribute(item->message, RTA_PREFSRC) || item->n_waits == MAX_WAITS)
        return FALSE;
    item->n_waits++;
    return TRUE;
}

int
wl_link_state_restore(WlLinkState *self, WlNetlink *netlink)
{
    int first_error = 0;

    /* Addresses before the routes that prefer them as their source. */
    for (int routes = 0; routes <= 1; routes++) {
        for (guint i = 0; i < self->items->len; i++) {
            Item *item = self->items->pdata[i];
            int result;

            if (!item->lost || item->waits || is_address(item->message) != (routes == 0))
                continue;
            result = restore_item(item->message, netlink);
            item->waits = has_to_wait(item, result);
            if (item->waits)
                continue;
            /* The message of the kernel arrives later. */
            item->lost = FALSE;
            if (first_error == 0)
                first_error = result;
        }
    }
    return first_error;
}
