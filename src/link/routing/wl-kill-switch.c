/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocking routes of the kill switch. Stateless: wl-policy-routes.c owns the routes and removes
 * them with those of the tunnel. Errors are of WL_LINK_ERROR.
 */
#include "wl-kill-switch.h"

#include "wl-link-error.h"
#include "wl-policy-routes.h"
#include "wl-rtnl-route.h"

/* Above the metric of the routes to the link, which come first while they exist. */
#define KILL_SWITCH_METRIC 20000

static const WlFamily families[] = {WL_FAMILY_V4, WL_FAMILY_V6};

gboolean
wl_kill_switch_add(WlNetlink *netlink, guint32 table, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        WlPrefix all = {.ip.family = families[i]};
        int result =
            wl_rtnl_add_route(netlink, WL_ROUTE_PROTOCOL, table, &all, 0, KILL_SWITCH_METRIC);

        if (result < 0) {
            wl_link_set_errno(error, result, "cannot add the route of the kill switch");
            return FALSE;
        }
    }
    return TRUE;
}

int
wl_kill_switch_remove(WlNetlink *netlink, guint32 table)
{
    int result = 0;

    for (guint i = 0; result == 0 && i < G_N_ELEMENTS(families); i++) {
        WlPrefix all = {.ip.family = families[i]};

        result =
            wl_rtnl_delete_route(netlink, WL_ROUTE_PROTOCOL, table, &all, 0, KILL_SWITCH_METRIC);
    }
    return result;
}
