/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define WL_KNOWLEDGE_GROUPS 8

typedef struct {
    guint32 until; /* in units of 2^20 us */
    guint32 count; /* peers in the group, at least one */
} WlKnowledgeGroup;

/**
 * Until when each peer knows one fact (docs/protocol.md 5.4), by the slot number of the peer. Part
 * of the entry of that fact. Peers with the same expiry form a group with one bit for each peer. At
 * most one byte for each fact and peer; two bits are usual.
 */
typedef struct {
    WlKnowledgeGroup *groups; /* `room` of them, and after them the bits of each */
    guint16 n_groups, room;
    guint words; /* for the bits of a group; a peer is in one group at most */
} WlKnowledge;

void wl_knowledge_clear(WlKnowledge *self);
/** Until when the peer in @slot knows the fact; 0: it does not. */
gint64 wl_knowledge_get(const WlKnowledge *self, guint slot);
/** The peer in @slot knows the fact until @expires, rounded down; a later expiry is kept. */
void wl_knowledge_learn(WlKnowledge *self, guint slot, gint64 expires);
void wl_knowledge_forget(WlKnowledge *self, guint slot);
/** docs/protocol.md 5.4: no entry, or @now + @margin > entry and entry < @fact_expires. */
gboolean wl_knowledge_needs(const WlKnowledge *self, guint slot, gint64 fact_expires, gint64 now,
                            gint64 margin);
