/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define WL_KNOWLEDGE_GROUPS 8

typedef struct {
    guint32 until; /* in units of 2^20 us */
    guint32 count; /* of those in it, at least one */
} WlKnowledgeGroup;

/**
 * Until when each peer knows one fact (docs/protocol.md 5.4), by the peer's slot number. It lives
 * in the fact it is about and so goes away with it. Most are told together: those who know it
 * equally long are one group, with a bit for each peer. That is bounded by a byte for each fact and
 * peer, and mostly two bits.
 */
typedef struct {
    WlKnowledgeGroup *groups; /* `room` of them, and after them the bits of each */
    guint16 n_groups, room;
    guint words; /* for the bits of a group; nobody is in two groups */
} WlKnowledge;

void wl_knowledge_clear(WlKnowledge *self);
/** 0 if the peer in @slot does not know it. */
gint64 wl_knowledge_get(const WlKnowledge *self, guint slot);
/** The peer was told, or told us: keeps the later expiry, which may be rounded down. */
void wl_knowledge_learn(WlKnowledge *self, guint slot, gint64 expires);
void wl_knowledge_forget(WlKnowledge *self, guint slot);
/** docs/protocol.md 5.4: no entry, or @now + @margin > entry and entry < @fact_expires. */
gboolean wl_knowledge_needs(const WlKnowledge *self, guint slot, gint64 fact_expires, gint64 now,
                            gint64 margin);
