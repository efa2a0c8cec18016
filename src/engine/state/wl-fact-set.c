/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-fact-set.h"

#include <sodium.h>
#include <string.h>

#include "state/wl-timing.h"
#include "wl-fact-codec.h"

/* An endpoint for which another one had to go, and that its source goes on telling. */
#define DISPLACED_N 1024

typedef struct {
    guint64 id; /* of source, subject and endpoint */
    gint64 told;
} Displaced;

struct _WlFactSet {
    GPtrArray *entries;     /* of WlFactEntry, owned */
    GHashTable *by_fact;    /* WlFact* (inside the entry) -> WlFactEntry */
    GHashTable *by_subject; /* WlKey* -> GPtrArray of WlFactEntry */
    GHashTable *by_source;  /* WlKey* -> guint*, number of claims */
    WlTimerQueue *expiries; /* of entries: the first of their claims to run out */
    WlTimerQueue *renewals; /* of entries: when those who know them need them again */
    GPtrArray *stale;       /* entries with a stale claim */
    WlChangeLog *news;      /* of entries */
    guint n_sources, max_sources, untrusted;
    guint64 sequence;
    guint mark;
    gboolean local_changed;
    Displaced *displaced; /* by id; made with the first */
};

/* Replacing a fresh endpoint by another from the same source would let one datagram empty the list.
 */
#define REPLACE_AFTER WL_SEC(10)
/* More than the time between two turns while there is anybody to renew facts. */
#define EXACT_WITHIN WL_SEC(60)

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
    self->renewals = wl_timer_queue_new();
    self->stale = g_ptr_array_new();
    self->news = wl_change_log_new();
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
    wl_timer_queue_free(self->renewals);
    wl_change_log_free(self->news);
    g_ptr_array_unref(self->stale);
    g_ptr_array_unref(self->entries);
    g_free(self->displaced);
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
wl_fact_set_allow(WlFactSet *self, guint max_sources)
{
    self->max_sources = max_sources;
}

gboolean
wl_fact_set_is_full(const WlFactSet *self, const WlKey *source)
{
    const guint *count = g_hash_table_lookup(self->by_source, source);

    return self->n_sources >= self->max_sources || (count && *count >= WL_MAX_FACTS_OF_SOURCE);
}

guint
wl_fact_set_untrusted(const WlFactSet *self)
{
    return self->untrusted;
}

void
wl_fact_set_set_verdict(WlFactSet *self, WlFactSource *origin, WlVerdict verdict)
{
    self->untrusted -= wl_verdict_is_untrusted(origin->verdict);
    origin->verdict = verdict;
    self->untrusted += wl_verdict_is_untrusted(origin->verdict);
}

gboolean
wl_fact_set_has_stale(const WlFactSet *self)
{
    return self->stale->len > 0;
}

/* ---- what happens to an entry: the one place that keeps the indices right */

/* When the first of its claims runs out; WL_NEVER: none does. */
static gint64
entry_first_expiry(const WlFactEntry *entry)
{
    gint64 first = WL_NEVER;

    for (guint i = 0; i < entry->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        if (!origin->stale)
            first = MIN(first, origin->expires);
    }
    return first;
}

