/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-fact-set.h"

#include "state/wl-fact-set-private.h"
#include "state/wl-timing.h"
#include "wl-array.h"
#include "wl-fact-codec.h"

static void
entry_free(WlFactEntry *entry)
{
    wl_fact_clear(&entry->fact);
    g_array_unref(entry->sources);
    wl_knowledge_clear(&entry->known);
    g_free(entry);
}

WlFactSet *
wl_fact_set_new(void)
{
    WlFactSet *self = g_new0(WlFactSet, 1);

    self->entries = g_ptr_array_new_with_free_func((GDestroyNotify) entry_free);
    self->by_fact = g_hash_table_new(wl_fact_identity_hash, wl_fact_identity_equal);
    self->by_subject = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free,
                                             (GDestroyNotify) g_ptr_array_unref);
    self->by_source = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, g_free);
    self->expiries = wl_timer_queue_new();
    self->idle = wl_timer_queue_new();
    self->renewals = wl_timer_queue_new();
    self->stale = g_ptr_array_new();
    self->changes = wl_change_log_new();
    self->max_sources = WL_MAX_FACT_SOURCES;
    return self;
}

void
wl_fact_set_free(WlFactSet *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->by_source);
    g_hash_table_unref(self->by_subject);
    g_hash_table_unref(self->by_fact);
    wl_timer_queue_free(self->expiries);
    wl_timer_queue_free(self->idle);
    wl_timer_queue_free(self->renewals);
    wl_change_log_free(self->changes);
    g_ptr_array_unref(self->stale);
    g_ptr_array_unref(self->entries);
    wl_endpoint_limit_clear(&self->endpoint_limit);
    g_free(self);
}

guint
wl_fact_set_size(const WlFactSet *self)
{
    return self->entries->len;
}

WlFactEntry *
wl_fact_set_get(const WlFactSet *self, guint index)
{
    return self->entries->pdata[index];
}

WlFactEntry *
wl_fact_set_lookup(const WlFactSet *self, const WlFact *fact)
{
    return g_hash_table_lookup(self->by_fact, fact);
}

const GPtrArray *
wl_fact_set_about(const WlFactSet *self, const WlKey *subject)
{
    return g_hash_table_lookup(self->by_subject, subject);
}

guint
wl_fact_set_count_sources(const WlFactSet *self)
{
    return self->n_sources;
}

void
wl_fact_set_set_max_sources(WlFactSet *self, guint max_sources)
{
    self->max_sources = max_sources;
}

void
wl_fact_set_set_endpoint_weights(WlFactSet *self, WlEndpointWeightFunc func, gpointer user_data)
{
    self->endpoint_limit.get_weight = func;
    self->endpoint_limit.user_data = user_data;
}

gboolean
wl_fact_set_is_full(const WlFactSet *self, const WlKey *source)
{
    const WlFactCount *count = g_hash_table_lookup(self->by_source, source);

    return self->n_sources >= self->max_sources || (count && count->all >= WL_MAX_FACTS_OF_SOURCE);
}

void
wl_fact_set_set_share(WlFactSet *self, const WlFactShareFuncs *funcs)
{
    self->share = *funcs;
}

guint
wl_fact_set_count_untrusted(const WlFactSet *self)
{
    return self->n_untrusted;
}

void
wl_fact_set_set_verdict(WlFactSet *self, WlFactSource *origin, WlVerdict verdict)
{
    WlFactCount *count = g_hash_table_lookup(self->by_source, &origin->key);
    guint before = wl_verdict_is_untrusted(origin->verdict);
    guint after = wl_verdict_is_untrusted(verdict);

    origin->verdict = verdict;
    self->n_untrusted += after - before;
    if (count)
        count->untrusted += after - before;
}

void
wl_fact_set_verdict_changed(WlFactSet *self, WlFactEntry *entry)
{
    wl_fact_set_update_entry(self, entry);
}

/* ---- entries and sources: the only code that maintains the indices */

void
wl_fact_set_update_entry(WlFactSet *self, WlFactEntry *entry)
{
    gint64 first = wl_fact_entry_first_expiry(entry);
    gboolean stale = wl_fact_entry_has_stale(entry);
    gboolean idle = wl_fact_entry_is_refused(entry);

    if (idle != entry->idle)
        wl_timer_queue_set(entry->idle ? self->idle : self->expiries, &entry->expiry, WL_NEVER);
    entry->idle = idle;
    /* A later expiry is set when the timer fires, since most facts are renewed before. */
    if (entry->expiry.place == 0 || first < entry->expiry.when || first == WL_NEVER)
        wl_timer_queue_set(idle ? self->idle : self->expiries, &entry->expiry, first);
    if (stale && entry->stale_place == 0) {
        g_ptr_array_add(self->stale, entry);
        entry->stale_place = self->stale->len;
    } else if (!stale && entry->stale_place != 0) {
        guint index = entry->stale_place - 1;
        ((WlFactEntry *) self->stale->pdata[self->stale->len - 1])->stale_place = index + 1;
        g_ptr_array_remove_index_fast(self->stale, index);
        entry->stale_place = 0;
    }
}

