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
} Lookup;

static gboolean
is_any(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    return TRUE;
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

static WlVerdict
check_configured(const WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    Lookup lookup = {.subject = subject, .prefix = prefix};

    if (wl_prefix_map_find_covering(self->prefixes.configured, prefix, is_of_another_leaf,
                                    &lookup) ||
        wl_prefix_map_find_covering(self->prefixes.configured, prefix, is_of_another_router,
                                    &lookup))
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
    if (verdict == WL_VERDICT_ACCEPTED &&
        wl_prefix_map_find_within(self->prefixes.hosts, prefix, is_any, NULL))
        verdict = WL_VERDICT_HAS_ENDPOINT;
    return verdict;
}
