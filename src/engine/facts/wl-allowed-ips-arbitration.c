/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-allowed-ips-arbitration.h"

#include <string.h>

#include "facts/wl-fact-evaluate.h"
#include "facts/wl-routes.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "state/wl-prefix-arbiter.h"
#include "wl-prefix-set.h"

/*
 * Prefixes that members claim: who gets which. They are judged together, but only those that can
 * have a say in one that changed: what is inside the outermost prefix, of somebody who is no
 * carrier, that covers it.
 */

/* Where so many overlap, they are not judged again after each datagram. */
#define MANY_CLAIMS 256

typedef struct {
    WlFactEntry *entry;
    WlFactSource *origin;
    WlPrefix prefix;
} Prefix;

static gboolean
is_any(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    return TRUE;
}

/* ---- the rules that need the profile's prefixes of the other peers */

typedef struct {
    const WlKey *subject;
    const WlPrefix *prefix;
    gboolean covered; /* by a router's */
} Question;

static gboolean
is_of_another_leaf(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const Question *question = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];
        if (!peer->router && !wl_key_equal(&peer->key, question->subject))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_of_another_router(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Question *question = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];
        if (!peer->router || wl_key_equal(&peer->key, question->subject) ||
            !wl_prefix_set_contains(peer->static_ips, prefix))
            continue;
        if (wl_prefix_equal(prefix, question->prefix))
            return TRUE;
        question->covered = TRUE;
    }
    return FALSE;
}

/* What is its own it may be told. */
static gboolean
is_direct_only_of_another(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const Question *question = user_data;
    const GPtrArray *peers = value;

    for (guint i = 0; i < peers->len; i++) {
        const WlPeer *peer = peers->pdata[i];
        if (!wl_key_equal(&peer->key, question->subject) &&
            wl_prefix_set_contains(peer->direct_ips, prefix))
            return TRUE;
    }
    return FALSE;
}

static WlVerdict
check_configured(const WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    Question question = {.subject = subject, .prefix = prefix};

    if (wl_prefix_map_find_covering(self->prefixes.configured, prefix, is_of_another_leaf,
                                    &question) ||
        wl_prefix_map_find_covering(self->prefixes.configured, prefix, is_of_another_router,
                                    &question))
        return WL_VERDICT_CONFIGURED;
    /* A peer that is not direct is reached by its router: nothing more specific may come between
     * the two. */
    if (question.covered && wl_prefix_map_find_within(self->prefixes.configured, prefix,
                                                      is_direct_only_of_another, &question))
        return WL_VERDICT_CONFIGURED;
    return WL_VERDICT_ACCEPTED;
}

static WlVerdict
check_alone(const WlEngine *self, const Prefix *item)
{
    const WlKey *subject = &item->entry->fact.subject;
    WlVerdict verdict = wl_engine_check_trust(self, &item->entry->fact, &item->origin->key);

    if (wl_key_equal(subject, &self->own.key))
        return WL_VERDICT_ABOUT_US;
    if (verdict == WL_VERDICT_ACCEPTED)
        verdict = wl_policy_check_prefix(&self->policy, &item->prefix);
    if (verdict == WL_VERDICT_ACCEPTED)
        verdict = check_configured(self, subject, &item->prefix);
    if (verdict == WL_VERDICT_ACCEPTED &&
        wl_prefix_map_find_within(self->prefixes.hosts, &item->prefix, is_any, NULL))
        verdict = WL_VERDICT_HAS_ENDPOINT;
    return verdict;
}

/* ---- judging */

typedef struct {
    WlEngine *self;
    GPtrArray *claimed;
    GArray *prefixes; /* of WlPrefix: of each of those */
} Component;

static gboolean
collect(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Component *component = user_data;
    WlClaimedPrefix *claimed = value;

    if (claimed->mark == component->self->prefixes.pass)
        return FALSE;
    claimed->mark = component->self->prefixes.pass;
    g_ptr_array_add(component->claimed, claimed);
    g_array_append_val(component->prefixes, *prefix);
    return FALSE;
}

typedef struct {
    WlPrefix prefix;
    gboolean found;
} Outermost;

static gboolean
is_wide(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    Outermost *outermost = user_data;

    if (!((const WlClaimedPrefix *) value)->wide)
        return FALSE;
    outermost->prefix = *prefix;
    outermost->found = TRUE;
    return TRUE;
}

static void
collect_around(Component *component, const WlDirtyPrefix *dirty)
{
    WlPrefixMap *map = component->self->prefixes.claimed;
    Outermost outermost = {.found = FALSE};
    WlClaimedPrefix *alone;

    wl_prefix_map_find_covering(map, &dirty->prefix, is_wide, &outermost);
    if (outermost.found || dirty->wide) {
        wl_prefix_map_find_within(map, outermost.found ? &outermost.prefix : &dirty->prefix,
                                  collect, component);
        return;
    }
    alone = wl_prefix_map_get(map, &dirty->prefix);
    if (alone)
        collect(&dirty->prefix, alone, component);
}

