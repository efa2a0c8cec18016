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
/** The peer at an object path, or NULL. */
const WlActivePeer *wl_active_profile_find_peer(const WlActiveProfile *self, const char *path);
