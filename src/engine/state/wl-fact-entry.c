/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-fact-entry.h"

#include "state/wl-timing.h"

gboolean
wl_fact_is_endpoint(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_ENDPOINT_V4 ||
           fact->attribute == WL_ATTRIBUTE_ENDPOINT_V6;
}

gboolean
wl_fact_is_allowed(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_ALLOWED_V4 || fact->attribute == WL_ATTRIBUTE_ALLOWED_V6;
}

gboolean
wl_fact_is_member(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_MEMBER || fact->attribute == WL_ATTRIBUTE_METADATA;
}

WlFactSource *
wl_fact_entry_find_source(WlFactEntry *self, const WlKey *key)
{
    for (guint i = 0; self && i < self->sources->len; i++) {
        WlFactSource *origin = &g_array_index(self->sources, WlFactSource, i);
        if (wl_key_equal(&origin->key, key))
            return origin;
    }
    return NULL;
}

gint64
wl_fact_entry_first_expiry(const WlFactEntry *self)
{
    gint64 first = WL_NEVER;

    for (guint i = 0; i < self->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(self->sources, WlFactSource, i);
        if (!origin->stale)
            first = MIN(first, origin->expires);
    }
    return first;
}

gboolean
wl_fact_entry_has_stale(const WlFactEntry *self)
{
    for (guint i = 0; i < self->sources->len; i++) {
        if (g_array_index(self->sources, WlFactSource, i).stale)
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_fact_entry_is_unused(const WlFactEntry *self)
{
    return self->sources->len == 0 && !self->local;
}

gboolean
wl_fact_verdict_is_relayed(WlVerdict verdict)
{
    return verdict == WL_VERDICT_ACCEPTED || verdict == WL_VERDICT_ON_LINK ||
           verdict == WL_VERDICT_HAS_SERVER || verdict == WL_VERDICT_IN_NETWORKS;
}

gboolean
wl_fact_entry_is_refused(const WlFactEntry *self)
{
    for (guint i = 0; i < self->sources->len; i++) {
        WlVerdict verdict = g_array_index(self->sources, WlFactSource, i).verdict;
        if (verdict == WL_VERDICT_N || wl_fact_verdict_is_relayed(verdict))
            return FALSE;
    }
    return self->sources->len > 0;
}

/* Where a member is, only that member says to others, and those that see it there: the word of a
 * third party may be a lie, and would be believed as the word of the member that relays it. */
static gboolean
is_first_hand(const WlFact *fact, const WlKey *source)
{
    return !wl_fact_is_endpoint(fact) || wl_key_equal(&fact->subject, source);
}

static gint64
last_relayed(const WlFactEntry *self)
{
    gint64 last = 0;

    for (guint i = 0; i < self->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(self->sources, WlFactSource, i);
        if (!origin->stale && wl_fact_verdict_is_relayed(origin->verdict) &&
            is_first_hand(&self->fact, &origin->key))
            last = MAX(last, origin->expires);
    }
    return last;
}

gint64
wl_fact_entry_expires(const WlFactEntry *self, gint64 now)
{
    return self->local ? now + WL_FACT_TTL : MIN(last_relayed(self), now + WL_FACT_TTL);
}

gboolean
wl_fact_entry_outlives(const WlFactEntry *self, gint64 until)
{
    return self->local || last_relayed(self) > until;
}

gboolean
wl_fact_entry_accepted(const WlFactEntry *self, gboolean stale)
{
    for (guint i = 0; i < self->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(self->sources, WlFactSource, i);
        if (origin->verdict == WL_VERDICT_ACCEPTED && (stale || !origin->stale))
            return TRUE;
    }
    return FALSE;
}
