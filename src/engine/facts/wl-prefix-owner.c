/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-prefix-owner.h"

#include "facts/wl-routes.h"
#include "state/wl-engine-marks.h"
#include "wl-prefix-set.h"

static void
set_learned(WlEngine *self, const WlKey *subject, const WlPrefix *prefix, gboolean has)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, subject);

    if (has)
        wl_routes_add(self, prefix);
    else
        wl_routes_drop(self, prefix);
    if (!peer)
        return;
    if (has)
        wl_prefix_set_add(peer->prefixes.learned_ips, prefix);
    else
        wl_prefix_set_remove(peer->prefixes.learned_ips, prefix);
    if (!has)
        wl_reconcile_retry_now(peer);
    wl_scheduler_schedule(&self->scheduler, peer);
}

/* The greatest trust in an accepted source of the owner. */
static WlTrust
find_trust(const WlEngine *self, const WlClaimedPrefix *claimed, const WlKey *owner)
{
    WlTrust trust = WL_TRUST_UNSET;

    for (guint i = 0; owner && i < claimed->entries->len; i++) {
        const WlFactEntry *entry = claimed->entries->pdata[i];

        for (guint j = 0; j < entry->sources->len; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);
            const WlPeer *source = wl_peer_table_find(&self->peers, &origin->key);

            if (source && origin->verdict == WL_VERDICT_ACCEPTED &&
                wl_key_equal(&entry->fact.subject, owner))
                trust = MAX(trust, source->membership.trust);
        }
    }
    return trust;
}

/* The endpoints inside @prefix are inside the tunnel now, or are no longer. Those in our own
 * subnets always are. */
static void
endpoints_changed(WlEngine *self, const WlPrefix *prefix)
{
    for (guint i = 0; i < self->config->addresses->len; i++) {
        if (wl_prefix_contains(&g_array_index(self->config->addresses, WlPrefix, i), prefix))
            return;
    }
    for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
        WlPeer *peer = wl_peer_table_get(&self->peers, i);

        if (peer->endpoints.dns_names->len > 0 ||
            wl_prefix_contains_ip(prefix, &peer->device.endpoint.ip))
            wl_engine_candidates_changed(self, peer);
    }
}

static const WlKey *
find_owner(const WlClaimedPrefix *claimed)
{
    for (guint i = 0; i < claimed->entries->len; i++) {
        const WlFactEntry *entry = claimed->entries->pdata[i];
        if (wl_fact_entry_accepted(entry, TRUE))
            return &entry->fact.subject;
    }
    return NULL;
}

static gboolean
is_router(const WlEngine *self, const WlKey *key)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, key);

    return peer && peer->router;
}

void
wl_prefix_owner_update(WlEngine *self, WlClaimedPrefix *claimed, const WlPrefix *prefix)
{
    const WlKey *owner = find_owner(claimed);
    WlTrust trust = find_trust(self, claimed, owner);
    gboolean endpoints = claimed->owned != (owner != NULL) || claimed->trust != trust;
    WlKey before;

    claimed->trust = trust;
    if (endpoints)
        endpoints_changed(self, prefix);

    if (claimed->owned ? owner && wl_key_equal(owner, &claimed->owner) : !owner) {
        WlPeer *peer = owner ? wl_peer_table_find(&self->peers, owner) : NULL;

        /* The prefix may have been accepted before its owner became a member. */
        if (peer && wl_prefix_set_add(peer->prefixes.learned_ips, prefix))
            wl_scheduler_schedule(&self->scheduler, peer);
        return;
    }
    before = claimed->owned ? claimed->owner : (WlKey){0};
    if (claimed->owned)
        set_learned(self, &claimed->owner, prefix, FALSE);
    claimed->owned = owner != NULL;
    if (owner) {
        claimed->owner = *owner;
        set_learned(self, owner, prefix, TRUE);
    }
    wl_engine_state_changed(self);
    if (is_router(self, &before) || (owner && is_router(self, owner)))
        wl_prefix_table_inside_changed(&self->prefixes, prefix);
}

void
wl_prefix_owner_release(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; i < peer->prefixes.learned_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->prefixes.learned_ips, WlPrefix, i);
        WlClaimedPrefix *claimed = wl_prefix_map_get(self->prefixes.claimed, prefix);

        claimed->owned = FALSE;
        wl_routes_drop(self, prefix);
        wl_prefix_table_mark_dirty(&self->prefixes, prefix, claimed->wide);
    }
    g_array_set_size(peer->prefixes.learned_ips, 0);
}
