/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/** Follows links, addresses and default routes of this machine over rtnetlink: events, no polling.
 */
typedef struct _WlNetworkMonitor WlNetworkMonitor;

typedef struct {
    WlPrefix address; /* host bits kept */
    char ifname[16];
    int ifindex;
    gboolean usable; /* not tentative, deprecated, temporary or failed; its link is up */
    gboolean uplink; /* of a link that may carry the internet: not loopback, WireGuard, tun/tap,
                        bridge (docker*, virbr*, br-*), veth* named by container engines… */
} WlNetworkAddress;

typedef struct {
    /** Addresses, links or default routes changed; coalesced: one call per burst. */
    void (*changed)(WlNetworkMonitor *self, gpointer user_data);
    /** The watched link: an address went away from it (an IPv6 link-local one needs to be put
     * back). */
    void (*link_address_lost)(WlNetworkMonitor *self, const WlPrefix *address, gpointer user_data);
    /** Somebody deleted it, or moved it into another network namespace. */
    void (*link_gone)(WlNetworkMonitor *self, gpointer user_data);
    void (*link_down)(WlNetworkMonitor *self, gpointer user_data);
    /** It is up, but the kernel has taken addresses or routes away from it meanwhile: see
     * wl_network_monitor_restore_link(). */
    void (*link_reset)(WlNetworkMonitor *self, gpointer user_data);
} WlNetworkMonitorEvents;

/** @link: interface index of our own link, to be watched and left out of the addresses; 0: none.
 * @events is copied; any of it may be NULL. They come from the main loop and may free the monitor.
 */
WlNetworkMonitor *wl_network_monitor_new(int link, const WlNetworkMonitorEvents *events,
                                         gpointer user_data, GError **error);
void wl_network_monitor_free(WlNetworkMonitor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetworkMonitor, wl_network_monitor_free)

/** Gives the watched link back what it had before `link_reset`, whoever gave it. */
gboolean wl_network_monitor_restore_link(WlNetworkMonitor *self, GError **error);
/** All addresses of up links but the watched one; owned by @self until the next event; of
 * WlNetworkAddress. */
const GArray *wl_network_monitor_get_addresses(WlNetworkMonitor *self);
/** Name of the uplink that the default route (main table) with the lowest metric leads out of, IPv4
 * before IPv6; "" without one; lasts until the next event. */
const char *wl_network_monitor_get_uplink(WlNetworkMonitor *self);
/** The gateways of those default routes; of WlIp; to be freed with g_array_unref(). */
GArray *wl_network_monitor_dup_gateways(WlNetworkMonitor *self);
