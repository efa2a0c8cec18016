/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-name-server.h"

/** Gateways and DNS servers of this machine, from where each becomes known, told to the engine
 * together. */
typedef struct _WlLocalServers WlLocalServers;

WlLocalServers *wl_local_servers_new(void);
void wl_local_servers_free(WlLocalServers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLocalServers, wl_local_servers_free)
/** TRUE if they are others than before. @gateways: of WlIp; @dns: of WlNameServer. */
gboolean wl_local_servers_set_gateways(WlLocalServers *self, const GArray *gateways);
gboolean wl_local_servers_set_dns(WlLocalServers *self, const GArray *dns);
/** As last set. */
const GArray *wl_local_servers_get_dns(const WlLocalServers *self);
void wl_local_servers_tell(const WlLocalServers *self, WlEngine *engine, gint64 now);
