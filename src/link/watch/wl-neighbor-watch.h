/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Finds out whether somebody has an address on the network behind an interface: the kernel asks it
 * (ARP, neighbour discovery), as for a packet. Costs nothing while nothing is asked: neighbours of
 * others are listened to only until the last answer is there.
 */
typedef struct _WlNeighbourWatch WlNeighbourWatch;

/** More questions are not open at a time: the oldest is then answered with no. */
#define WL_NEIGHBOUR_WATCH_MAX 256

/** May come from within wl_neighbour_watch_ask(). @reachable also where there is nothing to ask
 * (links without neighbours) or the kernel does not let us. */
typedef void (*WlNeighbourFunc)(const WlIp *address, guint32 ifindex, gboolean reachable,
                                gpointer user_data);

/** Opens nothing before the first question. */
WlNeighbourWatch *wl_neighbour_watch_new(WlNeighbourFunc func, gpointer user_data);
/** Not from within the function. */
void wl_neighbour_watch_free(WlNeighbourWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNeighbourWatch, wl_neighbour_watch_free)

/** One answer for each address and interface, after 5 s at the latest. */
void wl_neighbour_watch_ask(WlNeighbourWatch *self, const WlIp *address, guint32 ifindex);
/** Something is asked and not answered yet: the kernel's news of neighbours is listened to. */
gboolean wl_neighbour_watch_is_listening(const WlNeighbourWatch *self);
