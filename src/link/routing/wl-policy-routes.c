/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules and routes of a full tunnel. A WlPolicyRoutes owns its rules and routes in the kernel,
 * and removes them when freed; only this file, wl-kill-switch.c and
 * wl-send-gate.c write entries of WL_ROUTE_PROTOCOL. Errors are of WL_LINK_ERROR.
 */
#include "wl-policy-routes.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "wl-kill-filter.h"
#include "wl-kill-switch.h"
#include "wl-limitation.h"
#include "wl-link-error.h"
#include "wl-netlink-watch.h"
#include "wl-pacer.h"
#include "wl-rtnl-message.h"
#include "wl-rtnl-route.h"
#include "wl-rtnl-rule.h"
#include "wl-tunnel-mark.h"

/* The UUID yields the rest of the mark. */
#define MARK_BITS (~WL_TUNNEL_MARK_MASK)

/*
 * A profile has one slot, the same in both families: one priority in the first block for packets
 * that bypass the tunnel, so that no tunnel carries the packets of another, and two in the second
 * block. All come before 31766, the first priority of NetworkManager's own WireGuard.
 */
#define SLOTS           250
#define BYPASS_PRIORITY 31000U
#define TUNNEL_PRIORITY 31250U
#define LAST_PRIORITY   (TUNNEL_PRIORITY + 2 * SLOTS - 1)

/* NetworkManager's metric for routes of a VPN. */
#define ROUTE_METRIC 50

struct _WlPolicyRoutes {
    WlNetlink *netlink;
    char *uuid;
    guint32 mark;
    guint32 slot;
    guint16 listen_port, resolver_port;
    GArray *routes;
    gboolean kill_switch;
    int ifindex;
    WlKillFilter *filter;  /* NULL: no kill switch, or nf_tables is refused */
    WlNetlinkWatch *watch; /* of rules, and of the routes in the table */
    WlPacer *pacer;        /* of their restoration */
};

static const int families[] = {AF_INET, AF_INET6};

/* ms between two restorations of rules and routes, so that this ends with the program that removes
 * them again and again, and not before. */
#define RESTORE_INTERVAL 50

static guint32
bypass_priority(guint32 slot)
{
    return BYPASS_PRIORITY + slot;
}

static guint32
main_priority(guint32 slot)
{
    return TUNNEL_PRIORITY + 2 * slot;
}

static guint32
table_priority(guint32 slot)
{
    return main_priority(slot) + 1;
}

/* FALSE if no slot has the priority. */
static gboolean
find_slot(guint32 priority, guint32 *slot)
{
    if (priority >= BYPASS_PRIORITY && priority < BYPASS_PRIORITY + SLOTS)
        *slot = priority - BYPASS_PRIORITY;
    else if (priority >= TUNNEL_PRIORITY && priority <= LAST_PRIORITY)
        *slot = (priority - TUNNEL_PRIORITY) / 2;
    else
        return FALSE;
    return TRUE;
}

guint32
wl_policy_routes_fwmark(const char *uuid)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize size = sizeof digest;

    g_checksum_update(checksum, (const guchar *) uuid, -1);
    g_checksum_get_digest(checksum, digest, &size);
    return WL_TUNNEL_MARK |
           (((guint32) digest[0] << 16 | (guint32) digest[1] << 8 | digest[2]) & MARK_BITS);
}

gboolean
wl_policy_routes_is_table(guint32 table)
{
    return (table & WL_TUNNEL_MARK_MASK) == WL_TUNNEL_MARK;
}

/* The kill switch blocks both families, whichever the tunnel has. */
static gboolean
has_family(const WlPolicyRoutes *self, int family)
{
    for (guint i = 0; i < self->routes->len; i++) {
        const WlPrefix *route = &g_array_index(self->routes, WlPrefix, i);

        if (route->ip.family == (family == AF_INET ? WL_FAMILY_V4 : WL_FAMILY_V6))
            return TRUE;
    }
    return self->kill_switch;
}

/* ---- adding -------------------------------------------------------------------------------- */

/* The rule with the table is added first and removed last, because it identifies the owner of the
 * slot. While the table is empty the rule has no effect. */
