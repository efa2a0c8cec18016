/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_health_apply_snapshot(WlEngine *self, const WlDevice *device);
void wl_health_update(WlEngine *self, WlPeer *peer);
