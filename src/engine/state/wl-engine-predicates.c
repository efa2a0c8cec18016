/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-engine-predicates.h"

#include "state/wl-endpoint-policy.h"
#include "wl-prefix-set.h"

gboolean
wl_engine_can_reach(const WlEngine *self, const WlPeer *peer)
{
    if (self->uplink.present && (!wl_endpoint_is_set(&peer->device.endpoint) ||
                                 wl_policy_can_send_to(&self->policy, &peer->device.endpoint.ip)))
        return TRUE;
    return MAX(peer->liveness.last_heard, peer->device.handshake) >= self->uplink.since;
}

typedef struct {
    const WlKey *subject;
    WlTrust trust; /* in the subject */
    int length;
} TunnelRoute;

static gboolean
note_configured(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    TunnelRoute *route = user_data;

    if (prefix->length > 1)
        route->length = MAX(route->length, prefix->length);
    return FALSE;
}

/* A learned prefix counts if it is the address of one member, or one behind the subject itself, or
 * comes from a source with more trust than the subject has. Any other gives way to the endpoint of
 * a peer (WL_VERDICT_HAS_ENDPOINT). */
static gboolean
note_learned(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const WlClaimedPrefix *claimed = value;
    TunnelRoute *route = user_data;

    if (claimed->owned &&
        (prefix->length == wl_prefix_max_length(prefix) ||
         wl_key_equal(&claimed->owner, route->subject) || claimed->trust > route->trust))
        route->length = MAX(route->length, prefix->length);
    return FALSE;
}

gboolean
wl_engine_is_inside_profile(const WlEngine *self, const WlEndpoint *endpoint)
{
    TunnelRoute route = {.length = -1};
    WlPrefix host = wl_prefix_from_ip(&endpoint->ip);

    if (!wl_endpoint_is_set(endpoint))
        return FALSE;
    wl_prefix_map_find_covering(self->prefixes.configured, &host, note_configured, &route);
    return wl_endpoint_policy_is_inside(&self->policy, route.length, &endpoint->ip);
}

gboolean
wl_engine_is_inside(const WlEngine *self, const WlKey *subject, const WlEndpoint *endpoint)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, subject);
    TunnelRoute route = {
        .subject = subject, .trust = peer ? peer->membership.trust : WL_TRUST_UNSET, .length = -1};
    WlPrefix host = wl_prefix_from_ip(&endpoint->ip);

    if (!wl_endpoint_is_set(endpoint))
        return FALSE;
    if (wl_engine_is_inside_profile(self, endpoint))
        return TRUE;
    wl_prefix_map_find_covering(self->prefixes.claimed, &host, note_learned, &route);
    return wl_endpoint_policy_is_inside(&self->policy, route.length, &endpoint->ip);
}

gboolean
wl_engine_is_member(const WlEngine *self, const WlKey *key, gboolean stale)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, key);

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];
        if (wl_fact_is_member(&entry->fact) && wl_fact_entry_accepted(entry, stale))
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    const WlPeer *peer;
    WlPeer *router;
} Cover;

/* The most specific prefix comes last; each prefix has one router. */
static gboolean
note_router(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Cover *cover = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        WlPeer *router = peers->pdata[i];
        if (router != cover->peer && router->router && router->liveness.healthy &&
            wl_prefix_set_contains(router->prefixes.static_ips, prefix))
            cover->router = router;
    }
    return FALSE;
}

WlPeer *
wl_engine_find_fallback_router(const WlEngine *self, const WlPeer *peer, const WlPrefix *prefix)
{
    Cover cover = {.peer = peer};
    WlPeer *holder = peer->failover.holder;

    if (holder && holder->liveness.healthy)
        return holder;
    wl_prefix_map_find_covering(self->prefixes.configured, prefix, note_router, &cover);
    return cover.router;
}

WlPeer *
wl_engine_find_own_router(const WlEngine *self, const WlPeer *peer)
{
    for (guint i = 0; i < self->config->addresses->len; i++) {
        WlPrefix host = wl_prefix_from_ip(&g_array_index(self->config->addresses, WlPrefix, i).ip);
        WlPeer *router = wl_engine_find_fallback_router(self, peer, &host);

        if (router)
            return router;
    }
    return NULL;
}

gboolean
wl_engine_is_without_router(const WlEngine *self)
{
    for (guint i = 0; i < self->peers.routers->len; i++) {
        if (((const WlPeer *) self->peers.routers->pdata[i])->liveness.healthy)
            return FALSE;
    }
    return !self->own.router;
}

WlVerdict
wl_engine_check_trust(const WlEngine *self, const WlFact *fact, const WlKey *source)
{
    const WlPeer *sender = wl_peer_table_find(&self->peers, source);
    WlTrust level = sender ? sender->membership.trust : WL_TRUST_UNSET;
    gboolean known = wl_peer_table_find(&self->peers, &fact->subject) != NULL ||
                     wl_key_equal(&fact->subject, &self->own.key);

    if (wl_trust_should_accept(fact->attribute, known, level))
        return WL_VERDICT_ACCEPTED;
    return !known && wl_trust_should_accept(fact->attribute, TRUE, level)
               ? WL_VERDICT_UNKNOWN_SUBJECT
               : WL_VERDICT_UNTRUSTED;
}
