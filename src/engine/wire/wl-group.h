/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"
#include "wl-fact.h"

#define WL_GROUP_MAX_INNER 1136 /* bytes of facts in a group (docs/protocol.md 1.6) */
#define WL_GROUP_OVERHEAD  74   /* bytes: attribute, TTL, subject, nonce, tag */

/** Packs facts into groups as docs/protocol.md 1.6 describes. */
typedef struct _WlGroup WlGroup;

WlGroup *wl_group_new(void);
void wl_group_free(WlGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlGroup, wl_group_free)
/** Encodes @fact with the TTL that is left at @now (µs). */
void wl_group_add(WlGroup *self, const WlFact *fact, gint64 now);
/** Adds @fact only if it fits into the open group; FALSE otherwise. */
gboolean wl_group_add_if_room(WlGroup *self, const WlFact *fact, gint64 now);
guint wl_group_count(const WlGroup *self);
/** The inner facts of group @index, owned by @self. */
const GByteArray *wl_group_get(const WlGroup *self, guint index);

/**
 * Decodes the facts inside a group (docs/protocol.md 1.5). Any error, a nested group included,
 * discards all of them: @facts, from wl_fact_array_new(), is then empty.
 */
WlDecodeError wl_group_decode(const guint8 *data, gsize length, GArray *facts);
