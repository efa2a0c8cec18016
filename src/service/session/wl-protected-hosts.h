/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-dns-server.h"
#include "wl-engine.h"

/** Gateways and DNS servers of this machine, which must stay reachable outside the tunnel. Both are
 * collected here and passed to the engine together. */
typedef struct _WlProtectedHosts WlProtectedHosts;

WlProtectedHosts *wl_protected_hosts_new(void);
void wl_protected_hosts_free(WlProtectedHosts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProtectedHosts, wl_protected_hosts_free)
/** TRUE if the list changed. @gateways: of WlIp; @dns: of WlDnsServer. */
gboolean wl_protected_hosts_set_gateways(WlProtectedHosts *self, const GArray *gateways);
gboolean wl_protected_hosts_set_dns(WlProtectedHosts *self, const GArray *dns);
/** As last set; owned by @self. */
const GArray *wl_protected_hosts_get_dns(const WlProtectedHosts *self);
void wl_protected_hosts_update_engine(const WlProtectedHosts *self, WlEngine *engine, gint64 now);
