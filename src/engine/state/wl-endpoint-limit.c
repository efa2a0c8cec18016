/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-endpoint-limit.h"

#include <sodium.h>
#include <string.h>

#include "state/wl-timing.h"

#define DISPLACED_N 1024

/* A single datagram must not displace all endpoints of a subject; those that are renewed in it may
 * still be older than the new ones. */
#define REPLACE_AFTER WL_SEC(10)

typedef struct _WlDisplacedEndpoint {
    guint64 id;      /* of source, subject and endpoint */
    gint64 received; /* when the source last advertised it; in `lost`: when it lost its place */
} Displaced;

void
wl_endpoint_limit_clear(WlEndpointLimit *self)
{
    g_clear_pointer(&self->displaced, g_free);
    g_clear_pointer(&self->lost, g_free);
}

/* Identifies what a record is about; @endpoint NULL: no endpoint. An id decides which record is
 * overwritten: it must be the same in every process, which wl_hash() is not. */
static guint64
make_id(const WlKey *source, const WlKey *subject, const WlEndpoint *endpoint)
{
    struct {
        WlKey source, subject;
        WlIp ip;
        guint8 port[sizeof(endpoint->port)];
    } about = {.source = *source, .subject = *subject};
    guint8 hash[crypto_generichash_BYTES_MIN];
    guint64 id;

    if (endpoint) {
        about.ip = endpoint->ip;
        memcpy(about.port, &endpoint->port, sizeof(about.port));
    }
    crypto_generichash(hash, sizeof(hash), (const guint8 *) &about, sizeof(about), NULL, 0);
    memcpy(&id, hash, sizeof(id));
    return id;
}

static guint64
displaced_id(const WlFact *fact, const WlKey *source)
{
    return make_id(source, &fact->subject, &fact->value.endpoint);
}

/* A third party that lost its last place among the endpoints of a subject to another. */
static guint64
loser_id(const WlFact *fact, const WlKey *source)
{
    return make_id(source, &fact->subject, NULL);
}

static void
add_lost(WlEndpointLimit *self, const WlFact *fact, const WlKey *source, gint64 now)
{
    guint64 id = loser_id(fact, source);

    if (!self->lost)
        self->lost = g_new0(Displaced, DISPLACED_N);
    self->lost[id % DISPLACED_N] = (Displaced){.id = id, .received = now};
}

/* How long another third party must have had a place before @source, which has none, takes it: the
 * less the longer @source has been without. */
static gint64
get_turn(const WlEndpointLimit *self, const WlFact *fact, const WlKey *source, gint64 now)
{
    guint64 id = loser_id(fact, source);
    const Displaced *lost = self->lost ? &self->lost[id % DISPLACED_N] : NULL;
    gint64 without =
        lost && lost->id == id ? MIN(now - lost->received, WL_ENDPOINT_LOST) : WL_ENDPOINT_LOST;

    return WL_ENDPOINT_PLACE - (WL_ENDPOINT_PLACE - REPLACE_AFTER) * (without / WL_MS(1)) /
                                   (WL_ENDPOINT_LOST / WL_MS(1));
}

static void
add_displaced(WlEndpointLimit *self, const WlFact *fact, const WlKey *source, gint64 received)
{
    guint64 id = displaced_id(fact, source);

    if (!self->displaced)
        self->displaced = g_new0(Displaced, DISPLACED_N);
    self->displaced[id % DISPLACED_N] = (Displaced){.id = id, .received = received};
}

/* An endpoint advertised by the subject itself is current, even if it was displaced before. */
static gboolean
was_displaced(WlEndpointLimit *self, const WlFact *fact, const WlKey *source, gint64 now)
{
    guint64 id = displaced_id(fact, source);
    Displaced *displaced = self->displaced ? &self->displaced[id % DISPLACED_N] : NULL;

    if (!displaced || displaced->id != id || wl_key_equal(&fact->subject, source) ||
        now - displaced->received > WL_RETURNED_AFTER)
        return FALSE;
    displaced->received = now;
    return TRUE;
}

/* The number of endpoints with the address @ip, of @source or, if it is NULL, of all sources. */
static guint
count_at(const GPtrArray *about, const WlIp *ip, const WlKey *source)
{
    guint n = 0;

    for (guint i = 0; i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];

        if (!wl_fact_is_endpoint(&entry->fact) || !wl_ip_equal(&entry->fact.value.endpoint.ip, ip))
            continue;
        n += source ? wl_fact_entry_find_source(entry, source) != NULL : entry->sources->len;
    }
    return n;
}

