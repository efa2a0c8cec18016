/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-netlink.h"
#include "wl-network-address.h"

/**
 * A copy of the kernel's interfaces, addresses and default routes, kept current with rtnetlink
 * messages, and the view of it that WlNetworkMonitor publishes.
 */
typedef struct _WlNetworkTable WlNetworkTable;

/** @own: the index of our own link, which the view leaves out; 0: none. Empty until read. */
WlNetworkTable *wl_network_table_new(int own);
void wl_network_table_free(WlNetworkTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNetworkTable, wl_network_table_free)

/** Reads everything. Errors are of G_IO_ERROR. */
gboolean wl_network_table_read(WlNetworkTable *self, WlNetlink *netlink, GError **error);
/** Reads the default routes. */
gboolean wl_network_table_read_routes(WlNetworkTable *self, WlNetlink *netlink, GError **error);
/** The default routes may have changed since they were read. */
gboolean wl_network_table_needs_routes(const WlNetworkTable *self);
void wl_network_table_invalidate_routes(WlNetworkTable *self);

/** Handles RTM_NEWLINK and RTM_DELLINK. */
void wl_network_table_handle_link(WlNetworkTable *self, const struct nlmsghdr *message);
/** Handles RTM_NEWADDR and RTM_DELADDR. TRUE: an address of our own link was removed, *removed. */
gboolean wl_network_table_handle_address(WlNetworkTable *self, const struct nlmsghdr *message,
                                         WlPrefix *removed);

/** Whether our own link exists; *up: whether it is set up. */
gboolean wl_network_table_get_own_link(const WlNetworkTable *self, gboolean *up);
/** The addresses of our own link; of WlPrefix; to be freed with g_array_unref(). */
GArray *wl_network_table_dup_own_addresses(const WlNetworkTable *self);

/** Recomputes the view; TRUE if it changed. */
gboolean wl_network_table_update_view(WlNetworkTable *self);
/* The view; see the functions of WlNetworkMonitor with these names. */
const GArray *wl_network_table_get_addresses(const WlNetworkTable *self);
const GArray *wl_network_table_get_own_addresses(const WlNetworkTable *self);
const char *wl_network_table_get_uplink(const WlNetworkTable *self);
GArray *wl_network_table_dup_gateways(const WlNetworkTable *self);
gboolean wl_network_table_get_gateway(const WlNetworkTable *self, WlFamily family, WlIp *gateway,
                                      int *ifindex);
