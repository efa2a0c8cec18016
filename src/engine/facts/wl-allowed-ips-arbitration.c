/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "state/wl-candidates.h"
#include "state/wl-prefix-arbiter.h"
#include "wl-engine-private.h"

/*
 * Prefixes that members claim: who gets which. They are judged together, but only those that can
 * have a say in one that changed: what is inside the outermost prefix, of somebody who is no
 * carrier, that covers it.
 */

/* Where so many overlap, they are not judged again after each datagram. */
#define MANY_CLAIMS 256

/* One masked prefix, with everybody who is said to have it. */
struct _WlClaimed {
    GPtrArray *entries; /* of WlFactEntry */
    gboolean wide;      /* it may keep others from what is inside it */
    gboolean owned;
    WlKey owner;
    guint mark; /* when it was last judged */
};

typedef struct {
    WlPrefix prefix;
    gboolean wide;
} Dirty;

typedef struct {
    WlFactEntry *entry;
    WlClaim *claim;
    WlPrefix prefix;
} Prefix;

static void
claimed_free(WlClaimed *claimed)
{
    g_ptr_array_unref(claimed->entries);
    g_free(claimed);
}

void
wl_engine_init_claimed(WlEngine *self)
{
    self->claimed = wl_prefix_map_new((GDestroyNotify) claimed_free);
    self->hosts = wl_prefix_map_new(NULL);
    self->seen_hosts = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    self->dirty = g_array_new(FALSE, FALSE, sizeof(Dirty));
}

void
wl_engine_clear_claimed(WlEngine *self)
{
    g_clear_pointer(&self->claimed, wl_prefix_map_free);
    g_clear_pointer(&self->hosts, wl_prefix_map_free);
    g_clear_pointer(&self->seen_hosts, g_array_unref);
    g_clear_pointer(&self->dirty, g_array_unref);
}

static gboolean
is_carrier(const WlEngine *self, const WlKey *subject)
{
    const WlPeer *peer = wl_engine_find(self, subject);

    return peer && (peer->router || wl_peer_get_configured_trust(peer) >= WL_TRUST_ALLOWED_IPS);
}

static void
add_dirty(WlEngine *self, const WlPrefix *prefix, gboolean wide)
{
    Dirty dirty = {.prefix = *prefix, .wide = wide};

    g_array_append_val(self->dirty, dirty);
    self->claims_dirty = TRUE;
}

void
wl_engine_prefix_changed(WlEngine *self, WlFactEntry *entry)
{
    WlPrefix prefix = wl_prefix_masked(&entry->fact.value.prefix);
    gboolean wide = !is_carrier(self, &entry->fact.subject);
    WlClaimed *claimed = wl_prefix_map_get(self->claimed, &prefix);

    if (!claimed && entry->claims->len == 0)
        return;
    if (!claimed) {
        claimed = g_new0(WlClaimed, 1);
        claimed->entries = g_ptr_array_new();
        wl_prefix_map_set(self->claimed, &prefix, claimed);
    }
    if (entry->claims->len > 0 && !entry->claimed)
        g_ptr_array_add(claimed->entries, entry);
    else if (entry->claims->len == 0 && entry->claimed)
        g_ptr_array_remove(claimed->entries, entry);
    entry->claimed = entry->claims->len > 0;
    wide |= claimed->wide;
    claimed->wide = wide;
    add_dirty(self, &prefix, wide);
}

/* ---- the hosts that peers are reached at: no prefix may cover them */

static void
add_host(GArray *hosts, const WlEndpoint *endpoint)
{
    WlPrefix host = wl_prefix_from_ip(&endpoint->ip);

    if (wl_endpoint_is_set(endpoint))
        wl_prefixes_add(hosts, &host);
}

static gboolean
mark_dirty(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    const WlClaimed *claimed = value;

    add_dirty(user_data, prefix, claimed->wide);
    return FALSE;
}

void
wl_engine_configured_changed(WlEngine *self, const WlPrefix *prefix)
{
    wl_prefix_map_find_around(self->claimed, prefix, mark_dirty, self);
    wl_prefix_map_find_inside(self->claimed, prefix, mark_dirty, self);
}

