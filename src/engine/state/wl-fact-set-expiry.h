/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"

/* Expiry and removal of fact sources. */

/** Called for an expired source. TRUE keeps it as stale, FALSE drops it. */
typedef gboolean (*WlKeepFunc)(const WlFactEntry *entry, const WlFactSource *origin,
                               gpointer user_data);
/** Called for each entry that lost a source or whose source became stale. An unused entry is freed
 * after the call. The field `lost` of the entry tells whether an accepted source was among
 * them. */
typedef void (*WlExpiredFunc)(WlFactEntry *entry, gpointer user_data);

/** Drops expired sources or makes them stale. With @again, @keep is called for stale sources too.
 * TRUE if anything changed. */
gboolean wl_fact_set_expire(WlFactSet *self, gint64 now, gboolean again, WlKeepFunc keep,
                            WlExpiredFunc expired, gpointer user_data);
/** When the next source expires that is a reason to wake up: not of an entry of which every source
 * is refused. G_MAXINT64: never. A time more than a minute after @now may be too early. */
gint64 wl_fact_set_next_expiry(WlFactSet *self, gint64 now);
/** TRUE if any source has expired, refused ones included. */
gboolean wl_fact_set_has_expired(WlFactSet *self, gint64 now);
/** TRUE if a source is stale. */
gboolean wl_fact_set_has_stale(const WlFactSet *self);
/** Drops all facts of @source. */
void wl_fact_set_drop_source(WlFactSet *self, const WlKey *source, WlExpiredFunc expired,
                             gpointer user_data);
