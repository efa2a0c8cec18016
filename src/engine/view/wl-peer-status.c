/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/wl-peer-status.h"

#include <string.h>

#include "state/wl-engine-predicates.h"
#include "view/wl-peer-status-decide.h"
#include "wl-array.h"

/* With a longer back-off a peer is offline, and its tries do not publish changes. */
#define CONNECTING_BACKOFF WL_SEC(16)

const char *
wl_peer_state_to_string(WlPeerState state)
{
    switch (state) {
    case WL_PEER_OFFLINE:
        return "offline";
    case WL_PEER_CONNECTING:
        return "connecting";
    case WL_PEER_ROUTED:
        return "routed";
    case WL_PEER_DIRECT:
        return "direct";
    case WL_PEER_DIRECT_LAN:
        return "direct-lan";
    }
    return "offline";
}

/* The router that has all allowed IPs of the peer, or NULL. */
static const WlPeer *
find_via(const WlEngine *self, const WlPeer *peer)
{
    const GArray *lists[] = {peer->prefixes.static_ips, peer->prefixes.direct_ips,
                             peer->prefixes.learned_ips};
    const WlPeer *via = NULL;

    if (peer->failover.holder)
        return peer->failover.holder;
    if (!wl_peer_owns_prefix(peer))
        return wl_engine_find_own_router(self, peer);
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint j = 0; j < lists[i]->len; j++) {
            const WlPrefix *prefix = &g_array_index(lists[i], WlPrefix, j);
            const WlPeer *cover = wl_engine_find_fallback_router(self, peer, prefix);
            if (!cover || lists[i] == peer->prefixes.static_ips)
                return NULL;
            via = via ? via : cover;
        }
    }
    return via;
}

/* TRUE if the device sends to the peer itself what is for it. If another member has its addresses
 * here, the router decides who gets that. */
static gboolean
is_direct(const WlEngine *self, const WlPeer *peer)
{
    if (wl_router_set_chooses(&self->routers, peer))
        return peer->path.direct;
    return peer->router || (peer->path.direct &&
                            (wl_peer_owns_prefix(peer) || !wl_engine_find_own_router(self, peer)));
}

/* The endpoint at which the peer is reached, other than one that is only being tried. */
static const WlEndpoint *
path_of(const WlPeer *peer)
{
    return peer->roaming.phase == WL_ROAMING_TRY ? &peer->roaming.original : &peer->device.endpoint;
}

/* A name of the profile that does not resolve, or NULL. */
static const char *
find_unresolved(const WlPeer *peer)
{
    for (guint i = 0; i < peer->endpoints.dns_names->len; i++) {
        const WlEndpointDns *dns = peer->endpoints.dns_names->pdata[i];

        if (dns->addresses->len == 0)
            return dns->name;
    }
    return NULL;
}

/* TRUE if the only candidate is on-link and no neighbor has its address. */
static gboolean
is_address_unused(const WlEngine *self, const WlPeer *peer)
{
    return peer->endpoints.candidates->len == 1 && wl_endpoint_is_set(&peer->connect.last) &&
           wl_neighbor_table_is_absent(&self->neighbors, &self->policy, &peer->connect.last.ip);
}

