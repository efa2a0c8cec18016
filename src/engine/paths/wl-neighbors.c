/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-neighbors.h"

#include "state/wl-candidates.h"
#include "state/wl-engine-marks.h"

/*
 * The peer's address on its own network may be in the range of a network of ours, too. Whether
 * anybody has it here the kernel can tell by a question to the network (ARP, neighbor discovery).
 * It is asked when the address is about to be tried; only who is there comes before all others.
 * That he is the peer, and no stranger, only a handshake tells.
 */

static gboolean
is_open(const WlEngine *self, const WlNeighbor *known)
{
    return known->state == WL_NEIGHBOR_PENDING &&
           known->requested + WL_NEIGHBOR_TIMEOUT > self->now;
}

/* Whoever was not there may have come since. */
static gboolean
is_to_be_asked(const WlEngine *self, const WlNeighbor *known)
{
    guint times = CLAMP(known->misses, 1, WL_NEIGHBOR_RETRY_DOUBLINGS);

    if (known->state == WL_NEIGHBOR_ABSENT)
        return known->requested + (WL_NEIGHBOR_RETRY << (times - 1)) <= self->now;
    return known->state == WL_NEIGHBOR_PENDING && !is_open(self, known);
}

/* Room for one more: the oldest that is not waited for makes it; NULL: all are. */
static WlNeighbor *
make_room(WlEngine *self)
{
    WlNeighbor *oldest = NULL;

    if (self->neighbors.entries->len < WL_MAX_NEIGHBORS) {
        g_array_set_size(self->neighbors.entries, self->neighbors.entries->len + 1);
        return &g_array_index(self->neighbors.entries, WlNeighbor,
                              self->neighbors.entries->len - 1);
    }
    for (guint i = 0; i < self->neighbors.entries->len; i++) {
        WlNeighbor *known = &g_array_index(self->neighbors.entries, WlNeighbor, i);
        if (!is_open(self, known) && (!oldest || known->requested < oldest->requested))
            oldest = known;
    }
    return oldest;
}

/* NULL: not now. */
static WlNeighbor *
ask(WlEngine *self, WlNeighbor *known, const WlIp *ip, guint32 ifindex)
{
    WlOutput *output;

    if (!wl_rate_limit_take(&self->neighbors.rate, self->now, WL_NEIGHBOR_INTERVAL,
                            WL_NEIGHBOR_BURST))
        return NULL;
    if (!known) {
        known = make_room(self);
        if (!known)
            return NULL;
        *known = (WlNeighbor){.ip = *ip, .ifindex = ifindex};
    }
    known->state = WL_NEIGHBOR_PENDING;
    known->requested = self->now;
    output = wl_output_new(WL_OUTPUT_RESOLVE_NEIGHBOR);
    output->destination = *ip;
    output->ifindex = ifindex;
    wl_outputs_push(&self->outputs, output);
    return known;
}

/* When the answer is not waited for any more; WL_LONG_AGO: there is one, or there will be none. */
static gint64
wait_for(WlEngine *self, const WlIp *ip)
{
    gint64 until = WL_LONG_AGO;

    if (wl_neighbor_table_is_present(&self->neighbors, &self->policy, ip))
        return until;
    for (guint i = 0; i < self->policy.local->len; i++) {
        const WlLocalAddress *local = &g_array_index(self->policy.local, WlLocalAddress, i);
        WlNeighbor *known;

        if (!wl_policy_is_on_link_of(local, ip))
            continue;
        known = wl_neighbor_table_find(&self->neighbors, ip, local->ifindex);
        if (!known || is_to_be_asked(self, known))
            known = ask(self, known, ip, local->ifindex);
        if (known && known->state == WL_NEIGHBOR_PENDING)
            until = MAX(until, known->requested + WL_NEIGHBOR_WAIT);
    }
    return until;
}

gint64
wl_neighbors_resolve(WlEngine *self, const WlPeer *peer)
{
    gint64 until = WL_LONG_AGO;

    for (guint i = 0; i < peer->candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);
        until = MAX(until, wait_for(self, &candidate->endpoint.ip));
    }
    return until;
}

void
wl_neighbors_forget(WlEngine *self)
{
    g_array_set_size(self->neighbors.entries, 0);
}

/* ---- who may be where */

static void
leave(WlEngine *self, WlPeer *peer, const WlIp *ip)
{
    GPtrArray *peers = g_hash_table_lookup(self->neighbors.candidates, ip);

    if (peers && g_ptr_array_remove_fast(peers, peer) && peers->len == 0)
        g_hash_table_remove(self->neighbors.candidates, ip);
}

static void
enter(WlEngine *self, WlPeer *peer, const WlIp *ip)
{
    GPtrArray *peers = g_hash_table_lookup(self->neighbors.candidates, ip);

    if (!peers) {
        peers = g_ptr_array_new();
        g_hash_table_insert(self->neighbors.candidates, g_memdup2(ip, sizeof(*ip)), peers);
    }
    if (!g_ptr_array_find(peers, peer, NULL))
        g_ptr_array_add(peers, peer);
}

/* Addresses elsewhere are never asked for. With another network all peers' are looked at again. */
void
wl_neighbors_update_index(WlEngine *self, WlPeer *peer, const GArray *after)
{
    for (guint i = 0; i < peer->candidates->len; i++)
        leave(self, peer, &g_array_index(peer->candidates, WlCandidate, i).endpoint.ip);
    for (guint i = 0; after && i < after->len; i++) {
        const WlIp *ip = &g_array_index(after, WlCandidate, i).endpoint.ip;

        if (wl_policy_is_on_link(&self->policy, ip))
            enter(self, peer, ip);
    }
}

void
wl_neighbors_result(WlEngine *self, const WlIp *address, guint32 ifindex, gboolean reachable)
{
    WlNeighbor *known = wl_neighbor_table_find(&self->neighbors, address, ifindex);
    const GPtrArray *peers;

    /* Of an uplink that is not there any more. */
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
