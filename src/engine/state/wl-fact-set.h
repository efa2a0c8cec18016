/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-knowledge.h"
#include "wl-change-log.h"
#include "wl-fact.h"
#include "wl-timer-queue.h"
#include "wl-verdict.h"

/** That one source told one fact. */
typedef struct {
    WlKey key;
    gint64 expires;
    gint64 told;      /* last time */
    guint64 sequence; /* of the first time: "the first one keeps" */
    WlVerdict verdict;
    gboolean
        stale; /* expired, kept because its source cannot be asked (see wl_fact_set_expire()) */
} WlFactSource;

/** One fact by identity (docs/protocol.md 5.1), with everybody who stands for it. What is read when
 * it is renewed comes first, together in memory. */
typedef struct {
    WlFact fact;
    GArray *sources;          /* of WlFactSource */
    WlKnowledge known;        /* who knows it */
    gint64 advertised_until;  /* what was or is being told at the last change; 0: nothing */
    gboolean local;           /* we stand for it ourselves */
    gboolean in_prefix_table; /* an allowed IP in the engine's list of claimed prefixes */
    WlTimerEntry renewal;
    WlTimerEntry expiry; /* not later than when the first of its claims runs out */
    /* Each peer has a number up to which it has been looked at for it */
    WlChangeLogItem change;
    /* For the sender: until when it is told in the turn of this number */
    guint64 generation;
    gint64 advertise_until;
    guint mark;
    guint index;
    guint stale_place;
} WlFactEntry;

typedef struct _WlFactSet WlFactSet;

WlFactSet *wl_fact_set_new(void);
void wl_fact_set_free(WlFactSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlFactSet, wl_fact_set_free)

/** In an order that depends only on what was done to the set. */
guint wl_fact_set_size(const WlFactSet *self);
WlFactEntry *wl_fact_set_get(const WlFactSet *self, guint index);
WlFactEntry *wl_fact_set_lookup(const WlFactSet *self, const WlFact *fact);
/** Entries about @subject (of WlFactEntry), or NULL; lasts until the set changes. */
const GPtrArray *wl_fact_set_about(const WlFactSet *self, const WlKey *subject);
guint wl_fact_set_count_sources(const WlFactSet *self);
/** How many claims are held; WL_MAX_FACT_SOURCES at first. */
void wl_fact_set_allow(WlFactSet *self, guint max_sources);
/** What @source tells for the first time is refused. */
gboolean wl_fact_set_is_full(const WlFactSet *self, const WlKey *source);
/** Claims of sources that are not trusted with them. */
guint wl_fact_set_untrusted(const WlFactSet *self);
void wl_fact_set_set_verdict(WlFactSet *self, WlFactSource *origin, WlVerdict verdict);

typedef enum {
    WL_FACT_SOURCE_NEW,      /* this source tells it for the first time */
    WL_FACT_SOURCE_RENEWED,  /* renewed */
    WL_FACT_SOURCE_RETURNED, /* renewed after it had not been told for WL_RETURNED_AFTER or was
                                stale */
    WL_FACT_SOURCE_REFUSED,  /* a bound was reached; nothing was changed */
} WlFactSourceResult;

/**
 * @source tells @fact until @expires. Bounds: facts in all and per source are refused when reached;
 * of endpoints per source and subject the one told longest ago makes room. *entry and *origin
 * (valid until the set changes) are set unless it was refused.
 */
WlFactSourceResult wl_fact_set_add_source(WlFactSet *self, const WlFact *fact, const WlKey *source,
                                          gint64 now, gint64 expires, WlFactEntry **entry,
                                          WlFactSource **origin);

/** @source told @fact before we were started: held as stale. FALSE if a bound was reached, or if it
 * tells it now. */
gboolean wl_fact_set_restore_source(WlFactSet *self, const WlFact *fact, const WlKey *source,
                                    gint64 now, WlFactEntry **entry, WlFactSource **origin);

/** Replaces what we stand for ourselves about one subject: begin, one add for each fact, end. TRUE
 * from end if anything changed. */
void wl_fact_set_local_begin(WlFactSet *self);
void wl_fact_set_local_add(WlFactSet *self, const WlFact *fact, gint64 now);
gboolean wl_fact_set_local_end(WlFactSet *self, const WlKey *subject, gint64 now);

/** Of a claim whose time is over: TRUE keeps it as stale, FALSE drops it. */
typedef gboolean (*WlKeepFunc)(const WlFactEntry *entry, const WlFactSource *origin,
                               gpointer user_data);
/** Called for each entry that lost a claim or has a newly stale one; one without claims that is not
 * local goes after it. */
typedef void (*WlExpiredFunc)(WlFactEntry *entry, gpointer user_data);
/** Drops what is over; with @again, claims that are stale are asked about again. TRUE if anything
 * changed. */
gboolean wl_fact_set_expire(WlFactSet *self, gint64 now, gboolean again, WlKeepFunc keep,
                            WlExpiredFunc expired, gpointer user_data);
/** When the next claim runs out; G_MAXINT64: none does. If that is more than a minute ahead of @now
 * it may be told too early. */
gint64 wl_fact_set_next_expiry(WlFactSet *self, gint64 now);
gboolean wl_fact_set_has_stale(const WlFactSet *self);

/** @entry is news for everybody. */
void wl_fact_set_mark_changed(WlFactSet *self, WlFactEntry *entry, gint64 now);
/** A source gave @entry a longer life, until @expires: news only when what others know runs out. */
void wl_fact_set_mark_renewed(WlFactSet *self, WlFactEntry *entry, gint64 now, gint64 expires);
/** The same where all who are told facts have heard of it, or need not. */
void wl_fact_set_mark_settled(WlFactSet *self, WlFactEntry *entry, gint64 expires);
/** When an entry has to be told again; G_MAXINT64: none. */
gint64 wl_fact_set_next_renewal(const WlFactSet *self);
/** Takes out the first entry to be told again before @until, NULL if there is none. */
WlFactEntry *wl_fact_set_take_renewal(WlFactSet *self, gint64 until);
/** What changed, of WlFactEntry. */
const WlChangeLog *wl_fact_set_get_changes(const WlFactSet *self);

/** Drops every claim of @source. */
void wl_fact_set_drop_source(WlFactSet *self, const WlKey *source, WlExpiredFunc expired,
                             gpointer user_data);
/** Drops every claim of @fact; what we stand for ourselves stays. FALSE if nobody had claimed it.
 */
gboolean wl_fact_set_drop_sources(WlFactSet *self, const WlFact *fact);
/** The peer in @slot knows nothing any more. */
void wl_fact_set_forget(WlFactSet *self, guint slot);

/** Until when the fact stands: local ones always WL_FACT_TTL from @now, else the latest accepted
 * origin; 0: not at all. */
gint64 wl_fact_entry_expires(const WlFactEntry *entry, gint64 now);
/** TRUE if some source's claim of it is accepted; stale ones count if @stale. */
gboolean wl_fact_entry_accepted(const WlFactEntry *entry, gboolean stale);
gboolean wl_fact_is_endpoint(const WlFact *fact);
gboolean wl_fact_is_allowed(const WlFact *fact);
gboolean wl_fact_is_member(const WlFact *fact);
