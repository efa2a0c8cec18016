/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-allowed-ips-arbitration.h"

#include "facts/wl-fact-evaluate.h"
#include "facts/wl-prefix-component.h"
#include "facts/wl-prefix-owner.h"
#include "facts/wl-profile-conflicts.h"
#include "state/wl-prefix-arbiter.h"

/* Above this number of overlapping claims, arbitration is not repeated for each datagram. */
#define MANY_CLAIMS 256

/* One source of one allowed-IPs fact. */
typedef struct {
    WlFactEntry *entry;
    WlFactSource *origin;
    WlPrefix prefix;
} Claim;

/* Live claims before stale ones, then the claim that came first. */
static int
claim_compare(gconstpointer a, gconstpointer b)
{
    const Claim *x = a, *y = b;

    if (x->origin->stale != y->origin->stale)
        return x->origin->stale ? 1 : -1;
    return (x->origin->sequence > y->origin->sequence) -
           (x->origin->sequence < y->origin->sequence);
}

/* Sets the verdict of the claims on @prefix that the rules refuse; appends the others to @claims.
 */
static void
check_claims(WlEngine *self, WlClaimedPrefix *claimed, const WlPrefix *prefix, GArray *claims)
{
    claimed->wide = FALSE;
    for (guint i = 0; i < claimed->entries->len; i++) {
        WlFactEntry *entry = claimed->entries->pdata[i];

        for (guint j = 0; j < entry->sources->len; j++) {
            Claim claim = {
                .entry = entry,
                .origin = &g_array_index(entry->sources, WlFactSource, j),
                .prefix = *prefix,
            };
            WlVerdict verdict = wl_prefix_rules_check(self, entry, claim.origin, prefix);

            wl_scheduler_count_work(&self->scheduler);
            if (verdict != WL_VERDICT_ACCEPTED) {
                wl_fact_evaluate_set_verdict(self, entry, claim.origin, verdict);
                continue;
            }
            g_array_append_val(claims, claim);
            claimed->wide |= !wl_prefix_table_is_transit(&self->peers, &entry->fact.subject);
        }
    }
}

/* Returns the number of claims that the rules accept. */
static guint
arbitrate(WlEngine *self, const WlPrefixComponent *component)
{
    g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(Claim));
    g_autoptr(WlPrefixArbiter) arbiter = wl_prefix_arbiter_new();

    for (guint i = 0; i < component->claimed->len; i++)
        check_claims(self, component->claimed->pdata[i],
                     &g_array_index(component->prefixes, WlPrefix, i), claims);
    g_array_sort(claims, claim_compare);
    for (guint i = 0; i < claims->len; i++) {
        const Claim *claim = &g_array_index(claims, Claim, i);
        const WlKey *subject = &claim->entry->fact.subject;

        wl_fact_evaluate_set_verdict(
            self, claim->entry, claim->origin,
            wl_prefix_arbiter_add(arbiter, &claim->prefix, subject,
                                  wl_prefix_table_is_transit(&self->peers, subject)));
    }
    return claims->len;
}

void
wl_allowed_ips_arbitrate(WlEngine *self)
{
    g_auto(WlPrefixComponent) component = {0};
    guint n_claims;

    wl_prefix_component_collect(&component, &self->prefixes);
    n_claims = arbitrate(self, &component);
    wl_prefix_table_delay(&self->prefixes,
                          n_claims > MANY_CLAIMS ? self->now + WL_ARBITRATION_DELAY : WL_LONG_AGO);
    for (guint i = 0; i < component.claimed->len; i++) {
        WlClaimedPrefix *claimed = component.claimed->pdata[i];
        const WlPrefix *prefix = &g_array_index(component.prefixes, WlPrefix, i);

        wl_prefix_owner_update(self, claimed, prefix);
        if (claimed->entries->len == 0)
            wl_prefix_map_remove(self->prefixes.claimed, prefix);
    }
}
