/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-knowledge.h"

#include <string.h>

void
wl_knowledge_clear(WlKnowledge *self)
{
    g_clear_pointer(&self->expires, g_free);
    self->length = 0;
}

/* Those who know it are many: a second, nearly, is as fine as a TTL. */
#define UNIT_BITS 20

static guint32
to_units(gint64 time)
{
    return (guint32) CLAMP(time >> UNIT_BITS, 1, G_MAXUINT32);
}

static guint32
get(const WlKnowledge *self, guint slot)
{
    return slot < self->length ? self->expires[slot] : 0;
}

gint64
wl_knowledge_get(const WlKnowledge *self, guint slot)
{
    return (gint64) get(self, slot) << UNIT_BITS;
}

void
wl_knowledge_learn(WlKnowledge *self, guint slot, gint64 expires)
{
    if (slot >= self->length) {
        guint length = MAX(slot + 1, MIN(self->length * 2, slot + 16));

        self->expires = g_renew(guint32, self->expires, length);
        memset(self->expires + self->length, 0, (length - self->length) * sizeof(guint32));
        self->length = length;
    }
    self->expires[slot] = MAX(self->expires[slot], to_units(expires));
}

void
wl_knowledge_forget(WlKnowledge *self, guint slot)
{
    if (slot < self->length)
        self->expires[slot] = 0;
}

gboolean
wl_knowledge_needs(const WlKnowledge *self, guint slot, gint64 fact_expires, gint64 now,
                   gint64 margin)
{
    guint32 known = get(self, slot);

    return known == 0 || ((now + margin) >> UNIT_BITS >= known && known < to_units(fact_expires));
}
