/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-local-facts.h"

#include "state/wl-endpoint-policy.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "wl-prefix-set.h"

/* docs/protocol.md 5.2, A, B and C. */

WlMetadata *
wl_local_facts_make_metadata(const WlPeerConfig *config)
{
    return wl_metadata_new(config ? config->name : NULL, config ? config->basic : -1);
}

static void
add_endpoint(WlEngine *self, const WlKey *subject, const WlEndpoint *endpoint)
{
    WlFact fact;

    if (!wl_endpoint_policy_is_reachable_class(endpoint))
        return;
    wl_fact_init_endpoint(&fact, subject, endpoint, 0);
    wl_fact_set_local_add(self->facts, &fact, self->now);
}

/* The endpoint of another member, which is none inside the tunnel. */
static void
add_outer_endpoint(WlEngine *self, const WlKey *subject, const WlEndpoint *endpoint)
{
    if (!wl_engine_is_inside(self, subject, endpoint))
        add_endpoint(self, subject, endpoint);
}

static void
add_allowed(WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    WlPrefix masked = wl_prefix_masked(prefix);
    WlFact fact;

    if (masked.length == 0 || wl_ip_is_link_local(&masked.ip))
        return;
    wl_fact_init_allowed(&fact, subject, &masked, 0);
    wl_fact_set_local_add(self->facts, &fact, self->now);
}

static void
add_member(WlEngine *self, const WlKey *subject, WlMetadata *metadata)
{
    WlFact fact;

    wl_fact_init_metadata(&fact, subject, metadata, 0);
    wl_fact_set_local_add(self->facts, &fact, self->now);
    wl_fact_clear(&fact);
}

static void
add_own(WlEngine *self)
{
    const GArray *local = self->policy.local;

    for (guint i = 0; i < local->len; i++) {
        const WlLocalAddress *address = &g_array_index(local, WlLocalAddress, i);
        WlEndpoint endpoint = {.ip = address->address.ip, .port = self->policy.listen_port};
        if (address->announce)
            add_endpoint(self, &self->own.key, &endpoint);
    }
    /* Where the gateway is behind another NAT, only its own neighbors could use the address. */
    for (guint i = 0; i < self->policy.mapped->len; i++) {
        const WlEndpoint *mapped = &g_array_index(self->policy.mapped, WlEndpoint, i);
        if (!wl_ip_is_private(&mapped->ip))
            add_endpoint(self, &self->own.key, mapped);
    }
    if (self->own.router && !(self->own.entry && self->own.entry->allowed_ips->len > 0)) {
        for (guint i = 0; i < self->config->addresses->len; i++) {
            const WlPrefix *address = &g_array_index(self->config->addresses, WlPrefix, i);
            if (wl_ip_is_global_unicast(&address->ip))
                add_allowed(self, &self->own.key, address);
        }
    }
}

/* Equivalent to an entry for the own key in the configuration of a Go daemon. */
static void
add_own_name(WlEngine *self)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new(self->config->name, FALSE);

    add_member(self, &self->own.key, metadata);
}

/* What a stale source of the state file has said is not known any more. */
static gboolean
is_lasting(const WlFactSource *origin)
{
    return origin->verdict == WL_VERDICT_ACCEPTED &&
           (origin->expires - origin->received >= WL_FACT_MARGIN ||
            (origin->stale && origin->expires <= origin->received));
}

/* What sources give for a shorter time than facts have until they are renewed is relayed for as
 * long as they say. Originating it would give it WL_FACT_TTL at others. */
static gboolean
has_lasting_source(const WlFactEntry *entry)
{
    for (guint i = 0; entry && i < entry->sources->len; i++) {
        if (is_lasting(&g_array_index(entry->sources, WlFactSource, i)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_prefix_originated(const WlEngine *self, const WlPeer *peer, const WlPrefix *prefix)
{
    WlFact fact;

    if (wl_prefix_set_contains(peer->prefixes.static_ips, prefix) ||
        wl_prefix_set_contains(peer->prefixes.direct_ips, prefix))
        return TRUE;
    wl_fact_init_allowed(&fact, &peer->key, prefix, 0);
    return has_lasting_source(wl_fact_set_lookup(self->facts, &fact));
}

static gboolean
is_member_originated(const WlEngine *self, const WlPeer *peer)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, &peer->key);

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];
        if (wl_fact_is_member(&entry->fact) && has_lasting_source(entry))
            return TRUE;
    }
    return FALSE;
}

