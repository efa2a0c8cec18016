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
 * of the entry of the fact. Peers with the same expiry form a group with one bit for each peer.
 * Uses two bits for each fact and peer in the usual case, one byte at most.
 */
typedef struct {
    WlKnowledgeGroup *groups; /* `room` of them, followed by the bits of each */
    guint16 n_groups, room;
    guint words; /* of the bits of a group; a peer is in at most one group */
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
