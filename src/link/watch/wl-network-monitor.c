/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the network of this machine over rtnetlink: feeds WlNetworkTable and WlLinkState, and
 * turns bursts of messages into events. Owns its sockets, its table and the state of the watched
 * link. Times are in ms. Errors are of G_IO_ERROR.
 *
 * A callback may free the monitor: each entry from the main loop holds a reference, and checks
 * `closed` after each callback.
 */
#include "wl-network-monitor.h"

#include <linux/rtnetlink.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"
#include "wl-link-error.h"
#include "wl-link-state.h"
#include "wl-netlink-watch.h"
#include "wl-network-table.h"
#include "wl-rtnl-route.h"

#define COALESCE   20   /* ms in which a burst of messages becomes one event */
#define READ_AGAIN 1000 /* ms after a failed reading */
#define POLL       5000 /* ms between readings if the kernel refuses its messages */

struct _WlNetworkMonitor {
    int link; /* the index of the watched link; 0: none */
    WlNetworkMonitorEvents events;
    gpointer user_data;
    grefcount references;
    gboolean closed;
    WlNetlink *route; /* for dumps */
    WlNetlinkWatch *watch;
    WlNetworkTable *table;
    WlLinkState *state; /* of the watched link; NULL: none */
    GSource *timer;     /* NULL: no burst in progress */
    gboolean lost;      /* messages were lost: read everything again */
    gboolean link_exists, link_up;
};

static void
unref(WlNetworkMonitor *self)
{
    if (!g_ref_count_dec(&self->references))
        return;
    wl_netlink_free(self->route);
    wl_link_state_free(self->state);
    wl_network_table_free(self->table);
    g_free(self);
}

/* Emits an event if the watched link was deleted or set down. */
static void
check_link(WlNetworkMonitor *self)
{
    gboolean existed = self->link_exists, was_up = self->link_up;

    self->link_exists = wl_network_table_get_own_link(self->table, &self->link_up);
    if (existed && !self->link_exists && self->events.link_deleted)
        self->events.link_deleted(self, self->user_data);
    else if (self->link_exists && was_up && !self->link_up && self->events.link_down)
        self->events.link_down(self, self->user_data);
}

static void
emit_address_removed(WlNetworkMonitor *self, const WlPrefix *address)
{
    if (!self->closed && self->events.link_address_removed)
        self->events.link_address_removed(self, address, self->user_data);
}

/* Reads what the watched link has now. */
static gboolean
read_link_state(WlNetworkMonitor *self, GError **error)
{
    int result;

    wl_link_state_free(self->state);
    self->state = wl_link_state_new(self->link);
    result = wl_link_state_read(self->state, self->route);
    if (result == 0)
        return TRUE;
    wl_io_set_errno(error, result, "cannot list the routes of the link");
    return FALSE;
}

