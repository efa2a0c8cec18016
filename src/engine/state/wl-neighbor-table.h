/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"
#include "wl-rate-limit.h"

/** What is known of one address on a network of this machine. */
typedef struct {
    WlIp ip;
    guint32 ifindex;
    enum {
        WL_NEIGHBOUR_ASKED,
        WL_NEIGHBOUR_THERE,
        WL_NEIGHBOUR_NOBODY,
    } state;
    gint64 asked; /* engine time of the last request */
    guint misses; /* so many times in a row it had no answer */
} WlNeighbour;

/** Which addresses on the networks of the present uplink somebody has. Written by
 * paths/wl-neighbors.c, which asks; it lasts as long as the uplink. */
typedef struct {
    GArray *entries;  /* of WlNeighbour */
    GHashTable *near; /* WlIp* -> GPtrArray of WlPeer: whose candidate it is */
    WlRateLimit rate; /* of requests */
} WlNeighborTable;

void wl_neighbor_table_init(WlNeighborTable *self);
void wl_neighbor_table_clear(WlNeighborTable *self);
/** NULL: nothing is known. */
WlNeighbour *wl_neighbor_table_find(const WlNeighborTable *self, const WlIp *ip, guint32 ifindex);
/** Somebody, the peer or a stranger, is known to have that address on a network of ours. */
gboolean wl_neighbor_table_is_present(const WlNeighborTable *self, const WlPolicy *policy,
                                      const WlIp *ip);
/** The address would be on a network of ours, and nobody has it there. */
gboolean wl_neighbor_table_is_absent(const WlNeighborTable *self, const WlPolicy *policy,
                                     const WlIp *ip);