static guint
conditions_of(const WlEngine *self, const WlPeer *peer, const WlPeer *via)
{
    const WlEndpoint *endpoint = path_of(peer);
    guint conditions = 0;

    if (self->uplink.present)
        conditions |= WL_PEER_IF_UPLINK;
    if (peer->liveness.healthy)
        conditions |= WL_PEER_IF_HEALTHY;
    if (is_direct(self, peer))
        conditions |= WL_PEER_IF_DIRECT;
    if (wl_policy_is_on_link(&self->policy, &endpoint->ip))
        conditions |= WL_PEER_IF_ON_LINK;
    if (via)
        conditions |= WL_PEER_IF_VIA;
    if (peer->path.promoted > WL_LONG_AGO)
        conditions |= WL_PEER_IF_PROMOTED;
    if (peer->failover.holder || wl_router_set_chooses(&self->routers, peer))
        conditions |= WL_PEER_IF_STANDBY;
    if (peer->endpoints.candidates->len > 0)
        conditions |= WL_PEER_IF_CANDIDATES;
    if (find_unresolved(peer))
        conditions |= WL_PEER_IF_UNRESOLVED;
    if (is_address_unused(self, peer))
        conditions |= WL_PEER_IF_UNUSED;
    if (wl_endpoint_is_set(&peer->outer.inside))
        conditions |= WL_PEER_IF_INNER;
    if (peer->connect.backoff > CONNECTING_BACKOFF)
        conditions |= WL_PEER_IF_BACKED_OFF;
    if (peer->silence.silent)
        conditions |= WL_PEER_IF_SILENT;
    return conditions;
}

/* Who can make the first move to a peer without an endpoint: a router of the profile by advertising
 * one, or the peer itself. */
static void
decide_wait(const WlEngine *self, const WlPeer *peer, WlPublished *published)
{
    published->reason = self->own.router || peer->router ? WL_REASON_WAITING_FOR_PEER
                                                         : WL_REASON_WAITING_FOR_ROUTER;
    for (guint i = 0; !self->own.router && i < self->peers.routers->len; i++) {
        const WlPeer *router = self->peers.routers->pdata[i];

        if (router == peer)
            continue;
        published->reason = WL_REASON_WAITING_FOR_ENDPOINT;
        published->via = router->key;
        return;
    }
}

static void
decide(const WlEngine *self, const WlPeer *peer, WlPublished *published)
{
    /* A peer on the direct path needs none. */
    gboolean reached = peer->liveness.healthy && is_direct(self, peer);
    const WlPeer *via = reached ? NULL : find_via(self, peer);
    WlPeerStatusDecision decision = wl_peer_status_decide(conditions_of(self, peer, via));

    published->state = decision.state;
    published->reason = decision.reason;
    if (decision.state == WL_PEER_ROUTED) {
        published->has_via = TRUE;
        published->via = via->key;
    }
    switch (decision.reason) {
    case WL_REASON_WAITING_FOR_ENDPOINT:
        decide_wait(self, peer, published);
        break;
    case WL_REASON_ROUTED_INNER:
    case WL_REASON_INNER:
        published->last_tried = peer->outer.inside;
        break;
    case WL_REASON_NAME_UNRESOLVED:
        published->unresolved = g_str_hash(find_unresolved(peer));
        break;
    case WL_REASON_TRYING:
    case WL_REASON_NO_ANSWER:
    case WL_REASON_ADDRESS_UNUSED:
        published->candidates = peer->endpoints.candidates->len;
        if (decision.state == WL_PEER_CONNECTING || published->candidates == 1)
            published->last_tried = peer->connect.last;
        break;
    default:
        break;
    }
}

/* Tries during back-off change the endpoint in the device, but nothing is published. */
static WlEndpoint
published_endpoint(const WlPeer *peer, const WlPublished *published)
{
    gboolean back_off = published->reason == WL_REASON_ROUTED ||
                        published->reason == WL_REASON_NO_ANSWER ||
                        published->reason == WL_REASON_ADDRESS_UNUSED;

    return back_off ? (WlEndpoint){0} : *path_of(peer);
}

static WlReason *
explain_unresolved(const char *endpoint)
{
    g_autofree char *name = g_strndup(endpoint, strcspn(endpoint, ":"));

    return wl_reason_new(WL_REASON_NAME_UNRESOLVED, name);
}

