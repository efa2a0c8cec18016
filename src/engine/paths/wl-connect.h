/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_update_candidates(WlEngine *self, WlPeer *peer);
void wl_engine_run_attempt(WlEngine *self, WlPeer *peer);