static gboolean
contains_prefix(const GArray *prefixes, const WlPrefix *prefix)
{
    for (guint i = 0; i < prefixes->len; i++) {
        if (wl_prefix_equal(&g_array_index(prefixes, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

/* After a loss of messages: reads everything and emits what happened to the watched link. */
static void
catch_up(WlNetworkMonitor *self)
{
    g_autoptr(GArray) before = wl_network_table_dup_own_addresses(self->table);
    g_autoptr(GArray) now = NULL;
    g_autoptr(GError) error = NULL;

    self->lost = !wl_network_table_read(self->table, self->route, &error);
    /* A link that is down keeps the state to be restored. */
    if (!self->lost && self->link_up)
        self->lost = !read_link_state(self, &error);
    if (self->lost) {
        g_warning("%s", error->message);
        return;
    }
    now = wl_network_table_dup_own_addresses(self->table);
    for (guint i = 0; i < before->len; i++) {
        const WlPrefix *address = &g_array_index(before, WlPrefix, i);

        if (!contains_prefix(now, address))
            emit_address_removed(self, address);
    }
    if (!self->closed && self->link != 0)
        check_link(self);
}

static gboolean on_burst_end(gpointer user_data);

/* In place of the kernel's messages. */
static void
poll_later(WlNetworkMonitor *self)
{
    self->lost = TRUE;
    if (!self->timer)
        self->timer = wl_timeout_source_new(POLL, on_burst_end, self);
}

static gboolean
on_burst_end(gpointer user_data)
{
    WlNetworkMonitor *self = user_data;
    g_autoptr(GError) error = NULL;

    g_ref_count_inc(&self->references);
    wl_source_clear(&self->timer);
    if (self->lost)
        catch_up(self);
    else if (wl_network_table_needs_routes(self->table) &&
             !wl_network_table_read_routes(self->table, self->route, &error))
        g_warning("%s", error->message);
    if (!self->closed && self->state && wl_link_state_settle(self->state) &&
        self->events.link_reset)
        self->events.link_reset(self, self->user_data);
    if (!self->closed && wl_network_table_update_view(self->table) && self->events.changed)
        self->events.changed(self, self->user_data);
    if (!self->closed && !self->watch)
        poll_later(self);
    /* No message follows for what could not be read. */
    if (!self->closed && !self->timer && (self->lost || wl_network_table_needs_routes(self->table)))
        self->timer = wl_timeout_source_new(READ_AGAIN, on_burst_end, self);
    unref(self);
    return G_SOURCE_REMOVE;
}

/* FALSE: the message is of no interest. */
static gboolean
handle_message(WlNetworkMonitor *self, const struct nlmsghdr *message)
{
    gboolean restorable = self->state && wl_link_state_handle(self->state, message);
    WlPrefix removed;

    switch (message->nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
        wl_network_table_handle_link(self->table, message);
        if (self->link != 0)
            check_link(self);
        return TRUE;
    case RTM_NEWADDR:
    case RTM_DELADDR:
        if (wl_network_table_handle_address(self->table, message, &removed))
            emit_address_removed(self, &removed);
        return TRUE;
    default:
        /* The message about a replaced route does not name the old one: read all of them. */
        if (!wl_rtnl_is_default_route(message))
            return restorable;
        wl_network_table_invalidate_routes(self->table);
        return TRUE;
    }
}

static void
on_message(const struct nlmsghdr *message, gpointer user_data)
{
    WlNetworkMonitor *self = user_data;
    gboolean relevant = TRUE;

    g_ref_count_inc(&self->references);
    if (message)
        relevant = handle_message(self, message);
    else
        self->lost = TRUE;
    /* Further messages do not extend the burst, so that a long storm cannot delay the event. */
    if (relevant && !self->closed && !self->timer)
        self->timer = wl_timeout_source_new(COALESCE, on_burst_end, self);
    unref(self);
}

WlNetworkMonitor *
wl_network_monitor_new(int link, const WlNetworkMonitorEvents *events, gpointer user_data,
                       GError **error)
{
    static const guint groups[] = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                   RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  0};
    g_autoptr(WlNetworkMonitor) self = g_new0(WlNetworkMonitor, 1);
    g_autoptr(GError) refused = NULL;

    g_ref_count_init(&self->references);
    self->link = link;
    self->events = *events;
    self->user_data = user_data;
    self->table = wl_network_table_new(link);
    self->route = wl_netlink_new(NETLINK_ROUTE, error);
    if (!self->route)
        return NULL;
    /* Joined before the first reading, so that no change is missed in between. */
    self->watch = wl_netlink_watch_new(groups, on_message, self, &refused);
    if (!self->watch)
        wl_limitation_add("network-changes",
                          "changes of the network are noticed up to %d s late: %s", POLL / 1000,
                          refused->message);
    if (!wl_network_table_read(self->table, self->route, error))
        return NULL;
    if (link > 0) {
        if (!read_link_state(self, error))
            return NULL;
        self->link_exists = wl_network_table_get_own_link(self->table, &self->link_up);
    }
    wl_network_table_update_view(self->table);
    if (!self->watch)
        poll_later(self);
    return g_steal_pointer(&self);
}

void
wl_network_monitor_free(WlNetworkMonitor *self)
{
    if (!self)
        return;
    self->closed = TRUE;
    g_clear_pointer(&self->watch, wl_netlink_watch_free);
    wl_source_clear(&self->timer);
    unref(self);
}

gboolean
wl_network_monitor_restore_link(WlNetworkMonitor *self, GError **error)
{
    int result = self->state ? wl_link_state_restore(self->state, self->route) : 0;

    if (result == 0)
        return TRUE;
    wl_io_set_errno(error, result, "some addresses or routes of the link could not be restored");
    return FALSE;
}

const GArray *
wl_network_monitor_get_addresses(WlNetworkMonitor *self)
{
    return wl_network_table_get_addresses(self->table);
}

const GArray *
wl_network_monitor_get_own_addresses(WlNetworkMonitor *self)
{
    return wl_network_table_get_own_addresses(self->table);
}

const char *
wl_network_monitor_get_uplink(WlNetworkMonitor *self)
{
    return wl_network_table_get_uplink(self->table);
}

GArray *
wl_network_monitor_dup_gateways(WlNetworkMonitor *self)
{
    return wl_network_table_dup_gateways(self->table);
}

gboolean
wl_network_monitor_get_gateway(WlNetworkMonitor *self, WlFamily family, WlIp *gateway, int *ifindex)
{
    return wl_network_table_get_gateway(self->table, family, gateway, ifindex);
}
