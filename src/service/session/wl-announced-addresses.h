/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-network-address.h"
#include "wl-session-settings.h"

/** Whether others may know @address: usable, of an uplink, and not excluded by the patterns for
 * interfaces in the profile (docs/protocol.md 8.2). */
gboolean wl_announced_addresses_may(const WlSessionSettings *settings,
                                    const WlNetworkAddress *address);

/** Passes this machine's addresses (of WlNetworkAddress) to the engine, which announces those that
 * are selected here: usable addresses of uplinks, unless the patterns for interfaces in the profile
 * exclude them (docs/protocol.md 8.2). */
void wl_announced_addresses_update_engine(const GArray *addresses,
                                          const WlSessionSettings *settings, WlEngine *engine,
                                          gint64 now);
