/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * A full tunnel: default routes into the link in a table of our own, and the rules that send
 * everything there but WireGuard's own packets, which carry a mark.
 *
 * Rules, for each family, before those of NetworkManager and wg-quick:
 *  - what carries the mark goes by the main table, whoever else has a tunnel;
 *  - IPv4: what comes from the listen port does, too, and what asks DNS servers from the resolver's
 *    port. So answers pass the reverse path check (rp_filter=1), which knows no mark, but asks with
 *    the ports swapped;
 *  - all else goes by the main table as far as that has more than a default route for it,
 *    and then by ours.
 *
 * Rules and routes carry WL_ROUTE_PROTOCOL; the table's number, which is the mark too, says whose
 * they are.
 */
typedef struct _WlPolicyRoutes WlPolicyRoutes;

/** Route and rule protocol number of everything of ours, as `ip rule` shows it. */
#define WL_ROUTE_PROTOCOL 87

typedef struct {
    const char *uuid; /* of the profile */
    int ifindex;
    guint16 listen_port;   /* of WireGuard, as it is bound */
    guint16 resolver_port; /* of who asks for names around the tunnel; 0: nobody */
    const GArray *routes;  /* of WlPrefix: what leads into the link by our table */
    gboolean kill_switch;  /* nothing of either family leaves any other way, also while the link is
                              down or gone */
} WlPolicyRoutesConfig;

/** Mark of WireGuard's packets (fwmark) and number of the table. Not 0, and in nobody else's
 * range. */
guint32 wl_policy_routes_fwmark(const char *uuid);

/** Sets the rules, and then the routes, for which the link must be up. */
WlPolicyRoutes *wl_policy_routes_new(const WlPolicyRoutesConfig *config, GError **error);
/** Puts the routes back: the kernel takes them away with a link that goes down. @ifindex: of the
 * link, which may have been made anew. */
gboolean wl_policy_routes_restore(WlPolicyRoutes *self, int ifindex, GError **error);
/** Takes routes and rules away. */
void wl_policy_routes_free(WlPolicyRoutes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPolicyRoutes, wl_policy_routes_free)

/** Whether the owner of the table @mark is to be spared. */
typedef gboolean (*WlPolicyRoutesKeep)(guint32 mark, gpointer user_data);

/** Removes rules and routes of ours, but for those of tables that @keep says TRUE of; of nothing
 * else. *removed (may be NULL): how many. */
gboolean wl_policy_routes_cleanup(WlPolicyRoutesKeep keep, gpointer user_data, guint *removed,
                                  GError **error);
