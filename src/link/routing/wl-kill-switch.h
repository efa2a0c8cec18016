/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-netlink.h"

/**
 * The kill switch of a full tunnel: in both families an unreachable default route in the table of
 * the tunnel, with a metric above that of every route to the link. While the link is down or
 * deleted, its routes are gone and this route blocks what would leave outside the tunnel.
 *
 * The routes carry WL_ROUTE_PROTOCOL, so they are removed with the others of the table
 * (wl-policy-routes.h).
 */

/** Adds the routes to @table. Call this before the routes to the link are added, so that no packet
 * leaves meanwhile. Errors are of WL_LINK_ERROR. */
gboolean wl_kill_switch_add(WlNetlink *netlink, guint32 table, GError **error);
/** Removes them; 0 or a negative errno. */
int wl_kill_switch_remove(WlNetlink *netlink, guint32 table);
