/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-wgquick.h"

/* A network as the file of its hub describes it: who is in it, and what is free. */

/** Where the hub notes in its file how others reach it. */
#define WL_CTL_NOTE_ENDPOINT WL_PROFILE_NOTE "Endpoint"

#define WL_CTL_DEFAULT_PORT 51820

/**
 * Reads "10.77.0.0/24,fd77::/64" into networks (of WlPrefix, host bits cleared). FALSE with *error
 * if one is no network, has no room, or overlaps another.
 */
gboolean wl_ctl_network_parse(const char *text, GArray *networks, GError **error);
/** The networks of the own addresses; FALSE with *error if there are none. */
gboolean wl_ctl_network_of(const WlProfile *profile, GArray *networks, GError **error);
/**
 * The lowest host number that no own address and no peer's allowed IP has in any of the networks.
 * Prefixes that are a whole network or more are a router's, and do not count. FALSE with *error if
 * there is none left.
 */
gboolean wl_ctl_network_next(const GArray *networks, const WlProfile *profile, guint64 *host,
                             GError **error);
/** "10.77.0.5/24", or with @alone "10.77.0.5/32"; to be freed. */
char *wl_ctl_network_host(const WlPrefix *network, guint64 host, gboolean alone);

/** "host" or "host:port" as "host:port", checked; NULL with *error. */
char *wl_ctl_network_endpoint(const char *text, GError **error);
/** FALSE with *error if @name can be neither a member's name nor the beginning of a file's. */
gboolean wl_ctl_network_check_name(const char *name, GError **error);

/** The hub as others see it. @endpoint may be NULL. */
WlProfilePeer *wl_ctl_network_hub_peer(const char *public_key, const char *name,
                                       const char *endpoint, const GArray *networks);
/** A member as the hub and others see it. */
WlProfilePeer *wl_ctl_network_member_peer(const char *public_key, const char *name,
                                          const GArray *networks, guint64 host, gboolean basic);
/** A member's own file: its key and addresses; to be freed with wl_profile_file_free(). */
WlProfileFile *wl_ctl_network_member(const char *private_key, const char *name,
                                     const GArray *networks, guint64 host);