WlFactEntry *
wl_fact_set_add_entry(WlFactSet *self, const WlFact *fact)
{
    WlFactEntry *entry = g_new0(WlFactEntry, 1);
    GPtrArray *about;

    wl_fact_copy(fact, &entry->fact);
    entry->fact.ttl = 0;
    entry->fact.expires = 0;
    entry->sources = wl_array_new(WlFactSource);
    entry->expiry.owner = entry->renewal.owner = entry->change.owner = entry;
    entry->index = self->entries->len;
    g_ptr_array_add(self->entries, entry);
    g_hash_table_insert(self->by_fact, &entry->fact, entry);

    about = g_hash_table_lookup(self->by_subject, &fact->subject);
    if (!about) {
        about = g_ptr_array_new();
        g_hash_table_insert(self->by_subject, wl_key_copy(&fact->subject), about);
    }
    g_ptr_array_add(about, entry);
    return entry;
}

void
wl_fact_set_remove_entry(WlFactSet *self, WlFactEntry *entry)
{
    GPtrArray *about = g_hash_table_lookup(self->by_subject, &entry->fact.subject);
    guint index = entry->index;

    wl_timer_queue_set(self->renewals, &entry->renewal, WL_NEVER);
    wl_change_log_remove(self->changes, &entry->change);
    g_ptr_array_remove(about, entry);
    if (about->len == 0)
        g_hash_table_remove(self->by_subject, &entry->fact.subject);
    g_hash_table_remove(self->by_fact, &entry->fact);
    ((WlFactEntry *) self->entries->pdata[self->entries->len - 1])->index = index;
    g_ptr_array_remove_index_fast(self->entries, index);
}

static void
count_source(WlFactSet *self, const WlKey *source, int change)
{
    WlFactCount *count = g_hash_table_lookup(self->by_source, source);

    if (!count) {
        count = g_new0(WlFactCount, 1);
        g_hash_table_insert(self->by_source, wl_key_copy(source), count);
    }
    count->all += change;
    self->n_sources += change;
    if (count->all == 0)
        g_hash_table_remove(self->by_source, source);
}

void
wl_fact_set_remove_source(WlFactSet *self, WlFactEntry *entry, guint index)
{
    WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, index);
    WlKey source = origin->key;

    wl_fact_set_set_verdict(self, origin, WL_VERDICT_N);
    g_array_remove_index(entry->sources, index);
    wl_fact_set_update_entry(self, entry);
    count_source(self, &source, -1);
}

/* ---- shares of a full table */

static gboolean
is_router(const WlFactSet *self, const WlKey *source)
{
    return self->share.is_router && self->share.is_router(source, self->share.user_data);
}

static guint
get_count(const WlFactSet *self, const WlKey *source, gboolean untrusted)
{
    const WlFactCount *count = g_hash_table_lookup(self->by_source, source);

    return !count ? 0 : untrusted ? count->untrusted : count->all;
}

/* The source with the most facts that is no router, the first by key of those with as many; NULL:
 * there is none. */
static const WlKey *
find_largest(const WlFactSet *self, gboolean untrusted)
{
    const WlKey *largest = NULL;
    gpointer key, value;
    GHashTableIter iter;
    guint most = 0;

    g_hash_table_iter_init(&iter, self->by_source);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const WlFactCount *count = value;
        guint n = untrusted ? count->untrusted : count->all;

        if (n == 0 || n < most || (n == most && wl_key_compare(key, largest) > 0) ||
            is_router(self, key))
            continue;
        largest = key;
        most = n;
    }
    return largest;
}

static void
displace(WlFactSet *self, WlFactEntry *entry, const WlFactSource *origin)
{
    entry->lost = origin->verdict == WL_VERDICT_ACCEPTED;
    wl_fact_set_remove_source(self, entry,
                              (guint) (origin - (const WlFactSource *) entry->sources->data));
    if (self->share.displaced)
        self->share.displaced(entry, self->share.user_data);
    if (wl_fact_entry_is_unused(entry))
        wl_fact_set_remove_entry(self, entry);
}

/* Drops a fact of @source, in turns. */
static void
displace_one_of(WlFactSet *self, const WlKey *source, gboolean untrusted)
{
    for (guint i = 0; i < self->entries->len; i++) {
        WlFactEntry *entry;
        const WlFactSource *origin;

        self->victim = (self->victim + 1) % self->entries->len;
        entry = self->entries->pdata[self->victim];
        origin = wl_fact_entry_find_source(entry, source);
        if (!origin || (untrusted && !wl_verdict_is_untrusted(origin->verdict)))
            continue;
        displace(self, entry, origin);
        return;
    }
}

