/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-settings.h"

/** Passes this machine's addresses (of WlNetworkAddress) to the engine. Addresses of uplinks may be
 * announced unless the profile's patterns exclude them. */
void wl_local_addresses_update_engine(const GArray *addresses, const WlSessionSettings *settings,
                                      WlEngine *engine, gint64 now);
