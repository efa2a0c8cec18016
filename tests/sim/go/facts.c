/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of facts by identity. It owns copies of its facts.
 */
#include "go/go-private.h"
#include "wl-fact-codec.h"

static void
fact_free(gpointer data)
{
    wl_fact_clear(data);
    g_free(data);
}

GoFacts *
go_facts_new(void)
{
    GoFacts *self = g_new0(GoFacts, 1);

    self->list = g_ptr_array_new_with_free_func(fact_free);
    self->index = g_hash_table_new(wl_fact_identity_hash, wl_fact_identity_equal);
    return self;
}

void
go_facts_free(GoFacts *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->index);
    g_ptr_array_unref(self->list);
    g_free(self);
}

void
go_facts_merge(GoFacts *self, const WlFact *fact)
{
    WlFact *held = g_hash_table_lookup(self->index, fact);

    if (held) {
        held->expires = MAX(held->expires, fact->expires);
        return;
    }
    held = g_new0(WlFact, 1);
    wl_fact_copy(fact, held);
    g_ptr_array_add(self->list, held);
    g_hash_table_add(self->index, held);
}

gboolean
go_facts_has(const GoFacts *self, const WlFact *fact)
{
    return g_hash_table_contains(self->index, fact);
}

void
go_facts_prune(GoFacts *self, const GoFacts *before, const GoFacts *after)
{
    for (guint i = self->list->len; i-- > 0;) {
        WlFact *fact = self->list->pdata[i];

        if (go_facts_has(before, fact) && !go_facts_has(after, fact)) {
            g_hash_table_remove(self->index, fact);
            g_ptr_array_remove_index(self->list, i);
        }
    }
}

GHashTable *
go_facts_group(const GoFacts *self, GArray *subjects)
{
    GHashTable *groups =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, NULL, (GDestroyNotify) g_ptr_array_unref);

    for (guint i = 0; i < self->list->len; i++) {
        WlFact *fact = self->list->pdata[i];
        GPtrArray *group = g_hash_table_lookup(groups, &fact->subject);

        if (!group) {
            group = g_ptr_array_new();
            g_hash_table_insert(groups, &fact->subject, group);
            g_array_append_val(subjects, fact->subject);
        }
        g_ptr_array_add(group, fact);
    }
    return groups;
}
