/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-endpoint-limit.h"
#include "state/wl-fact-entry.h"

/**
 * All facts that this member holds, indexed by identity, subject and source. Owns the entries.
 * Local facts are in wl-fact-set-local.h, expiry in wl-fact-set-expiry.h, renewal in
 * wl-fact-set-renewal.h. All times are engine times in microseconds.
 */
typedef struct _WlFactSet WlFactSet;

WlFactSet *wl_fact_set_new(void);
void wl_fact_set_free(WlFactSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlFactSet, wl_fact_set_free)

/** The number of entries. Their order depends only on the history of the set. */
guint wl_fact_set_size(const WlFactSet *self);
/** The entry @index, less than wl_fact_set_size(). */
WlFactEntry *wl_fact_set_get(const WlFactSet *self, guint index);
/** The entry with the identity of @fact, or NULL. */
WlFactEntry *wl_fact_set_lookup(const WlFactSet *self, const WlFact *fact);
/** Entries about @subject (of WlFactEntry), or NULL; valid until the set changes. */
const GPtrArray *wl_fact_set_about(const WlFactSet *self, const WlKey *subject);

/** The number of fact sources. */
guint wl_fact_set_count_sources(const WlFactSet *self);
/** The number of fact sources refused because of trust. */
guint wl_fact_set_count_untrusted(const WlFactSet *self);
/** Sets the limit of fact sources; initially WL_MAX_FACT_SOURCES. */
void wl_fact_set_set_max_sources(WlFactSet *self, guint max_sources);
/** Sets what decides which endpoint makes room for another. */
void wl_fact_set_set_endpoint_weights(WlFactSet *self, WlEndpointWeightFunc func,
                                      gpointer user_data);
/** What the set asks and tells when a table is full. */
typedef struct {
    /** TRUE if @source is a router: its facts make no room for those of others. NULL: none is. */
    gboolean (*is_router)(const WlKey *source, gpointer user_data);
    /** A source of @entry was dropped to make room; `lost` of the entry is set as in a
     * WlExpiredFunc. */
    void (*displaced)(WlFactEntry *entry, gpointer user_data);
    gpointer user_data;
} WlFactShareFuncs;

void wl_fact_set_set_share(WlFactSet *self, const WlFactShareFuncs *funcs);
/** Makes room for one more fact that is refused because of trust, of @source: of the source with
 * the most. FALSE: it has as many itself. */
gboolean wl_fact_set_make_untrusted_room(WlFactSet *self, const WlKey *source);
/** TRUE if the limit of facts, in total or of @source, is reached. */
gboolean wl_fact_set_is_full(const WlFactSet *self, const WlKey *source);
/** Sets the verdict of @origin; WL_VERDICT_N: not evaluated. */
void wl_fact_set_set_verdict(WlFactSet *self, WlFactSource *origin, WlVerdict verdict);
/** Call this after the verdict of a source of @entry changed. */
void wl_fact_set_verdict_changed(WlFactSet *self, WlFactEntry *entry);

typedef enum {
    WL_FACT_SOURCE_NEW,      /* the source had not advertised the fact */
    WL_FACT_SOURCE_RENEWED,  /* it had advertised the fact */
    WL_FACT_SOURCE_RETURNED, /* it had, but became stale or was silent for WL_RETURNED_AFTER */
    WL_FACT_SOURCE_REFUSED,  /* a limit was reached; nothing changed */
} WlFactSourceResult;

/**
 * @source advertises @fact until @expires. At the limit of facts of the source a new fact is
 * refused; at the limit of all it displaces one of the source with the most, unless @source has as
 * many, and a router has as many as it likes; at the limit of endpoints another endpoint may be
 * displaced (wl-endpoint-limit.h). Unless refused, *entry and *origin are set and valid until the
 * set changes.
 */
WlFactSourceResult wl_fact_set_add_source(WlFactSet *self, const WlFact *fact, const WlKey *source,
                                          gint64 now, gint64 expires, WlFactEntry **entry,
                                          WlFactSource **origin);
/** Adds a stale source: @source advertised @fact before the restart. FALSE if a limit was reached,
 * or if it is a source of the fact already, which it then stays. */
gboolean wl_fact_set_restore_source(WlFactSet *self, const WlFact *fact, const WlKey *source,
                                    gint64 now, WlFactEntry **entry, WlFactSource **origin);
/** Drops every source of @fact; a local fact stays. FALSE if it had no source. */
gboolean wl_fact_set_drop_sources(WlFactSet *self, const WlFact *fact);
/** Forgets all knowledge of the peer in @slot. */
void wl_fact_set_forget(WlFactSet *self, guint slot);
