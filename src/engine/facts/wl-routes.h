/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * The prefixes that NetworkManager routes into the link: all configured and accepted ones,
 * regardless of the path of the peer, so that a change of path changes no route. Default routes and
 * their halves are left to the full tunnel of the link, and a network that this machine is attached
 * to is reached there, not through the tunnel. Only the outermost of nested prefixes is listed. The
 * only writer of WlRoutes.
 */

void wl_routes_init(WlRoutes *self);
void wl_routes_clear(WlRoutes *self);
/** Counts one more peer with @prefix. */
void wl_routes_add(WlEngine *self, const WlPrefix *prefix);
/** Counts one peer less with @prefix. */
void wl_routes_drop(WlEngine *self, const WlPrefix *prefix);
/** Chooses the routes again after the networks of this machine changed. */
void wl_routes_attached_changed(WlEngine *self);
/** Reports the list to the caller of the engine if it changed. */
void wl_routes_update(WlEngine *self);
/** Discards the change if the list equals @before (of WlPrefix): prefixes only moved between
 * peers. */
void wl_routes_settle(WlRoutes *self, const GArray *before);
