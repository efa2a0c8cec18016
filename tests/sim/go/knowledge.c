/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts that each peer knows, so that only new facts are sent.
 */
#include <string.h>

#include "go/go-private.h"
#include "wl-fact-codec.h"

/* docs/protocol.md 5.4. Nothing is ever purged, as in the daemon. */
struct _GoKnowledge {
    GHashTable
        *peers; /* WlKey -> Known: all peers that were ever in the device or were sent facts */
};

typedef struct {
    gboolean in_device; /* was ever in the device, so its facts count */
    gboolean has_boot_id;
    WlBootId boot_id;
    GHashTable *expires; /* WlFact -> gint64 */
} Known;

static void
fact_free(gpointer data)
{
    wl_fact_clear(data);
    g_free(data);
}

static void
known_free(gpointer data)
{
    Known *known = data;

    g_hash_table_unref(known->expires);
    g_free(known);
}

GoKnowledge *
go_knowledge_new(void)
{
    GoKnowledge *self = g_new0(GoKnowledge, 1);

    self->peers = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, known_free);
    return self;
}

void
go_knowledge_free(GoKnowledge *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->peers);
    g_free(self);
}

static Known *
ensure(GoKnowledge *self, const WlKey *peer)
{
    Known *known = g_hash_table_lookup(self->peers, peer);

    if (!known) {
        known = g_new0(Known, 1);
        known->expires =
            g_hash_table_new_full(wl_fact_identity_hash, wl_fact_identity_equal, fact_free, g_free);
        g_hash_table_insert(self->peers, wl_key_copy(peer), known);
    }
    return known;
}

void
go_knowledge_add_peer(GoKnowledge *self, const WlKey *peer)
{
    ensure(self, peer)->in_device = TRUE;
}

static void
learn(Known *known, const WlFact *fact)
{
    gint64 *expires = g_hash_table_lookup(known->expires, fact);
    WlFact *key;

    if (expires) {
        *expires = MAX(*expires, fact->expires);
        return;
    }
    key = g_new0(WlFact, 1);
    wl_fact_copy(fact, key);
    expires = g_new(gint64, 1);
    *expires = fact->expires;
    g_hash_table_insert(known->expires, key, expires);
}

void
go_knowledge_received(GoKnowledge *self, const WlFact *fact, const WlKey *source)
{
    Known *known = g_hash_table_lookup(self->peers, source);

    if (!known || !known->in_device)
        return;
    if (fact->attribute == WL_ATTRIBUTE_ALIVE) {
        const WlBootId *id = &fact->value.boot_id;

        /* The sender lost its state. The subject of the Alive is not checked. */
        if (!known->has_boot_id || memcmp(&known->boot_id, id, sizeof(*id)) != 0)
            g_hash_table_remove_all(known->expires);
        known->has_boot_id = TRUE;
        known->boot_id = *id;
    }
    learn(known, fact);
}

void
go_knowledge_sent(GoKnowledge *self, const WlFact *fact, const WlKey *peer)
{
    learn(ensure(self, peer), fact);
}

static const gint64 *
lookup(const GoKnowledge *self, const WlFact *fact, const WlKey *peer)
{
    const Known *known = g_hash_table_lookup(self->peers, peer);

    return known ? g_hash_table_lookup(known->expires, fact) : NULL;
}

gboolean
go_knowledge_needs(const GoKnowledge *self, const WlFact *fact, const WlKey *peer, gint64 now,
                   gint64 margin)
{
    const gint64 *expires = lookup(self, fact, peer);

    return !expires || (now + margin > *expires && *expires < fact->expires);
}

gboolean
go_knowledge_alive(const GoKnowledge *self, const WlKey *peer, gint64 *until, WlBootId *boot_id)
{
    const Known *known = g_hash_table_lookup(self->peers, peer);
    const WlFact alive = {.attribute = WL_ATTRIBUTE_ALIVE, .subject = *peer};
    const gint64 *expires = lookup(self, &alive, peer);

    *until = expires ? *expires : 0;
    if (!known || !known->has_boot_id)
        return FALSE;
    *boot_id = known->boot_id;
    return TRUE;
}

void
go_knowledge_force_ping(GoKnowledge *self, const WlKey *own, const WlKey *peer)
{
    const WlFact alive = {.attribute = WL_ATTRIBUTE_ALIVE, .subject = *own};

    g_hash_table_remove(ensure(self, peer)->expires, &alive);
}
