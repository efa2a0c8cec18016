/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The second line of the kill switch, which does not depend on policy rules: a table of nf_tables
 * that drops what leaves this machine, sent or forwarded, except
 *  - by the link, by the link of another full tunnel of ours, or by lo,
 *  - with the firewall mark of a full tunnel of ours, as WireGuard's own packets,
 *  - to a destination for which the main table has more than a default route, as the rules of the
 *    full tunnel do (wl-policy-routes.h), to multicast, broadcast or IPv6 link-local addresses.
 * While another program removes the rules nothing else leaves.
 *
 * The table ends with the process (wl-own-table.h); the routes and rules stay and block after that.
 * Errors are of WL_LINK_ERROR.
 */
typedef struct _WlKillFilter WlKillFilter;

typedef struct {
    const char *uuid; /* of the profile */
    int ifindex;      /* of the link */
    gboolean unowned; /* as before Linux 5.12; for tests */
} WlKillFilterConfig;

/** Follows the routes of the main table from here on. */
WlKillFilter *wl_kill_filter_new(const WlKillFilterConfig *config, GError **error);
/** Removes the table. */
void wl_kill_filter_free(WlKillFilter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlKillFilter, wl_kill_filter_free)
