/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-network-monitor.h"
#include "wl-port-mapper.h"
#include "wl-session-settings.h"

/** Keeps WireGuard's port open at the gateways of this machine: a port mapper for each address
 * family, with its socket and its timer. */
typedef struct _WlPortMapping WlPortMapping;

/** What wl_port_mapping_get() says changed. */
typedef void (*WlPortMappingFunc)(WlPortMapping *self, gpointer user_data);

/** @private_key is not kept. @mark: firewall mark of the requests; 0: none. */
WlPortMapping *wl_port_mapping_new(const WlKey *private_key, guint16 listen_port, guint32 mark,
                                   WlPortMappingFunc changed, gpointer user_data);
/** Removes the mappings. */
void wl_port_mapping_free(WlPortMapping *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPortMapping, wl_port_mapping_free)

/** Addresses or default routes may have changed. */
void wl_port_mapping_update(WlPortMapping *self, WlNetworkMonitor *monitor,
                            const WlSessionSettings *settings);
/** Asks again where a gateway was silent or refused. */
void wl_port_mapping_retry(WlPortMapping *self);

/** One view for each address family, owned by @self. */
#define WL_PORT_MAPPING_FAMILIES 2
const WlMappingView *wl_port_mapping_get(const WlPortMapping *self, guint family);
/** What is mapped now; of WlEndpoint. Free with g_array_unref(). */
GArray *wl_port_mapping_dup_endpoints(const WlPortMapping *self);