static WlReason *
explain_trying(const WlPublished *published)
{
    g_autofree char *count = g_strdup_printf("%u", published->candidates);
    g_autofree char *last = wl_endpoint_to_string(&published->last_tried);

    if (published->reason == WL_REASON_NO_ANSWER)
        return published->candidates == 1 ? wl_reason_new(WL_REASON_NO_ANSWER_ONE, last)
                                          : wl_reason_new(WL_REASON_NO_ANSWER, count);
    if (!wl_endpoint_is_set(&published->last_tried))
        return published->candidates == 1 ? wl_reason_new(WL_REASON_CANDIDATES_PENDING_ONE)
                                          : wl_reason_new(WL_REASON_CANDIDATES_PENDING, count);
    return published->candidates == 1 ? wl_reason_new(WL_REASON_TRYING_ONE, last)
                                      : wl_reason_new(WL_REASON_TRYING, count, last);
}

static WlReason *
explain(const WlEngine *self, const WlPeer *peer, const WlPublished *published)
{
    g_autofree char *endpoint = wl_endpoint_to_string(path_of(peer));
    g_autofree char *via =
        published->has_via ? wl_peer_dup_label(wl_peer_table_find(&self->peers, &published->via))
                           : NULL;

    switch ((WlReasonId) published->reason) {
    case WL_REASON_WAITING_FOR_ENDPOINT: {
        g_autofree char *router =
            wl_peer_dup_label(wl_peer_table_find(&self->peers, &published->via));
        return wl_reason_new(WL_REASON_WAITING_FOR_ENDPOINT, router);
    }
    case WL_REASON_NAME_UNRESOLVED:
        return explain_unresolved(find_unresolved(peer));
    case WL_REASON_TRYING:
    case WL_REASON_NO_ANSWER:
        return explain_trying(published);
    case WL_REASON_ADDRESS_UNUSED: {
        g_autofree char *last = wl_endpoint_to_string(&published->last_tried);
        return wl_reason_new(WL_REASON_ADDRESS_UNUSED, last);
    }
    case WL_REASON_NOT_ALIVE:
        return wl_reason_new(WL_REASON_NOT_ALIVE, endpoint);
    case WL_REASON_NO_REPLY:
        return wl_reason_new(WL_REASON_NO_REPLY, endpoint);
    case WL_REASON_ROUTED:
        return wl_reason_new(WL_REASON_ROUTED, via);
    case WL_REASON_ROUTED_NO_ENDPOINT:
        return wl_reason_new(WL_REASON_ROUTED_NO_ENDPOINT, via);
    case WL_REASON_ROUTED_INNER: {
        g_autofree char *inner = wl_endpoint_to_string(&published->last_tried);
        return wl_reason_new(WL_REASON_ROUTED_INNER, via, inner);
    }
    case WL_REASON_INNER: {
        g_autofree char *inner = wl_endpoint_to_string(&published->last_tried);
        return wl_reason_new(WL_REASON_INNER, inner);
    }
    case WL_REASON_ROUTED_VERIFYING:
        return wl_reason_new(WL_REASON_ROUTED_VERIFYING, via, endpoint);
    case WL_REASON_ROUTED_STANDBY:
        return wl_reason_new(WL_REASON_ROUTED_STANDBY, via, endpoint);
    case WL_REASON_ROUTED_SILENT:
        return wl_reason_new(WL_REASON_ROUTED_SILENT, via, endpoint);
    case WL_REASON_DIRECT_LAN:
        return wl_reason_new(WL_REASON_DIRECT_LAN, endpoint);
    case WL_REASON_DIRECT:
        return wl_reason_new(WL_REASON_DIRECT, endpoint);
    default:
        return wl_reason_new(published->reason);
    }
}

