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
    gint64 received; /* when the source last advertised it */
} Displaced;

void
wl_endpoint_limit_clear(WlEndpointLimit *self)
{
    g_clear_pointer(&self->displaced, g_free);
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

/* Whose endpoints may make room. */
typedef enum {
    VICTIM_REFUSED,        /* those that have no effect */
    VICTIM_OF_SOURCE,      /* those of the source itself */
    VICTIM_OF_THIRD_PARTY, /* those of sources that are neither the subject nor a router */
    VICTIM_OF_ANY,
} VictimKind;

typedef struct {
    WlFactEntry *entry;
    guint index; /* of the source */
    gint64 added, received;
    guint ports; /* of its address, with the endpoint to be added */
} Victim;

static WlEndpointWeight
get_weight(const WlEndpointLimit *self, const WlFact *fact, const WlKey *source)
{
    return self->get_weight ? self->get_weight(fact, source, self->user_data)
                            : WL_ENDPOINT_WEIGHT_THIRD_PARTY;
}

static gboolean
is_victim(const WlEndpointLimit *self, VictimKind kind, const WlFact *fact, const WlKey *source,
          const WlFactSource *origin)
{
    switch (kind) {
    case VICTIM_REFUSED:
        return origin->verdict != WL_VERDICT_N && !wl_fact_verdict_is_relayed(origin->verdict);
    case VICTIM_OF_SOURCE:
        return wl_key_equal(&origin->key, source);
    case VICTIM_OF_THIRD_PARTY:
        return !wl_key_equal(&origin->key, &fact->subject) &&
               get_weight(self, fact, &origin->key) != WL_ENDPOINT_WEIGHT_ROUTER;
    case VICTIM_OF_ANY:
        break;
    }
    return TRUE;
}

/*
 * Selects the endpoint that makes room for @fact: of the address with the most ports, the one
 * advertised longest ago. Otherwise the ports of a symmetric NAT would displace the addresses at
 * which the member can be reached.
 */
static Victim
choose_victim(const WlEndpointLimit *self, const GPtrArray *about, const WlFact *fact,
              const WlKey *source, VictimKind kind)
{
    const WlKey *counted = kind == VICTIM_OF_SOURCE ? source : NULL;
    Victim victim = {.received = WL_NEVER};

    for (guint i = 0; i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        const WlIp *ip = &entry->fact.value.endpoint.ip;
        guint ports;

        if (!wl_fact_is_endpoint(&entry->fact))
            continue;
        ports = count_at(about, ip, counted) + wl_ip_equal(ip, &fact->value.endpoint.ip);
        for (guint j = 0; j < entry->sources->len; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);

            if (!is_victim(self, kind, fact, source, origin))
                continue;
            if (ports > victim.ports ||
                (ports == victim.ports && origin->received < victim.received))
                victim = (Victim){.entry = entry,
                                  .index = j,
                                  .added = origin->added,
                                  .received = origin->received,
                                  .ports = ports};
        }
    }
    return victim;
}

/* Selects an endpoint of any source, and sets *kind: refused ones make room for those that may be
 * accepted. Endpoints that a subject advertises for itself, or a router that sees it, displace the
 * word of third parties; those of the subject also that of a router. */
static Victim
choose_other_victim(const WlEndpointLimit *self, const GPtrArray *about, const WlFact *fact,
                    const WlKey *source, VictimKind *kind)
{
    gboolean itself = wl_key_equal(&fact->subject, source);
    WlEndpointWeight weight = get_weight(self, fact, source);
    Victim victim = {.received = WL_NEVER};

    if (weight != WL_ENDPOINT_WEIGHT_NONE)
        victim = choose_victim(self, about, fact, source, *kind = VICTIM_REFUSED);
    if (!victim.entry && (itself || weight == WL_ENDPOINT_WEIGHT_ROUTER))
        victim = choose_victim(self, about, fact, source, *kind = VICTIM_OF_THIRD_PARTY);
    if (!victim.entry)
        victim = choose_victim(self, about, fact, source,
                               *kind = itself ? VICTIM_OF_ANY : VICTIM_OF_SOURCE);
    return victim;
}

WlEndpointRoom
wl_endpoint_limit_check(WlEndpointLimit *self, const GPtrArray *about, const WlFact *fact,
                        const WlKey *source, gint64 now, WlFactEntry **entry, guint *index)
{
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
        return WL_ENDPOINT_ROOM;

    victim = own < WL_MAX_ENDPOINTS_OF_ONE ? choose_other_victim(self, about, fact, source, &kind)
                                           : choose_victim(self, about, fact, source, kind);
    if (!victim.entry)
        return WL_ENDPOINT_REFUSE;
    /* Replacing a port of an address by another address cannot empty the list. */
    spreads = victim.ports > 1 &&
              !wl_ip_equal(&victim.entry->fact.value.endpoint.ip, &fact->value.endpoint.ip);
    if (!spreads && (kind == VICTIM_OF_SOURCE || kind == VICTIM_OF_ANY) &&
        (was_displaced(self, fact, source, now) || victim.added > now - REPLACE_AFTER))
        return WL_ENDPOINT_REFUSE;
    add_displaced(self, &victim.entry->fact,
                  &g_array_index(victim.entry->sources, WlFactSource, victim.index).key,
                  victim.received);
    *entry = victim.entry;
    *index = victim.index;
    return WL_ENDPOINT_DISPLACE;
}
