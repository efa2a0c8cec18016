/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that a host has received and seen: facts by source, and endpoints of its peers.
 * Entries are never removed.
 */
#include "oracle/oracle-private.h"
#include "wl-fact-codec.h"

#define FRESH SIM_SEC(160) /* age of a handshake whose session may still live */

#define JUST_NOW SIM_SEC(1)

/* ---- facts received */

typedef struct {
    const SimHost *source;
    gint64 when, expires;
} Report;

struct _Heard {
    GHashTable *facts;   /* WlFact* -> GArray of Report */
    GHashTable *members; /* WlKey* -> GArray of Report: metadata and membership */
};

static void
fact_free(WlFact *fact)
{
    wl_fact_clear(fact);
    g_free(fact);
}

Heard *
heard_new(void)
{
    Heard *self = g_new0(Heard, 1);

    self->facts = g_hash_table_new_full(wl_fact_identity_hash, wl_fact_identity_equal,
                                        (GDestroyNotify) fact_free, (GDestroyNotify) g_array_unref);
    self->members =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, (GDestroyNotify) g_array_unref);
    return self;
}

void
heard_free(Heard *self)
{
    g_hash_table_unref(self->facts);
    g_hash_table_unref(self->members);
    g_free(self);
}

static void
add_report(GArray *reports, const Report *report)
{
    for (guint i = 0; i < reports->len; i++) {
        Report *known = &g_array_index(reports, Report, i);
        if (known->source == report->source) {
            known->when = report->when;
            known->expires = MAX(known->expires, report->expires);
            return;
        }
    }
    g_array_append_vals(reports, report, 1);
}

static gboolean
is_member(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_MEMBER || fact->attribute == WL_ATTRIBUTE_METADATA;
}

void
heard_note(Heard *self, gint64 now, const SimHost *source, const WlFact *fact)
{
    Report report = {.source = source, .when = now, .expires = now + SIM_SEC(fact->ttl)};
    GArray *reports = g_hash_table_lookup(self->facts, fact);

    if (!reports) {
        WlFact *copy = g_new0(WlFact, 1);
        wl_fact_copy(fact, copy);
        reports = g_array_new(FALSE, FALSE, sizeof(Report));
        g_hash_table_insert(self->facts, copy, reports);
    }
    add_report(reports, &report);
    if (!is_member(fact))
        return;
    reports = g_hash_table_lookup(self->members, &fact->subject);
    if (!reports) {
        reports = g_array_new(FALSE, FALSE, sizeof(Report));
        g_hash_table_insert(self->members, wl_key_copy(&fact->subject), reports);
    }
    add_report(reports, &report);
}

static gint64
latest_expiry(const Heard *self, const SimHost *host, const WlFact *fact, gint64 since,
              gboolean from_subject)
{
    const GArray *reports = g_hash_table_lookup(self->facts, fact);
    gint64 expires = -1;

    for (guint i = 0; reports && i < reports->len; i++) {
        const Report *report = &g_array_index(reports, Report, i);
        if (from_subject && !wl_key_equal(&report->source->public_key, &fact->subject))
            continue;
        if (report->when >= since && report->expires > expires &&
            rules_may_advertise(host, report->source, fact))
            expires = report->expires;
    }
    return expires;
}

gint64
heard_expires(const Heard *self, const SimHost *host, const WlFact *fact, gint64 since)
{
    return latest_expiry(self, host, fact, since, FALSE);
}

gint64
heard_from_subject(const Heard *self, const SimHost *host, const WlFact *fact, gint64 since)
{
    return latest_expiry(self, host, fact, since, TRUE);
}

WlTrust
heard_get_trust(const Heard *self, const SimHost *host, const WlFact *fact)
{
    const GArray *reports = g_hash_table_lookup(self->facts, fact);
    WlTrust trust = WL_TRUST_UNSET;

    for (guint i = 0; reports && i < reports->len; i++)
        trust = MAX(trust,
                    rules_get_trust(host, &g_array_index(reports, Report, i).source->public_key));
    return trust;
}

