/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Watches overlay traffic (docs/engine.md "Overlay traffic"). Writes WlTraffic and the traffic
 * fields of WlPeer. */

/** Compares the counters of a snapshot with the last ones, before they replace them. @handshake:
 * one was completed since the last snapshot. */
void wl_traffic_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx,
                              gboolean handshake);
/** Starts or stops watching the traffic of @peer. */
void wl_traffic_watch(WlEngine *self, WlPeer *peer, gboolean watch);
/** The same for a peer with a name, which is asked for again when traffic gets no answer. */
void wl_traffic_watch_name(WlEngine *self, WlPeer *peer, gboolean watch);
/** Sets whether @peer is tried, and its names are asked for, when there is traffic for one of its
 * prefixes. */
void wl_traffic_set_on_demand(WlEngine *self, WlPeer *peer, gboolean on_demand);
void wl_traffic_init(WlEngine *self);
void wl_traffic_clear(WlEngine *self);
/** Polls the counters while traffic flows, otherwise makes the link watch for the first packet. */
void wl_traffic_run(WlEngine *self);
/** Handles the first packet, reported by the link; @destination NULL: unknown. */
void wl_traffic_started(WlEngine *self, const WlIp *destination);
