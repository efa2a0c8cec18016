/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_routes_add(WlEngine *self, const WlPrefix *prefix);
void wl_routes_drop(WlEngine *self, const WlPrefix *prefix);
void wl_routes_update(WlEngine *self);
void wl_routes_init(WlRoutes *self);
void wl_routes_clear(WlRoutes *self);