/* After a change of its claims. */
static void
entry_sort_in(WlFactSet *self, WlFactEntry *entry)
{
    gint64 first = entry_first_expiry(entry);
    gboolean stale = FALSE;

    for (guint i = 0; i < entry->sources->len; i++)
        stale |= g_array_index(entry->sources, WlFactSource, i).stale;
    /* One that moved into the future is moved when it is the first: most are renewed before. */
    if (entry->expiry.place == 0 || first < entry->expiry.when || first == WL_NEVER)
        wl_timer_queue_set(self->expiries, &entry->expiry, first);
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

static WlFactEntry *
entry_add(WlFactSet *self, const WlFact *fact)
{
    WlFactEntry *entry = g_new0(WlFactEntry, 1);
    GPtrArray *about;

    wl_fact_copy(fact, &entry->fact);
    entry->fact.ttl = 0;
    entry->fact.expires = 0;
    entry->sources = g_array_new(FALSE, TRUE, sizeof(WlFactSource));
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

static void
entry_remove(WlFactSet *self, WlFactEntry *entry)
{
    GPtrArray *about = g_hash_table_lookup(self->by_subject, &entry->fact.subject);
    guint index = entry->index;

    entry_sort_in(self, entry); /* it has no claims any more */
    wl_timer_queue_set(self->renewals, &entry->renewal, WL_NEVER);
    wl_change_log_remove(self->news, &entry->change);
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
    self->n_sources += change;
    if (*count == 0)
        g_hash_table_remove(self->by_source, source);
}

static void
source_remove(WlFactSet *self, WlFactEntry *entry, guint index)
{
    WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, index);
    WlKey source = origin->key;

    wl_fact_set_set_verdict(self, origin, WL_VERDICT_N);
    g_array_remove_index(entry->sources, index);
    entry_sort_in(self, entry);
    source_count(self, &source, -1);
}

static WlFactSource *
source_find(WlFactEntry *entry, const WlKey *source)
{
    for (guint i = 0; entry && i < entry->sources->len; i++) {
        WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        if (wl_key_equal(&origin->key, source))
            return origin;
    }
    return NULL;
}

static guint64
displaced_id(const WlFact *fact, const WlKey *source)
{
    const WlEndpoint *endpoint = &fact->value.endpoint;
    crypto_generichash_state state;
    guint8 hash[crypto_generichash_BYTES_MIN];
    guint64 id;

    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    crypto_generichash_update(&state, (const guint8 *) source, sizeof(*source));
    crypto_generichash_update(&state, (const guint8 *) &fact->subject, sizeof(fact->subject));
    crypto_generichash_update(&state, endpoint->ip.bytes, sizeof(endpoint->ip.bytes));
    crypto_generichash_update(&state, &endpoint->ip.family, sizeof(endpoint->ip.family));
    crypto_generichash_update(&state, (const guint8 *) &endpoint->port, sizeof(endpoint->port));
    crypto_generichash_final(&state, hash, sizeof(hash));
    memcpy(&id, hash, sizeof(id));
    return id;
}

static void
note_displaced(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 told)
{
    guint64 id = displaced_id(fact, source);

    if (!self->displaced)
        self->displaced = g_new0(Displaced, DISPLACED_N);
    self->displaced[id % DISPLACED_N] = (Displaced){.id = id, .told = told};
}

/*
 * Behind a symmetric NAT a member has an address for each that it talks to, more than there is room
 * for. All of them are renewed: if each took the place of the one that was told longest ago, all
 * would be news again every two minutes, to us and to everybody whom we tell. What the subject says
 * itself is where it is now.
 */
static gboolean
was_displaced(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now)
{
    guint64 id = displaced_id(fact, source);
    Displaced *displaced = self->displaced ? &self->displaced[id % DISPLACED_N] : NULL;

    if (!displaced || displaced->id != id || wl_key_equal(&fact->subject, source) ||
        now - displaced->told > WL_RETURNED_AFTER)
        return FALSE;
    displaced->told = now;
    return TRUE;
}

/* How many endpoints with the address @ip are told, by @source or, if it is NULL, by anybody. */
static guint
count_at(const GPtrArray *about, const WlIp *ip, const WlKey *source)
{
    guint n = 0;

    for (guint i = 0; i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];

        if (!wl_fact_is_endpoint(&entry->fact) || !wl_ip_equal(&entry->fact.value.endpoint.ip, ip))
            continue;
        n += source ? source_find(entry, source) != NULL : entry->sources->len;
    }
    return n;
}

typedef struct {
    WlFactEntry *entry;
    guint index; /* of the claim */
    gint64 told;
    guint ports; /* of its address, with the one that room is made for */
} Victim;

/*
 * Who makes room for the endpoint @fact, among what is told by @source or, if it is NULL, by
 * anybody: one of the address that has most ports, or all that a symmetric NAT gave would push out
 * the addresses by which its member can be reached; of those the one that was told longest ago.
 */
