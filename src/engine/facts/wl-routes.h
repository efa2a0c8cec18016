/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_add_route(WlEngine *self, const WlPrefix *prefix);
void wl_engine_drop_route(WlEngine *self, const WlPrefix *prefix);
void wl_engine_update_routes(WlEngine *self);
void wl_routes_init(WlRoutes *self);
void wl_routes_clear(WlRoutes *self);
