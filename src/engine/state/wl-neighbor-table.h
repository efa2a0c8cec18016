/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"
#include "wl-rate-limit.h"

/** The result for one address on one network of this machine. */
typedef struct {
    WlIp ip;
    guint32 ifindex;
    enum {
        WL_NEIGHBOR_PENDING,
        WL_NEIGHBOR_PRESENT,
        WL_NEIGHBOR_ABSENT,
    } state;
    WlKey payer;      /* the member at whose word it was last requested */
    gint64 requested; /* engine time of the last request */
    guint misses;     /* consecutive requests without a neighbor */
} WlNeighbor;

/** The candidate addresses on networks of the current uplink, and whether they have a neighbor.
 * Written by paths/wl-neighbors.c; emptied when the uplink changes. */
typedef struct {
    GArray *entries;        /* of WlNeighbor */
    GHashTable *candidates; /* WlIp* -> GPtrArray of WlPeer with that candidate */
    WlRateLimit rate;       /* of requests */
} WlNeighborTable;

void wl_neighbor_table_init(WlNeighborTable *self);
void wl_neighbor_table_clear(WlNeighborTable *self);
/** NULL: never requested. */
WlNeighbor *wl_neighbor_table_find(const WlNeighborTable *self, const WlIp *ip, guint32 ifindex);
/** The entry that makes room at @now for one at the word of @payer: of the member with the most, or
 * of @payer if it has as many, the oldest one that is not pending. NULL: there is none. */
WlNeighbor *wl_neighbor_table_find_victim(const WlNeighborTable *self, const WlKey *payer,
                                          gint64 now);
/** TRUE if the result is still awaited. */
gboolean wl_neighbor_is_pending(const WlNeighbor *self, gint64 now);
/** TRUE if the address is known to have a neighbor on an attached network. The neighbor may be
 * another machine. */
gboolean wl_neighbor_table_is_present(const WlNeighborTable *self, const WlPolicy *policy,
                                      const WlIp *ip);
/** TRUE if the address is on an attached network and known to have no neighbor. */
gboolean wl_neighbor_table_is_absent(const WlNeighborTable *self, const WlPolicy *policy,
                                     const WlIp *ip);
