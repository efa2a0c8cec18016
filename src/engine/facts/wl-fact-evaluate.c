/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-fact-evaluate.h"

#include "facts/wl-allowed-ips-arbitration.h"
#include "state/wl-endpoint-policy.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "state/wl-removal-rules.h"

/* ---- expiry */

static gboolean
keep_source(const WlFactEntry *entry, const WlFactSource *origin, gpointer user_data)
{
    const WlEngine *self = user_data;
    const WlPeer *source = wl_peer_table_find(&self->peers, &origin->key);
    gboolean allowed = wl_fact_is_allowed(&entry->fact);

    if (origin->verdict != WL_VERDICT_ACCEPTED || !(allowed || wl_fact_is_member(&entry->fact)) ||
        !wl_peer_table_find(&self->peers, &entry->fact.subject) || !source)
        return FALSE;
    if (!(allowed ? wl_engine_may_deconfigure(self) : wl_engine_may_delete(self)))
        return TRUE;
    /* An unreachable source does not withdraw its facts; only an authoritative one does. */
    return !wl_peer_is_authoritative(source, self->now);
}

static void
sources_expired(WlFactEntry *entry, gpointer user_data)
{
    WlEngine *self = user_data;
    WlPeer *peer = wl_peer_table_find(&self->peers, &entry->fact.subject);

    wl_scheduler_count_work(&self->scheduler);
    if (wl_fact_is_allowed(&entry->fact))
        wl_engine_prefix_changed(self, entry);
    /* A source that was refused ends without any effect. */
    if (!entry->lost)
        return;
    if (wl_fact_is_member(&entry->fact))
        wl_engine_subject_changed(self, &entry->fact.subject);
    if (peer && wl_fact_is_endpoint(&entry->fact))
        wl_engine_candidates_changed(self, peer);
    /* docs/protocol.md 5.3.9: request a full resend from every peer. */
    if (entry->sources->len == 0 && !entry->local && !wl_fact_is_endpoint(&entry->fact))
        wl_engine_fact_lost(self);
}

void
wl_fact_evaluate_displaced(WlFactEntry *entry, gpointer user_data)
{
    WlEngine *self = user_data;
    WlPeer *peer = wl_peer_table_find(&self->peers, &entry->fact.subject);

    wl_scheduler_count_work(&self->scheduler);
    wl_engine_count_refused(self, WL_VERDICT_TOO_MANY);
    if (wl_fact_is_allowed(&entry->fact))
        wl_engine_prefix_changed(self, entry);
    if (!entry->lost)
        return;
    if (wl_fact_is_member(&entry->fact))
        wl_engine_subject_changed(self, &entry->fact.subject);
    if (peer && wl_fact_is_endpoint(&entry->fact))
        wl_engine_candidates_changed(self, peer);
}

void
wl_fact_evaluate_expire(WlEngine *self)
{
    if (wl_fact_set_has_expired(self->facts, self->now) || self->evaluation.stale_due)
        wl_fact_set_expire(self->facts, self->now, self->evaluation.stale_due, keep_source,
                           sources_expired, self);
    wl_scheduler_wake_at(&self->scheduler, wl_fact_set_next_expiry(self->facts, self->now));
}

void
wl_fact_evaluate_drop_source(WlEngine *self, const WlKey *source)
{
    wl_fact_set_drop_source(self->facts, source, sources_expired, self);
}

/* ---- trust and policy */

void
wl_fact_evaluate_set_verdict(WlEngine *self, WlFactEntry *entry, WlFactSource *origin,
                             WlVerdict verdict)
{
    gboolean was_accepted = origin->verdict == WL_VERDICT_ACCEPTED;
    gboolean was_relayed = wl_fact_verdict_is_relayed(origin->verdict);
    WlPeer *peer;

    if (origin->verdict == verdict)
        return;
    wl_fact_set_set_verdict(self->facts, origin, verdict);
    wl_fact_set_verdict_changed(self->facts, entry);
    if (verdict != WL_VERDICT_ACCEPTED)
        wl_engine_count_refused(self, verdict);
    if (was_relayed || wl_fact_verdict_is_relayed(verdict))
        wl_engine_fact_sources_changed(self, entry);
    if (!was_accepted && verdict != WL_VERDICT_ACCEPTED)
        return;
    if (wl_fact_is_member(&entry->fact))
        wl_engine_subject_changed(self, &entry->fact.subject);
    peer = wl_peer_table_find(&self->peers, &entry->fact.subject);
    if (peer && wl_fact_is_endpoint(&entry->fact))
        wl_engine_candidates_changed(self, peer);
}

gboolean
wl_fact_evaluate_source(WlEngine *self, WlFactEntry *entry, WlFactSource *origin)
{
    WlVerdict verdict = wl_engine_check_trust(self, &entry->fact, &origin->key);

    wl_scheduler_count_work(&self->scheduler);
    if (verdict == WL_VERDICT_ACCEPTED && wl_fact_is_allowed(&entry->fact))
        return FALSE;
    if (verdict == WL_VERDICT_ACCEPTED && wl_key_equal(&entry->fact.subject, &self->own.key))
        verdict = WL_VERDICT_ABOUT_US;
    else if (verdict == WL_VERDICT_ACCEPTED && wl_fact_is_endpoint(&entry->fact))
        verdict = wl_endpoint_policy_check(&self->policy, &entry->fact.value.endpoint);
    wl_fact_evaluate_set_verdict(self, entry, origin, verdict);
    return TRUE;
}

/* ---- evaluating many facts */

static void
evaluate_entry(WlEngine *self, WlFactEntry *entry)
{
    for (guint i = 0; i < entry->sources->len; i++)
        wl_fact_evaluate_source(self, entry, &g_array_index(entry->sources, WlFactSource, i));
    if (wl_fact_is_allowed(&entry->fact))
        wl_engine_prefix_changed(self, entry);
}

void
wl_fact_evaluate_about(WlEngine *self, const WlKey *subject)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, subject);

    for (guint i = 0; about && i < about->len; i++)
        evaluate_entry(self, about->pdata[i]);
}

static gboolean
evaluate_source_of(WlEngine *self, WlFactEntry *entry, const WlKey *source)
{
    gboolean found = FALSE;

    for (guint i = 0; i < entry->sources->len; i++) {
        WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);

        if (!wl_key_equal(&origin->key, source))
            continue;
        wl_fact_evaluate_source(self, entry, origin);
        found = TRUE;
    }
    return found;
}

void
wl_fact_evaluate_all_of(WlEngine *self, const WlKey *source)
{
    for (guint i = 0; i < wl_fact_set_size(self->facts); i++) {
        WlFactEntry *entry = wl_fact_set_get(self->facts, i);

        if (evaluate_source_of(self, entry, source) && wl_fact_is_allowed(&entry->fact))
            wl_engine_prefix_changed(self, entry);
    }
}

void
wl_fact_evaluate_due(WlEngine *self)
{
    if (self->evaluation.all_due) {
        self->evaluation.all_due = FALSE;
        for (guint i = 0; i < wl_fact_set_size(self->facts); i++)
            evaluate_entry(self, wl_fact_set_get(self->facts, i));
    }
    if (!self->prefixes.due)
        return;
    if (self->prefixes.due_at > self->now) {
        wl_scheduler_wake_at(&self->scheduler, self->prefixes.due_at);
        return;
    }
    wl_allowed_ips_arbitrate(self);
}
