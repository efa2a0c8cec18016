/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Resolves the names of configured endpoints. Writes WlPeer.endpoints.dns_names. */

/** Requests the resolution of the names of @peer that are due. */
void wl_endpoint_dns_run(WlEngine *self, WlPeer *peer);
/** Rebuilds the index from names to peers. */
void wl_endpoint_dns_index(WlEngine *self);
/** Makes the names of @peer due at once and resets their delay: they may resolve to other
 * addresses now. */
void wl_endpoint_dns_renew(WlEngine *self, WlPeer *peer);
/** Takes the addresses of @name, a "host:port"; @n 0: it could not be resolved. */
void wl_endpoint_dns_result(WlEngine *self, const char *name, const WlEndpoint *endpoints, gsize n);