static void
count_host(WlEngine *self, const WlPrefix *host, int change)
{
    guint users = GPOINTER_TO_UINT(wl_prefix_map_get(self->hosts, host));

    if (users + change > 0)
        wl_prefix_map_set(self->hosts, host, GUINT_TO_POINTER(users + change));
    else
        wl_prefix_map_remove(self->hosts, host);
    if (users == 0 || users + change == 0)
        wl_prefix_map_find_around(self->claimed, host, mark_dirty, self);
}

static void
replace_hosts(WlEngine *self, WlPeer *peer, const GArray *hosts)
{
    if (wl_prefixes_equal(hosts, peer->hosts))
        return;
    for (guint i = 0; i < hosts->len; i++)
        count_host(self, &g_array_index(hosts, WlPrefix, i), 1);
    for (guint i = 0; i < peer->hosts->len; i++)
        count_host(self, &g_array_index(peer->hosts, WlPrefix, i), -1);
    g_array_set_size(peer->hosts, 0);
    g_array_append_vals(peer->hosts, hosts->data, hosts->len);
}

/* Seen to work, or of the profile; not what is only being tried. */
void
wl_engine_update_hosts(WlEngine *self, WlPeer *peer)
{
    GArray *hosts = self->seen_hosts;

    g_array_set_size(hosts, 0);
    if (peer->healthy)
        add_host(hosts, peer->move.phase == WL_MOVE_TRY ? &peer->move.original : &peer->endpoint);
    for (guint i = 0; i < peer->candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, i);
        if (candidate->source == WL_CANDIDATE_SOURCE_PROFILE)
            add_host(hosts, &candidate->endpoint);
    }
    replace_hosts(self, peer, hosts);
}

void
wl_engine_drop_hosts(WlEngine *self, WlPeer *peer)
{
    g_array_set_size(self->seen_hosts, 0);
    replace_hosts(self, peer, self->seen_hosts);
}

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
            !wl_prefixes_have(peer->always, prefix))
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
            wl_prefixes_have(peer->direct_only, prefix))
            return TRUE;
    }
    return FALSE;
}

static WlVerdict
check_configured(const WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    Question question = {.subject = subject, .prefix = prefix};

    if (wl_prefix_map_find_around(self->configured, prefix, is_of_another_leaf, &question) ||
        wl_prefix_map_find_around(self->configured, prefix, is_of_another_router, &question))
        return WL_VERDICT_CONFIGURED;
    /* A peer that is not direct is reached by its router: nothing more specific may come between
     * the two. */
    if (question.covered &&
        wl_prefix_map_find_inside(self->configured, prefix, is_direct_only_of_another, &question))
        return WL_VERDICT_CONFIGURED;
    return WL_VERDICT_ACCEPTED;
}

static WlVerdict
check_alone(const WlEngine *self, const Prefix *item)
{
    const WlKey *subject = &item->entry->fact.subject;
    WlVerdict verdict = wl_engine_check_trust(self, &item->entry->fact, &item->claim->source);

    if (wl_key_equal(subject, &self->public_key))
        return WL_VERDICT_ABOUT_US;
    if (verdict == WL_VERDICT_ACCEPTED)
        verdict = wl_policy_check_prefix(&self->policy, &item->prefix);
    if (verdict == WL_VERDICT_ACCEPTED)
        verdict = check_configured(self, subject, &item->prefix);
    if (verdict == WL_VERDICT_ACCEPTED &&
        wl_prefix_map_find_inside(self->hosts, &item->prefix, is_any, NULL))
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
    WlClaimed *claimed = value;

    if (claimed->mark == component->self->judging)
        return FALSE;
    claimed->mark = component->self->judging;
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

    if (!((const WlClaimed *) value)->wide)
        return FALSE;
    outermost->prefix = *prefix;
    outermost->found = TRUE;
    return TRUE;
}