static gboolean
make_room(WlFactSet *self, const WlKey *source, gboolean untrusted)
{
    const WlKey *found = find_largest(self, untrusted);
    WlKey largest;

    if (!found || (!is_router(self, source) &&
                   get_count(self, found, untrusted) <= get_count(self, source, untrusted) + 1))
        return FALSE;
    largest = *found;
    displace_one_of(self, &largest, untrusted);
    return TRUE;
}

gboolean
wl_fact_set_make_untrusted_room(WlFactSet *self, const WlKey *source)
{
    return make_room(self, source, TRUE);
}

/* Makes room for a fact of @source. FALSE if there is none. */
static gboolean
make_fact_room(WlFactSet *self, const WlKey *source)
{
    if (get_count(self, source, FALSE) >= WL_MAX_FACTS_OF_SOURCE)
        return FALSE;
    return self->n_sources < self->max_sources || make_room(self, source, FALSE);
}

/* Makes room for the endpoint @fact of @source. FALSE if there is none. */
static gboolean
make_endpoint_room(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now,
                   gint64 *held_since)
{
    WlEndpointPlace place = wl_endpoint_limit_check(
        &self->endpoint_limit, wl_fact_set_about(self, &fact->subject), fact, source, now);

    *held_since = place.held_since;
    switch (place.room) {
    case WL_ENDPOINT_ROOM:
        return TRUE;
    case WL_ENDPOINT_REFUSE:
        return FALSE;
    case WL_ENDPOINT_DISPLACE:
        break;
    }
    wl_fact_set_remove_source(self, place.entry, place.index);
    if (wl_fact_entry_is_unused(place.entry))
        wl_fact_set_remove_entry(self, place.entry);
    return TRUE;
}

WlFactSourceResult
wl_fact_set_add_source(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now,
                       gint64 expires, WlFactEntry **entry, WlFactSource **origin)
{
    WlFactSourceResult result = WL_FACT_SOURCE_RENEWED;

    *entry = wl_fact_set_lookup(self, fact);
    *origin = wl_fact_entry_find_source(*entry, source);
    if (!*origin) {
        WlFactSource fresh = {.key = *source, .added = now, .sequence = self->sequence};

        if ((wl_fact_is_endpoint(fact) &&
             !make_endpoint_room(self, fact, source, now, &fresh.held_since)) ||
            !make_fact_room(self, source))
            return WL_FACT_SOURCE_REFUSED;
        self->sequence++;
        *entry = wl_fact_set_lookup(self, fact);
        if (!*entry)
            *entry = wl_fact_set_add_entry(self, fact);
        g_array_append_val((*entry)->sources, fresh);
        *origin = &g_array_index((*entry)->sources, WlFactSource, (*entry)->sources->len - 1);
        count_source(self, source, 1);
        result = WL_FACT_SOURCE_NEW;
    } else if ((*origin)->stale || now - (*origin)->received > WL_RETURNED_AFTER) {
        result = WL_FACT_SOURCE_RETURNED;
    }
    (*origin)->stale = FALSE;
    (*origin)->received = now;
    (*origin)->expires = MAX((*origin)->expires, expires);
    /* A later expiry does not move the timer. */
    if (result != WL_FACT_SOURCE_RENEWED)
        wl_fact_set_update_entry(self, *entry);
    return result;
}

gboolean
wl_fact_set_restore_source(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now,
                           WlFactEntry **entry, WlFactSource **origin)
{
    if (wl_fact_entry_find_source(wl_fact_set_lookup(self, fact), source) ||
        wl_fact_set_add_source(self, fact, source, now, now, entry, origin) != WL_FACT_SOURCE_NEW)
        return FALSE;
    (*origin)->stale = TRUE;
    wl_fact_set_update_entry(self, *entry);
    return TRUE;
}

gboolean
wl_fact_set_drop_sources(WlFactSet *self, const WlFact *fact)
{
    WlFactEntry *entry = wl_fact_set_lookup(self, fact);

    if (!entry || entry->sources->len == 0)
        return FALSE;
    while (entry->sources->len > 0)
        wl_fact_set_remove_source(self, entry, entry->sources->len - 1);
    if (!entry->local)
        wl_fact_set_remove_entry(self, entry);
    return TRUE;
}

void
wl_fact_set_forget(WlFactSet *self, guint slot)
{
    for (guint i = 0; i < self->entries->len; i++)
        wl_knowledge_forget(&((WlFactEntry *) self->entries->pdata[i])->known, slot);
}