/* The number of endpoints that @source holds. */
static guint
count_of(const GPtrArray *about, const WlKey *source)
{
    guint n = 0;

    for (guint i = 0; i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        n += wl_fact_is_endpoint(&entry->fact) && wl_fact_entry_find_source(entry, source) != NULL;
    }
    return n;
}

/* Whose endpoints may make room. */
typedef enum {
    VICTIM_REFUSED,        /* those that have no effect */
    VICTIM_OF_SOURCE,      /* those of the source itself */
    VICTIM_OF_THIRD_PARTY, /* those of sources that are neither the subject nor a router */
    VICTIM_OF_ROUTER,      /* those of routers */
} VictimKind;

typedef struct {
    VictimKind kind;
    guint least;       /* only of sources that hold this many */
    gint64 held_until; /* only places that were taken before */
} VictimFilter;

typedef struct {
    WlFactEntry *entry;
    guint index; /* of the source */
    gint64 added, received;
    gint64 held_since; /* 0 if that does not matter */
    guint ports;       /* of its address, with the endpoint to be added */
    guint held;        /* by its source; 0 if that does not matter */
} Victim;

static WlEndpointWeight
get_weight(const WlEndpointLimit *self, const WlFact *fact, const WlKey *source)
{
    return self->get_weight ? self->get_weight(fact, source, self->user_data)
                            : WL_ENDPOINT_WEIGHT_THIRD_PARTY;
}

static gboolean
is_refused(const WlFactSource *origin)
{
    return origin->verdict != WL_VERDICT_N && !wl_fact_verdict_is_relayed(origin->verdict);
}

static gboolean
is_victim(const WlEndpointLimit *self, VictimKind kind, const WlFact *fact, const WlKey *source,
          const WlFactSource *origin)
{
    gboolean itself = wl_key_equal(&origin->key, &fact->subject);

    switch (kind) {
    case VICTIM_REFUSED:
        return is_refused(origin);
    case VICTIM_OF_SOURCE:
        return wl_key_equal(&origin->key, source);
    case VICTIM_OF_THIRD_PARTY:
        return !itself && get_weight(self, fact, &origin->key) != WL_ENDPOINT_WEIGHT_ROUTER;
    case VICTIM_OF_ROUTER:
        return !itself && get_weight(self, fact, &origin->key) == WL_ENDPOINT_WEIGHT_ROUTER;
    }
    return FALSE;
}

static gboolean
is_better_victim(const Victim *a, const Victim *b)
{
    return a->held > b->held ||
           (a->held == b->held &&
            (a->held_since < b->held_since ||
             (a->held_since == b->held_since &&
              (a->ports > b->ports || (a->ports == b->ports && a->received < b->received)))));
}

/*
 * Selects the endpoint that makes room for @fact: among sources the one with the most and the
 * oldest place, then of the address with the most ports, the one advertised longest ago. Otherwise
 * the ports of a symmetric NAT would displace the addresses at which the member can be reached.
 */
static Victim
choose_victim(const WlEndpointLimit *self, const GPtrArray *about, const WlFact *fact,
              const WlKey *source, const VictimFilter *filter)
{
    const WlKey *counted = filter->kind == VICTIM_OF_SOURCE ? source : NULL;
    Victim victim = {.received = WL_NEVER, .held_since = WL_NEVER};

    for (guint i = 0; i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        const WlIp *ip = &entry->fact.value.endpoint.ip;
        guint ports;

        if (!wl_fact_is_endpoint(&entry->fact))
            continue;
        ports = count_at(about, ip, counted) + wl_ip_equal(ip, &fact->value.endpoint.ip);
        for (guint j = 0; j < entry->sources->len; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);
            Victim other = {
                .entry = entry,
                .index = j,
                .added = origin->added,
                .received = origin->received,
                .held_since = filter->least > 0 ? origin->held_since : 0,
                .ports = ports,
                .held = filter->least > 0 ? count_of(about, &origin->key) : 0,
            };

            if (other.held >= filter->least && origin->held_since <= filter->held_until &&
                is_victim(self, filter->kind, fact, source, origin) &&
                (!victim.entry || is_better_victim(&other, &victim)))
                victim = other;
        }
    }
    return victim;
}

