/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-candidates-gather.h"

#include "paths/wl-neighbors.h"
#include "paths/wl-outer-endpoint.h"
#include "state/wl-candidate-rank.h"
#include "state/wl-endpoint-policy.h"
#include "state/wl-engine-predicates.h"

static void
add(WlEngine *self, GArray *list, const WlEndpoint *endpoint, WlCandidateSource source,
    gboolean worked)
{
    WlRank rank = wl_candidate_rank(endpoint, source, &self->neighbors, &self->policy);

    if (self->uplink.present && !wl_policy_can_send_to(&self->policy, &endpoint->ip))
        return;
    wl_candidates_add(list, endpoint, rank, source, worked);
}

static gboolean
is_usable(const WlEngine *self, const WlPeer *peer, const WlEndpoint *endpoint, gboolean literal,
          WlVerdict *verdict)
{
    *verdict = WL_VERDICT_IN_TUNNEL;
    if (literal)
        return !wl_engine_is_inside_profile(self, endpoint);
    if (wl_engine_is_inside(self, &peer->key, endpoint))
        return FALSE;
    *verdict = wl_endpoint_policy_check(&self->policy, endpoint);
    return *verdict != WL_VERDICT_BAD_ADDRESS && *verdict != WL_VERDICT_OWN_ENDPOINT;
}

/* Adds a configured endpoint, or an address of a configured name, unless it is inside the tunnel:
 * WireGuard's own packets would then enter the tunnel. A DNS server inside the tunnel can return
 * such an address, a forged answer any. */
static void
add_configured(WlEngine *self, GArray *list, WlPeer *peer, const WlEndpoint *endpoint,
               gboolean literal)
{
    WlEndpoint *inside = &peer->endpoints.inside[endpoint->ip.family == WL_FAMILY_V6];
    g_autofree char *label = NULL, *text = NULL;
    WlVerdict verdict;

    if (is_usable(self, peer, endpoint, literal, &verdict)) {
        WlCandidate *added;

        add(self, list, endpoint, WL_CANDIDATE_SOURCE_PROFILE, FALSE);
        added = wl_candidates_find(list, endpoint);
        if (added)
            added->literal |= literal;
        return;
    }
    /* Do not log before the attached networks are known. */
    if (self->policy.local->len == 0 || wl_endpoint_equal(inside, endpoint))
        return;
    *inside = *endpoint;
    wl_engine_count_refused(self, verdict);
    if (!literal && self->now < peer->endpoints.refused_logged + WL_FULL_LOG_INTERVAL)
        return;
    if (!literal)
        peer->endpoints.refused_logged = self->now;
    label = wl_peer_dup_label(peer);
    text = wl_endpoint_to_string(endpoint);
    if (verdict == WL_VERDICT_IN_TUNNEL)
        wl_engine_log(
            self, peer,
            "%s: endpoint %s is inside the tunnel and is not tried; configure one outside", label,
            text);
    else
        wl_engine_log(self, peer,
                      "%s: its name resolves to %s, which is not tried: no peer can be there",
                      label, text);
}

static void
add_advertised(WlEngine *self, GArray *list, const WlPeer *peer)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, &peer->key);

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];

        if (!wl_fact_is_endpoint(&entry->fact))
            continue;
        for (guint j = 0; j < entry->sources->len; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);
            const WlPeer *source = wl_peer_table_find(&self->peers, &origin->key);
            WlCandidateSource kind = WL_CANDIDATE_SOURCE_THIRD_PARTY;

            if (origin->verdict != WL_VERDICT_ACCEPTED)
                continue;
            if (source && (source->router || (source != peer && wl_peer_is_observer(source))))
                kind = WL_CANDIDATE_SOURCE_ROUTER;
            else if (source == peer)
                kind = WL_CANDIDATE_SOURCE_SELF;
            add(self, list, &entry->fact.value.endpoint, kind, FALSE);
        }
    }
}

/* Where there was a session; the last one comes first for an hour. */
static void
add_past(WlEngine *self, GArray *list, const WlPeer *peer)
{
    for (guint i = 0; i < peer->endpoints.history->len; i++) {
        const WlPastEndpoint *past = &g_array_index(peer->endpoints.history, WlPastEndpoint, i);
        WlCandidate *added;
        gboolean last = wl_endpoint_equal(&past->endpoint, &peer->endpoints.worked) &&
                        peer->endpoints.worked_until > self->now;

        if (past->seen + WL_HISTORY_TTL <= self->now ||
            wl_engine_is_inside(self, &peer->key, &past->endpoint))
            continue;
        add(self, list, &past->endpoint, WL_CANDIDATE_SOURCE_CACHE,
            last &&
                !wl_neighbor_table_is_absent(&self->neighbors, &self->policy, &past->endpoint.ip));
        added = wl_candidates_find(list, &past->endpoint);
        if (added)
            added->seen = past->seen;
    }
}

/* A candidate that @old lacks and that may be tried now is a reason to begin a first round; one
 * that may not is no reason to try the others again. */
static void
restart_for_new(WlEngine *self, WlPeer *peer, const GArray *list, GArray *old)
{
    for (guint i = 0; i < list->len; i++) {
        const WlCandidate *candidate = &g_array_index(list, WlCandidate, i);

        if (!wl_candidates_find(old, &candidate->endpoint) &&
            wl_address_limiter_when(&self->addresses, candidate, &peer->key, self->now) <=
                self->now &&
            !wl_connect_restart_heard(peer, candidate->source, self->now))
            wl_engine_hold_back_once(self, peer, WL_HELD_BACK_RESTART);
    }
}

void
wl_candidates_gather(WlEngine *self, WlPeer *peer)
{
    g_autoptr(GArray) list = NULL;

    if (!peer->dirty.candidates)
        return;
    peer->dirty.candidates = FALSE;
    wl_outer_endpoint_check(self, peer);
    list = wl_candidates_new();
    for (guint i = 0; peer->config && i < peer->config->endpoints->len; i++) {
        WlEndpoint endpoint;
        if (wl_endpoint_parse(peer->config->endpoints->pdata[i], &endpoint))
            add_configured(self, list, peer, &endpoint, TRUE);
    }
    for (guint i = 0; i < peer->endpoints.dns_names->len; i++) {
        const WlEndpointDns *dns = peer->endpoints.dns_names->pdata[i];
        for (guint j = 0; j < dns->addresses->len; j++)
            add_configured(self, list, peer, &g_array_index(dns->addresses, WlEndpoint, j), FALSE);
    }
    add_advertised(self, list, peer);
    add_past(self, list, peer);

    wl_candidates_sort(list);
    wl_candidates_inherit(list, peer->endpoints.candidates, self->now);
    if (!peer->liveness.healthy)
        restart_for_new(self, peer, list, peer->endpoints.candidates);
    wl_neighbors_update_index(self, peer, list);
    g_array_unref(peer->endpoints.candidates);
    peer->endpoints.candidates = g_steal_pointer(&list);
}
