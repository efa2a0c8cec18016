/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-neighbors.h"

#include "state/wl-candidates.h"
#include "state/wl-engine-marks.h"

/*
 * The address of the peer on its own network may also be in the range of a network of this machine.
 * The kernel knows whether the address has a neighbor here (ARP, neighbor discovery). It is
 * requested when the address is about to be tried; an address with a neighbor comes first. Only a
 * handshake shows that the neighbor is the peer and not another machine.
 */

static const WlFairRate rate = {
    .interval = WL_NEIGHBOR_INTERVAL,
    .burst = WL_NEIGHBOR_BURST,
    .refill = WL_NEIGHBOR_SHARE,
    .step = 1,
};

/* An address without a neighbor may have gained one. */
static gboolean
is_request_due(const WlEngine *self, const WlNeighbor *known)
{
    if (known->state == WL_NEIGHBOR_ABSENT)
        return known->requested +
                   wl_time_doubled(WL_NEIGHBOR_RETRY, known->misses - 1, WL_NEIGHBOR_RETRY_MAX) <=
               self->now;
    return known->state == WL_NEIGHBOR_PENDING && !wl_neighbor_is_pending(known, self->now);
}

/* A new entry, or one that makes room; NULL: there is none. */
static WlNeighbor *
allocate_entry(WlEngine *self, const WlKey *payer)
{
    if (self->neighbors.entries->len < WL_MAX_NEIGHBORS) {
        g_array_set_size(self->neighbors.entries, self->neighbors.entries->len + 1);
        return &g_array_index(self->neighbors.entries, WlNeighbor,
                              self->neighbors.entries->len - 1);
    }
    return wl_neighbor_table_find_victim(&self->neighbors, payer, self->now);
}

/* Who has @endpoint of @peer resolved: the peer if it says so itself or a router does, which
 * repeats what many say, else of those who say so the one with the fewest requests. What the
 * profile or the cache say is on the account of the peer. */
static WlPeer *
find_payer(const WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    WlPeer *payer = NULL;
    WlFactEntry *entry;
    WlFact fact;

    wl_fact_init_endpoint(&fact, &peer->key, endpoint, 0);
    entry = wl_fact_set_lookup(self->facts, &fact);
    for (guint i = 0; entry && i < entry->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        WlPeer *source = origin->verdict == WL_VERDICT_ACCEPTED
                             ? wl_peer_table_find(&self->peers, &origin->key)
                             : NULL;

        if (source && (source == peer || source->router))
            return peer;
        if (source && (!payer || source->receive.lookups.next < payer->receive.lookups.next))
            payer = source;
    }
    return payer ? payer : peer;
}

/* NULL: the rate or the table is exhausted. */
static WlNeighbor *
request(WlEngine *self, WlNeighbor *known, WlPeer *payer, const WlIp *ip, guint32 ifindex)
{
    WlOutput *output;

    if (wl_rate_limit_when(&payer->receive.lookup_rate, self->now, WL_NEIGHBOR_OWN_INTERVAL,
                           WL_NEIGHBOR_OWN_BURST) > self->now ||
        !wl_fair_limit_has(&self->neighbors.rate, &payer->receive.lookups, self->now, &rate)) {
        wl_engine_hold_back_once(self, payer, WL_HELD_BACK_LOOKUP);
        return NULL;
    }
    if (!known) {
        known = allocate_entry(self, &payer->key);
        if (!known) {
            wl_engine_hold_back_once(self, payer, WL_HELD_BACK_LOOKUP);
            return NULL;
        }
        *known = (WlNeighbor){.ip = *ip, .ifindex = ifindex};
    }
    (void) wl_rate_limit_take(&payer->receive.lookup_rate, self->now, WL_NEIGHBOR_OWN_INTERVAL,
                              WL_NEIGHBOR_OWN_BURST);
    (void) wl_fair_limit_take(&self->neighbors.rate, &payer->receive.lookups, self->now, &rate);
    wl_held_back_end(&payer->held_back, WL_HELD_BACK_LOOKUP);
    known->payer = payer->key;
    known->state = WL_NEIGHBOR_PENDING;
    known->requested = self->now;
    output = wl_output_new(WL_OUTPUT_RESOLVE_NEIGHBOR);
    output->destination = *ip;
    output->ifindex = ifindex;
    wl_outputs_push(&self->outputs, output);
    return known;
}

