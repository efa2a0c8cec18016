/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nf_tables table of the kill switch. A WlKillFilter owns its table and its watches. Its rules
 * are set anew when the routes that they depend on change, or when another program deleted the
 * table. Errors are of WL_LINK_ERROR.
 */
#include "wl-kill-filter.h"

#include <errno.h>

#include <netinet/in.h> /* before the kernel's headers, which leave out what it defines */

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "wl-limitation.h"
#include "wl-link-error.h"
#include "wl-netlink-watch.h"
#include "wl-nft-ranges.h"
#include "wl-own-table.h"
#include "wl-pacer.h"
#include "wl-rtnl-route.h"
#include "wl-tunnel-mark.h"

#define PURPOSE "-kill-switch" /* follows the UUID in the name of the table */
#define CHAIN   "leaving"
#define SET_V4  "around4"
#define SET_V6  "around6"

/* ms; reading the routes may take that long on a router with many. */
#define UPDATE_INTERVAL 100

/* Ranges of each family. A batch is one datagram, which has to fit into the send buffer of the
 * socket (net.core.wmem_default, 208 KiB). */
#define MAX_RANGES 1024

/* Every network namespace has lo with this index (LOOPBACK_IFINDEX in net/flow.h). */
#define LO 1

/* Destinations that never leave the attached networks. */
static const char *const attached[] = {"224.0.0.0/4", "255.255.255.255/32", "fe80::/10",
                                       "ff00::/8"};

/* What passes. */
typedef struct {
    GArray *v4, *v6; /* of WlNftRange */
    GArray *links;   /* of int: indexes */
    guint left_out;  /* ranges beyond MAX_RANGES */
} Passing;

struct _WlKillFilter {
    WlNetlink *route;
    WlOwnTable *table;
    int ifindex;
    WlPacer *pacer;
    WlNetlinkWatch *watch;       /* of routes */
    WlNetlinkWatch *table_watch; /* NULL: the kernel protects the table */
    Passing *set;                /* NULL: not set, or unknown */
};

static void
passing_free(Passing *passing)
{
    g_array_unref(passing->v4);
    g_array_unref(passing->v6);
    g_array_unref(passing->links);
    g_free(passing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Passing, passing_free)

static gboolean
is_same_array(const GArray *a, const GArray *b)
{
    return a->len == b->len &&
           (a->len == 0 ||
            memcmp(a->data, b->data, a->len * g_array_get_element_size((GArray *) a)) == 0);
}

static gboolean
is_same(const Passing *a, const Passing *b)
{
    return is_same_array(a->v4, b->v4) && is_same_array(a->v6, b->v6) &&
           is_same_array(a->links, b->links);
}

/* ---- what passes ---------------------------------------------------------------------------- */

static int
compare_ints(gconstpointer a, gconstpointer b)
{
    return *(const int *) a - *(const int *) b;
}

static void
add_link(GArray *links, int ifindex)
{
    for (guint i = 0; i < links->len; i++)
        if (g_array_index(links, int, i) == ifindex)
            return;
    g_array_append_val(links, ifindex);
}

static Passing *
make_passing(const WlKillFilter *self, const GArray *destinations)
{
    g_autoptr(GArray) prefixes = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    Passing *passing = g_new0(Passing, 1);
    guint left_out = 0;

    passing->links = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < G_N_ELEMENTS(attached); i++) {
        WlPrefix prefix;

        wl_prefix_parse(attached[i], &prefix);
        g_array_append_val(prefixes, prefix);
    }
    for (guint i = 0; i < destinations->len; i++) {
        const WlRtnlDestination *route = &g_array_index(destinations, WlRtnlDestination, i);

        if (route->table == RT_TABLE_MAIN && route->destination.length > 0)
            g_array_append_val(prefixes, route->destination);
        else if ((route->table & WL_TUNNEL_MARK_MASK) == WL_TUNNEL_MARK && route->ifindex > 0)
            add_link(passing->links, route->ifindex);
    }
    add_link(passing->links, self->ifindex); /* also while it has no route */
    add_link(passing->links, LO);
    g_array_sort(passing->links, compare_ints);
    passing->v4 = wl_nft_ranges_new(prefixes, WL_FAMILY_V4, MAX_RANGES, &left_out);
    passing->v6 = wl_nft_ranges_new(prefixes, WL_FAMILY_V6, MAX_RANGES, &passing->left_out);
    passing->left_out += left_out;
    return passing;
}

/* ---- the table ------------------------------------------------------------------------------ */