static int
add_rules(const WlPolicyRoutes *self, int family)
{
    guint32 bypass = bypass_priority(self->slot);
    enum { REVERSE_PATH = 3 }; /* the first rule for reverse path checks */
    const WlRtnlRule rules[] = {
        {.priority = table_priority(self->slot),
         .table = self->mark,
         .mark = self->mark,
         .invert = TRUE},
        {.priority = bypass, .table = RT_TABLE_MAIN, .mark = self->mark},
        {.priority = main_priority(self->slot), .table = RT_TABLE_MAIN, .not_default = TRUE},
        /*
         * The rest is for the reverse path check, which only IPv4 has. The kernel reads the ports
         * of received packets only if a rule for an interface other than lo needs them
         * (fib_rule_requires_fldissect() in include/net/fib_rules.h, Linux 6.1 to 6.18): hence the
         * rules without an action.
         */
        {.priority = bypass,
         .table = RT_TABLE_MAIN,
         .local = TRUE,
         .udp_source_port = self->listen_port},
        {.priority = bypass, .no_action = TRUE, .udp_source_port = self->listen_port},
        {.priority = bypass,
         .table = RT_TABLE_MAIN,
         .local = TRUE,
         .udp_source_port = self->resolver_port},
        {.priority = bypass, .no_action = TRUE, .udp_source_port = self->resolver_port},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        int result;

        if (i >= REVERSE_PATH && (family != AF_INET || !rules[i].udp_source_port))
            continue;
        result = wl_rtnl_add_rule(self->netlink, family, WL_ROUTE_PROTOCOL, &rules[i]);
        if (result < 0 && result != -EEXIST)
            return result;
    }
    return 0;
}

static gboolean
add_all_rules(const WlPolicyRoutes *self, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        int result = has_family(self, families[i]) ? add_rules(self, families[i]) : 0;

        if (result == 0)
            continue;
        wl_link_set_errno(error, result, "cannot add the %s rules of the full tunnel",
                          families[i] == AF_INET ? "IPv4" : "IPv6");
        return FALSE;
    }
    return TRUE;
}

gboolean
wl_policy_routes_restore(WlPolicyRoutes *self, int ifindex, GError **error)
{
    if (self->kill_switch && !wl_kill_switch_add(self->netlink, self->mark, error))
        return FALSE;
    for (guint i = 0; i < self->routes->len; i++) {
        const WlPrefix *route = &g_array_index(self->routes, WlPrefix, i);
        int result = wl_rtnl_add_route(self->netlink, WL_ROUTE_PROTOCOL, self->mark, route, ifindex,
                                       ROUTE_METRIC);
        g_autofree char *text = NULL;

        if (result == 0)
            continue;
        text = wl_prefix_to_string(route);
        wl_link_set_errno(error, result, "cannot add the route %s of the full tunnel", text);
        return FALSE;
    }
    return TRUE;
}

/* ---- reading and removing ------------------------------------------------------------------ */

typedef struct {
    gboolean taken;
    gboolean kept;
} Slot;

/* Reads the owners of the slots from the rules that name a table of ours. */
static void
read_owners(const GPtrArray *messages, Slot *slots, WlPolicyRoutesKeep keep, gpointer user_data)
{
    for (guint i = 0; i < messages->len; i++) {
        WlRtnlRule rule;
        guint32 slot;

        if (!wl_rtnl_parse_rule(messages->pdata[i], &rule) || !find_slot(rule.priority, &slot))
            continue;
        slots[slot].taken = TRUE;
        if (wl_policy_routes_is_table(rule.table) && keep(rule.table, user_data))
            slots[slot].kept = TRUE;
    }
}

static gboolean
is_removable(const WlRtnlRule *rule, guint32 *slot)
{
    return rule->protocol == WL_ROUTE_PROTOCOL && find_slot(rule->priority, slot);
}

/* The rules of wl-send-gate.c name their owner themselves. */
static int
remove_gates(WlNetlink *netlink, const GPtrArray *messages, WlPolicyRoutesKeep keep,
             gpointer user_data, guint *removed)
{
    for (guint i = 0; i < messages->len; i++) {
        WlRtnlRule rule;
        int result;

        if (!wl_rtnl_parse_rule(messages->pdata[i], &rule) || rule.protocol != WL_ROUTE_PROTOCOL ||
            rule.priority != WL_SEND_GATE_PRIORITY || !wl_policy_routes_is_table(rule.table) ||
            keep(rule.table, user_data))
            continue;
        result = wl_rtnl_delete_same(netlink, messages->pdata[i]);
        if (result < 0)
            return result;
        ++*removed;
    }
    return 0;
}

/* Removes the rule with the table last, because it identifies the owner of the others. */
static int
remove_rules(WlNetlink *netlink, const GPtrArray *messages, const Slot *slots, guint *removed)
{
    for (int tables = 0; tables <= 1; tables++) {
        for (guint i = 0; i < messages->len; i++) {
            WlRtnlRule rule;
            guint32 slot;
            int result;

            if (!wl_rtnl_parse_rule(messages->pdata[i], &rule) || !is_removable(&rule, &slot) ||
                slots[slot].kept || wl_policy_routes_is_table(rule.table) != (tables == 1))
                continue;
            result = wl_rtnl_delete_same(netlink, messages->pdata[i]);
            if (result < 0)
                return result;
            ++*removed;
        }
    }
    return 0;
}

