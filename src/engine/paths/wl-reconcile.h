/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* The device is given what the profile, the facts and the path ask for. Writes WlPeer.reconcile,
 * and WlPeer.device as each change has it. Times are engine times in microseconds. */

/** Requests that @peer is recreated with @endpoint, or without one if it is NULL. */
void wl_reconcile_request_recreate(WlPeer *peer, const WlEndpoint *endpoint);
/** Requests another endpoint, without recreating @peer. */
void wl_reconcile_request_endpoint(WlPeer *peer, const WlEndpoint *endpoint);
/** Requests the preshared key and the keepalive of the profile. */
void wl_reconcile_request_settings(WlPeer *peer);
/** Emits the change, if any, that gives @peer its wanted state in the device. */
void wl_reconcile_peer(WlEngine *self, WlPeer *peer);
/** Retries later: the link refused a change of @peer. */
void wl_reconcile_failed(WlEngine *self, WlPeer *peer);
