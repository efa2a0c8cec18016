/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * The prefixes that NetworkManager routes into the link: all configured and accepted ones, whether
 * the peer is direct or not, so that a change of path changes no route. Default routes and their
 * halves are left to the full tunnel of the link. Of overlapping prefixes only the outermost is
 * listed. The only writer of WlRoutes.
 */

void wl_routes_init(WlRoutes *self);
void wl_routes_clear(WlRoutes *self);
/** One more peer has @prefix. */
void wl_routes_add(WlEngine *self, const WlPrefix *prefix);
/** One peer less has @prefix. */
void wl_routes_drop(WlEngine *self, const WlPrefix *prefix);
/** Reports a changed list to the caller of the engine. */
void wl_routes_update(WlEngine *self);
/** Forgets the change if the list equals @before (of WlPrefix): prefixes only moved between peers.
 */
void wl_routes_settle(WlRoutes *self, const GArray *before);
