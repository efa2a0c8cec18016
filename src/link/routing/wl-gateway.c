/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from members to what is beyond this machine. A WlGateway owns its table, its watches, and
 * the forwarding that it enabled. Errors are of WL_LINK_ERROR.
 */
#include "wl-gateway.h"

#include <errno.h>

#include <netinet/in.h> /* before the kernel's headers, which leave out what it defines */

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "wl-gateway-rules.h"
#include "wl-limitation.h"
#include "wl-link-error.h"
#include "wl-netlink-watch.h"
#include "wl-opened-links.h"
#include "wl-own-table.h"
#include "wl-pacer.h"
#include "wl-sysctl.h"

#define PURPOSE "-gateway" /* follows the UUID in the name of the table */

/* ms; reading the routes may take that long on a router with many. */
#define UPDATE_INTERVAL 100

struct _WlGateway {
    char *uuid;
    WlNetlink *route;
    WlOwnTable *table;
    int ifindex;
    GArray *members, *networks;
    gboolean exit, open;
    WlPacer *pacer;
    WlNetlinkWatch *watch;       /* of routes */
    WlNetlinkWatch *table_watch; /* NULL: the kernel protects the table */
    GArray *links;               /* as the rules have them; NULL: not set, or unknown */
    GArray *opened4, *opened6;   /* of int: interfaces whose forwarding is ours, see the rules */
    GArray *advertised;          /* of int: uplinks that take router advertisements all the same */
};

static gboolean
has_family(const GArray *prefixes, WlFamily family)
{
    for (guint i = 0; i < prefixes->len; i++) {
        if (g_array_index(prefixes, WlPrefix, i).ip.family == family)
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_gateway_needs_ipv6(const WlGateway *self)
{
    if (!has_family(self->members, WL_FAMILY_V6))
        return FALSE;
    return self->exit || has_family(self->networks, WL_FAMILY_V6);
}

/* ---- forwarding of interfaces ---------------------------------------------------------------- */

static gboolean
contains(const GArray *list, int ifindex)
{
    for (guint i = 0; i < list->len; i++) {
        if (g_array_index(list, int, i) == ifindex)
            return TRUE;
    }
    return FALSE;
}

static void
take(GArray *list, int ifindex)
{
    if (!contains(list, ifindex))
        g_array_append_val(list, ifindex);
}

/* Lists the interfaces whose forwarding is to be enabled. An interface that is listed stays so,
 * although it forwards by now. */
static void
list_opened(WlGateway *self, const GArray *links)
{
    for (guint i = 0; i < links->len; i++) {
        int ifindex = g_array_index(links, WlGatewayLink, i).ifindex;
        char name[IF_NAMESIZE];

        if (!if_indextoname((guint) ifindex, name))
            continue;
        if (has_family(self->members, WL_FAMILY_V4) && !wl_sysctl_forwards_ipv4(name))
            take(self->opened4, ifindex);
        if (wl_gateway_needs_ipv6(self) && !wl_sysctl_forwards_ipv6(name))
            take(self->opened6, wl_sysctl_ipv6_forwarding_is_global(name) ? 0 : ifindex);
    }
}

/* The kernel ignores router advertisements on machines that forward, and the uplink would lose its
 * default route, unless it takes them all the same. */
static void
keep_advertisements(WlGateway *self, const GArray *links)
{
    for (guint i = 0; contains(self->opened6, 0) && i < links->len; i++) {
        const WlGatewayLink *link = &g_array_index(links, WlGatewayLink, i);
        char name[IF_NAMESIZE];

        if (link->uplink6 && if_indextoname((guint) link->ifindex, name) &&
            wl_sysctl_keep_advertisements(name))
            take(self->advertised, link->ifindex);
    }
}

/* IPv6 forwarding of the whole machine is that of the link, which the session enables. */
static gboolean
enable(const GArray *opened4, const GArray *opened6, GError **error)
{
    gboolean global;
    char name[IF_NAMESIZE];

    for (guint i = 0; i < opened4->len; i++) {
        if (if_indextoname((guint) g_array_index(opened4, int, i), name) &&
            !wl_sysctl_enable_ipv4_forwarding(name, error))
            return FALSE;
    }
    for (guint i = 0; i < opened6->len; i++) {
        int ifindex = g_array_index(opened6, int, i);

        if (ifindex > 0 && if_indextoname((guint) ifindex, name) &&
            !wl_sysctl_enable_ipv6_forwarding(name, &global, error))
            return FALSE;
    }
    return TRUE;
}

static void
disable(const GArray *opened4, const GArray *opened6)
{
    g_autoptr(GError) error = NULL;
    char name[IF_NAMESIZE];

    for (guint i = 0; i < opened4->len; i++) {
        if (if_indextoname((guint) g_array_index(opened4, int, i), name) &&
            !wl_sysctl_disable_ipv4_forwarding(name, &error))
            g_warning("%s", error->message);
        g_clear_error(&error);
    }
    for (guint i = 0; i < opened6->len; i++) {
        int ifindex = g_array_index(opened6, int, i);

        if (ifindex > 0 && if_indextoname((guint) ifindex, name) &&
            !wl_sysctl_disable_ipv6_forwarding(name, &error))
            g_warning("%s", error->message);
        g_clear_error(&error);
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

static int
send_rules(WlGateway *self, const GArray *links)
{
    const WlGatewayRules rules = {
        .ifindex = self->ifindex,
        .members = self->members,
        .networks = self->networks,
        .links = links,
        .opened4 = self->opened4,
        .opened6 = self->opened6,
        .exit = self->exit,
        .open = self->open,
    };
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();

    wl_gateway_rules_add(&rules, batch, wl_own_table_get_name(self->table));
    return wl_own_table_send(self->table, batch);
}

static gboolean
set_rules(WlGateway *self, const GArray *links, GError **error)
{
    int result = send_rules(self, links);

    if (result == -ENOENT) {
        if (!wl_own_table_restore(self->table, error))
            return FALSE;
        result = send_rules(self, links);
    }
    if (result == 0)
        return TRUE;
    wl_own_table_set_error(self->table, result, error);
    return FALSE;
}

static gboolean
is_same(const GArray *a, const GArray *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len * sizeof(WlGatewayLink)) == 0;
}

/* The rules come before the forwarding, so that no packet is forwarded without them. */
static gboolean
update(WlGateway *self, GError **error)
{
    g_autoptr(GArray) links = g_array_new(FALSE, TRUE, sizeof(WlGatewayLink));
    int result =
        wl_gateway_links_list(self->route, self->ifindex, self->exit, self->networks, links);

    if (result < 0) {
        wl_link_set_errno(error, result, "cannot list the routes");
        return FALSE;
    }
    if (self->links && is_same(self->links, links))
        return TRUE;
    g_clear_pointer(&self->links, g_array_unref);
    self->links = g_array_ref(links);
    list_opened(self, links);
    wl_opened_links_store(self->uuid, self->opened4, self->opened6);
    keep_advertisements(self, links);
    if (set_rules(self, links, error) && enable(self->opened4, self->opened6, error))
        return TRUE;
    g_clear_pointer(&self->links, g_array_unref);
    return FALSE;
}

static void
on_time_to_update(gpointer user_data)
{
    g_autoptr(GError) error = NULL;

    if (update(user_data, &error))
        wl_limitation_remove("gateway");
    else
        wl_limitation_add("gateway", "members do not reach what is behind this machine: %s",
                          error->message);
}

/* ---- changes --------------------------------------------------------------------------------- */

/* The kernel removes IPv4 routes with their interface or address without a message. */
static void
on_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlGateway *self = user_data;

    wl_pacer_request(self->pacer);
}

static void
on_table_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlGateway *self = user_data;

    if (message && message->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE))
        return;
    g_clear_pointer(&self->links, g_array_unref); /* it may have been ours */
    wl_pacer_request(self->pacer);
}

