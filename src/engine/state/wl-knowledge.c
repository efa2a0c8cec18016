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

/* ---- sets of slots below BITS times @words */

static gboolean
has_bits(const WlKnowledgeSet *set)
{
    return set->room == 0 && set->count > 0;
}

/* The slots of a set without bits, in order. */
static guint32 *
slots_of(WlKnowledgeSet *set)
{
    return set->room <= WL_KNOWLEDGE_FEW ? set->items.few : set->items.slots;
}

static void
set_clear(WlKnowledgeSet *set)
{
    if (has_bits(set))
        g_free(set->items.bits);
    else if (set->room > WL_KNOWLEDGE_FEW)
        g_free(set->items.slots);
    memset(set, 0, sizeof(*set));
}

static guint64
mask_of(guint slot)
{
    return (guint64) 1 << slot % BITS;
}

/* The index of the first of @n slots in order that is not less than @slot. */
static guint
search(const guint32 *slots, guint n, guint slot)
{
    guint low = 0, high = n;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (slots[middle] < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gboolean
is_listed(const WlKnowledgeSet *set, guint slot)
{
    const guint32 *slots = slots_of((WlKnowledgeSet *) set);
    guint index = search(slots, set->count, slot);

    return index < set->count && slots[index] == slot;
}

static inline gboolean
set_contains(const WlKnowledgeSet *set, guint slot)
{
    if (set->room == 0)
        return set->count > 0 && (set->items.bits[slot / BITS] & mask_of(slot)) != 0;
    return is_listed(set, slot);
}

/* Adds the slots of @set to @bits. */
static void
collect(const WlKnowledgeSet *set, guint words, guint64 *bits)
{
    const guint32 *slots = slots_of((WlKnowledgeSet *) set);

    if (has_bits(set)) {
        for (guint i = 0; i < words; i++)
            bits[i] |= set->items.bits[i];
        return;
    }
    for (guint i = 0; i < set->count; i++)
        bits[slots[i] / BITS] |= mask_of(slots[i]);
}

/* Above this number of slots, bits take less memory. */
static guint
get_limit(guint words)
{
    return MAX(2 * words, WL_KNOWLEDGE_FEW);
}

/* The set of the slots in @bits, which it takes. */
static WlKnowledgeSet
set_from_bits(guint64 *bits, guint words)
{
    WlKnowledgeSet set = {.count = 0};
    guint32 *slots;
    guint n = 0;

    for (guint i = 0; i < words; i++)
        set.count += (guint) __builtin_popcountll(bits[i]);
    if (set.count > get_limit(words)) {
        set.items.bits = bits;
        return set;
    }
    set.room = MAX(set.count, WL_KNOWLEDGE_FEW);
    if (set.room > WL_KNOWLEDGE_FEW)
        set.items.slots = g_new(guint32, set.room);
    slots = slots_of(&set);
    for (guint i = 0; i < words; i++) {
        for (guint64 left = bits[i]; left != 0; left &= left - 1)
            slots[n++] = i * BITS + (guint) __builtin_ctzll(left);
    }
    g_free(bits);
    return set;
}

static void
make_bits(WlKnowledgeSet *set, guint words)
{
    guint64 *bits = g_new0(guint64, words);
    guint count = set->count;

    collect(set, words, bits);
    set_clear(set);
    set->items.bits = bits;
    set->count = count;
}

static void
make_room(WlKnowledgeSet *set)
{
    guint room = MAX(2 * set->room, WL_KNOWLEDGE_FEW);

    if (room > WL_KNOWLEDGE_FEW) {
        guint32 *slots = g_new(guint32, room);

        memcpy(slots, slots_of(set), set->count * sizeof(guint32));
        if (set->room > WL_KNOWLEDGE_FEW)
            g_free(set->items.slots);
        set->items.slots = slots;
    }
    set->room = room;
}

static void
set_add(WlKnowledgeSet *set, guint words, guint slot)
{
    guint32 *slots;
    guint index;

    if (!has_bits(set) && set->count >= get_limit(words))
        make_bits(set, words);
    if (has_bits(set)) {
        set->items.bits[slot / BITS] |= mask_of(slot);
        set->count++;
        return;
    }
    if (set->count == set->room)
        make_room(set);
    slots = slots_of(set);
    index = search(slots, set->count, slot);
    memmove(slots + index + 1, slots + index, (set->count - index) * sizeof(guint32));
    slots[index] = slot;
    set->count++;
}

static void
set_remove(WlKnowledgeSet *set, guint words, guint slot)
{
    if (set->count == 1) {
        set_clear(set);
    } else if (has_bits(set)) {
        set->items.bits[slot / BITS] &= ~mask_of(slot);
        set->count--;
        /* Not as soon as possible: the next slot would make bits again. */
        if (set->count <= get_limit(words) / 2)
            *set = set_from_bits(set->items.bits, words);
    } else {
        guint32 *slots = slots_of(set);
        guint index = search(slots, set->count, slot);

        memmove(slots + index, slots + index + 1, (set->count - index - 1) * sizeof(guint32));
        set->count--;
    }
}

/* ---- groups */

void
wl_knowledge_clear(WlKnowledge *self)
{
    for (guint i = 0; i < self->n_groups; i++)
        set_clear(&self->groups[i].set);
    set_clear(&self->unknown);
    g_free(self->groups);
    memset(self, 0, sizeof(*self));
}

/* The set number 0 is that of peers that do not know the fact, the others are those of the
 * groups. */
static WlKnowledgeSet *
set_of(WlKnowledge *self, guint number)
{
    return number == 0 ? &self->unknown : &self->groups[number - 1].set;
}

/* The number of the set of @slot. */
static guint
find(const WlKnowledge *self, guint slot)
{
    if (slot / BITS >= self->words)
        return 0;
    for (guint i = 0; i < self->n_groups; i++) {
        if (set_contains(&self->groups[i].set, slot))
            return i + 1;
    }
    return self->rest != 0 && set_contains(&self->unknown, slot) ? 0 : self->rest;
}

static guint32
get(const WlKnowledge *self, guint slot)
{
    guint number = find(self, slot);

    return number > 0 ? self->groups[number - 1].until : 0;
}

gint64
wl_knowledge_get(const WlKnowledge *self, guint slot)
{
    return (gint64) get(self, slot) << UNIT_BITS;
}

/* The slots of @number are those of no other set from now on, and those that were are stored. */
static void
change_rest(WlKnowledge *self, guint number)
{
    g_autofree guint64 *others = g_new0(guint64, self->words);

    for (guint i = 0; i <= self->n_groups; i++)
        collect(set_of(self, i), self->words, others);
    for (guint i = 0; i < self->words; i++)
        others[i] = ~others[i];
    *set_of(self, self->rest) = set_from_bits(g_steal_pointer(&others), self->words);
    set_clear(set_of(self, number));
    self->rest = (guint16) number;
}

/* Makes room for @slot. New slots are unknown. */
static void
grow(WlKnowledge *self, guint slot)
{
    guint words = slot / BITS + 1;

    if (words <= self->words)
        return;
    for (guint i = 0; i <= self->n_groups; i++) {
        WlKnowledgeSet *set = set_of(self, i);

        if (!has_bits(set))
            continue;
        set->items.bits = g_renew(guint64, set->items.bits, words);
        memset(set->items.bits + self->words, 0, (words - self->words) * sizeof(guint64));
    }
    for (guint i = self->words * BITS; self->rest != 0 && i < words * BITS; i++)
        set_add(&self->unknown, words, i);
    self->words = words;
}

static void
remove_group(WlKnowledge *self, guint group)
{
    guint last = --self->n_groups;

    /* Without it, what is in no set is unknown. */
    if (self->rest == group + 1) {
        set_clear(&self->unknown);
        self->rest = 0;
    } else if (self->rest == last + 1) {
        self->rest = (guint16) (group + 1);
    }
    set_clear(&self->groups[group].set);
    self->groups[group] = self->groups[last];
    if (self->room > 1 && self->n_groups * 4 <= self->room) {
        self->room /= 2;
        self->groups = g_renew(WlKnowledgeGroup, self->groups, self->room);
    }
}

/* Takes @slot out of set @number, which is no set any more if that was the last one. */
static void
leave(WlKnowledge *self, guint number, guint slot)
{
    if (number != self->rest)
        set_remove(set_of(self, number), self->words, slot);
    if (number > 0 && --self->groups[number - 1].count == 0)
        remove_group(self, number - 1);
}

static void
enter(WlKnowledge *self, guint number, guint slot)
{
    if (number != self->rest)
        set_add(set_of(self, number), self->words, slot);
    if (number == 0)
        return;
    self->groups[number - 1].count++;
    if (number != self->rest && self->groups[number - 1].count > self->words * BITS / 2)
        change_rest(self, number);
}

/* Merges the two groups with the closest expiries, at the cost of sending the fact a little early
 * to some peers. */
static void
merge_nearest(WlKnowledge *self)
{
    guint nearest = G_MAXUINT, early = 0, late = 0;
    WlKnowledgeSet *set;

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
    self->groups[early].count += self->groups[late].count;
    set = &self->groups[early].set;
    if (self->rest == late + 1) {
        set_clear(set);
        self->rest = (guint16) (early + 1);
    } else if (self->rest != early + 1) {
        guint64 *bits = g_new0(guint64, self->words);

        collect(set, self->words, bits);
        collect(&self->groups[late].set, self->words, bits);
        set_clear(set);
        *set = set_from_bits(bits, self->words);
    }
    remove_group(self, late);
}

static guint
add_group(WlKnowledge *self, guint32 until)
{
    if (self->n_groups == WL_KNOWLEDGE_GROUPS)
        merge_nearest(self);
    if (self->n_groups == self->room) {
        self->room = CLAMP(self->room * 2, 1, WL_KNOWLEDGE_GROUPS);
        self->groups = g_renew(WlKnowledgeGroup, self->groups, self->room);
    }
    self->groups[self->n_groups] = (WlKnowledgeGroup){.until = until};
    return self->n_groups++;
}

void
wl_knowledge_learn(WlKnowledge *self, guint slot, gint64 expires)
{
    guint32 until = to_units(expires);
    guint number, group;

    grow(self, slot);
    number = find(self, slot);
    if (number > 0 && self->groups[number - 1].until >= until)
        return;
    leave(self, number, slot);
    for (group = 0; group < self->n_groups && self->groups[group].until != until;)
        group++;
    if (group == self->n_groups)
        group = add_group(self, until);
    enter(self, group + 1, slot);
}

void
wl_knowledge_forget(WlKnowledge *self, guint slot)
{
    guint number = find(self, slot);

    if (number == 0)
        return;
    leave(self, number, slot);
    enter(self, 0, slot);
}

gboolean
wl_knowledge_needs(const WlKnowledge *self, guint slot, gint64 fact_expires, gint64 now,
                   gint64 margin)
{
    guint32 known = get(self, slot);

    return known == 0 || ((now + margin) >> UNIT_BITS >= known && known < to_units(fact_expires));
}
