/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_receive_way(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** Decides whether its allowed IPs go the direct way. */
void wl_engine_run_way(WlEngine *self, WlPeer *peer);
/** Some of its allowed IPs have a live router to go by instead. */
gboolean wl_engine_is_covered(const WlEngine *self, const WlPeer *peer);
