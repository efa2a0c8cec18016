/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Resolving the names of configured endpoints. Writes WlPeer.dns_names. */

/** Requests the names of @peer that are due. */
void wl_endpoint_dns_run(WlEngine *self, WlPeer *peer);
/** Rebuilds the index from names to peers. */
void wl_endpoint_dns_index(WlEngine *self);
/** The names of @peer may resolve to other addresses now: they are due at once, and their delay
 * starts again. */
void wl_endpoint_dns_renew(WlEngine *self, WlPeer *peer);
/** The addresses of @name, a "host:port"; @n 0: it could not be resolved. */
void wl_endpoint_dns_result(WlEngine *self, const char *name, const WlEndpoint *endpoints, gsize n);