static Victim
choose_victim(const GPtrArray *about, const WlFact *fact, const WlKey *source)
{
    Victim victim = {.told = WL_NEVER};

    for (guint i = 0; i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        const WlIp *ip = &entry->fact.value.endpoint.ip;
        guint ports;

        if (!wl_fact_is_endpoint(&entry->fact))
            continue;
        ports = count_at(about, ip, source) + wl_ip_equal(ip, &fact->value.endpoint.ip);
        for (guint j = 0; j < entry->sources->len; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);

            if (source && !wl_key_equal(&origin->key, source))
                continue;
            if (ports > victim.ports || (ports == victim.ports && origin->told < victim.told))
                victim = (Victim){.entry = entry, .index = j, .told = origin->told, .ports = ports};
        }
    }
    return victim;
}

/* Makes room for one more endpoint of @source about the subject (docs/engine.md "Limits"). */
static gboolean
endpoint_room(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now)
{
    const GPtrArray *about = wl_fact_set_about(self, &fact->subject);
    gboolean itself = wl_key_equal(&fact->subject, source), spreads;
    guint all = 0, own = 0;
    Victim victim;

    for (guint i = 0; about && i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        if (!wl_fact_is_endpoint(&entry->fact))
            continue;
        all += entry->sources->len;
        own += source_find(entry, source) != NULL;
    }
    if (own < WL_MAX_ENDPOINTS_OF_ONE && all < WL_MAX_ENDPOINTS)
        return TRUE;

    /* A full subject still takes what the subject says of itself. */
    victim = choose_victim(about, fact, itself && own < WL_MAX_ENDPOINTS_OF_ONE ? NULL : source);
    if (!victim.entry)
        return FALSE;
    /* One more address for one port less of another empties no list. */
    spreads = victim.ports > 1 &&
              !wl_ip_equal(&victim.entry->fact.value.endpoint.ip, &fact->value.endpoint.ip);
    if (!spreads && (was_displaced(self, fact, source, now) || victim.told > now - REPLACE_AFTER))
        return FALSE;
    note_displaced(self, &victim.entry->fact,
                   &g_array_index(victim.entry->sources, WlFactSource, victim.index).key,
                   victim.told);
    source_remove(self, victim.entry, victim.index);
    if (victim.entry->sources->len == 0 && !victim.entry->local)
        entry_remove(self, victim.entry);
    return TRUE;
}

WlFactSourceResult
wl_fact_set_add_source(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now,
                       gint64 expires, WlFactEntry **entry, WlFactSource **origin)
{
    WlFactSourceResult told = WL_FACT_SOURCE_RENEWED;

    *entry = wl_fact_set_lookup(self, fact);
    *origin = source_find(*entry, source);
    if (!*origin) {
        WlFactSource fresh = {.key = *source, .sequence = self->sequence};

        if (wl_fact_set_is_full(self, source) ||
            (wl_fact_is_endpoint(fact) && !endpoint_room(self, fact, source, now)))
            return WL_FACT_SOURCE_REFUSED;
        self->sequence++;
        *entry = wl_fact_set_lookup(self, fact);
        if (!*entry)
            *entry = entry_add(self, fact);
        g_array_append_val((*entry)->sources, fresh);
        *origin = &g_array_index((*entry)->sources, WlFactSource, (*entry)->sources->len - 1);
        source_count(self, source, 1);
        told = WL_FACT_SOURCE_NEW;
    } else if ((*origin)->stale || now - (*origin)->told > WL_RETURNED_AFTER) {
        told = WL_FACT_SOURCE_RETURNED;
    }
    (*origin)->stale = FALSE;
    (*origin)->told = now;
    (*origin)->expires = MAX((*origin)->expires, expires);
    /* A longer life alone moves nothing forward. */
    if (told != WL_FACT_SOURCE_RENEWED)
        entry_sort_in(self, *entry);
    return told;
}