static void
add_set_rule(WlNftBatch *batch, const char *table, WlFamily family, const char *set,
             const GArray *ranges)
{
    wl_nft_flush_set(batch, table, set);
    wl_nft_add_ranges(batch, table, set, (const WlNftRange *) (gpointer) ranges->data, ranges->len);
    wl_nft_begin_rule(batch, table, CHAIN);
    wl_nft_match_destination(batch, family, set);
    wl_nft_accept(batch);
}

static int
send_rules(WlKillFilter *self, const Passing *passing)
{
    const char *table = wl_own_table_get_name(self->table);
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();

    wl_nft_add_postrouting_chain(batch, table, CHAIN);
    wl_nft_add_set(batch, table, SET_V4, WL_FAMILY_V4, 1);
    wl_nft_add_set(batch, table, SET_V6, WL_FAMILY_V6, 2);
    wl_nft_flush_chain(batch, table, CHAIN);
    for (guint i = 0; i < passing->links->len; i++) {
        wl_nft_begin_rule(batch, table, CHAIN);
        wl_nft_match_output(batch, g_array_index(passing->links, int, i), FALSE);
        wl_nft_accept(batch);
    }
    wl_nft_begin_rule(batch, table, CHAIN);
    wl_nft_match_mark(batch, WL_TUNNEL_MARK, WL_TUNNEL_MARK_MASK);
    wl_nft_accept(batch);
    add_set_rule(batch, table, WL_FAMILY_V4, SET_V4, passing->v4);
    add_set_rule(batch, table, WL_FAMILY_V6, SET_V6, passing->v6);
    wl_nft_begin_rule(batch, table, CHAIN);
    wl_nft_drop(batch);
    return wl_own_table_send(self->table, batch);
}

static gboolean
set_rules(WlKillFilter *self, const Passing *passing, GError **error)
{
    int result = send_rules(self, passing);

    if (result == -ENOENT) {
        if (!wl_own_table_restore(self->table, error))
            return FALSE;
        result = send_rules(self, passing);
    }
    if (result == 0)
        return TRUE;
    wl_own_table_set_error(self->table, result, error);
    return FALSE;
}

static gboolean
update(WlKillFilter *self, GError **error)
{
    g_autoptr(GArray) destinations = g_array_new(FALSE, TRUE, sizeof(WlRtnlDestination));
    g_autoptr(Passing) passing = NULL;
    int result = wl_rtnl_list_destinations(self->route, destinations);

    if (result < 0) {
        wl_link_set_errno(error, result, "cannot list the routes");
        return FALSE;
    }
    passing = make_passing(self, destinations);
    if (self->set && is_same(self->set, passing))
        return TRUE;
    if (!set_rules(self, passing, error))
        return FALSE;
    if (passing->left_out > 0)
        wl_limitation_add("kill-switch",
                          "the kill switch blocks destinations of the main routing table: it has "
                          "more than %d networks of one family",
                          MAX_RANGES);
    else
        wl_limitation_remove("kill-switch");
    g_clear_pointer(&self->set, passing_free);
    self->set = g_steal_pointer(&passing);
    return TRUE;
}

static void
on_time_to_update(gpointer user_data)
{
    g_autoptr(GError) error = NULL;

    if (!update(user_data, &error))
        wl_limitation_add("kill-switch", "the kill switch does not follow changes of routes: %s",
                          error->message);
}

/* ---- changes --------------------------------------------------------------------------------- */

/* The kernel removes IPv4 routes with their interface or address without a message. */
static void
on_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlKillFilter *self = user_data;

    wl_pacer_request(self->pacer);
}

static void
on_table_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlKillFilter *self = user_data;

    if (message && message->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE))
        return;
    g_clear_pointer(&self->set, passing_free); /* it may have been ours */
    wl_pacer_request(self->pacer);
}

static gboolean
watch(WlKillFilter *self, GError **error)
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

WlKillFilter *
wl_kill_filter_new(const WlKillFilterConfig *config, GError **error)
{
    g_autoptr(WlKillFilter) self = g_new0(WlKillFilter, 1);

    self->ifindex = config->ifindex;
    self->pacer = wl_pacer_new(UPDATE_INTERVAL, on_time_to_update, self);
    self->route = wl_netlink_new(NETLINK_ROUTE, error);
    if (!self->route)
        return NULL;
    self->table = wl_own_table_new(config->uuid, PURPOSE, config->unowned, error);
    if (!self->table || !watch(self, error) || !update(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
wl_kill_filter_free(WlKillFilter *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->watch, wl_netlink_watch_free);
    g_clear_pointer(&self->table_watch, wl_netlink_watch_free);
    wl_pacer_free(self->pacer);
    wl_own_table_free(self->table);
    wl_netlink_free(self->route);
    g_clear_pointer(&self->set, passing_free);
    g_free(self);
}
