/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_endpoint_dns_run(WlEngine *self, WlPeer *peer);
/** Lists anew who is to be found by which name. */
void wl_endpoint_dns_index(WlEngine *self);
/** Its names may lead elsewhere now: they are asked at once, however long they have been asked in
 * vain. */
void wl_endpoint_dns_renew(WlEngine *self, WlPeer *peer);
/** The addresses of @name, a "host:port"; none: it could not be resolved. */
void wl_endpoint_dns_result(WlEngine *self, const char *name, const WlEndpoint *endpoints, gsize n);
