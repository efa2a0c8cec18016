/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-candidates.h"
#include "wl-claims.h"
#include "wl-engine-private.h"

/* Judging all prefixes after each datagram is too much work only when there are many. */
#define MANY_CLAIMS 256

typedef struct {
    WlFactEntry *entry;
    WlClaim *claim;
    WlPrefix prefix;
} Prefix;

/* ---- time */

static gboolean
keep_claim(const WlFactEntry *entry, const WlClaim *claim, gpointer user_data)
{
    const WlEngine *self = user_data;
    const WlPeer *source;
    gboolean allowed = wl_fact_is_allowed(&entry->fact);

    if (claim->verdict != WL_VERDICT_ACCEPTED || !(allowed || wl_fact_is_member(&entry->fact)) ||
        !wl_engine_find(self, &entry->fact.subject))
        return FALSE;
    source = wl_engine_find(self, &claim->source);
    if (!source)
        return FALSE;
    if (!(allowed ? wl_engine_may_deconfigure(self) : wl_engine_may_delete(self)))
        return TRUE;
    /* Losing the source is not losing what it said: only one that is really there can take it back.
     */
    return !wl_peer_is_healthy_enough(source, self->now);
}

static void
claims_expired(WlFactEntry *entry, gpointer user_data)
{
    WlEngine *self = user_data;
    WlPeer *peer = wl_engine_find(self, &entry->fact.subject);

    self->steps++;
    if (wl_fact_is_allowed(&entry->fact))
        wl_engine_prefix_changed(self, entry);
    if (wl_fact_is_member(&entry->fact))
        wl_engine_subject_changed(self, &entry->fact.subject);
    if (peer && wl_fact_is_endpoint(&entry->fact))
        wl_engine_candidates_changed(self, peer);
    /* Section 5.3, step 9: ask everybody to say it all again. */
    if (entry->claims->len == 0 && !entry->local && !wl_fact_is_endpoint(&entry->fact))
        self->boot_id_wanted = TRUE;
}

void
wl_engine_expire_facts(WlEngine *self)
{
    if (wl_fact_set_next_expiry(self->facts) <= self->now || self->stale_dirty)
        wl_fact_set_expire(self->facts, self->now, self->stale_dirty, keep_claim, claims_expired,
                           self);
    wl_engine_need(self, wl_fact_set_next_expiry(self->facts));
}

void
wl_engine_drop_source(WlEngine *self, const WlKey *source)
{
    wl_fact_set_drop_source(self->facts, source, claims_expired, self);
}

/* ---- trust and policy */

static WlVerdict
check_trust(const WlEngine *self, const WlFact *fact, const WlKey *source)
{
    const WlPeer *teller = wl_engine_find(self, source);
    WlTrust level = teller ? teller->trust : WL_TRUST_UNSET;
    gboolean known = wl_engine_find(self, &fact->subject) != NULL;

    if (wl_trust_should_accept(fact->attribute, known, level))
        return WL_VERDICT_ACCEPTED;
    return !known && wl_trust_should_accept(fact->attribute, TRUE, level)
               ? WL_VERDICT_UNKNOWN_SUBJECT
               : WL_VERDICT_UNTRUSTED;
}

static void
set_verdict(WlEngine *self, WlFactEntry *entry, WlClaim *claim, WlVerdict verdict)
{
    WlPeer *peer;

    if (claim->verdict == verdict)
        return;
    claim->verdict = verdict;
    if (verdict != WL_VERDICT_ACCEPTED)
        self->refused[verdict]++;
    if (wl_fact_is_member(&entry->fact))
        wl_engine_subject_changed(self, &entry->fact.subject);
    peer = wl_engine_find(self, &entry->fact.subject);
    if (peer && wl_fact_is_endpoint(&entry->fact))
        wl_engine_candidates_changed(self, peer);
    wl_engine_fact_told(self, entry);
}

