/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Silence of peers that do not take part in the path agreement: Go members, which are probed with
 * echoes, and basic peers (docs/engine.md "Go members", "Roaming"). Writes
 * WlPeer.path.echo.suspected_since. Times are engine times in microseconds. */

/** The last authenticated sign of @peer: a datagram, an echo reply, received bytes or a
 * handshake. */
gint64 wl_path_liveness_last_heard(const WlPeer *peer);
/** TRUE if @peer, a Go member on the direct path, demonstrably uses the router: its packets arrive
 * through the router, and nothing arrives directly although an echo was sent. It lost its session
 * or restarted. May send an echo and an Alive, read the device, and schedule @peer. */
gboolean wl_path_liveness_has_fallen_back(WlEngine *self, WlPeer *peer);
/** Under overlay traffic, probes a silent @peer; if the silence lasts, its current endpoint becomes
 * suspect, and other candidates are tried inside the session. */
void wl_path_liveness_check(WlEngine *self, WlPeer *peer);
