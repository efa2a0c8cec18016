/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-policy-routes.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "wl-link-error.h"
#include "wl-rtnl-message.h"
#include "wl-rtnl-route.h"
#include "wl-rtnl-rule.h"

/* 'W' and 24 bits of the profile's: far from the small numbers of NetworkManager and wg-quick. */
#define MARK_BASE 0x57000000U
#define MARK_BITS 0x00ffffffU

/*
 * A profile takes one slot, the same in both families: a priority of the first block for what goes
 * around the tunnel, so that no profile's packets are taken into another's, and two of the second.
 * All are before 31766, which is where NetworkManager's own WireGuard begins.
 */
#define SLOTS           250
#define AROUND_PRIORITY 31000U
#define TUNNEL_PRIORITY 31250U
#define LAST_PRIORITY   (TUNNEL_PRIORITY + 2 * SLOTS - 1)

/* NetworkManager's for what a VPN brings. */
#define ROUTE_METRIC       50
#define KILL_SWITCH_METRIC 20000

struct _WlPolicyRoutes {
    WlNetlink *netlink;
    guint32 mark;
    guint32 slot;
    guint16 listen_port, resolver_port;
    GArray *routes;
    gboolean kill_switch;
};

static const int families[] = {AF_INET, AF_INET6};

static guint32
around_priority(guint32 slot)
{
    return AROUND_PRIORITY + slot;
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

/* FALSE: the priority is of no slot. */
static gboolean
find_slot(guint32 priority, guint32 *slot)
{
    if (priority >= AROUND_PRIORITY && priority < AROUND_PRIORITY + SLOTS)
        *slot = priority - AROUND_PRIORITY;
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
    return MARK_BASE |
           (((guint32) digest[0] << 16 | (guint32) digest[1] << 8 | digest[2]) & MARK_BITS);
}

static gboolean
is_our_table(guint32 table)
{
    return (table & ~MARK_BITS) == MARK_BASE;
}

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

/* ---- setting ------------------------------------------------------------------------------- */

/* The rule with the table comes first and goes last: it says whose the slot is, and as long as the
 * table is empty it leads nowhere. */
static int
add_rules(const WlPolicyRoutes *self, int family)
{
    guint32 around = around_priority(self->slot);
    enum { FOR_ANY = 3 }; /* so many of them */
    const WlRtnlRule rules[] = {
        {.priority = table_priority(self->slot),
         .table = self->mark,
         .mark = self->mark,
         .invert = TRUE},
        {.priority = around, .table = RT_TABLE_MAIN, .mark = self->mark},
        {.priority = main_priority(self->slot), .table = RT_TABLE_MAIN, .not_default = TRUE},
        /*
         * From here on for the reverse path check, which only IPv4 has. The kernel looks for ports
         * in packets that come in only if a rule asks for them that is not about lo (6.1 to 6.18,
         * fib_rule_requires_fldissect): hence the one that does nothing.
         */
        {.priority = around,
         .table = RT_TABLE_MAIN,
         .local = TRUE,
         .udp_source_port = self->listen_port},
        {.priority = around, .no_action = TRUE, .udp_source_port = self->listen_port},
        {.priority = around,
         .table = RT_TABLE_MAIN,
         .local = TRUE,
         .udp_source_port = self->resolver_port},
        {.priority = around, .no_action = TRUE, .udp_source_port = self->resolver_port},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        int result;

        if (i >= FOR_ANY && (family != AF_INET || !rules[i].udp_source_port))
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
    /* First, so that there is no moment without a way and without a stop. */
    for (guint i = 0; self->kill_switch && i < G_N_ELEMENTS(families); i++) {
        WlPrefix all = {.ip.family = families[i] == AF_INET ? WL_FAMILY_V4 : WL_FAMILY_V6};
        int result = wl_rtnl_add_route(self->netlink, WL_ROUTE_PROTOCOL, self->mark, &all, 0,
                                       KILL_SWITCH_METRIC);

        if (result < 0) {
            wl_link_set_errno(error, result, "cannot add the kill switch's route");
            return FALSE;
        }
    }
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

/* ---- finding and removing ------------------------------------------------------------------ */

typedef struct {
    gboolean taken;
    gboolean kept;
} Slot;

/* Whose the slots are: the rules with a table of ours say it. */
static void
read_owners(const GPtrArray *messages, Slot *slots, WlPolicyRoutesKeep keep, gpointer user_data)
{
    for (guint i = 0; i < messages->len; i++) {
        WlRtnlRule rule;
        guint32 slot;

        if (!wl_rtnl_parse_rule(messages->pdata[i], &rule) || !find_slot(rule.priority, &slot))
            continue;
        slots[slot].taken = TRUE;
        if (is_our_table(rule.table) && keep(rule.table, user_data))
            slots[slot].kept = TRUE;
    }
}

static gboolean
is_ours(const WlRtnlRule *rule, guint32 *slot)
{
    return rule->protocol == WL_ROUTE_PROTOCOL && find_slot(rule->priority, slot);
}

/* The one with the table last: until then the rest is known by it. */
static int
remove_rules(WlNetlink *netlink, const GPtrArray *messages, const Slot *slots, guint *removed)
{
    for (int tables = 0; tables <= 1; tables++) {
        for (guint i = 0; i < messages->len; i++) {
            WlRtnlRule rule;
            guint32 slot;
            int result;

            if (!wl_rtnl_parse_rule(messages->pdata[i], &rule) || !is_ours(&rule, &slot) ||
                slots[slot].kept || is_our_table(rule.table) != (tables == 1))
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

        if (!is_our_table(table) || keep(table, user_data))
            continue;
        result = wl_rtnl_delete_same(netlink, messages->pdata[i]);
        ++*removed;
    }
    return result;
}

static int
sweep_family(WlNetlink *netlink, int family, WlPolicyRoutesKeep keep, gpointer user_data,
             guint *removed)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    g_autofree Slot *slots = g_new0(Slot, SLOTS);
    int result = wl_rtnl_list_rules(netlink, family, messages);

    if (result == -EAFNOSUPPORT)
        return 0; /* a kernel without IPv6 */
    if (result < 0)
        return result;
    read_owners(messages, slots, keep, user_data);
    /* Rules first: without them the routes are in nobody's way. */
    result = remove_rules(netlink, messages, slots, removed);
    return result < 0 ? result : remove_routes(netlink, family, keep, user_data, removed);
}

static gboolean
sweep(WlNetlink *netlink, WlPolicyRoutesKeep keep, gpointer user_data, guint *removed,
      GError **error)
{
    guint count = 0;

    removed = removed ? removed : &count;
    *removed = 0;
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        int result = sweep_family(netlink, families[i], keep, user_data, removed);

        if (result == 0)
            continue;
        wl_link_set_errno(error, result, "cannot remove the rules and routes of a full tunnel");
        return FALSE;
    }
    return TRUE;
}

gboolean
wl_policy_routes_cleanup(WlPolicyRoutesKeep keep, gpointer user_data, guint *removed,
                         GError **error)
{
    g_autoptr(WlNetlink) netlink = wl_netlink_new(NETLINK_ROUTE, error);

    return netlink && sweep(netlink, keep, user_data, removed, error);
}

/* ---- life ---------------------------------------------------------------------------------- */

static gboolean
is_not(guint32 mark, gpointer user_data)
{
    return mark != *(const guint32 *) user_data;
}

static gboolean
is_any(guint32 mark, gpointer user_data)
{
    return TRUE;
}

/* One that is free in both families, beginning with the one that the profile's number gives. */
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

WlPolicyRoutes *
wl_policy_routes_new(const WlPolicyRoutesConfig *config, GError **error)
{
    g_autoptr(WlPolicyRoutes) self = g_new0(WlPolicyRoutes, 1);
    int result;

    self->mark = wl_policy_routes_fwmark(config->uuid);
    self->listen_port = config->listen_port;
    self->resolver_port = config->resolver_port;
    self->kill_switch = config->kill_switch;
    self->routes = g_array_copy((GArray *) config->routes);
    self->netlink = wl_netlink_new(NETLINK_ROUTE, error);
    if (!self->netlink || !sweep(self->netlink, is_not, &self->mark, NULL, error))
        return NULL;
    result = choose_slot(self);
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot find a place for the rules of the full tunnel");
        return NULL;
    }
    if (!add_all_rules(self, error) || !wl_policy_routes_restore(self, config->ifindex, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
wl_policy_routes_free(WlPolicyRoutes *self)
{
    g_autoptr(GError) error = NULL;

    if (!self)
        return;
    if (self->netlink && !sweep(self->netlink, is_not, &self->mark, NULL, &error))
        g_warning("%s", error->message);
    wl_netlink_free(self->netlink);
    g_array_unref(self->routes);
    g_free(self);
}
