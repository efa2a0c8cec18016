/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-prefix-policy.h"

#include "wl-prefix-set.h"

WlVerdict
wl_prefix_policy_check(const WlPolicy *self, const WlPrefix *prefix)
{
    if (prefix->length <= 1)
        return WL_VERDICT_DEFAULT_ROUTE;
    if (!wl_prefix_set_outermost_covers(self->claimable, prefix))
        return WL_VERDICT_OUTSIDE;
    for (guint i = 0; i < self->config->addresses->len; i++) {
        WlPrefix own = wl_prefix_from_ip(&g_array_index(self->config->addresses, WlPrefix, i).ip);
        if (wl_prefix_equal(&own, prefix))
            return WL_VERDICT_OWN_ADDRESS;
    }
    for (guint i = 0; i < self->local->len; i++) {
        WlPrefix on_link = wl_prefix_masked(&g_array_index(self->local, WlLocalAddress, i).address);
        if (wl_prefix_overlaps(&on_link, prefix))
            return WL_VERDICT_ON_LINK;
    }
    for (guint i = 0; i < self->servers->len; i++) {
        if (wl_prefix_contains_ip(prefix, &g_array_index(self->servers, WlIp, i)))
            return WL_VERDICT_HAS_SERVER;
    }
    return WL_VERDICT_ACCEPTED;
}