static void
add_observed(WlEngine *self, const WlPeer *peer)
{
    /* No membership is originated for a peer that no live fact names. */
    gboolean member = peer->config || wl_engine_is_member(self, &peer->key, FALSE);

    /* Other members should not use an endpoint that is only being tried. */
    if (peer->liveness.healthy)
        add_outer_endpoint(self, &peer->key,
                           peer->roaming.phase == WL_ROAMING_TRY ? &peer->roaming.original
                                                                 : &peer->device.endpoint);
    if (member && (self->own.router || self->own.trust >= WL_TRUST_ALLOWED_IPS)) {
        gboolean fellow = self->routers.fellows && wl_router_set_index(&self->routers, peer) >= 0;

        for (guint i = 0; i < peer->device.allowed->len; i++) {
            const WlPrefix *prefix = &g_array_index(peer->device.allowed, WlPrefix, i);
            /* A fellow also has the prefixes of the leaves that it holds. */
            if ((!fellow || wl_prefix_set_contains(peer->prefixes.static_ips, prefix) ||
                 wl_prefix_set_contains(peer->prefixes.learned_ips, prefix)) &&
                is_prefix_originated(self, peer, prefix))
                add_allowed(self, &peer->key, prefix);
        }
    }
    if (!peer->config && member && is_member_originated(self, peer) &&
        (self->own.router || self->own.trust >= WL_TRUST_MEMBERSHIP)) {
        g_autoptr(WlMetadata) unnamed = wl_local_facts_make_metadata(NULL);
        add_member(self, &peer->key, unnamed);
    }
}

static void
add_configured(WlEngine *self, const WlPeerConfig *config)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, &config->public_key);

    add_member(self, &config->public_key,
               g_hash_table_lookup(self->own.metadata, &config->public_key));
    for (guint i = 0; i < config->allowed_ips->len; i++)
        add_allowed(self, &config->public_key, &g_array_index(config->allowed_ips, WlPrefix, i));
    if (!peer || peer->liveness.alive || peer->liveness.healthy)
        return;
    for (guint i = 0; i < config->endpoints->len; i++) {
        WlEndpoint endpoint;
        if (wl_endpoint_parse(config->endpoints->pdata[i], &endpoint))
            add_outer_endpoint(self, &config->public_key, &endpoint);
    }
    for (guint i = 0; i < peer->endpoints.dns_names->len; i++) {
        const WlEndpointDns *dns = peer->endpoints.dns_names->pdata[i];
        for (guint j = 0; j < dns->addresses->len; j++)
            add_outer_endpoint(self, &config->public_key,
                               &g_array_index(dns->addresses, WlEndpoint, j));
    }
}

static gboolean
end_update(WlEngine *self, const WlKey *subject)
{
    gboolean changed = wl_fact_set_local_end(self->facts, subject, self->now);

    if (changed)
        wl_subscribers_set_pending(&self->subscribers);
    return changed;
}

void
wl_local_facts_update_own(WlEngine *self)
{
    if (!self->own.facts_due)
        return;
    self->own.facts_due = FALSE;
    wl_fact_set_local_begin(self->facts);
    add_own(self);
    if (self->own.entry)
        add_configured(self, self->own.entry);
    else if (self->config->name && *self->config->name)
        add_own_name(self);
    end_update(self, &self->own.key);
}

void
wl_local_facts_update_peer(WlEngine *self, WlPeer *peer)
{
    if (!peer->dirty.local_facts)
        return;
    peer->dirty.local_facts = FALSE;
    wl_scheduler_count_work(&self->scheduler);
    wl_fact_set_local_begin(self->facts);
    add_observed(self, peer);
    if (peer->config)
        add_configured(self, peer->config);
    /* Facts of other sources about the peer may have been dropped with the local ones. */
    if (end_update(self, &peer->key))
        wl_engine_candidates_changed(self, peer);
}

void
wl_local_facts_drop(WlEngine *self, const WlKey *key)
{
    wl_fact_set_local_begin(self->facts);
    end_update(self, key);
}
