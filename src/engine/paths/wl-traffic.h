/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Counters of a snapshot, before they are taken over; @handshake: there was one since the last. */
void wl_engine_note_counters(WlEngine *self, WlPeer *peer, guint64 rx, guint64 tx,
                             gboolean handshake);
void wl_engine_watch_peer(WlEngine *self, WlPeer *peer, gboolean watch);
/** Nobody looks for @peer but now and then: it is tried when there is traffic for it. */
void wl_engine_let_sleep(WlEngine *self, WlPeer *peer, gboolean sleeps);
void wl_engine_init_traffic(WlEngine *self);
void wl_engine_clear_traffic(WlEngine *self);
void wl_engine_run_traffic(WlEngine *self);
/** The first packet went through the link; @destination NULL: not known. */
void wl_traffic_started(WlEngine *self, const WlIp *destination);
