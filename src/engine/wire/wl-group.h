/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

#define WL_GROUP_MAX_INNER 1136 /* docs/protocol.md 1.6 */
#define WL_GROUP_OVERHEAD  74   /* of our datagrams: attribute, TTL, key, nonce, tag */
#define WL_RECEIVE_MAX     2424 /* longer datagrams are cut and then fail their tag */

/** Packs facts into as few groups as the accumulator of docs/protocol.md 1.6 would. */
typedef struct _WlGroup WlGroup;

WlGroup *wl_group_new(void);
void wl_group_free(WlGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlGroup, wl_group_free)
/** Encodes @fact with TTL = expires - @now. */
void wl_group_add(WlGroup *self, const WlFact *fact, gint64 now);
/** Only if the last group is non-empty and has room. */
gboolean wl_group_add_if_room(WlGroup *self, const WlFact *fact, gint64 now);
guint wl_group_count(const WlGroup *self);
/** The inner bytes of group @index; owned by @self. */
const GByteArray *wl_group_get(const WlGroup *self, guint index);
