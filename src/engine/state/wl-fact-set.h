/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-entry.h"

/**
 * All facts that this member holds, by identity, subject and source. Owns the entries. What this
 * member originates is in wl-fact-set-local.h, the end of facts in wl-fact-set-expiry.h, their
 * renewal in wl-fact-set-renewal.h. All times are engine times in microseconds.
 */
typedef struct _WlFactSet WlFactSet;

WlFactSet *wl_fact_set_new(void);
void wl_fact_set_free(WlFactSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlFactSet, wl_fact_set_free)

/** The number of entries. Their order depends on the history of the set only. */
guint wl_fact_set_size(const WlFactSet *self);
/** The entry @index, less than wl_fact_set_size(). */
WlFactEntry *wl_fact_set_get(const WlFactSet *self, guint index);
/** The entry with the identity of @fact, or NULL. */
WlFactEntry *wl_fact_set_lookup(const WlFactSet *self, const WlFact *fact);
/** Entries about @subject (of WlFactEntry), or NULL; valid until the set changes. */
const GPtrArray *wl_fact_set_about(const WlFactSet *self, const WlKey *subject);

/** The number of fact sources. */
guint wl_fact_set_count_sources(const WlFactSet *self);
/** The number of fact sources that are refused for want of trust. */
guint wl_fact_set_count_untrusted(const WlFactSet *self);
/** Sets how many fact sources are held; initially WL_MAX_FACT_SOURCES. */
void wl_fact_set_set_max_sources(WlFactSet *self, guint max_sources);
/** TRUE: a new fact of @source is refused. */
gboolean wl_fact_set_is_full(const WlFactSet *self, const WlKey *source);
/** Sets the verdict of @origin; WL_VERDICT_N: not evaluated. */
void wl_fact_set_set_verdict(WlFactSet *self, WlFactSource *origin, WlVerdict verdict);

typedef enum {
    WL_FACT_SOURCE_NEW,      /* the source had not advertised the fact */
    WL_FACT_SOURCE_RENEWED,  /* it had */
    WL_FACT_SOURCE_RETURNED, /* it had, but was stale or silent for WL_RETURNED_AFTER */
    WL_FACT_SOURCE_REFUSED,  /* a limit was reached; nothing changed */
} WlFactSourceResult;

/**
 * @source advertises @fact until @expires. At the limit of facts, in total or of the source, a new
 * fact is refused; at the limit of endpoints another endpoint may be displaced
 * (wl-endpoint-limit.h). *entry and *origin are set unless it was refused, and valid until the set
 * changes.
 */
WlFactSourceResult wl_fact_set_add_source(WlFactSet *self, const WlFact *fact, const WlKey *source,
                                          gint64 now, gint64 expires, WlFactEntry **entry,
                                          WlFactSource **origin);
/** @source advertised @fact before this start: adds a stale source. FALSE if a limit was reached,
 * or if the source has already advertised the fact. */
gboolean wl_fact_set_restore_source(WlFactSet *self, const WlFact *fact, const WlKey *source,
                                    gint64 now, WlFactEntry **entry, WlFactSource **origin);
/** Drops every source of @fact; a local fact stays. FALSE if it had no source. */
gboolean wl_fact_set_drop_sources(WlFactSet *self, const WlFact *fact);
/** The peer in @slot knows no fact any more. */
void wl_fact_set_forget(WlFactSet *self, guint slot);