gboolean
wl_engine_judge_claim(WlEngine *self, WlFactEntry *entry, WlClaim *claim)
{
    WlVerdict verdict = check_trust(self, &entry->fact, &claim->source);

    self->steps++;
    if (verdict == WL_VERDICT_ACCEPTED && wl_fact_is_allowed(&entry->fact))
        return FALSE;
    if (wl_key_equal(&entry->fact.subject, &self->public_key))
        verdict = WL_VERDICT_ABOUT_US;
    else if (verdict == WL_VERDICT_ACCEPTED && wl_fact_is_endpoint(&entry->fact))
        verdict = wl_policy_check_endpoint(&self->policy, &entry->fact.value.endpoint);
    set_verdict(self, entry, claim, verdict);
    return TRUE;
}

/* ---- prefixes, all together */

/* A peer that is not direct is reached by its router: nothing more specific may come between the
 * two. */
static gboolean
takes_from_router(const WlEngine *self, const WlPeer *router, const WlKey *subject,
                  const WlPrefix *prefix)
{
    if (!wl_prefixes_cover(router->always, prefix))
        return FALSE;
    for (guint i = 0; i < self->peers->len; i++) {
        const WlPeer *peer = self->peers->pdata[i];

        if (wl_key_equal(&peer->key, subject))
            continue; /* what is its own it may be told */
        for (guint j = 0; j < peer->direct_only->len; j++) {
            if (wl_prefix_contains(prefix, &g_array_index(peer->direct_only, WlPrefix, j)))
                return TRUE;
        }
    }
    return FALSE;
}

/* The rules that need the profile's prefixes of the other peers. */
static WlVerdict
check_configured(const WlEngine *self, const WlKey *subject, const WlPrefix *prefix)
{
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];

        if (wl_key_equal(&peer->key, subject))
            continue;
        if (peer->config && !peer->router &&
            (wl_prefixes_cover(peer->always, prefix) ||
             wl_prefixes_cover(peer->direct_only, prefix)))
            return WL_VERDICT_CONFIGURED;
        if (peer->router && takes_from_router(self, peer, subject, prefix))
            return WL_VERDICT_CONFIGURED;
        if (peer->router && wl_prefixes_have(peer->always, prefix))
            return WL_VERDICT_CONFIGURED;
    }
    return WL_VERDICT_ACCEPTED;
}

static void
add_host(GArray *hosts, const WlEndpoint *endpoint)
{
    WlPrefix host = wl_prefix_from_ip(&endpoint->ip);

    if (wl_endpoint_is_set(endpoint))
        wl_prefixes_add(hosts, &host);
}

/* The hosts that peers are reached at: seen to work, or of the profile; not what is only being
 * tried. */
static GArray *
gather_endpoints(const WlEngine *self)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

    for (guint i = 0; i < self->peers->len; i++) {
        const WlPeer *peer = self->peers->pdata[i];

        if (peer->healthy)
            add_host(hosts,
                     peer->move.phase == WL_MOVE_TRY ? &peer->move.original : &peer->endpoint);
        for (guint j = 0; j < peer->candidates->len; j++) {
            const WlCandidate *candidate = &g_array_index(peer->candidates, WlCandidate, j);
            if (candidate->teller == WL_TELLER_PROFILE)
                add_host(hosts, &candidate->endpoint);
        }
    }
    return hosts;
}

static WlVerdict
check_endpoints(const GArray *hosts, const WlPrefix *prefix)
{
    guint index = wl_prefixes_search(hosts, prefix);

    return index < hosts->len && wl_prefix_contains(prefix, &g_array_index(hosts, WlPrefix, index))
               ? WL_VERDICT_HAS_ENDPOINT
               : WL_VERDICT_ACCEPTED;
}

static int
prefix_compare(gconstpointer a, gconstpointer b)
{
    const Prefix *x = a, *y = b;

    if (x->claim->stale != y->claim->stale)
        return x->claim->stale ? 1 : -1;
    return (x->claim->sequence > y->claim->sequence) - (x->claim->sequence < y->claim->sequence);
}

static gboolean
is_carrier(const WlEngine *self, const WlKey *subject)
{
    const WlPeer *peer = wl_engine_find(self, subject);

    return peer && (peer->router || wl_peer_get_configured_trust(peer) >= WL_TRUST_ALLOWED_IPS);
}

