/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-network-address.h"

/**
 * Follows interfaces, addresses and default routes of this machine over rtnetlink, without polling.
 */
typedef struct _WlNetworkMonitor WlNetworkMonitor;

typedef struct {
    /** Addresses, interfaces or default routes changed; once for each burst of changes. */
    void (*changed)(WlNetworkMonitor *self, gpointer user_data);
    /** An address was removed from the watched link; an IPv6 link-local one has to be added again.
     */
    void (*link_address_removed)(WlNetworkMonitor *self, const WlPrefix *address,
                                 gpointer user_data);
    /** The watched link was deleted or moved to another network namespace. */
    void (*link_deleted)(WlNetworkMonitor *self, gpointer user_data);
    void (*link_down)(WlNetworkMonitor *self, gpointer user_data);
    /** The watched link is up, but the kernel removed addresses or routes meanwhile: see
     * wl_network_monitor_restore_link(). */
    void (*link_reset)(WlNetworkMonitor *self, gpointer user_data);
} WlNetworkMonitorEvents;

/** @link: the index of our own link, which is watched and left out of the addresses; 0: none.
 * @events is copied; any member may be NULL. Events come from the thread-default main context and
 * may free the monitor. Errors are of G_IO_ERROR. */
WlNetworkMonitor *wl_network_monitor_new(int link, const WlNetworkMonitorEvents *events,
                                         gpointer user_data, GError **error);
void wl_network_monitor_free(WlNetworkMonitor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetworkMonitor, wl_network_monitor_free)

/** Restores what the watched link had before `link_reset`, whichever program added it. */
gboolean wl_network_monitor_restore_link(WlNetworkMonitor *self, GError **error);
/** All addresses of interfaces that are up, except the watched link's; of WlNetworkAddress; owned
 * by
 * @self and valid until the next event. */
const GArray *wl_network_monitor_get_addresses(WlNetworkMonitor *self);
/** The addresses of the watched link; of WlPrefix; owned by @self and valid until the next event.
 */
const GArray *wl_network_monitor_get_own_addresses(WlNetworkMonitor *self);
/** The name of the uplink: the interface of the default route (main table) with the lowest metric,
 * IPv4 before IPv6. A route counts once its interface has an address of the family to send with.
 * "" without one. Valid until the next event. */
const char *wl_network_monitor_get_uplink(WlNetworkMonitor *self);
/** The gateways of the default routes; of WlIp; to be freed with g_array_unref(). */
GArray *wl_network_monitor_dup_gateways(WlNetworkMonitor *self);
/** The gateway of the default route of @family that packets of this machine take, and its
 * interface. FALSE, with both unchanged, if there is none. */
gboolean wl_network_monitor_get_gateway(WlNetworkMonitor *self, WlFamily family, WlIp *gateway,
                                        int *ifindex);
