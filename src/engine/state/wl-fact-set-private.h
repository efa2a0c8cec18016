/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-endpoint-limit.h"
#include "state/wl-fact-set.h"

/* The internals of the fact set, for wl-fact-set*.c only. */

struct _WlFactSet {
    GPtrArray *entries;     /* of WlFactEntry, owned */
    GHashTable *by_fact;    /* WlFact* (inside the entry) -> WlFactEntry */
    GHashTable *by_subject; /* WlKey* -> GPtrArray of WlFactEntry */
    GHashTable *by_source;  /* WlKey* -> WlFactCount* */
    WlTimerQueue *expiries; /* of WlFactEntry: when the first of its sources expires */
    WlTimerQueue *idle;     /* the same for entries of which every source is refused */
    WlTimerQueue *renewals; /* of WlFactEntry: when subscribers need it renewed */
    GPtrArray *stale;       /* of WlFactEntry: those with a stale source */
    WlChangeLog *changes;   /* of WlFactEntry */
    guint n_sources, max_sources, n_untrusted;
    guint64 sequence; /* of the next fact source */
    guint mark;       /* of the current update of local facts */
    gboolean local_changed;
    WlEndpointLimit endpoint_limit;
    WlFactShareFuncs share;
    guint victim; /* index of the entry at which the search for one that makes room goes on */
};

/** The facts of one source. */
typedef struct {
    guint all, untrusted;
} WlFactCount;

/** Adds an entry for @fact, which the set does not have. */
WlFactEntry *wl_fact_set_add_entry(WlFactSet *self, const WlFact *fact);
/** Frees @entry, which must have no sources. */
void wl_fact_set_remove_entry(WlFactSet *self, WlFactEntry *entry);
/** Removes the source @index of @entry; the entry stays. */
void wl_fact_set_remove_source(WlFactSet *self, WlFactEntry *entry, guint index);
/** Updates timer and stale list after the sources of @entry changed. */
void wl_fact_set_update_entry(WlFactSet *self, WlFactEntry *entry);
