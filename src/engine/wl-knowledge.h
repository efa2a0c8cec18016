/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Until when each peer knows one fact (protocol section 5.4), by the peer's slot number. It lives
 * in the fact it is about and so goes away with it: bounded by facts x peers.
 */
typedef struct {
    guint32 *expires; /* by slot, in units of 2^20 us: the wire has seconds; 0: does not know it */
    guint length;
} WlKnowledge;

void wl_knowledge_clear(WlKnowledge *self);
/** 0 if the peer in @slot does not know it. */
gint64 wl_knowledge_get(const WlKnowledge *self, guint slot);
/** The peer was told, or told us: keeps the later expiry. */
void wl_knowledge_learn(WlKnowledge *self, guint slot, gint64 expires);
void wl_knowledge_forget(WlKnowledge *self, guint slot);
/** The rule of section 5.4: no entry, or @now + @margin > entry and entry < @fact_expires. */
gboolean wl_knowledge_needs(const WlKnowledge *self, guint slot, gint64 fact_expires, gint64 now,
                            gint64 margin);
