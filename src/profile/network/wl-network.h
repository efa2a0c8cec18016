/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-profile-file.h"

/** The note in the file of a hub that holds its endpoint. */
#define WL_NETWORK_NOTE_ENDPOINT WL_PROFILE_NOTE "Endpoint"

#define WL_NETWORK_DEFAULT_PORT 51820
#define WL_NETWORK_HUB_HOST     1 /* its host number */

/** A hub as new members need it. Nothing is owned. */
typedef struct {
    const WlProfile *profile;
    const char *public_key;
    const char *endpoint;   /* where members reach it */
    const GArray *networks; /* of WlPrefix */
} WlNetworkHub;

/**
 * Reads "10.77.0.0/24,fd77::/64" into networks (of WlPrefix, host bits cleared). FALSE with *error
 * for an invalid network, one without room, or one that overlaps another.
 */
gboolean wl_network_parse(const char *text, GArray *networks, GError **error);
/** The networks of the addresses of @profile; FALSE with *error if there are none. */
gboolean wl_network_of(const WlProfile *profile, GArray *networks, GError **error);
/**
 * The lowest host number that is free in all networks: neither an address of @profile nor an
 * allowed IP of its peers. Prefixes that cover a network belong to a router and do not count. FALSE
 * with *error if none is free.
 */
gboolean wl_network_next(const GArray *networks, const WlProfile *profile, guint64 *host,
                         GError **error);
/** "10.77.0.5/24", or with @alone "10.77.0.5/32"; to be freed. */
char *wl_network_host(const WlPrefix *network, guint64 host, gboolean alone);

/** "host" or "host:port" as "host:port", checked; NULL with *error. */
char *wl_network_endpoint(const char *text, GError **error);
/** FALSE with *error if @name cannot name both a member and its file. */
gboolean wl_network_check_name(const char *name, GError **error);
/** FALSE with *error if a member called @name is in @profile, in upper or lower case. */
gboolean wl_network_check_new_name(const WlProfile *profile, const char *name, GError **error);

/**
 * The hub as a peer of other members: it routes @networks, and its own @addresses ("10.77.0.1/24")
 * are stated as well, for a reader to see. @endpoint may be NULL.
 */
WlProfilePeer *wl_network_hub_peer(const char *public_key, const char *name, const char *endpoint,
                                   const GPtrArray *addresses, const GArray *networks);
/** A member as a peer of the hub and of other members. */
WlProfilePeer *wl_network_member_peer(const char *public_key, const char *name,
                                      const GArray *networks, guint64 host, gboolean basic);
/** The file of a member, with its key and addresses; to be freed with wl_profile_file_free(). */
WlProfileFile *wl_network_member(const char *private_key, const char *name, const GArray *networks,
                                 guint64 host);
/** The file of a hub without peers, which notes @endpoint; to be freed likewise. */
WlProfileFile *wl_network_hub(const char *private_key, const char *name, const GArray *networks,
                              const char *endpoint);
/** The endpoint that wl_network_hub() noted; NULL if there is none. */
const char *wl_network_noted_endpoint(const WlProfile *hub);
/** The file of a new member, with @hub as its only peer and with the settings that all members
 * share; to be freed likewise. */
WlProfileFile *wl_network_new_member(const WlNetworkHub *hub, const char *private_key,
                                     const char *name, guint64 host);
