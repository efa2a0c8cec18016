/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange/wl-subscription.h"

#include "state/wl-engine-predicates.h"

WlSubscriptionLevel
wl_subscription_level(const WlSubscriptionInput *input)
{
    if (!input->has_endpoint)
        return WL_SUBSCRIPTION_NOTHING;
    if (input->configured_trust >= WL_TRUST_ALLOWED_IPS || input->is_router ||
        input->fact_exchanger)
        return WL_SUBSCRIPTION_FACTS;
    if (!input->self_chatty && !input->self_router && !(input->is_native && input->without_router))
        return WL_SUBSCRIPTION_ALIVE;
    return input->healthy ? WL_SUBSCRIPTION_FACTS : WL_SUBSCRIPTION_ALIVE;
}

WlSubscriptionLevel
wl_subscription_get_level(const WlEngine *self, const WlPeer *peer)
{
    WlSubscriptionInput input = {
        .has_endpoint = wl_endpoint_is_set(&peer->device.endpoint),
        .configured_trust = wl_peer_get_configured_trust(peer),
        .is_router = peer->router,
        .fact_exchanger = peer->config && peer->config->fact_exchanger,
        .self_chatty = self->config->chatty,
        .self_router = self->own.router,
        .healthy = peer->liveness.healthy,
        .is_native = peer->boot.native,
        .without_router = wl_engine_is_without_router(self),
    };

    return wl_subscription_level(&input);
}

gint64
wl_subscription_alive_due(const WlPeer *peer)
{
    return peer->advertise.alive_expires - WL_ALIVE_MARGIN;
}

void
wl_subscription_update(WlEngine *self, WlPeer *peer)
{
    gboolean reachable = peer->liveness.healthy && wl_engine_can_reach(self, peer);
    gboolean subscribes =
        reachable && wl_subscription_get_level(self, peer) == WL_SUBSCRIPTION_FACTS;

    if (subscribes && peer->subscription.index == 0) {
        g_ptr_array_add(self->subscribers.list, peer);
        peer->subscription.index = self->subscribers.list->len;
        /* Renewals were not recorded while the peer was no subscriber. */
        peer->advertise.position = 0;
    } else if (!subscribes && peer->subscription.index != 0) {
        wl_subscribers_unsubscribe(&self->subscribers, peer);
    }
    wl_timer_queue_set(self->subscribers.alives, &peer->subscription.alive_due,
                       reachable ? MAX(wl_subscription_alive_due(peer), peer->advertise.retry)
                                 : WL_NEVER);
}
