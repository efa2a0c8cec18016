/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Liveness of the peers, and what the device reports of them. */

/** Takes over @device, the result of a snapshot. */
void wl_health_apply_snapshot(WlEngine *self, const WlDevice *device);
/** Updates whether @peer is healthy, alive and authoritative. */
void wl_health_update(WlEngine *self, WlPeer *peer);
