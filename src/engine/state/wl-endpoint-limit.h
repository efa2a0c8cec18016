/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-entry.h"

/** What the word of a source about the endpoints of another member counts. */
typedef enum {
    WL_ENDPOINT_WEIGHT_NONE, /* the source is not trusted with it */
    WL_ENDPOINT_WEIGHT_THIRD_PARTY,
    WL_ENDPOINT_WEIGHT_ROUTER, /* it sees where members are */
} WlEndpointWeight;

typedef WlEndpointWeight (*WlEndpointWeightFunc)(const WlFact *fact, const WlKey *source,
                                                 gpointer user_data);

/**
 * Limits the endpoints of one subject (docs/engine.md "Limits") and selects which one to displace.
 * The word of the subject and of a router displaces that of third parties, never the other way
 * round. Third parties share the rest: a source with fewer endpoints displaces one of the source
 * with the most. Records displaced endpoints: behind a symmetric NAT a member has one endpoint for
 * each of its peers, more than the limit, and all of them are renewed. If each renewal displaced
 * the oldest endpoint, every two minutes all of them would count as new, here and at every
 * subscriber.
 */
typedef struct {
    struct _WlDisplacedEndpoint *displaced; /* by a hash; NULL until the first one */
    struct _WlDisplacedEndpoint *lost;      /* likewise: third parties without any place */
    WlEndpointWeightFunc get_weight;        /* NULL: all are third parties */
    gpointer user_data;
} WlEndpointLimit;

typedef enum {
    WL_ENDPOINT_ROOM,     /* there is room */
    WL_ENDPOINT_DISPLACE, /* there is room once `entry` has lost source `index` */
    WL_ENDPOINT_REFUSE,   /* there is no room */
} WlEndpointRoom;

typedef struct {
    WlEndpointRoom room;
    WlFactEntry *entry;
    guint index;
    gint64 held_since; /* engine time: of the new source */
} WlEndpointPlace;

void wl_endpoint_limit_clear(WlEndpointLimit *self);
/** Whether @source may add the endpoint @fact to the facts @about (of WlFactEntry, NULL: none) its
 * subject. Records the displaced endpoint; the caller removes it. */
WlEndpointPlace wl_endpoint_limit_check(WlEndpointLimit *self, const GPtrArray *about,
                                        const WlFact *fact, const WlKey *source, gint64 now);
