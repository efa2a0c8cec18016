/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-prefix-table.h"

#include <string.h>

#include "state/wl-candidates.h"
#include "wl-array.h"
#include "wl-prefix-set.h"

static void
claimed_free(WlClaimedPrefix *claimed)
{
    g_ptr_array_unref(claimed->entries);
    g_free(claimed);
}

void
wl_prefix_table_init(WlPrefixTable *self)
{
    self->configured = wl_prefix_map_new((GDestroyNotify) g_ptr_array_unref);
    self->claimed = wl_prefix_map_new((GDestroyNotify) claimed_free);
    self->hosts = wl_prefix_map_new(g_free);
    self->scratch = wl_array_new(WlHost);
    self->dirty = wl_array_new(WlDirtyPrefix);
    self->due_at = WL_LONG_AGO;
}

void
wl_prefix_table_clear(WlPrefixTable *self)
{
    wl_prefix_map_free(self->configured);
    wl_prefix_map_free(self->claimed);
    wl_prefix_map_free(self->hosts);
    g_array_unref(self->scratch);
    g_array_unref(self->dirty);
}

gboolean
wl_prefix_table_is_due(const WlPrefixTable *self, gint64 now)
{
    return self->due && self->due_at <= now;
}

void
wl_prefix_table_delay(WlPrefixTable *self, gint64 when)
{
    self->due_at = when;
}

gboolean
wl_prefix_table_is_transit(const WlPeerTable *peers, const WlKey *subject)
{
    const WlPeer *peer = wl_peer_table_find(peers, subject);

    return peer && (peer->router || wl_peer_get_configured_trust(peer) >= WL_TRUST_ALLOWED_IPS);
}

void
wl_prefix_table_mark_dirty(WlPrefixTable *self, const WlPrefix *prefix, gboolean wide)
{
    WlDirtyPrefix dirty = {.prefix = *prefix, .wide = wide};

    g_array_append_val(self->dirty, dirty);
    self->due = TRUE;
}

void
wl_prefix_table_fact_changed(WlPrefixTable *self, const WlPeerTable *peers, WlFactEntry *entry)
{
    WlPrefix prefix = wl_prefix_masked(&entry->fact.value.prefix);
    gboolean wide = !wl_prefix_table_is_transit(peers, &entry->fact.subject);
    WlClaimedPrefix *claimed = wl_prefix_map_get(self->claimed, &prefix);

    if (!claimed && entry->sources->len == 0)
        return;
    if (!claimed) {
        claimed = g_new0(WlClaimedPrefix, 1);
        claimed->entries = g_ptr_array_new();
        wl_prefix_map_set(self->claimed, &prefix, claimed);
    }
    if (entry->sources->len > 0 && !entry->in_prefix_table)
        g_ptr_array_add(claimed->entries, entry);
    else if (entry->sources->len == 0 && entry->in_prefix_table)
        g_ptr_array_remove(claimed->entries, entry);
    entry->in_prefix_table = entry->sources->len > 0;
    wide |= claimed->wide;
    claimed->wide = wide;
    wl_prefix_table_mark_dirty(self, &prefix, wide);
}

/* ---- endpoints of peers: no claimed prefix may cover them */

static void
add_host(GArray *hosts, const WlEndpoint *endpoint, gint32 weight)
{
    WlHost host;

    if (!wl_endpoint_is_set(endpoint))
        return;
    memset(&host, 0, sizeof(host));
    host.prefix = wl_prefix_from_ip(&endpoint->ip);
    host.weight = weight;
    g_array_append_val(hosts, host);
}

/* The greatest weight; less than any if there are no users. */
static int
get_weight(const WlHostUsers *users)
{
    int weight = WL_HOST_CONFIGURED;

    while (weight >= WL_TRUST_UNSET && (!users || users->n[weight + 1] == 0))
        weight--;
    return weight;
}

typedef struct {
    WlTrust trust;
} Claimant;

static gboolean
is_protected(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const Claimant *claimant = user_data;

    return get_weight(value) >= (int) claimant->trust;
}

gboolean
wl_prefix_table_protects(const WlPrefixTable *self, const WlPrefix *prefix, WlTrust trust)
{
    Claimant claimant = {.trust = trust};

    return wl_prefix_map_find_within(self->hosts, prefix, is_protected, &claimant) != NULL;
}

static gboolean
mark_dirty(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const WlClaimedPrefix *claimed = value;

    wl_prefix_table_mark_dirty(user_data, prefix, claimed->wide);
    return FALSE;
}

void
wl_prefix_table_configured_changed(WlPrefixTable *self, const WlPrefix *prefix)
{
    wl_prefix_map_find_covering(self->claimed, prefix, mark_dirty, self);
    wl_prefix_map_find_within(self->claimed, prefix, mark_dirty, self);
}

void
wl_prefix_table_inside_changed(WlPrefixTable *self, const WlPrefix *prefix)
{
    wl_prefix_map_find_within(self->claimed, prefix, mark_dirty, self);
}

static void
count_host(WlPrefixTable *self, const WlHost *host, int change)
{
    WlHostUsers *users = wl_prefix_map_get(self->hosts, &host->prefix);
    int before = get_weight(users), after;

    if (!users) {
        users = g_new0(WlHostUsers, 1);
        wl_prefix_map_set(self->hosts, &host->prefix, users);
    }
    users->n[host->weight + 1] += change;
    after = get_weight(users);
    if (after < WL_TRUST_UNSET)
        wl_prefix_map_remove(self->hosts, &host->prefix);
    if (before != after)
        wl_prefix_map_find_covering(self->claimed, &host->prefix, mark_dirty, self);
}

static void
replace_hosts(WlPrefixTable *self, WlPeer *peer, const GArray *hosts)
{
    if (hosts->len == peer->prefixes.hosts->len &&
        (hosts->len == 0 ||
         memcmp(hosts->data, peer->prefixes.hosts->data, hosts->len * sizeof(WlHost)) == 0))
        return;
    for (guint i = 0; i < hosts->len; i++)
        count_host(self, &g_array_index(hosts, WlHost, i), 1);
    for (guint i = 0; i < peer->prefixes.hosts->len; i++)
        count_host(self, &g_array_index(peer->prefixes.hosts, WlHost, i), -1);
    g_array_set_size(peer->prefixes.hosts, 0);
    g_array_append_vals(peer->prefixes.hosts, hosts->data, hosts->len);
}

/* Endpoints that work or are configured, but not those that are only being tried. Where a member is
 * counts as much as the member is trusted; what a name resolves to likewise, unless the member has
 * a session, which proves another address. */
void
wl_prefix_table_update_hosts(WlPrefixTable *self, WlPeer *peer)
{
    GArray *hosts = self->scratch;

    g_array_set_size(hosts, 0);
    if (peer->liveness.healthy)
        add_host(hosts,
                 peer->roaming.phase == WL_ROAMING_TRY ? &peer->roaming.original
                                                       : &peer->device.endpoint,
                 peer->membership.trust);
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        if (candidate->literal)
            add_host(hosts, &candidate->endpoint, WL_HOST_CONFIGURED);
        else if (candidate->source == WL_CANDIDATE_SOURCE_PROFILE && !peer->liveness.healthy)
            add_host(hosts, &candidate->endpoint, peer->membership.trust);
    }
    replace_hosts(self, peer, hosts);
}

void
wl_prefix_table_drop_hosts(WlPrefixTable *self, WlPeer *peer)
{
    g_array_set_size(self->scratch, 0);
    replace_hosts(self, peer, self->scratch);
}
