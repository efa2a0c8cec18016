/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Watching overlay traffic (docs/engine.md "Overlay traffic"). Writes WlTraffic, and the traffic
 * fields of WlPeer. */

/** Compares the counters of a snapshot with the last ones, before they replace them. @handshake:
 * one was completed since the last snapshot. */
void wl_traffic_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx,
                              gboolean handshake);
/** Counts @peer among the peers whose traffic is watched, or no longer. */
void wl_traffic_watch(WlEngine *self, WlPeer *peer, gboolean watch);
/** @peer is tried when there is traffic for one of its learned prefixes, or no longer. */
void wl_traffic_set_on_demand(WlEngine *self, WlPeer *peer, gboolean on_demand);
void wl_traffic_init(WlEngine *self);
void wl_traffic_clear(WlEngine *self);
/** Polls the counters while traffic flows, else has the link watch for the first packet. */
void wl_traffic_run(WlEngine *self);
/** The link reports the first packet; @destination NULL: unknown. */
void wl_traffic_started(WlEngine *self, const WlIp *destination);