static int
prefix_compare(gconstpointer a, gconstpointer b)
{
    const Prefix *x = a, *y = b;

    if (x->origin->stale != y->origin->stale)
        return x->origin->stale ? 1 : -1;
    return (x->origin->sequence > y->origin->sequence) -
           (x->origin->sequence < y->origin->sequence);
}

/* Sets the verdict of those that fail by themselves; the others, in the order in which they count.
 */
static GArray *
gather(WlEngine *self, WlClaimedPrefix *claimed, const WlPrefix *prefix, GArray *list)
{
    claimed->wide = FALSE;
    for (guint i = 0; i < claimed->entries->len; i++) {
        WlFactEntry *entry = claimed->entries->pdata[i];

        for (guint j = 0; j < entry->sources->len; j++) {
            Prefix item = {
                .entry = entry,
                .origin = &g_array_index(entry->sources, WlFactSource, j),
                .prefix = *prefix,
            };
            WlVerdict verdict = check_alone(self, &item);

            wl_scheduler_count_work(&self->scheduler);
            if (verdict != WL_VERDICT_ACCEPTED) {
                wl_fact_evaluate_set_verdict(self, entry, item.origin, verdict);
                continue;
            }
            g_array_append_val(list, item);
            claimed->wide |= !wl_prefix_table_is_transit(&self->peers, &entry->fact.subject);
        }
    }
    return list;
}

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
        wl_prefix_set_add(peer->learned_ips, prefix);
    else
        wl_prefix_set_remove(peer->learned_ips, prefix);
    wl_scheduler_schedule(&self->scheduler, peer);
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

/* One prefix has one owner. */
static void
set_owner(WlEngine *self, WlClaimedPrefix *claimed, const WlPrefix *prefix)
{
    const WlKey *owner = find_owner(claimed);

    if (claimed->owned ? owner && wl_key_equal(owner, &claimed->owner) : !owner) {
        WlPeer *peer = owner ? wl_peer_table_find(&self->peers, owner) : NULL;

        /* What was told of it before it was known as a member. */
        if (peer && wl_prefix_set_add(peer->learned_ips, prefix))
            wl_scheduler_schedule(&self->scheduler, peer);
        return;
    }
    if (claimed->owned)
        set_learned(self, &claimed->owner, prefix, FALSE);
    claimed->owned = owner != NULL;
    if (owner) {
        claimed->owner = *owner;
        set_learned(self, owner, prefix, TRUE);
    }
    wl_engine_state_changed(self);
}

static void
judge(WlEngine *self, const Component *component)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Prefix));
    g_autoptr(WlPrefixArbiter) claims = wl_prefix_arbiter_new();

    for (guint i = 0; i < component->claimed->len; i++)
        gather(self, component->claimed->pdata[i], &g_array_index(component->prefixes, WlPrefix, i),
               list);
    g_array_sort(list, prefix_compare);
    for (guint i = 0; i < list->len; i++) {
        const Prefix *item = &g_array_index(list, Prefix, i);
        const WlKey *subject = &item->entry->fact.subject;

        wl_fact_evaluate_set_verdict(
            self, item->entry, item->origin,
            wl_prefix_arbiter_add(claims, &item->prefix, subject,
                                  wl_prefix_table_is_transit(&self->peers, subject)));
    }
    self->prefixes.due_at =
        list->len > MANY_CLAIMS ? self->now + WL_ARBITRATION_DELAY : WL_LONG_AGO;
}

void
wl_allowed_ips_arbitrate(WlEngine *self)
{
    g_autoptr(GPtrArray) claimed = g_ptr_array_new();
    g_autoptr(GArray) prefixes = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    Component component = {.self = self, .claimed = claimed, .prefixes = prefixes};

    self->prefixes.pass++;
    for (guint i = 0; i < self->prefixes.dirty->len; i++)
        collect_around(&component, &g_array_index(self->prefixes.dirty, WlDirtyPrefix, i));
    g_array_set_size(self->prefixes.dirty, 0);
    judge(self, &component);
    for (guint i = 0; i < claimed->len; i++) {
        WlClaimedPrefix *item = claimed->pdata[i];
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);

        set_owner(self, item, prefix);
        if (item->entries->len == 0)
            wl_prefix_map_remove(self->prefixes.claimed, prefix);
    }
}

void
wl_allowed_ips_disown(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; i < peer->learned_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->learned_ips, WlPrefix, i);
        WlClaimedPrefix *claimed = wl_prefix_map_get(self->prefixes.claimed, prefix);

        claimed->owned = FALSE;
        wl_routes_drop(self, prefix);
        wl_prefix_table_mark_dirty(&self->prefixes, prefix, claimed->wide);
    }
    g_array_set_size(peer->learned_ips, 0);
}