/*
 * Selects an endpoint of any source, and sets *kind. Refused ones make room for those that may be
 * accepted. What a subject advertises for itself, or a router that sees it, displaces the word of
 * third parties; the subject and a router also displace what routers say beyond their share. Of two
 * third parties the one with more endpoints makes room, and with one each the one that had it
 * longest, the sooner the longer the source had none: no number of sources keeps the places of a
 * subject for ever.
 */
static Victim
choose_other_victim(const WlEndpointLimit *self, const GPtrArray *about, const WlFact *fact,
                    const WlKey *source, guint own, gint64 now, VictimKind *kind)
{
    gboolean itself = wl_key_equal(&fact->subject, source);
    WlEndpointWeight weight = get_weight(self, fact, source);
    gboolean first_hand = itself || weight == WL_ENDPOINT_WEIGHT_ROUTER;
    const VictimFilter first_hand_choice[] = {
        {VICTIM_REFUSED, 0, WL_NEVER},
        {VICTIM_OF_THIRD_PARTY, 1, WL_NEVER},
        {VICTIM_OF_ROUTER, itself ? 2 : own + 2, WL_NEVER},
        {VICTIM_OF_SOURCE, 0, WL_NEVER},
    };
    const VictimFilter third_party_choice[] = {
        {VICTIM_REFUSED, 0, WL_NEVER},
        {VICTIM_OF_THIRD_PARTY, own + 2, now - REPLACE_AFTER},
        {VICTIM_OF_THIRD_PARTY, own == 0 ? 1 : G_MAXUINT, now - get_turn(self, fact, source, now)},
        {VICTIM_OF_SOURCE, 0, WL_NEVER},
    };
    const VictimFilter *choice = first_hand ? first_hand_choice : third_party_choice;
    /* What is not accepted displaces only words of the same source. */
    guint first = weight == WL_ENDPOINT_WEIGHT_NONE ? G_N_ELEMENTS(third_party_choice) - 1 : 0;
    Victim victim = {.received = WL_NEVER};

    for (guint i = first; !victim.entry && i < G_N_ELEMENTS(third_party_choice); i++) {
        *kind = choice[i].kind;
        victim = choose_victim(self, about, fact, source, &choice[i]);
    }
    return victim;
}

WlEndpointPlace
wl_endpoint_limit_check(WlEndpointLimit *self, const GPtrArray *about, const WlFact *fact,
                        const WlKey *source, gint64 now)
{
    const VictimFilter of_source = {VICTIM_OF_SOURCE, 0, WL_NEVER};
    WlEndpointPlace place = {.room = WL_ENDPOINT_ROOM, .held_since = now};
    const WlFactSource *origin;
    gboolean spreads;
    VictimKind kind = VICTIM_OF_SOURCE;
    guint all = 0, own = 0;
    Victim victim;

    for (guint i = 0; about && i < about->len; i++) {
        WlFactEntry *other = about->pdata[i];
        if (!wl_fact_is_endpoint(&other->fact))
            continue;
        all += other->sources->len;
        own += wl_fact_entry_find_source(other, source) != NULL;
    }
    if (own < WL_MAX_ENDPOINTS_OF_ONE && all < WL_MAX_ENDPOINTS)
        return place;

    victim = own < WL_MAX_ENDPOINTS_OF_ONE
                 ? choose_other_victim(self, about, fact, source, own, now, &kind)
                 : choose_victim(self, about, fact, source, &of_source);
    place.room = WL_ENDPOINT_REFUSE;
    if (!victim.entry)
        return place;
    /* Replacing a port of an address by another address cannot empty the list. */
    spreads = victim.ports > 1 &&
              !wl_ip_equal(&victim.entry->fact.value.endpoint.ip, &fact->value.endpoint.ip);
    if (!spreads && kind == VICTIM_OF_SOURCE &&
        (was_displaced(self, fact, source, now) || victim.added > now - REPLACE_AFTER))
        return place;
    origin = &g_array_index(victim.entry->sources, WlFactSource, victim.index);
    add_displaced(self, &victim.entry->fact, &origin->key, victim.received);
    place.room = WL_ENDPOINT_DISPLACE;
    place.entry = victim.entry;
    place.index = victim.index;
    if (victim.held == 1) /* the only place of a third party */
        add_lost(self, fact, &origin->key, now);
    if (kind == VICTIM_OF_SOURCE)
        place.held_since = origin->held_since; /* another endpoint in the same place */
    return place;
}