static void
collect_around(Component *component, const Dirty *dirty)
{
    WlPrefixMap *map = component->self->claimed;
    Outermost outermost = {.found = FALSE};
    WlClaimed *alone;

    wl_prefix_map_find_around(map, &dirty->prefix, is_wide, &outermost);
    if (outermost.found || dirty->wide) {
        wl_prefix_map_find_inside(map, outermost.found ? &outermost.prefix : &dirty->prefix,
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

    if (x->claim->stale != y->claim->stale)
        return x->claim->stale ? 1 : -1;
    return (x->claim->sequence > y->claim->sequence) - (x->claim->sequence < y->claim->sequence);
}

/* Sets the verdict of those that fail by themselves; the others, in the order in which they count.
 */
static GArray *
gather(WlEngine *self, WlClaimed *claimed, const WlPrefix *prefix, GArray *list)
{
    claimed->wide = FALSE;
    for (guint i = 0; i < claimed->entries->len; i++) {
        WlFactEntry *entry = claimed->entries->pdata[i];

        for (guint j = 0; j < entry->claims->len; j++) {
            Prefix item = {
                .entry = entry,
                .claim = &g_array_index(entry->claims, WlClaim, j),
                .prefix = *prefix,
            };
            WlVerdict verdict = check_alone(self, &item);

            self->steps++;
            if (verdict != WL_VERDICT_ACCEPTED) {
                wl_engine_set_verdict(self, entry, item.claim, verdict);
                continue;
            }
            g_array_append_val(list, item);
            claimed->wide |= !is_carrier(self, &entry->fact.subject);
        }
    }
    return list;
}

static void
set_learned(WlEngine *self, const WlKey *subject, const WlPrefix *prefix, gboolean has)
{
    WlPeer *peer = wl_engine_find(self, subject);

    if (has)
        wl_engine_add_route(self, prefix);
    else
        wl_engine_drop_route(self, prefix);
    if (!peer)
        return;
    if (has)
        wl_prefixes_add(peer->learned, prefix);
    else
        wl_prefixes_remove(peer->learned, prefix);
    wl_engine_touch(self, peer);
}

static const WlKey *
find_owner(const WlClaimed *claimed)
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
set_owner(WlEngine *self, WlClaimed *claimed, const WlPrefix *prefix)
{
    const WlKey *owner = find_owner(claimed);

    if (claimed->owned ? owner && wl_key_equal(owner, &claimed->owner) : !owner) {
        WlPeer *peer = owner ? wl_engine_find(self, owner) : NULL;

        /* What was told of it before it was known as a member. */
        if (peer && wl_prefixes_add(peer->learned, prefix))
            wl_engine_touch(self, peer);
        return;
    }
    if (claimed->owned)
        set_learned(self, &claimed->owner, prefix, FALSE);
    claimed->owned = owner != NULL;
    if (owner) {
        claimed->owner = *owner;
        set_learned(self, owner, prefix, TRUE);
    }
    wl_engine_memory_changed(self);
}

static void
judge(WlEngine *self, const Component *component)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Prefix));
    g_autoptr(WlClaims) claims = wl_claims_new();

    for (guint i = 0; i < component->claimed->len; i++)
        gather(self, component->claimed->pdata[i], &g_array_index(component->prefixes, WlPrefix, i),
               list);
    g_array_sort(list, prefix_compare);
    for (guint i = 0; i < list->len; i++) {
        const Prefix *item = &g_array_index(list, Prefix, i);
        const WlKey *subject = &item->entry->fact.subject;

        wl_engine_set_verdict(
            self, item->entry, item->claim,
            wl_claims_add(claims, &item->prefix, subject, is_carrier(self, subject)));
    }
    self->claims_due = list->len > MANY_CLAIMS ? self->now + WL_JUDGE_QUIET : WL_LONG_AGO;
}

void
wl_engine_judge_prefixes(WlEngine *self)
{
    g_autoptr(GPtrArray) claimed = g_ptr_array_new();
    g_autoptr(GArray) prefixes = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    Component component = {.self = self, .claimed = claimed, .prefixes = prefixes};

    self->judging++;
    for (guint i = 0; i < self->dirty->len; i++)
        collect_around(&component, &g_array_index(self->dirty, Dirty, i));
    g_array_set_size(self->dirty, 0);
    judge(self, &component);
    for (guint i = 0; i < claimed->len; i++) {
        WlClaimed *item = claimed->pdata[i];
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);

        set_owner(self, item, prefix);
        if (item->entries->len == 0)
            wl_prefix_map_remove(self->claimed, prefix);
    }
}

void
wl_engine_disown(WlEngine *self, WlPeer *peer)
{
    for (guint i = 0; i < peer->learned->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->learned, WlPrefix, i);
        WlClaimed *claimed = wl_prefix_map_get(self->claimed, prefix);

        claimed->owned = FALSE;
        wl_engine_drop_route(self, prefix);
        add_dirty(self, prefix, claimed->wide);
    }
    g_array_set_size(peer->learned, 0);
}
