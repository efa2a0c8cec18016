/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_path_receive(WlEngine *self, WlPeer *peer, const WlFact *fact);
/** Decides whether its allowed IPs go the direct way. */
void wl_path_run(WlEngine *self, WlPeer *peer);
/** Some of its allowed IPs have a live router to go by instead. */
gboolean wl_path_has_fallback(const WlEngine *self, const WlPeer *peer);