gboolean
wl_fact_set_restore_source(WlFactSet *self, const WlFact *fact, const WlKey *source, gint64 now,
                           WlFactEntry **entry, WlFactSource **origin)
{
    if (wl_fact_set_add_source(self, fact, source, now, now, entry, origin) != WL_FACT_SOURCE_NEW)
        return FALSE;
    (*origin)->stale = TRUE;
    entry_sort_in(self, *entry);
    return TRUE;
}

/* ---- what we stand for ourselves */

void
wl_fact_set_local_begin(WlFactSet *self)
{
    self->mark++;
    self->local_changed = FALSE;
}

void
wl_fact_set_local_add(WlFactSet *self, const WlFact *fact, gint64 now)
{
    WlFactEntry *entry = wl_fact_set_lookup(self, fact);

    if (!entry)
        entry = entry_add(self, fact);
    entry->mark = self->mark;
    if (entry->local)
        return;
    entry->local = TRUE;
    self->local_changed = TRUE;
    wl_fact_set_mark_changed(self, entry, now);
}

gboolean
wl_fact_set_local_end(WlFactSet *self, const WlKey *subject, gint64 now)
{
    const GPtrArray *about = wl_fact_set_about(self, subject);

    for (guint i = about ? about->len : 0; i-- > 0;) {
        WlFactEntry *entry = about->pdata[i];

        if (!entry->local || entry->mark == self->mark)
            continue;
        self->local_changed = TRUE;
        entry->local = FALSE;
        /* An endpoint that we stood for and do no more is wrong for those we told, too
         * (docs/protocol.md 5.3.5); prefixes and membership stand as long as somebody else
         * says so. */
        while (wl_fact_is_endpoint(&entry->fact) && entry->sources->len > 0)
            source_remove(self, entry, entry->sources->len - 1);
        if (entry->sources->len == 0)
            entry_remove(self, entry);
        else
            wl_fact_set_mark_changed(self, entry, now);
        about = wl_fact_set_about(self, subject);
    }
    return self->local_changed;
}

/* ---- time */

/* Asks about the claims of @entry whose time is over. TRUE if anything changed. */
static gboolean
entry_expire(WlFactSet *self, WlFactEntry *entry, gint64 now, WlKeepFunc keep,
             WlExpiredFunc expired, gpointer user_data)
{
    gboolean changed = FALSE;

    for (guint i = entry->sources->len; i-- > 0;) {
        WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        if (origin->expires > now)
            continue;
        if (!keep(entry, origin, user_data)) {
            source_remove(self, entry, i);
            changed = TRUE;
        } else if (!origin->stale) {
            origin->stale = TRUE;
            changed = TRUE;
        }
    }
    entry_sort_in(self, entry);
    if (changed)
        expired(entry, user_data);
    if (changed && entry->sources->len == 0 && !entry->local)
        entry_remove(self, entry);
    return changed;
}

gint64
wl_fact_set_next_expiry(WlFactSet *self, gint64 now)
{
    WlFactEntry *entry;

    /* One far ahead is good enough as long as it is, for most are renewed before. */
    while ((entry = wl_timer_queue_due(self->expiries, now + EXACT_WITHIN)) &&
           entry_first_expiry(entry) > entry->expiry.when)
        wl_timer_queue_set(self->expiries, &entry->expiry, entry_first_expiry(entry));
    return wl_timer_queue_first(self->expiries);
}

gboolean
wl_fact_set_expire(WlFactSet *self, gint64 now, gboolean again, WlKeepFunc keep,
                   WlExpiredFunc expired, gpointer user_data)
{
    gboolean changed = FALSE;
    WlFactEntry *entry;

    for (guint i = again ? self->stale->len : 0; i-- > 0;)
        changed |= entry_expire(self, self->stale->pdata[i], now, keep, expired, user_data);
    while (wl_fact_set_next_expiry(self, now) <= now &&
           (entry = wl_timer_queue_due(self->expiries, now)))
        changed |= entry_expire(self, entry, now, keep, expired, user_data);
    return changed;
}