/* How long to wait for the result for @endpoint; WL_LONG_AGO: it is known, or none will arrive. */
static gint64
resolve(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    const WlIp *ip = &endpoint->ip;
    gint64 until = WL_LONG_AGO;

    if (wl_neighbor_table_is_present(&self->neighbors, &self->policy, ip))
        return until;
    for (guint i = 0; i < self->policy.local->len; i++) {
        const WlLocalAddress *local = &g_array_index(self->policy.local, WlLocalAddress, i);
        WlNeighbor *known;

        if (!wl_policy_is_on_link_of(local, ip))
            continue;
        known = wl_neighbor_table_find(&self->neighbors, ip, local->ifindex);
        if (!known || is_request_due(self, known))
            known = request(self, known, find_payer(self, peer, endpoint), ip, local->ifindex);
        if (known && known->state == WL_NEIGHBOR_PENDING)
            until = MAX(until, known->requested + WL_NEIGHBOR_WAIT);
    }
    return until;
}

gint64
wl_neighbors_resolve(WlEngine *self, WlPeer *peer)
{
    gint64 until = WL_LONG_AGO;

    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        until = MAX(until, resolve(self, peer, &candidate->endpoint));
    }
    return until;
}

void
wl_neighbors_forget(WlEngine *self)
{
    g_array_set_size(self->neighbors.entries, 0);
}

/* ---- index of candidates */

static void
unindex(WlEngine *self, WlPeer *peer, const WlIp *ip)
{
    GPtrArray *peers = g_hash_table_lookup(self->neighbors.candidates, ip);

    if (peers && g_ptr_array_remove_fast(peers, peer) && peers->len == 0)
        g_hash_table_remove(self->neighbors.candidates, ip);
}

static void
index_candidate(WlEngine *self, WlPeer *peer, const WlIp *ip)
{
    GPtrArray *peers = g_hash_table_lookup(self->neighbors.candidates, ip);

    if (!peers) {
        peers = g_ptr_array_new();
        g_hash_table_insert(self->neighbors.candidates, g_memdup2(ip, sizeof(*ip)), peers);
    }
    if (!g_ptr_array_find(peers, peer, NULL))
        g_ptr_array_add(peers, peer);
}

/* Addresses on other networks are never resolved. A new uplink updates the index of every peer. */
void
wl_neighbors_update_index(WlEngine *self, WlPeer *peer, const GArray *after)
{
    for (guint i = 0; i < peer->endpoints.candidates->len; i++)
        unindex(self, peer, &g_array_index(peer->endpoints.candidates, WlCandidate, i).endpoint.ip);
    for (guint i = 0; after && i < after->len; i++) {
        const WlIp *ip = &g_array_index(after, WlCandidate, i).endpoint.ip;

        if (wl_policy_is_on_link(&self->policy, ip))
            index_candidate(self, peer, ip);
    }
}

void
wl_neighbors_result(WlEngine *self, const WlIp *address, guint32 ifindex, gboolean reachable)
{
    WlNeighbor *known = wl_neighbor_table_find(&self->neighbors, address, ifindex);
    const GPtrArray *peers;

    /* The result belongs to an earlier uplink. */
    if (!known)
        return;
    known->state = reachable ? WL_NEIGHBOR_PRESENT : WL_NEIGHBOR_ABSENT;
    known->misses = reachable ? 0 : known->misses + 1;
    peers = g_hash_table_lookup(self->neighbors.candidates, address);
    for (guint i = 0; peers && i < peers->len; i++) {
        wl_scheduler_count_work(&self->scheduler);
        wl_engine_candidates_changed(self, peers->pdata[i]);
    }
}
