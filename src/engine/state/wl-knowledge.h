/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define WL_KNOWLEDGE_GROUPS 8

#define WL_KNOWLEDGE_FEW 2

/** Some slots, as few bytes as possible: in order, or bits if they are many. */
typedef struct {
    union {
        guint32 few[WL_KNOWLEDGE_FEW]; /* if there is room for no more */
        guint32 *slots;
        guint64 *bits; /* if there is room for 0 slots and the count is not 0 */
    } items;
    guint32 count, room;
} WlKnowledgeSet;

typedef struct {
    guint32 until; /* in units of 2^20 us */
    guint32 count; /* peers in the group, at least one */
    WlKnowledgeSet set;
} WlKnowledgeGroup;

/**
 * Until when each peer knows one fact (docs/protocol.md 5.4), by the slot number of the peer. Part
 * of the entry of the fact. Peers with the same expiry form a group; those that do not know the
 * fact form one more. The slots of the largest of these are not stored: they are in no other. A
 * fact that a hub advertised to all of its thousands of leaves thus takes as much memory as one for
 * a few.
 */
typedef struct {
    WlKnowledgeGroup *groups; /* `room` of them */
    WlKnowledgeSet unknown;   /* slots of peers that do not know it */
    guint16 n_groups, room;
    guint16 rest; /* the group whose slots are not stored, from 1; 0: `unknown` is not */
    guint words;  /* of 64 bits: slots from there on are unknown */
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
