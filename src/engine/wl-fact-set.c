/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-fact-set.h"

#include <string.h>

#include "wl-times.h"

struct _WlFactSet {
    GPtrArray *entries;     /* of WlFactEntry, owned */
    GHashTable *by_fact;    /* WlFact* (inside the entry) -> WlFactEntry */
    GHashTable *by_subject; /* WlKey* -> GPtrArray of WlFactEntry */
    GHashTable *by_source;  /* WlKey* -> guint*, number of claims */
    guint claims;
    guint stale;
    guint64 sequence;
    guint mark;
    gboolean local_changed;
    gint64 next_expiry;
    gboolean next_expiry_known;
};

/* Replacing a fresh endpoint by another from the same source would let one datagram empty the list.
 */
#define REPLACE_AFTER WL_SEC(10)

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

static void
entry_free(WlFactEntry *entry)
{
    wl_fact_clear(&entry->fact);
    g_array_unref(entry->claims);
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
    self->next_expiry = WL_NEVER;
    self->next_expiry_known = TRUE;
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
    g_ptr_array_unref(self->entries);
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
wl_fact_set_claims(const WlFactSet *self)
{
    return self->claims;
}

gboolean
wl_fact_set_has_stale(const WlFactSet *self)
{
    return self->stale > 0;
}

static WlFactEntry *
entry_add(WlFactSet *self, const WlFact *fact)
{
    WlFactEntry *entry = g_new0(WlFactEntry, 1);
    GPtrArray *about;

    wl_fact_copy(fact, &entry->fact);
    entry->fact.ttl = 0;
    entry->fact.expires = 0;
    entry->claims = g_array_new(FALSE, TRUE, sizeof(WlClaim));
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

static void
entry_remove(WlFactSet *self, WlFactEntry *entry)
{
    GPtrArray *about = g_hash_table_lookup(self->by_subject, &entry->fact.subject);
    guint index = entry->index;

    g_ptr_array_remove(about, entry);
    if (about->len == 0)
        g_hash_table_remove(self->by_subject, &entry->fact.subject);
    g_hash_table_remove(self->by_fact, &entry->fact);
    if (index + 1 < self->entries->len)
        ((WlFactEntry *) self->entries->pdata[self->entries->len - 1])->index = index;
    g_ptr_array_remove_index_fast(self->entries, index);
}

static void
source_count(WlFactSet *self, const WlKey *source, int change)
{
    guint *count = g_hash_table_lookup(self->by_source, source);

    if (!count) {
        count = g_new0(guint, 1);
        g_hash_table_insert(self->by_source, wl_key_copy(source), count);
    }
    *count += change;
    self->claims += change;
    if (*count == 0)
        g_hash_table_remove(self->by_source, source);
}

static void
claim_remove(WlFactSet *self, WlFactEntry *entry, guint index)
{
    WlClaim *claim = &g_array_index(entry->claims, WlClaim, index);
    WlKey source = claim->source;

    if (claim->stale)
        self->stale--;
    else if (claim->expires == self->next_expiry)
        self->next_expiry_known = FALSE;
    g_array_remove_index(entry->claims, index);
    source_count(self, &source, -1);
}

static WlClaim *
claim_find(WlFactEntry *entry, const WlKey *source)
{
    for (guint i = 0; entry && i < entry->claims->len; i++) {
        WlClaim *claim = &g_array_index(entry->claims, WlClaim, i);
        if (wl_key_equal(&claim->source, source))
            return claim;
    }
    return NULL;
}

/* Makes room for one more endpoint of @source about the subject (architecture: 4 and 16). */
static gboolean
endpoint_room(WlFactSet *self, const WlKey *subject, const WlKey *source, gint64 now)
{
    const GPtrArray *about = wl_fact_set_about(self, subject);
    WlFactEntry *oldest_entry = NULL;
    guint oldest_index = 0;
    gint64 oldest = WL_NEVER;
    guint all = 0, own = 0;
    gboolean only_own;

    for (guint i = 0; about && i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        if (!wl_fact_is_endpoint(&entry->fact))
            continue;
        all += entry->claims->len;
        own += claim_find(entry, source) != NULL;
    }
    if (own < WL_MAX_ENDPOINTS_OF_ONE && all < WL_MAX_ENDPOINTS)
        return TRUE;

    /* A full subject still takes what the subject says of itself. */
    only_own = own >= WL_MAX_ENDPOINTS_OF_ONE || !wl_key_equal(subject, source);
    for (guint i = 0; i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        if (!wl_fact_is_endpoint(&entry->fact))
            continue;
        for (guint j = 0; j < entry->claims->len; j++) {
            WlClaim *claim = &g_array_index(entry->claims, WlClaim, j);
            if (only_own && !wl_key_equal(&claim->source, source))
                continue;
            if (claim->told < oldest) {
                oldest = claim->told;
                oldest_entry = entry;
                oldest_index = j;
            }
        }
    }
    if (!oldest_entry || oldest > now - REPLACE_AFTER)
        return FALSE;
    claim_remove(self, oldest_entry, oldest_index);
    if (oldest_entry->claims->len == 0 && !oldest_entry->local)
        entry_remove(self, oldest_entry);
    return TRUE;
}

WlTold
wl_fact_set_tell(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now,
                 gint64 expires, WlFactEntry **entry, WlClaim **claim)
{
    WlTold told = WL_TOLD_AGAIN;

    *entry = wl_fact_set_lookup(self, fact);
    *claim = claim_find(*entry, source);
    if (!*claim) {
        const guint *count = g_hash_table_lookup(self->by_source, source);
        WlClaim fresh = {.source = *source, .sequence = self->sequence};

        if (self->claims >= WL_MAX_CLAIMS || (count && *count >= WL_MAX_CLAIMS_OF_SOURCE) ||
            (wl_fact_is_endpoint(fact) && !endpoint_room(self, &fact->subject, source, now)))
            return WL_TOLD_REFUSED;
        self->sequence++;
        *entry = wl_fact_set_lookup(self, fact);
        if (!*entry)
            *entry = entry_add(self, fact);
        g_array_append_val((*entry)->claims, fresh);
        *claim = &g_array_index((*entry)->claims, WlClaim, (*entry)->claims->len - 1);
        source_count(self, source, 1);
        told = WL_TOLD_NEW;
    } else if ((*claim)->stale || now - (*claim)->told > WL_TOLD_AGAIN_AFTER) {
        told = WL_TOLD_RETURNS;
    }
    if ((*claim)->stale) {
        (*claim)->stale = FALSE;
        self->stale--;
    } else if (told != WL_TOLD_NEW && (*claim)->expires == self->next_expiry) {
        self->next_expiry_known = FALSE;
    }
    (*claim)->told = now;
    (*claim)->expires = MAX((*claim)->expires, expires);
    self->next_expiry = MIN(self->next_expiry, (*claim)->expires);
    return told;
}

void
wl_fact_set_local_begin(WlFactSet *self)
{
    self->mark++;
    self->local_changed = FALSE;
}

void
wl_fact_set_local_add(WlFactSet *self, const WlFact *fact)
{
    WlFactEntry *entry = wl_fact_set_lookup(self, fact);

    if (!entry)
        entry = entry_add(self, fact);
    if (!entry->local)
        self->local_changed = TRUE;
    entry->local = TRUE;
    entry->mark = self->mark;
}

gboolean
wl_fact_set_local_end(WlFactSet *self)
{
    for (guint i = self->entries->len; i-- > 0;) {
        WlFactEntry *entry = self->entries->pdata[i];

        if (!entry->local || entry->mark == self->mark)
            continue;
        self->local_changed = TRUE;
        entry->local = FALSE;
        /* An endpoint that we stood for and do no more is wrong for those we told, too
         * (section 5.3, step 5); prefixes and membership stand as long as somebody else says so. */
        while (wl_fact_is_endpoint(&entry->fact) && entry->claims->len > 0)
            claim_remove(self, entry, entry->claims->len - 1);
        if (entry->claims->len == 0)
            entry_remove(self, entry);
    }
    return self->local_changed;
}

gboolean
wl_fact_set_expire(WlFactSet *self, gint64 now, WlKeepFunc keep, WlGoneFunc gone,
                   gpointer user_data)
{
    gboolean changed = FALSE;

    for (guint i = self->entries->len; i-- > 0;) {
        WlFactEntry *entry = self->entries->pdata[i];
        gboolean lost = FALSE;

        for (guint j = entry->claims->len; j-- > 0;) {
            WlClaim *claim = &g_array_index(entry->claims, WlClaim, j);
            if (claim->expires > now)
                continue;
            if (!keep(entry, claim, user_data)) {
                claim_remove(self, entry, j);
                lost = changed = TRUE;
            } else if (!claim->stale) {
                if (claim->expires == self->next_expiry)
                    self->next_expiry_known = FALSE;
                claim->stale = TRUE;
                self->stale++;
                changed = TRUE;
            }
        }
        if (lost && entry->claims->len == 0 && !entry->local) {
            gone(entry, user_data);
            entry_remove(self, entry);
        }
    }
    return changed;
}

gint64
wl_fact_set_next_expiry(WlFactSet *self)
{
    if (self->next_expiry_known)
        return self->next_expiry;
    self->next_expiry = WL_NEVER;
    for (guint i = 0; i < self->entries->len; i++) {
        const WlFactEntry *entry = self->entries->pdata[i];
        for (guint j = 0; j < entry->claims->len; j++) {
            const WlClaim *claim = &g_array_index(entry->claims, WlClaim, j);
            if (!claim->stale)
                self->next_expiry = MIN(self->next_expiry, claim->expires);
        }
    }
    self->next_expiry_known = TRUE;
    return self->next_expiry;
}

void
wl_fact_set_drop_source(WlFactSet *self, const WlKey *source)
{
    for (guint i = self->entries->len; i-- > 0;) {
        WlFactEntry *entry = self->entries->pdata[i];
        for (guint j = entry->claims->len; j-- > 0;) {
            if (wl_key_equal(&g_array_index(entry->claims, WlClaim, j).source, source))
                claim_remove(self, entry, j);
        }
        if (entry->claims->len == 0 && !entry->local)
            entry_remove(self, entry);
    }
}

gboolean
wl_fact_set_drop_claims(WlFactSet *self, const WlFact *fact)
{
    WlFactEntry *entry = wl_fact_set_lookup(self, fact);

    if (!entry || entry->claims->len == 0)
        return FALSE;
    while (entry->claims->len > 0)
        claim_remove(self, entry, entry->claims->len - 1);
    if (!entry->local)
        entry_remove(self, entry);
    return TRUE;
}

void
wl_fact_set_forget(WlFactSet *self, guint slot)
{
    for (guint i = 0; i < self->entries->len; i++)
        wl_knowledge_forget(&((WlFactEntry *) self->entries->pdata[i])->known, slot);
}

gint64
wl_fact_entry_expires(const WlFactEntry *entry, gint64 now)
{
    gint64 expires = 0;

    if (entry->local)
        return now + WL_FACT_TTL;
    for (guint i = 0; i < entry->claims->len; i++) {
        const WlClaim *claim = &g_array_index(entry->claims, WlClaim, i);
        /* What is wrong only for this machine is still right for others. */
        if (!claim->stale &&
            (claim->verdict == WL_VERDICT_ACCEPTED || claim->verdict == WL_VERDICT_ON_LINK))
            expires = MAX(expires, claim->expires);
    }
    return expires;
}

gboolean
wl_fact_entry_accepted(const WlFactEntry *entry, gboolean stale)
{
    for (guint i = 0; i < entry->claims->len; i++) {
        const WlClaim *claim = &g_array_index(entry->claims, WlClaim, i);
        if (claim->verdict == WL_VERDICT_ACCEPTED && (stale || !claim->stale))
            return TRUE;
    }
    return FALSE;
}
