/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-knowledge.h"

#include <string.h>

#define BITS 64

/* 2^20 µs, about a second: the resolution of a TTL. */
#define UNIT_BITS 20

static guint32
to_units(gint64 time)
{
    return (guint32) CLAMP(time >> UNIT_BITS, 1, G_MAXUINT32);
}

void
wl_knowledge_clear(WlKnowledge *self)
{
    g_free(self->groups);
    memset(self, 0, sizeof(*self));
}

static guint64 *
word_of(const WlKnowledge *self, guint group, guint slot)
{
    guint64 *bits = (guint64 *) (self->groups + self->room);

    return &bits[(gsize) group * self->words + slot / BITS];
}

static guint64
mask_of(guint slot)
{
    return (guint64) 1 << slot % BITS;
}

/* The index of the group of @slot; `n_groups` if it has none. */
static guint
find_group(const WlKnowledge *self, guint slot)
{
    const guint64 *word;

    if (slot / BITS >= self->words)
        return self->n_groups;
    word = word_of(self, 0, slot);
    for (guint i = 0; i < self->n_groups; i++, word += self->words) {
        if (*word & mask_of(slot))
            return i;
    }
    return self->n_groups;
}

static guint32
get(const WlKnowledge *self, guint slot)
{
    guint group = find_group(self, slot);

    return group < self->n_groups ? self->groups[group].until : 0;
}

gint64
wl_knowledge_get(const WlKnowledge *self, guint slot)
{
    return (gint64) get(self, slot) << UNIT_BITS;
}

static void
resize(WlKnowledge *self, guint room, guint words)
{
    WlKnowledge old = *self;

    self->groups = g_malloc0(room * (sizeof(WlKnowledgeGroup) + (gsize) words * sizeof(guint64)));
    self->room = (guint16) room;
    self->words = words;
    for (guint i = 0; i < self->n_groups; i++) {
        self->groups[i] = old.groups[i];
        memcpy(word_of(self, i, 0), word_of(&old, i, 0), old.words * sizeof(guint64));
    }
    g_free(old.groups);
}

static void
remove_group(WlKnowledge *self, guint group)
{
    guint last = --self->n_groups;

    if (group != last) {
        self->groups[group] = self->groups[last];
        memcpy(word_of(self, group, 0), word_of(self, last, 0), self->words * sizeof(guint64));
    }
    if (self->room > 1 && self->n_groups * 4 <= self->room)
        resize(self, self->room / 2, self->words);
}

static void
leave(WlKnowledge *self, guint group, guint slot)
{
    *word_of(self, group, slot) &= ~mask_of(slot);
    if (--self->groups[group].count == 0)
        remove_group(self, group);
}

/* Merges the two groups with the closest expiries, at the cost of sending the fact a little early
 * to some peers. */
static void
merge_nearest(WlKnowledge *self)
{
    guint nearest = G_MAXUINT, early = 0, late = 0;

    for (guint i = 0; i < self->n_groups; i++) {
        for (guint j = 0; j < self->n_groups; j++) {
            guint distance = self->groups[j].until - self->groups[i].until;

            if (self->groups[i].until < self->groups[j].until && distance < nearest) {
                nearest = distance;
                early = i;
                late = j;
            }
        }
    }
    for (guint i = 0; i < self->words; i++)
        word_of(self, early, 0)[i] |= word_of(self, late, 0)[i];
    self->groups[early].count += self->groups[late].count;
    remove_group(self, late);
}

static guint
add_group(WlKnowledge *self, guint32 until)
{
    guint group;

    if (self->n_groups == WL_KNOWLEDGE_GROUPS)
        merge_nearest(self);
    if (self->n_groups == self->room)
        resize(self, MIN(self->room * 2, WL_KNOWLEDGE_GROUPS), self->words);
    group = self->n_groups++;
    self->groups[group].until = until;
    self->groups[group].count = 0;
    memset(word_of(self, group, 0), 0, self->words * sizeof(guint64));
    return group;
}

void
wl_knowledge_learn(WlKnowledge *self, guint slot, gint64 expires)
{
    guint32 until = to_units(expires);
    guint group;

    if (slot / BITS >= self->words)
        resize(self, MAX(self->room, 1), slot / BITS + 1);
    group = find_group(self, slot);
    if (group < self->n_groups) {
        if (self->groups[group].until >= until)
            return;
        leave(self, group, slot);
    }
    for (group = 0; group < self->n_groups && self->groups[group].until != until;)
        group++;
    if (group == self->n_groups)
        group = add_group(self, until);
    *word_of(self, group, slot) |= mask_of(slot);
    self->groups[group].count++;
}

void
wl_knowledge_forget(WlKnowledge *self, guint slot)
{
    guint group = find_group(self, slot);

    if (group < self->n_groups)
        leave(self, group, slot);
}

gboolean
wl_knowledge_needs(const WlKnowledge *self, guint slot, gint64 fact_expires, gint64 now,
                   gint64 margin)
{
    guint32 known = get(self, slot);

    return known == 0 || ((now + margin) >> UNIT_BITS >= known && known < to_units(fact_expires));
}