static int
remove_routes(WlNetlink *netlink, int family, WlPolicyRoutesKeep keep, gpointer user_data,
              guint *removed)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    int result = wl_rtnl_list_routes_of(netlink, family, WL_ROUTE_PROTOCOL, messages);

    for (guint i = 0; result == 0 && i < messages->len; i++) {
        guint32 table = wl_rtnl_route_table(messages->pdata[i]);

        if (!wl_policy_routes_is_table(table) || keep(table, user_data))
            continue;
        result = wl_rtnl_delete_same(netlink, messages->pdata[i]);
        ++*removed;
    }
    return result;
}

static int
cleanup_family(WlNetlink *netlink, int family, WlPolicyRoutesKeep keep, gpointer user_data,
               guint *removed)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    g_autofree Slot *slots = g_new0(Slot, SLOTS);
    int result = wl_rtnl_list_rules(netlink, family, messages);

    if (result == -EAFNOSUPPORT)
        return 0; /* the kernel has no IPv6 */
    if (result < 0)
        return result;
    read_owners(messages, slots, keep, user_data);
    /* Rules first: without them the routes have no effect. */
    result = remove_rules(netlink, messages, slots, removed);
    if (result == 0)
        result = remove_gates(netlink, messages, keep, user_data, removed);
    return result < 0 ? result : remove_routes(netlink, family, keep, user_data, removed);
}

static gboolean
cleanup(WlNetlink *netlink, WlPolicyRoutesKeep keep, gpointer user_data, guint *removed,
        GError **error)
{
    guint count = 0;

    removed = removed ? removed : &count;
    *removed = 0;
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        int result = cleanup_family(netlink, families[i], keep, user_data, removed);

        if (result == 0)
            continue;
        wl_link_set_errno(error, result, "cannot remove rules and routes of a full tunnel");
        return FALSE;
    }
    return TRUE;
}

gboolean
wl_policy_routes_cleanup(WlPolicyRoutesKeep keep, gpointer user_data, guint *removed,
                         GError **error)
{
    g_autoptr(WlNetlink) netlink = wl_netlink_new(NETLINK_ROUTE, error);

    return netlink && cleanup(netlink, keep, user_data, removed, error);
}

/* ---- creation ----------------------------------------------------------------------------------
 */

static gboolean
is_other(guint32 mark, gpointer user_data)
{
    return mark != *(const guint32 *) user_data;
}

static gboolean
is_any(guint32 mark, gpointer user_data)
{
    return TRUE;
}

/* Chooses a slot that is free in both families, starting with the one that the mark yields. */
static int
choose_slot(WlPolicyRoutes *self)
{
    g_autofree Slot *slots = g_new0(Slot, SLOTS);

    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
        int result = wl_rtnl_list_rules(self->netlink, families[i], messages);

        if (result < 0)
            return result;
        read_owners(messages, slots, is_any, NULL);
    }
    for (guint i = 0; i < SLOTS; i++) {
        self->slot = (self->mark + i) % SLOTS;
        if (!slots[self->slot].taken)
            return 0;
    }
    return -ENOSPC;
}

/* ---- rules and routes that another program removed ----------------------------------------- */

/* Rules that exist are not added again. */
static void
on_time_to_restore(gpointer user_data)
{
    WlPolicyRoutes *self = user_data;
    g_autoptr(GError) error = NULL;

    if (!add_all_rules(self, &error))
        g_warning("%s", error->message);
    g_clear_error(&error);
    /* A link that is down or gone has no routes, and the session restores them later. */
    if (!wl_policy_routes_restore(self, self->ifindex, &error) &&
        !g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_GONE))
        g_debug("%s", error->message);
}

/* systemd-networkd removes the rules of other programs when it starts, unless
 * ManageForeignRoutingPolicyRules=no. */
static void
on_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlPolicyRoutes *self = user_data;

    if (!message || message->nlmsg_type == RTM_DELRULE ||
        (message->nlmsg_type == RTM_DELROUTE && wl_rtnl_route_table(message) == self->mark))
        wl_pacer_request(self->pacer);
}

static void
watch(WlPolicyRoutes *self)
{
    static const guint groups[] = {RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_IPV4_ROUTE,
                                   RTNLGRP_IPV6_ROUTE, 0};
    g_autoptr(GError) error = NULL;

    self->pacer = wl_pacer_new(RESTORE_INTERVAL, on_time_to_restore, self);
    self->watch = wl_netlink_watch_new(groups, on_message, self, &error);
    if (!self->watch)
        wl_limitation_add("tunnel-rules",
                          "rules of the full tunnel that another program removes stay removed: %s",
                          error->message);
}

