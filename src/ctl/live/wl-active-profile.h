/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-property.h"

typedef struct {
    char *path;
    GVariant *properties; /* a{sv} of the Peer interface */
} WlActivePeer;

/** One active profile as its service publishes it on D-Bus. */
typedef struct {
    char *service;    /* unique name of its connection to the bus */
    GVariant *link;   /* a{sv}: properties of the Link interface */
    GPtrArray *peers; /* of WlActivePeer, sorted by name, then key; unnamed ones last */
    gint64 read_at;   /* µs of the monotonic clock */
} WlActiveProfile;

/**
 * From the reply of GetManagedObjects, a{oa{sa{sv}}}, of @service. NULL if no link is among the
 * objects.
 */
WlActiveProfile *wl_active_profile_new(const char *service, GVariant *objects, gint64 read_at);
void wl_active_profile_free(WlActiveProfile *self);

/** The name of the profile, safe to print; to be freed. */
char *wl_active_profile_label(const WlActiveProfile *self);
/** The name of the peer, or the start of its key; safe to print; to be freed. */
char *wl_active_peer_label(const WlActivePeer *peer);
/** Its address inside the tunnel, the first allowed IP that is one host; "" if none is known; to be
 * freed. */
char *wl_active_peer_address(const WlActivePeer *peer);
/** Why it is in its state, safe to print, with the age of its silence; "" if there is nothing to
 * add to the state; @now in Unix seconds; to be freed. */
char *wl_active_peer_reason(const WlActivePeer *peer, gint64 now);
/** TRUE if it does not answer (the reason "no-reply"). */
gboolean wl_active_peer_is_silent(const WlActivePeer *peer);
/** TRUE if traffic reaches it, directly or through a router. */
gboolean wl_active_peer_is_reached(const WlActivePeer *peer);
/** The path to it: "direct, 192.0.2.1:51820", "through hub", or its state if there is none; safe to
 * print; to be freed. */
char *wl_active_peer_path(const WlActiveProfile *profile, const WlActivePeer *peer);
typedef enum {
    WL_PEER_ORDER_NAME, /* then key; unnamed ones last */
    WL_PEER_ORDER_STATE,
    WL_PEER_ORDER_LATENCY, /* the least round trip first, unknown ones last */
    WL_PEER_ORDER_TRAFFIC, /* the most bytes first, received and sent */
} WlPeerOrder;

/** The order that @name means: "name", "state", "latency", "traffic". */
gboolean wl_peer_order_parse(const char *name, WlPeerOrder *order);
/** Sorts the peers; those that are equal by name. */
void wl_active_profile_sort(WlActiveProfile *self, WlPeerOrder order);
/** The peer that all traffic goes through, or NULL. */
const WlActivePeer *wl_active_profile_get_exit(const WlActiveProfile *self);
/** The peer at an object path, or NULL. */
const WlActivePeer *wl_active_profile_find_peer(const WlActiveProfile *self, const char *path);