static gboolean
watch(WlGateway *self, GError **error)
{
    static const guint groups[] = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                   RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  0};
    static const guint table_groups[] = {NFNLGRP_NFTABLES, 0};

    self->watch = wl_netlink_watch_new(groups, on_message, self, error);
    if (!self->watch)
        return FALSE;
    if (wl_own_table_has_owner(self->table))
        return TRUE;
    self->table_watch =
        wl_netlink_watch_new_for(NETLINK_NETFILTER, table_groups, on_table_message, self, error);
    return self->table_watch != NULL;
}

/* ---- life ------------------------------------------------------------------------------------ */

static GArray *
dup_masked(const GArray *prefixes)
{
    GArray *masked = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

    for (guint i = 0; i < prefixes->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(prefixes, WlPrefix, i));

        g_array_append_val(masked, prefix);
    }
    return masked;
}

WlGateway *
wl_gateway_new(const WlGatewayConfig *config, GError **error)
{
    g_autoptr(WlGateway) self = g_new0(WlGateway, 1);

    self->uuid = g_strdup(config->uuid);
    self->ifindex = config->ifindex;
    self->members = dup_masked(config->members);
    self->networks = dup_masked(config->networks);
    self->exit = config->exit;
    self->open = config->open;
    self->opened4 = g_array_new(FALSE, FALSE, sizeof(int));
    self->opened6 = g_array_new(FALSE, FALSE, sizeof(int));
    self->advertised = g_array_new(FALSE, FALSE, sizeof(int));
    self->pacer = wl_pacer_new(UPDATE_INTERVAL, on_time_to_update, self);
    self->route = wl_netlink_new(NETLINK_ROUTE, error);
    if (!self->route)
        return NULL;
    self->table = wl_own_table_new(config->uuid, PURPOSE, FALSE, error);
    if (!self->table || !watch(self, error) || !update(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
wl_gateway_free(WlGateway *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->watch, wl_netlink_watch_free);
    g_clear_pointer(&self->table_watch, wl_netlink_watch_free);
    wl_pacer_free(self->pacer);
    disable(self->opened4, self->opened6);
    for (guint i = 0; i < self->advertised->len; i++) {
        char name[IF_NAMESIZE];

        if (if_indextoname((guint) g_array_index(self->advertised, int, i), name))
            wl_sysctl_end_advertisements(name);
    }
    g_array_set_size(self->opened4, 0);
    g_array_set_size(self->opened6, 0);
    wl_opened_links_store(self->uuid, self->opened4, self->opened6);
    wl_own_table_free(self->table);
    wl_netlink_free(self->route);
    g_clear_pointer(&self->links, g_array_unref);
    g_array_unref(self->members);
    g_array_unref(self->networks);
    g_array_unref(self->opened4);
    g_array_unref(self->opened6);
    g_array_unref(self->advertised);
    g_free(self->uuid);
    g_free(self);
}
