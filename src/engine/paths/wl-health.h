/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_apply_snapshot(WlEngine *self, const WlDevice *device);
void wl_engine_update_health(WlEngine *self, WlPeer *peer);
