/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * Endpoints inside the tunnel (docs/engine.md "Endpoints inside the tunnel"). WireGuard takes
 * the source of every authenticated packet as the endpoint of the peer, and packets to an address
 * inside the tunnel enter the tunnel again, without end. WlPeer.endpoint is never such an endpoint.
 * The only writer of WlPeer.outer.
 */

/** The device shows @inside, which is inside the tunnel, as the endpoint of @peer. Sets the last
 * endpoint outside again; without one, or too soon after the last time, the peer has none, and
 * connecting takes over. */
void wl_outer_endpoint_restore(WlEngine *self, WlPeer *peer, const WlEndpoint *inside);
/** Gives the endpoint of @peer up if changed routes or addresses moved it inside the tunnel. */
void wl_outer_endpoint_check(WlEngine *self, WlPeer *peer);
/** Reads the device again a moment after an endpoint was restored. */
void wl_outer_endpoint_run(WlEngine *self, WlPeer *peer);
