/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Finds out whether an address exists on the network of an interface: the kernel resolves it (ARP,
 * neighbor discovery) as it does for a packet. The neighbor messages of the kernel are received
 * only while a request is pending.
 */
typedef struct _WlNeighborWatch WlNeighborWatch;

/** The maximum number of pending requests; one more makes the oldest unreachable. */
#define WL_NEIGHBOR_WATCH_MAX 256

/** Reports the result of a request, also from within wl_neighbor_watch_resolve(). @reachable is
 * TRUE also if it cannot be found out: on interfaces without neighbors, and on kernel errors. */
typedef void (*WlNeighborFunc)(const WlIp *address, guint32 ifindex, gboolean reachable,
                               gpointer user_data);

/** Opens no socket before the first request. */
WlNeighborWatch *wl_neighbor_watch_new(WlNeighborFunc func, gpointer user_data);
/** Not allowed from within @func. */
void wl_neighbor_watch_free(WlNeighborWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNeighborWatch, wl_neighbor_watch_free)

/** Requests one result for an address and an interface, within 5 s. A request that is pending
 * already starts over. */
void wl_neighbor_watch_resolve(WlNeighborWatch *self, const WlIp *address, guint32 ifindex);
/** A request is pending, so that neighbor messages are received. */
gboolean wl_neighbor_watch_is_listening(const WlNeighborWatch *self);
