/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owners of prefixes: a hash table, searched with the lengths that occur, longest first.
 */
#include "world/owners.h"

#include <string.h>

#define LENGTHS 129

struct _SimOwners {
    GHashTable *exact;       /* WlPrefix* -> owner */
    guint count[2][LENGTHS]; /* prefixes of each length, IPv4 and IPv6 */
};

static guint
prefix_hash(gconstpointer key)
{
    const WlPrefix *prefix = key;
    guint hash = 5381 + prefix->length, word;

    for (gsize i = 0; i < sizeof(prefix->ip.bytes); i += sizeof(word)) {
        memcpy(&word, prefix->ip.bytes + i, sizeof(word));
        hash = hash * 33 + word;
    }
    return hash ^ hash >> 16;
}

static gboolean
prefix_equal(gconstpointer a, gconstpointer b)
{
    return wl_prefix_equal(a, b);
}

SimOwners *
sim_owners_new(void)
{
    SimOwners *self = g_new0(SimOwners, 1);

    self->exact = g_hash_table_new_full(prefix_hash, prefix_equal, g_free, NULL);
    return self;
}

void
sim_owners_free(SimOwners *self)
{
    g_hash_table_unref(self->exact);
    g_free(self);
}

static guint *
count_of(SimOwners *self, const WlPrefix *prefix)
{
    return &self->count[prefix->ip.family == WL_FAMILY_V6][prefix->length];
}

gpointer
sim_owners_set(SimOwners *self, const WlPrefix *prefix, gpointer owner)
{
    gpointer before = g_hash_table_lookup(self->exact, prefix);

    if (!before)
        ++*count_of(self, prefix);
    g_hash_table_insert(self->exact, g_memdup2(prefix, sizeof(*prefix)), owner);
    return before;
}

void
sim_owners_remove(SimOwners *self, const WlPrefix *prefix)
{
    WlPrefix copy = *prefix;

    if (g_hash_table_remove(self->exact, prefix))
        --*count_of(self, &copy);
}

/* FALSE: there is none. */
static gboolean
find(const SimOwners *self, const WlIp *ip, gpointer *owner, int *length)
{
    const guint *count = self->count[ip->family == WL_FAMILY_V6];
    WlPrefix prefix = wl_prefix_from_ip(ip);

    for (*length = prefix.length; *length >= 0; --*length) {
        if (count[*length] == 0)
            continue;
        prefix.ip = *ip;
        if (prefix.length != *length) {
            prefix.length = (guint8) *length;
            prefix = wl_prefix_masked(&prefix);
        }
        *owner = g_hash_table_lookup(self->exact, &prefix);
        if (*owner)
            return TRUE;
    }
    return FALSE;
}

gpointer
sim_owners_find(const SimOwners *self, const WlIp *ip)
{
    gpointer owner;
    int length;

    return find(self, ip, &owner, &length) ? owner : NULL;
}

int
sim_owners_find_length(const SimOwners *self, const WlIp *ip)
{
    gpointer owner;
    int length;

    return find(self, ip, &owner, &length) ? length : -1;
}
