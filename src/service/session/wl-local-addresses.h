/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-settings.h"

/** Tells the engine this machine's addresses (of WlNetworkAddress), and which of them others may
 * be told: those of uplinks, as far as the profile's patterns allow. */
void wl_local_addresses_update_engine(const GArray *addresses, const WlSessionSettings *settings,
                                      WlEngine *engine, gint64 now);
