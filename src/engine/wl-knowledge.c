/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-knowledge.h"

#include <string.h>

void
wl_knowledge_clear(WlKnowledge *self)
{
    g_clear_pointer(&self->expires, g_free);
    self->length = 0;
}

gint64
wl_knowledge_get(const WlKnowledge *self, guint slot)
{
    return slot < self->length ? self->expires[slot] : 0;
}

void
wl_knowledge_learn(WlKnowledge *self, guint slot, gint64 expires)
{
    if (slot >= self->length) {
        guint length = MAX(slot + 1, MIN(self->length * 2, slot + 64));

        self->expires = g_renew(gint64, self->expires, length);
        memset(self->expires + self->length, 0, (length - self->length) * sizeof(gint64));
        self->length = length;
    }
    self->expires[slot] = MAX(self->expires[slot], expires);
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
    gint64 known = wl_knowledge_get(self, slot);

    return known == 0 || (now + margin > known && known < fact_expires);
}
