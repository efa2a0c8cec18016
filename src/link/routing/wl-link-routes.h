/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * The routes of a link that no other program sets: the prefixes that are reached through it, in one
 * table. Routes carry WL_ROUTE_PROTOCOL and end with the link. Errors are of WL_LINK_ERROR.
 */
typedef struct _WlLinkRoutes WlLinkRoutes;

/** Without routes. The link must be up. */
WlLinkRoutes *wl_link_routes_new(int ifindex, GError **error);
/** Leaves the routes as they are. */
void wl_link_routes_free(WlLinkRoutes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLinkRoutes, wl_link_routes_free)

/** Replaces the routes: adds and removes only those that differ. @routes: of WlPrefix, without
 * duplicates. @table: the routing table; 0: none, so all are removed. Tries all; *error is the
 * first failure. */
gboolean wl_link_routes_set(WlLinkRoutes *self, const GArray *routes, guint32 table,
                            GError **error);