static void
open_filter(WlPolicyRoutes *self)
{
    const WlKillFilterConfig config = {.uuid = self->uuid, .ifindex = self->ifindex};
    g_autoptr(GError) error = NULL;

    self->filter = wl_kill_filter_new(&config, &error);
    if (!self->filter)
        wl_limitation_add("kill-switch",
                          "the kill switch is open for a moment if another program removes its "
                          "policy rules: %s",
                          error->message);
}

WlPolicyRoutes *
wl_policy_routes_new(const WlPolicyRoutesConfig *config, GError **error)
{
    g_autoptr(WlPolicyRoutes) self = g_new0(WlPolicyRoutes, 1);
    int result;

    self->uuid = g_strdup(config->uuid);
    self->mark = wl_policy_routes_fwmark(config->uuid);
    self->listen_port = config->listen_port;
    self->resolver_port = config->resolver_port;
    self->kill_switch = config->kill_switch;
    self->ifindex = config->ifindex;
    self->routes = g_array_copy((GArray *) config->routes);
    self->netlink = wl_netlink_new(NETLINK_ROUTE, error);
    if (!self->netlink || !cleanup(self->netlink, is_other, &self->mark, NULL, error))
        return NULL;
    result = choose_slot(self);
    if (result < 0) {
        wl_link_set_errno(error, result,
                          "cannot find free priorities for the rules of the full tunnel");
        return NULL;
    }
    /* Before the rules, so that no removal is missed. */
    watch(self);
    if (!add_all_rules(self, error) || !wl_policy_routes_restore(self, config->ifindex, error))
        return NULL;
    if (self->kill_switch)
        open_filter(self);
    return g_steal_pointer(&self);
}

/* ---- changes ----------------------------------------------------------------------------------
 */

static gboolean
contains(const GArray *routes, const WlPrefix *route)
{
    for (guint i = 0; i < routes->len; i++) {
        if (wl_prefix_equal(&g_array_index(routes, WlPrefix, i), route))
            return TRUE;
    }
    return FALSE;
}

/* What only the state before needed: @before of WlPrefix, and a kill switch that is off now. */
static int
remove_unneeded(WlPolicyRoutes *self, const GArray *before)
{
    guint removed = 0;
    int result = 0;

    for (guint i = 0; result == 0 && i < before->len; i++) {
        const WlPrefix *route = &g_array_index(before, WlPrefix, i);

        if (!contains(self->routes, route))
            result = wl_rtnl_delete_route(self->netlink, WL_ROUTE_PROTOCOL, self->mark, route,
                                          self->ifindex, ROUTE_METRIC);
    }
    if (!self->kill_switch) {
        g_clear_pointer(&self->filter, wl_kill_filter_free);
        if (result == 0)
            result = wl_kill_switch_remove(self->netlink, self->mark);
    }
    for (guint i = 0; result == 0 && i < G_N_ELEMENTS(families); i++) {
        if (!has_family(self, families[i]))
            result = cleanup_family(self->netlink, families[i], is_other, &self->mark, &removed);
    }
    return result;
}

gboolean
wl_policy_routes_change(WlPolicyRoutes *self, const GArray *routes, gboolean kill_switch,
                        GError **error)
{
    g_autoptr(GArray) before = self->routes;
    int result;

    self->routes = g_array_copy((GArray *) routes);
    self->kill_switch = kill_switch;
    /* What is new comes first, so that no packet passes beside the tunnel meanwhile. */
    if (!add_all_rules(self, error) || !wl_policy_routes_restore(self, self->ifindex, error))
        return FALSE;
    if (kill_switch && !self->filter)
        open_filter(self);
    result = remove_unneeded(self, before);
    if (result == 0)
        return TRUE;
    wl_link_set_errno(error, result, "cannot remove rules and routes of a full tunnel");
    return FALSE;
}

void
wl_policy_routes_free(WlPolicyRoutes *self)
{
    g_autoptr(GError) error = NULL;

    if (!self)
        return;
    g_clear_pointer(&self->watch, wl_netlink_watch_free);
    g_clear_pointer(&self->pacer, wl_pacer_free);
    g_clear_pointer(&self->filter, wl_kill_filter_free);
    if (self->netlink && !cleanup(self->netlink, is_other, &self->mark, NULL, &error))
        g_warning("%s", error->message);
    wl_netlink_free(self->netlink);
    g_array_unref(self->routes);
    g_free(self->uuid);
    g_free(self);
}