void
wl_peer_status_publish(WlEngine *self, WlPeer *peer)
{
    WlPublished published;
    gboolean same, state_changed;
    WlOutput *output;

    memset(&published, 0, sizeof(published));
    decide(self, peer, &published);
    published.endpoint = published_endpoint(peer, &published);
    published.allowed_serial = peer->device.allowed_serial;
    published.name_serial = peer->names.serial;
    published.trust = peer->membership.trust;
    published.basic = (guint8) peer->basic;
    /* Padding is zero since memset(). NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    same = memcmp(&published, &peer->status.published, sizeof(published)) == 0;
    if (peer->status.is_published && same)
        return;

    state_changed = peer->status.is_published
                        ? published.state != peer->status.published.state ||
                              published.reason != peer->status.published.reason
                        : self->uplink.present;
    peer->status.is_published = TRUE;
    peer->status.published = published;
    wl_reason_free(peer->status.reason);
    peer->status.reason = explain(self, peer, &published);
    output = wl_output_new(WL_OUTPUT_PEER_CHANGED);
    output->key = peer->key;
    wl_outputs_push(&self->outputs, output);
    if (state_changed) {
        g_autofree char *label = wl_peer_dup_label(peer);
        /* The reason may already contain the state. */
        if (g_str_has_prefix(peer->status.reason->text, wl_peer_state_to_string(published.state)))
            wl_engine_log(self, peer, "%s: %s", label, peer->status.reason->text);
        else
            wl_engine_log(self, peer, "%s: %s, %s", label, wl_peer_state_to_string(published.state),
                          peer->status.reason->text);
    }
}

/* ---- queries */

gboolean
wl_engine_get_peer(const WlEngine *self, const WlKey *key, WlPeerView *view)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, key);

    if (!peer)
        return FALSE;
    memset(view, 0, sizeof(*view));
    view->public_key = peer->key;
    view->name = peer->names.shown ? peer->names.shown : "";
    view->name_configured = peer->config && peer->config->name && *peer->config->name;
    view->state = peer->status.published.state;
    view->reason = peer->status.reason;
    view->reason_text = peer->status.reason ? peer->status.reason->text : "";
    view->has_via = peer->status.published.has_via;
    view->via = peer->status.published.via;
    view->endpoint = peer->status.published.endpoint;
    view->allowed_ips = peer->device.allowed;
    view->trust = peer->membership.trust;
    view->trust_source = peer->membership.trust_source;
    view->router = peer->router;
    view->basic = peer->basic;
    view->configured = peer->config != NULL;
    view->healthy = peer->liveness.healthy;
    view->alive = peer->liveness.alive;
    view->last_handshake = peer->device.handshake;
    view->last_alive = peer->liveness.last_alive;
    view->last_reply =
        MAX(MAX(peer->liveness.last_heard, peer->traffic.rx_seen), peer->device.handshake);
    view->rx_bytes = peer->device.rx;
    view->tx_bytes = peer->device.tx;
    return TRUE;
}

GArray *
wl_engine_dup_peers(const WlEngine *self)
{
    GArray *keys = wl_array_new(WlKey);

    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++)
        g_array_append_val(keys, wl_peer_table_get(&self->peers, i)->key);
    return keys;
}

const WlKey *
wl_engine_get_public_key(const WlEngine *self)
{
    return &self->own.key;
}

gboolean
wl_engine_is_router(const WlEngine *self)
{
    return self->own.router;
}

guint16
wl_engine_get_listen_port(const WlEngine *self)
{
    return self->policy.listen_port;
}

guint
wl_engine_get_fact_count(const WlEngine *self)
{
    return wl_fact_set_size(self->facts);
}

guint64
wl_engine_get_work(const WlEngine *self)
{
    return self->scheduler.work;
}

guint64
wl_engine_get_key_agreements(const WlEngine *self)
{
    return wl_signer_get_key_agreements(self->signer);
}

const guint64 *
wl_engine_get_receive_counters(const WlEngine *self)
{
    return self->receiver.results;
}

const guint64 *
wl_engine_get_verdict_counters(const WlEngine *self)
{
    return self->receiver.refused;
}

WlVerdict
wl_engine_get_verdict(const WlEngine *self, const WlFact *fact, const WlKey *source)
{
    const WlFactEntry *entry = wl_fact_set_lookup(self->facts, fact);

    for (guint i = 0; entry && i < entry->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        if (wl_key_equal(&origin->key, source))
            return origin->verdict;
    }
    return WL_VERDICT_N;
}
