/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-address-limiter.h"

#include <string.h>

#include "state/wl-timing.h"
#include "wl-hash.h"
#include "wl-rate-limit.h"

typedef struct {
    WlIp ip;
    WlKey subject; /* zero: of all subjects */
} Id;

typedef struct {
    Id id;
    WlRateLimit rate;
    GList link; /* in `recent` */
} Budget;

static Id
make_id(const WlIp *ip, const WlKey *subject)
{
    Id id = {.ip = *ip};

    if (subject)
        id.subject = *subject;
    return id;
}

static guint
id_hash(gconstpointer data)
{
    const Id *id = data;
    guint8 bytes[sizeof(id->ip.bytes) + sizeof(id->subject)];

    memcpy(bytes, id->ip.bytes, sizeof(id->ip.bytes));
    memcpy(bytes + sizeof(id->ip.bytes), id->subject.bytes, sizeof(id->subject));
    return wl_hash(bytes, sizeof(bytes));
}

static gboolean
id_equal(gconstpointer a, gconstpointer b)
{
    const Id *x = a, *y = b;

    return wl_ip_equal(&x->ip, &y->ip) && wl_key_equal(&x->subject, &y->subject);
}

void
wl_address_limiter_clear(WlAddressLimiter *self)
{
    g_clear_pointer(&self->by_id, g_hash_table_unref);
    g_queue_init(&self->recent);
}

/* FALSE: not limited. */
static gboolean
get_id(const WlCandidate *candidate, const WlKey *subject, Id *id)
{
    if (candidate->worked)
        return FALSE;
    switch (candidate->source) {
    case WL_CANDIDATE_SOURCE_PROFILE:
        return FALSE;
    case WL_CANDIDATE_SOURCE_ROUTER:
    case WL_CANDIDATE_SOURCE_CACHE:
        *id = make_id(&candidate->endpoint.ip, subject);
        return TRUE;
    case WL_CANDIDATE_SOURCE_SELF:
    case WL_CANDIDATE_SOURCE_THIRD_PARTY:
        break;
    }
    *id = make_id(&candidate->endpoint.ip, NULL);
    return TRUE;
}

static Budget *
find(const WlAddressLimiter *self, const Id *id)
{
    return self->by_id ? g_hash_table_lookup(self->by_id, id) : NULL;
}

gint64
wl_address_limiter_when(const WlAddressLimiter *self, const WlCandidate *candidate,
                        const WlKey *subject, gint64 now)
{
    const Budget *budget;
    Id id;

    if (!get_id(candidate, subject, &id))
        return now;
    budget = find(self, &id);
    return budget ? wl_rate_limit_when(&budget->rate, now, WL_ADDRESS_INTERVAL, WL_ADDRESS_BURST)
                  : now;
}

static void
drop(WlAddressLimiter *self, Budget *budget)
{
    g_queue_unlink(&self->recent, &budget->link);
    g_hash_table_remove(self->by_id, budget);
}

static Budget *
add(WlAddressLimiter *self, const Id *id)
{
    Budget *budget = g_new0(Budget, 1);

    if (!self->by_id)
        self->by_id = g_hash_table_new_full(id_hash, id_equal, NULL, g_free);
    if (self->recent.length == WL_ADDRESS_MAX)
        drop(self, g_queue_peek_tail(&self->recent));
    budget->id = *id;
    budget->link.data = budget;
    g_queue_push_head_link(&self->recent, &budget->link);
    g_hash_table_add(self->by_id, budget);
    return budget;
}

void
wl_address_limiter_note(WlAddressLimiter *self, const WlCandidate *candidate, const WlKey *subject,
                        gint64 now)
{
    Budget *budget;
    Id id;

    if (!get_id(candidate, subject, &id))
        return;
    budget = find(self, &id);
    if (!budget)
        budget = add(self, &id);
    wl_rate_limit_take(&budget->rate, now, WL_ADDRESS_INTERVAL, WL_ADDRESS_BURST);
    g_queue_unlink(&self->recent, &budget->link);
    g_queue_push_head_link(&self->recent, &budget->link);
}

void
wl_address_limiter_note_answer(WlAddressLimiter *self, const WlIp *ip, const WlKey *subject)
{
    const Id ids[] = {make_id(ip, NULL), make_id(ip, subject)};

    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        Budget *budget = find(self, &ids[i]);
        if (budget)
            drop(self, budget);
    }
}

guint
wl_address_limiter_size(const WlAddressLimiter *self)
{
    return self->recent.length;
}
