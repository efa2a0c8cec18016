/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-router-view.h"

#include "state/wl-engine-state.h"

const char *
wl_router_reason_to_string(WlRouterReason reason)
{
    switch (reason) {
    case WL_ROUTER_FIRST:
        return "first";
    case WL_ROUTER_PREFERRED:
        return "preferred";
    case WL_ROUTER_SILENT:
        return "others-silent";
    case WL_ROUTER_RETURNS:
        return "returns";
    case WL_ROUTER_NONE:
        break;
    }
    return "";
}

static WlRouterReason
get_reason(const WlRouterSet *set)
{
    if (set->current == set->preferred)
        return WL_ROUTER_PREFERRED;
    for (guint i = 0; i < set->members->len; i++) {
        const WlPeer *other = set->members->pdata[i];

        if (wl_router_set_get_rank(set, other) < wl_router_set_get_rank(set, set->current) &&
            wl_router_set_is_usable(other))
            return WL_ROUTER_RETURNS;
    }
    return !set->preferred && wl_router_set_index(set, set->current) == 0 ? WL_ROUTER_FIRST
                                                                          : WL_ROUTER_SILENT;
}

void
wl_engine_get_routers(const WlEngine *self, WlRouterSetView *view)
{
    const WlRouterSet *set = &self->routers;

    *view = (WlRouterSetView){
        .members = g_array_sized_new(FALSE, FALSE, sizeof(WlKey), set->members->len), .since = -1};
    for (guint i = 0; i < set->members->len; i++)
        g_array_append_val(view->members, ((const WlPeer *) set->members->pdata[i])->key);
    if (set->fellows || !set->current)
        return;
    view->chosen = TRUE;
    view->current = set->current->key;
    if (set->chosen != WL_LONG_AGO)
        view->since = set->chosen;
    if (wl_router_set_is_choice(set))
        view->reason = get_reason(set);
}

gboolean
wl_engine_get_attached(const WlEngine *self, const WlKey *key, WlKey *router)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, key);

    if (!peer || !peer->failover.holder)
        return FALSE;
    *router = peer->failover.holder->key;
    return TRUE;
}