gboolean
heard_was_named(const Heard *self, const SimHost *host, const WlKey *key)
{
    const GArray *reports = g_hash_table_lookup(self->members, key);
    WlFact fact = {.attribute = WL_ATTRIBUTE_MEMBER, .subject = *key};

    for (guint i = 0; reports && i < reports->len; i++) {
        if (rules_may_advertise(host, g_array_index(reports, Report, i).source, &fact))
            return TRUE;
    }
    return FALSE;
}

/* ---- endpoints seen */

typedef struct {
    WlEndpoint last, before;
    gint64 left; /* when it was first seen elsewhere than at `before` */
    gboolean live;
    GArray *ever; /* of WlEndpoint */
} Place;

struct _Seen {
    GHashTable *places; /* WlKey* -> Place */
};

static void
place_free(Place *place)
{
    g_array_unref(place->ever);
    g_free(place);
}

Seen *
seen_new(void)
{
    Seen *self = g_new0(Seen, 1);

    self->places =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, (GDestroyNotify) place_free);
    return self;
}

void
seen_free(Seen *self)
{
    g_hash_table_unref(self->places);
    g_free(self);
}

static gboolean
place_had(const Place *place, const WlEndpoint *endpoint)
{
    for (guint i = 0; i < place->ever->len; i++) {
        if (wl_endpoint_equal(&g_array_index(place->ever, WlEndpoint, i), endpoint))
            return TRUE;
    }
    return FALSE;
}

gboolean
seen_note(Seen *self, const SimHost *host, const WlDevice *device)
{
    gboolean changed = FALSE;

    for (guint i = 0; i < device->peers->len; i++) {
        const WlDevicePeer *peer = device->peers->pdata[i];
        Place *place = g_hash_table_lookup(self->places, &peer->public_key);
        gboolean live = peer->handshake_age >= 0 && peer->handshake_age < FRESH;
        WlEndpoint now;

        /* Not the endpoint to which packets are sent, which may be an attempt; and no endpoint at
         * all inside the tunnel. */
        if (!sim_device_get_place(host->device, &peer->public_key, &now) ||
            rules_is_inside(host, &now.ip))
            continue;
        if (!place) {
            place = g_new0(Place, 1);
            place->ever = g_array_new(FALSE, FALSE, sizeof(WlEndpoint));
            g_hash_table_insert(self->places, wl_key_copy(&peer->public_key), place);
        }
        if (wl_endpoint_equal(&place->last, &now) && place->live == live)
            continue;
        changed = TRUE;
        place->live = live;
        if (!wl_endpoint_equal(&place->last, &now)) {
            place->before = place->last;
            place->left = host->world->now;
            place->last = now;
        }
        if (!place_had(place, &now))
            g_array_append_val(place->ever, now);
    }
    return changed;
}

gboolean
seen_was_at(const Seen *self, const WlKey *key, const WlEndpoint *endpoint)
{
    const Place *place = g_hash_table_lookup(self->places, key);

    return place && place_had(place, endpoint);
}

gboolean
seen_is_at(const Seen *self, gint64 now, const WlKey *key, const WlEndpoint *endpoint)
{
    const Place *place = g_hash_table_lookup(self->places, key);

    return place && (wl_endpoint_equal(&place->last, endpoint) ||
                     (wl_endpoint_equal(&place->before, endpoint) && now - place->left < JUST_NOW));
}

gboolean
seen_is_anybody_in(const Seen *self, const SimHost *host, WlTrust trust, const WlPrefix *prefix)
{
    GHashTableIter iter;
    gpointer key, place;

    g_hash_table_iter_init(&iter, self->places);
    while (g_hash_table_iter_next(&iter, &key, &place)) {
        const Place *at = place;
        if (at->live && wl_endpoint_is_set(&at->last) &&
            wl_prefix_contains_ip(prefix, &at->last.ip) && rules_get_trust(host, key) >= trust)
            return TRUE;
    }
    return FALSE;
}
