/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-profile-conflicts.h"

#include "state/wl-engine-predicates.h"
#include "state/wl-prefix-policy.h"
#include "wl-prefix-set.h"

/* Whether the profile permits `subject` to have `prefix`. */
typedef struct {
    const WlKey *subject;
    const WlPrefix *prefix;
    gboolean covered; /* by a prefix of another router */
    gboolean part;    /* likewise, and not only as everything else */
} Lookup;

static WlTrust
trust_of(const WlEngine *self, const WlKey *source)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, source);

    return peer ? peer->membership.trust : WL_TRUST_UNSET;
}

static gboolean
is_of_another_leaf(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const Lookup *lookup = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];
        if (!peer->router && !wl_key_equal(&peer->key, lookup->subject))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_of_another_router(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Lookup *lookup = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];
        if (!peer->router || wl_key_equal(&peer->key, lookup->subject) ||
            !wl_prefix_set_contains(peer->prefixes.static_ips, prefix))
            continue;
        if (wl_prefix_equal(prefix, lookup->prefix))
            return TRUE;
        lookup->covered = TRUE;
        lookup->part |= prefix->length > 1;
    }
    return FALSE;
}

static gboolean
is_direct_of_another(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const Lookup *lookup = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];
        if (!wl_key_equal(&peer->key, lookup->subject) &&
            wl_prefix_set_contains(peer->prefixes.direct_ips, prefix))
            return TRUE;
    }
    return FALSE;
}

/* TRUE for a source that may take addresses from a router. */
static gboolean
is_voucher(const WlEngine *self, const WlKey *source)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, source);

    return peer && (peer->router || peer->membership.trust >= WL_TRUST_MEMBERSHIP);
}

gboolean
wl_prefix_rules_is_vouched(const WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    const WlClaimedPrefix *claimed = wl_prefix_map_get(self->prefixes.claimed, prefix);

    for (guint i = 0; claimed && i < claimed->entries->len; i++) {
        const WlFactEntry *entry = claimed->entries->pdata[i];

        if (!wl_key_equal(&entry->fact.subject, subject))
            continue;
        for (guint j = 0; j < entry->sources->len; j++) {
            if (is_voucher(self, &g_array_index(entry->sources, WlFactSource, j).key))
                return TRUE;
        }
    }
    return FALSE;
}

/* TRUE for a prefix inside the subnet of a tunnel address of ours. */
static gboolean
is_in_own_subnet(const WlEngine *self, const WlPrefix *prefix)
{
    for (guint i = 0; i < self->config->addresses->len; i++) {
        const WlPrefix *own = &g_array_index(self->config->addresses, WlPrefix, i);
        if (own->length < wl_prefix_max_length(own) && wl_prefix_contains(own, prefix))
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    const WlEngine *engine;
    const WlKey *subject;
} LearnedLookup;

static gboolean
is_learned_of_another_router(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const LearnedLookup *lookup = user_data;
    const WlClaimedPrefix *claimed = value;
    const WlPeer *owner =
        claimed->owned ? wl_peer_table_find(&lookup->engine->peers, &claimed->owner) : NULL;

    return owner && owner->router && !wl_key_equal(&owner->key, lookup->subject);
}

static WlVerdict
check_learned(const WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    LearnedLookup lookup = {.engine = self, .subject = subject};

    return wl_prefix_map_find_covering(self->prefixes.claimed, prefix, is_learned_of_another_router,
                                       &lookup) &&
                   !wl_prefix_rules_is_vouched(self, subject, prefix)
               ? WL_VERDICT_TAKEN
               : WL_VERDICT_ACCEPTED;
}

static WlVerdict
check_configured(const WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    Lookup lookup = {.subject = subject, .prefix = prefix};
    gboolean own_subnet;

    /* The routers of a set share it, and the set decides which one has it. */
    if ((self->routers.fellows || self->routers.members->len > 1) &&
        wl_router_set_shares(&self->routers, self->config, prefix))
        return WL_VERDICT_CONFIGURED;
    if (wl_prefix_map_find_covering(self->prefixes.configured, prefix, is_of_another_leaf,
                                    &lookup) ||
        wl_prefix_map_find_covering(self->prefixes.configured, prefix, is_of_another_router,
                                    &lookup))
        return WL_VERDICT_CONFIGURED;
    /* Trust with allowed IPs is not enough to take a part of the prefix of a router, which its own
     * address may be. A default route is no such prefix: it covers what no other member has. */
    own_subnet = (lookup.covered || self->own.router) && is_in_own_subnet(self, prefix);
    if ((lookup.part || own_subnet) && !wl_prefix_rules_is_vouched(self, subject, prefix))
        return WL_VERDICT_CONFIGURED;
    /* A peer on its router's path is reached by the prefix of that router; a more specific prefix
     * of another member would divert that traffic. */
    if (lookup.covered &&
        wl_prefix_map_find_within(self->prefixes.configured, prefix, is_direct_of_another, &lookup))
        return WL_VERDICT_CONFIGURED;
    return WL_VERDICT_ACCEPTED;
}

WlVerdict
wl_prefix_rules_check(const WlEngine *self, const WlFactEntry *entry, const WlFactSource *origin,
                      const WlPrefix *prefix)
{
    const WlKey *subject = &entry->fact.subject;
    WlVerdict verdict = wl_engine_check_trust(self, &entry->fact, &origin->key);

    if (verdict == WL_VERDICT_ACCEPTED && wl_key_equal(subject, &self->own.key))
        verdict = WL_VERDICT_ABOUT_US;
    if (verdict == WL_VERDICT_ACCEPTED)
        verdict = wl_prefix_policy_check(&self->policy, prefix);
    if (verdict == WL_VERDICT_ACCEPTED)
        verdict = check_configured(self, subject, prefix);
    if (verdict == WL_VERDICT_ACCEPTED)
        verdict = check_learned(self, subject, prefix);
    if (verdict == WL_VERDICT_ACCEPTED &&
        wl_prefix_table_protects(&self->prefixes, prefix, trust_of(self, &origin->key)))
        verdict = WL_VERDICT_HAS_ENDPOINT;
    return verdict;
}
