/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Finds out whether somebody has an address on the network behind an interface: the kernel asks it
 * (ARP, neighbour discovery), as for a packet. Costs nothing while nothing is asked: neighbours of
 * others are listened to only until the last answer is there.
 */
typedef struct _WlNeighborWatch WlNeighborWatch;

/** More questions are not open at a time: the oldest is then answered with no. */
#define WL_NEIGHBOR_WATCH_MAX 256

/** May come from within wl_neighbor_watch_resolve(). @reachable also where there is nothing to ask
 * (links without neighbours) or the kernel does not let us. */
typedef void (*WlNeighborFunc)(const WlIp *address, guint32 ifindex, gboolean reachable,
                               gpointer user_data);

/** Opens nothing before the first question. */
WlNeighborWatch *wl_neighbor_watch_new(WlNeighborFunc func, gpointer user_data);
/** Not from within the function. */
void wl_neighbor_watch_free(WlNeighborWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNeighborWatch, wl_neighbor_watch_free)

/** One answer for each address and interface, after 5 s at the latest. */
void wl_neighbor_watch_resolve(WlNeighborWatch *self, const WlIp *address, guint32 ifindex);
/** Something is asked and not answered yet: the kernel's news of neighbours is listened to. */
gboolean wl_neighbor_watch_is_listening(const WlNeighborWatch *self);
