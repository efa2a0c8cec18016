/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The health of peers, and what the device reports about them. */

/** Applies @device, the result of a snapshot. The caller keeps @device. */
void wl_health_apply_snapshot(WlEngine *self, const WlDevice *device);
/** The link was made anew, without @peer. */
void wl_health_link_recreated(WlEngine *self, WlPeer *peer);
/** Updates whether @peer is healthy, alive and authoritative. */
void wl_health_update(WlEngine *self, WlPeer *peer);
/** The endpoint in the device leads nowhere: the peer counts as one without an endpoint, and so
 * without a session. */
void wl_health_forget_endpoint(WlEngine *self, WlPeer *peer);