/* ---- news */

void
wl_fact_set_mark_changed(WlFactSet *self, WlFactEntry *entry, gint64 now)
{
    wl_change_log_push(self->news, &entry->change);
    entry->advertised_until = wl_fact_entry_expires(entry, now);
    wl_timer_queue_set(self->renewals, &entry->renewal,
                       entry->local ? entry->advertised_until - WL_FACT_MARGIN : WL_NEVER);
}

void
wl_fact_set_mark_renewed(WlFactSet *self, WlFactEntry *entry, gint64 now, gint64 expires)
{
    gint64 together = MIN(WL_RENEWAL_BATCH, (entry->advertised_until - now) / 2);

    /* Once it is set it stands until the entry is told. A source that renews later than we would
     * has its word passed on with what others renew in those seconds. */
    if (entry->renewal.place == 0 && entry->advertised_until > 0 &&
        expires > entry->advertised_until)
        wl_timer_queue_set(self->renewals, &entry->renewal,
                           MAX(entry->advertised_until - WL_FACT_MARGIN, now + together));
}

void
wl_fact_set_mark_settled(WlFactSet *self, WlFactEntry *entry, gint64 expires)
{
    entry->advertised_until = MAX(entry->advertised_until, expires);
    if (entry->renewal.place != 0)
        wl_timer_queue_set(self->renewals, &entry->renewal, WL_NEVER);
}

gint64
wl_fact_set_next_renewal(const WlFactSet *self)
{
    return wl_timer_queue_first(self->renewals);
}

WlFactEntry *
wl_fact_set_take_renewal(WlFactSet *self, gint64 until)
{
    WlFactEntry *entry = wl_timer_queue_due(self->renewals, until);

    if (entry)
        wl_timer_queue_set(self->renewals, &entry->renewal, WL_NEVER);
    return entry;
}

const WlChangeLog *
wl_fact_set_get_changes(const WlFactSet *self)
{
    return self->news;
}

/* ---- forgetting */

void
wl_fact_set_drop_source(WlFactSet *self, const WlKey *source, WlExpiredFunc expired,
                        gpointer user_data)
{
    for (guint i = self->entries->len; i-- > 0;) {
        WlFactEntry *entry = self->entries->pdata[i];
        const WlFactSource *origin = source_find(entry, source);

        if (!origin)
            continue;
        source_remove(self, entry, (guint) (origin - (const WlFactSource *) entry->sources->data));
        expired(entry, user_data);
        if (entry->sources->len == 0 && !entry->local)
            entry_remove(self, entry);
    }
}

gboolean
wl_fact_set_drop_sources(WlFactSet *self, const WlFact *fact)
{
    WlFactEntry *entry = wl_fact_set_lookup(self, fact);

    if (!entry || entry->sources->len == 0)
        return FALSE;
    while (entry->sources->len > 0)
        source_remove(self, entry, entry->sources->len - 1);
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

/* What is wrong only for this machine is still right for others: a network that the tunnel leads to
 * has members in it, who reach each other there. */
static gboolean
is_worth_telling(WlVerdict verdict)
{
    return verdict == WL_VERDICT_ACCEPTED || verdict == WL_VERDICT_ON_LINK ||
           verdict == WL_VERDICT_HAS_SERVER || verdict == WL_VERDICT_IN_NETWORKS;
}

gint64
wl_fact_entry_expires(const WlFactEntry *entry, gint64 now)
{
    gint64 expires = 0;

    if (entry->local)
        return now + WL_FACT_TTL;
    for (guint i = 0; i < entry->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        if (!origin->stale && is_worth_telling(origin->verdict))
            expires = MAX(expires, origin->expires);
    }
    return expires;
}

gboolean
wl_fact_entry_accepted(const WlFactEntry *entry, gboolean stale)
{
    for (guint i = 0; i < entry->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        if (origin->verdict == WL_VERDICT_ACCEPTED && (stale || !origin->stale))
            return TRUE;
    }
    return FALSE;
}