static GArray *
gather_prefixes(WlEngine *self)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Prefix));

    for (guint i = 0; i < wl_fact_set_size(self->facts); i++) {
        WlFactEntry *entry = wl_fact_set_get(self->facts, i);

        if (!wl_fact_is_allowed(&entry->fact))
            continue;
        for (guint j = 0; j < entry->claims->len; j++) {
            Prefix item = {
                .entry = entry,
                .claim = &g_array_index(entry->claims, WlClaim, j),
                .prefix = wl_prefix_masked(&entry->fact.value.prefix),
            };
            WlVerdict verdict = check_trust(self, &entry->fact, &item.claim->source);

            if (wl_key_equal(&entry->fact.subject, &self->public_key))
                verdict = WL_VERDICT_ABOUT_US;
            if (verdict == WL_VERDICT_ACCEPTED)
                g_array_append_val(list, item);
            else
                set_verdict(self, entry, item.claim, verdict);
        }
    }
    g_array_sort(list, prefix_compare);
    return list;
}

static void
judge_prefixes(WlEngine *self)
{
    g_autoptr(GArray) list = gather_prefixes(self);
    g_autoptr(GArray) hosts = gather_endpoints(self);
    g_autoptr(WlClaims) claims = wl_claims_new();
    g_autoptr(GPtrArray) before =
        g_ptr_array_new_full(self->peers->len, (GDestroyNotify) g_array_unref);

    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];
        g_ptr_array_add(before, peer->learned);
        peer->learned = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    }

    for (guint i = 0; i < list->len; i++) {
        const Prefix *item = &g_array_index(list, Prefix, i);
        const WlKey *subject = &item->entry->fact.subject;
        WlVerdict verdict = wl_policy_check_prefix(&self->policy, &item->prefix);
        WlPeer *peer;

        if (verdict == WL_VERDICT_ACCEPTED)
            verdict = check_configured(self, subject, &item->prefix);
        if (verdict == WL_VERDICT_ACCEPTED)
            verdict = check_endpoints(hosts, &item->prefix);
        if (verdict == WL_VERDICT_ACCEPTED)
            verdict = wl_claims_add(claims, &item->prefix, subject, is_carrier(self, subject));
        set_verdict(self, item->entry, item->claim, verdict);
        peer = wl_engine_find(self, subject);
        if (peer && verdict == WL_VERDICT_ACCEPTED)
            wl_prefixes_add(peer->learned, &item->prefix);
    }
    for (guint i = 0; i < self->peers->len; i++) {
        WlPeer *peer = self->peers->pdata[i];
        if (wl_prefixes_equal(peer->learned, before->pdata[i]))
            continue;
        self->routes_dirty = TRUE;
        wl_engine_memory_changed(self);
        wl_engine_touch(self, peer);
    }
    self->claims_judged = self->now;
    self->claims_due = list->len > MANY_CLAIMS ? self->now + WL_JUDGE_QUIET : WL_LONG_AGO;
}

void
wl_engine_prefix_changed(WlEngine *self, WlFactEntry *entry)
{
    self->claims_dirty = TRUE;
}

static void
judge_entry(WlEngine *self, WlFactEntry *entry)
{
    for (guint i = 0; i < entry->claims->len; i++) {
        if (!wl_engine_judge_claim(self, entry, &g_array_index(entry->claims, WlClaim, i)))
            wl_engine_prefix_changed(self, entry);
    }
}

void
wl_engine_judge_about(WlEngine *self, const WlKey *subject)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, subject);

    for (guint i = 0; about && i < about->len; i++)
        judge_entry(self, about->pdata[i]);
}

void
wl_engine_judge(WlEngine *self)
{
    if (self->judge_dirty) {
        self->judge_dirty = FALSE;
        self->claims_dirty = TRUE;
        for (guint i = 0; i < wl_fact_set_size(self->facts); i++)
            judge_entry(self, wl_fact_set_get(self->facts, i));
    }
    if (!self->claims_dirty)
        return;
    if (self->claims_due > self->now) {
        wl_engine_need(self, self->claims_due);
        return;
    }
    self->claims_dirty = FALSE;
    judge_prefixes(self);
}
