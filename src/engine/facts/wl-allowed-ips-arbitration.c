/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-allowed-ips-arbitration.h"

#include "facts/wl-fact-evaluate.h"
#include "facts/wl-prefix-component.h"
#include "facts/wl-prefix-owner.h"
#include "facts/wl-profile-conflicts.h"
#include "state/wl-prefix-arbiter.h"
#include "wl-array.h"

/* Above this number of overlapping claims, arbitration is not repeated for each datagram. */
#define MANY_CLAIMS 256

/* Where the verdict on a claim goes: one source of one allowed-IPs fact. */
typedef struct {
    WlFactEntry *entry;
    WlFactSource *origin;
} Target;

/* TRUE for a member that does not answer, or of which nothing is known but its claims. */
static gboolean
is_dead(const WlEngine *self, const WlKey *subject)
{
    const WlPeer *peer = wl_peer_table_find(&self->peers, subject);

    return !peer || peer->liveness.lost;
}

static void
add_claim(WlEngine *self, GArray *claims, GArray *targets, WlFactEntry *entry, WlFactSource *origin,
          const WlPrefix *prefix, gboolean transit)
{
    Target target = {.entry = entry, .origin = origin};
    WlPrefixClaim claim = {
        .prefix = *prefix,
        .subject = &entry->fact.subject,
        .transit = transit,
        .vouched = wl_prefix_rules_is_vouched(self, &entry->fact.subject, prefix),
        .dead = is_dead(self, &entry->fact.subject),
        .stale = origin->stale,
        .sequence = origin->sequence,
        .index = targets->len,
    };

    g_array_append_val(claims, claim);
    g_array_append_val(targets, target);
}

/* Sets the verdict of the sources of @prefix that the rules refuse; appends the others to @claims,
 * and to @targets at the index of the claim. */
static void
check_claims(WlEngine *self, WlClaimedPrefix *claimed, const WlPrefix *prefix, GArray *claims,
             GArray *targets)
{
    claimed->wide = FALSE;
    for (guint i = 0; i < claimed->entries->len; i++) {
        WlFactEntry *entry = claimed->entries->pdata[i];
        gboolean transit = wl_prefix_table_is_transit(&self->peers, &entry->fact.subject);

        for (guint j = 0; j < entry->sources->len; j++) {
            WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);
            WlVerdict verdict = wl_prefix_rules_check(self, entry, origin, prefix);

            wl_scheduler_count_work(&self->scheduler);
            if (verdict != WL_VERDICT_ACCEPTED) {
                wl_fact_evaluate_set_verdict(self, entry, origin, verdict);
                continue;
            }
            add_claim(self, claims, targets, entry, origin, prefix, transit);
            claimed->wide |= !transit;
        }
    }
}

/* Returns the number of claims that the rules accept. */
static guint
arbitrate(WlEngine *self, const WlPrefixComponent *component)
{
    g_autoptr(GArray) claims = wl_array_new(WlPrefixClaim);
    g_autoptr(GArray) targets = wl_array_new(Target);

    for (guint i = 0; i < component->claimed->len; i++)
        check_claims(self, component->claimed->pdata[i],
                     &g_array_index(component->prefixes, WlPrefix, i), claims, targets);
    wl_prefix_arbiter_decide(claims);
    for (guint i = 0; i < claims->len; i++) {
        const WlPrefixClaim *claim = &g_array_index(claims, WlPrefixClaim, i);
        const Target *target = &g_array_index(targets, Target, claim->index);

        wl_fact_evaluate_set_verdict(self, target->entry, target->origin, claim->verdict);
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
