/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-address-limiter.h"

#include <string.h>

#include "state/wl-timing.h"
#include "wl-hash.h"
#include "wl-rate-limit.h"

/* Whose word counts together. */
typedef enum {
    WORD_OF_ROUTERS, /* about one subject */
    WORD_OF_SUBJECTS,
    WORD_OF_THIRD_PARTIES,
    WORD_N,
} Word;

/* Bytes without padding, which are hashed and compared as a whole. */
typedef struct {
    WlIp ip;       /* of IPv6 the network, unless it counts for one address */
    WlKey subject; /* zero: of all subjects */
    guint8 word;
    guint8 network; /* TRUE or FALSE */
} Id;

/* An address, and of IPv6 its network: a host has all addresses of it. Members can share a network,
 * therefore it may have more. */
#define N_IDS            2
#define NETWORK_LENGTH   64 /* of IPv6, in bits */
#define NETWORK_BURST(b) (4 * (b))

typedef struct {
    Id id;
    WlRateLimit rate;
    GList link; /* in `recent` */
} Budget;

static Id
make_id(const WlIp *ip, const WlKey *subject, Word word, gboolean network)
{
    const WlPrefix prefix = {.ip = *ip, .length = NETWORK_LENGTH};
    Id id = {.ip = *ip, .word = (guint8) word, .network = (guint8) network};

    if (subject && word == WORD_OF_ROUTERS)
        id.subject = *subject;
    if (network)
        id.ip = wl_prefix_masked(&prefix).ip;
    return id;
}

static guint
id_hash(gconstpointer data)
{
    return wl_hash(data, sizeof(Id));
}

static gboolean
id_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(Id)) == 0;
}

void
wl_address_limiter_clear(WlAddressLimiter *self)
{
    g_clear_pointer(&self->by_id, g_hash_table_unref);
    g_queue_init(&self->recent);
}

/* WORD_N: not limited. */
static Word
get_word(const WlCandidate *candidate)
{
    if (candidate->worked)
        return WORD_N;
    switch (candidate->source) {
    case WL_CANDIDATE_SOURCE_PROFILE:
        return WORD_N;
    case WL_CANDIDATE_SOURCE_ROUTER:
    case WL_CANDIDATE_SOURCE_CACHE:
        return WORD_OF_ROUTERS;
    case WL_CANDIDATE_SOURCE_SELF:
        return WORD_OF_SUBJECTS;
    case WL_CANDIDATE_SOURCE_THIRD_PARTY:
        break;
    }
    return WORD_OF_THIRD_PARTIES;
}

/* What @candidate counts for: its address, and of IPv6 its network. */
static guint
get_ids(const WlIp *ip, const WlKey *subject, Word word, Id ids[N_IDS])
{
    ids[0] = make_id(ip, subject, word, FALSE);
    if (ip->family != WL_FAMILY_V6)
        return 1;
    ids[1] = make_id(ip, subject, word, TRUE);
    return 2;
}

static guint
get_burst(const Id *id)
{
    return id->network && id->word != WORD_OF_THIRD_PARTIES ? NETWORK_BURST(WL_ADDRESS_BURST)
                                                            : WL_ADDRESS_BURST;
}

/* A network that has more has it more often. */
static gint64
get_interval(const Id *id)
{
    return WL_ADDRESS_INTERVAL * WL_ADDRESS_BURST / get_burst(id);
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
    gint64 when = now;
    Id ids[N_IDS];

    /* What is not limited has no budget. */
    for (guint i = get_ids(&candidate->endpoint.ip, subject, get_word(candidate), ids); i-- > 0;) {
        const Budget *budget = find(self, &ids[i]);

        if (budget)
            when = MAX(when, wl_rate_limit_when(&budget->rate, now, get_interval(&ids[i]),
                                                get_burst(&ids[i])));
    }
    return when;
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
    Word word = get_word(candidate);
    Id ids[N_IDS];

    if (word == WORD_N)
        return;
    for (guint i = get_ids(&candidate->endpoint.ip, subject, word, ids); i-- > 0;) {
        Budget *budget = find(self, &ids[i]);

        if (!budget)
            budget = add(self, &ids[i]);
        wl_rate_limit_take(&budget->rate, now, get_interval(&ids[i]), get_burst(&ids[i]));
        g_queue_unlink(&self->recent, &budget->link);
        g_queue_push_head_link(&self->recent, &budget->link);
    }
}

void
wl_address_limiter_note_answer(WlAddressLimiter *self, const WlIp *ip, const WlKey *subject)
{
    for (Word word = 0; word < WORD_N; word++) {
        Id ids[N_IDS];

        for (guint i = get_ids(ip, subject, word, ids); i-- > 0;) {
            Budget *budget = find(self, &ids[i]);
            if (budget)
                drop(self, budget);
        }
    }
}

guint
wl_address_limiter_size(const WlAddressLimiter *self)
{
    return self->recent.length;
}
