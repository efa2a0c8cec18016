/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-knowledge.h"
#include "wl-change-log.h"
#include "wl-fact.h"
#include "wl-timer-queue.h"
#include "wl-verdict.h"

/** One source of one fact. Written by the fact set only, the verdict through
 * wl_fact_set_set_verdict(). Times are engine times (microseconds). */
typedef struct {
    WlKey key;
    gint64 expires;
    gint64 added;      /* when the source first advertised the fact */
    gint64 received;   /* when it last did */
    gint64 held_since; /* of an endpoint: since when the source has this place among those of the
                          subject, with this endpoint or earlier ones */
    guint64 sequence;  /* order of the first advertisement: the first claim of a prefix wins */
    WlVerdict verdict; /* WL_VERDICT_N: not evaluated yet */
    gboolean stale;    /* expired, but kept (see wl_fact_set_expire()) */
} WlFactSource;

/** One fact by identity (docs/protocol.md 5.1) with all of its sources. Owned by the fact set. The
 * fields that a renewal reads come first, so that they share cache lines. */
typedef struct {
    WlFact fact;
    GArray *sources;          /* of WlFactSource */
    WlKnowledge known;        /* which peers know the fact, and until when */
    gint64 advertised_until;  /* the expiry of the last advertised change; 0: none */
    gint64 advertised_life;   /* how long it was valid then */
    gboolean local;           /* this member originates the fact */
    gboolean in_prefix_table; /* written by wl-prefix-table.c: the entry is in its claimed prefix */
    gboolean lost;          /* in a WlExpiredFunc: an accepted source was dropped or became stale */
    gboolean idle;          /* wl_fact_entry_is_refused(): its expiry causes no wake-up */
    WlTimerEntry renewal;   /* when the fact must be advertised again */
    WlTimerEntry expiry;    /* not later than the expiry of the first source */
    WlChangeLogItem change; /* position in the change log */
    /* Written by exchange/wl-due-facts.c: the expiry to advertise in the turn with this
     * WlSubscribers.generation. */
    guint64 generation;
    gint64 advertise_until;
    guint mark;        /* the last update of local facts that included it */
    guint index;       /* position in the set */
    guint stale_place; /* position in the list of stale entries, from 1; 0: not in it */
} WlFactEntry;

/** TRUE for a verdict with which a source is relayed. A fact that conflicts with the networks of
 * this machine is refused here but still relayed: other members may need it to reach each other. */
gboolean wl_fact_verdict_is_relayed(WlVerdict verdict);
/** The source with @key, or NULL. @self may be NULL. Valid until the set changes. */
WlFactSource *wl_fact_entry_find_source(WlFactEntry *self, const WlKey *key);
/** When the first source that is not stale expires; WL_NEVER: all are stale, or there is none. */
gint64 wl_fact_entry_first_expiry(const WlFactEntry *self);
/** TRUE if there are sources, each of them refused and none relayed: losing one has no effect. */
gboolean wl_fact_entry_is_refused(const WlFactEntry *self);
/** TRUE if a source is stale. */
gboolean wl_fact_entry_has_stale(const WlFactEntry *self);
/** TRUE if the fact has no source and this member does not originate it. */
gboolean wl_fact_entry_is_unused(const WlFactEntry *self);
/** Until when the fact may be advertised, at most WL_FACT_TTL from @now: others than local facts
 * until the latest expiry of a source that may be relayed; 0: not at all. An endpoint is relayed
 * only from its subject. */
gint64 wl_fact_entry_expires(const WlFactEntry *self, gint64 now);
/** TRUE if the fact may be advertised again after @until without a renewal. */
gboolean wl_fact_entry_outlives(const WlFactEntry *self, gint64 until);
/** TRUE if a source is accepted; stale sources count if @stale. */
gboolean wl_fact_entry_accepted(const WlFactEntry *self, gboolean stale);

gboolean wl_fact_is_endpoint(const WlFact *fact);
gboolean wl_fact_is_allowed(const WlFact *fact);
gboolean wl_fact_is_member(const WlFact *fact);
