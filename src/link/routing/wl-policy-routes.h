/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * A full tunnel: default routes to the link in a table of its own, and policy rules that send all
 * packets there except WireGuard's own, which carry a firewall mark.
 *
 * The rules of each family come before those of NetworkManager and wg-quick:
 *  - Packets with the mark use the main table, whichever other tunnels exist.
 *  - IPv4: packets from the listen port use the main table, and so do DNS queries from the
 * resolver's port. Replies then pass a strict reverse path check (rp_filter=1), which ignores the
 * mark but looks up the route with the ports swapped.
 *  - All other packets use the main table where it has more than a default route for them, and this
 *    table otherwise.
 *
 * Rules and routes that another program removes are added again.
 *
 * Rules and routes carry WL_ROUTE_PROTOCOL. The table number equals the mark and identifies the
 * profile. Errors are of WL_LINK_ERROR.
 */
typedef struct _WlPolicyRoutes WlPolicyRoutes;

/** The protocol number of all our routes and rules, as `ip rule` shows it. */
#define WL_ROUTE_PROTOCOL 87
/** The priority of the rules of wl-send-gate.h, before those of full tunnels. */
#define WL_SEND_GATE_PRIORITY 30900

typedef struct {
    const char *uuid; /* of the profile */
    int ifindex;
    guint16 listen_port;   /* of WireGuard, as bound */
    guint16 resolver_port; /* source port of DNS queries outside the tunnel; 0: none */
    const GArray *routes;  /* of WlPrefix: destinations in the table; copied */
    gboolean kill_switch;  /* see wl-kill-switch.h and wl-kill-filter.h */
} WlPolicyRoutesConfig;

/** The firewall mark of WireGuard's packets, and the number of the table. Never 0, and outside the
 * ranges of other programs. */
guint32 wl_policy_routes_fwmark(const char *uuid);

/** Removes leftovers of the same profile, then adds the rules and the routes. The link must be up.
 */
WlPolicyRoutes *wl_policy_routes_new(const WlPolicyRoutesConfig *config, GError **error);
/** Adds the routes again, because the kernel removes them when the link goes down. @ifindex: of the
 * link, which may have been created again. */
gboolean wl_policy_routes_restore(WlPolicyRoutes *self, int ifindex, GError **error);
/** Changes destinations and kill switch while the tunnel is in use: packets for destinations that
 * stay are routed into it throughout. Removes the rules of wl-send-gate.h too if a family is not
 * needed any more. */
gboolean wl_policy_routes_change(WlPolicyRoutes *self, const GArray *routes, gboolean kill_switch,
                                 GError **error);
/** Removes routes and rules. */
void wl_policy_routes_free(WlPolicyRoutes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPolicyRoutes, wl_policy_routes_free)

/** Whether @table has a number of those of full tunnels. */
gboolean wl_policy_routes_is_table(guint32 table);

/** Whether rules and routes of the table @mark stay. */
typedef gboolean (*WlPolicyRoutesKeep)(guint32 mark, gpointer user_data);

/** Removes the rules and routes of all full tunnels except those that @keep accepts. *removed (may
 * be NULL): their number. */
gboolean wl_policy_routes_cleanup(WlPolicyRoutesKeep keep, gpointer user_data, guint *removed,
                                  GError **error);
