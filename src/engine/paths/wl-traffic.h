/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Counters of a snapshot, before they are taken over; @handshake: there was one since the last. */
void wl_traffic_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx,
                              gboolean handshake);
void wl_traffic_watch(WlEngine *self, WlPeer *peer, gboolean watch);
/** Nobody looks for @peer but now and then: it is tried when there is traffic for it. */
void wl_traffic_set_on_demand(WlEngine *self, WlPeer *peer, gboolean sleeps);
void wl_traffic_init(WlEngine *self);
void wl_traffic_clear(WlEngine *self);
void wl_traffic_run(WlEngine *self);
/** The first packet went through the link; @destination NULL: not known. */
void wl_traffic_started(WlEngine *self, const WlIp *destination);
