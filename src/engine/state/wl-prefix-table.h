/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"
#include "state/wl-peer-table.h"
#include "wl-prefix-map.h"

/** One masked prefix that facts give to somebody, with all that do. */
typedef struct {
    GPtrArray *entries; /* of WlFactEntry */
    gboolean wide;      /* it may keep others from what is inside it */
    gboolean owned;
    WlKey owner;
    guint mark; /* the pass that evaluated it last */
} WlClaimedPrefix;

/** A prefix that is to be evaluated again. */
typedef struct {
    WlPrefix prefix;
    gboolean wide;
} WlDirtyPrefix;

/** Every prefix that somebody has or claims, by prefix. wl-profile-apply.c writes the configured
 * ones, wl-allowed-ips-arbitration.c the owners. */
typedef struct {
    WlPrefixMap *configured; /* -> GPtrArray of WlPeer: those of the profile */
    WlPrefixMap *claimed;    /* -> WlClaimedPrefix: those of facts */
    WlPrefixMap *hosts;      /* -> number of peers that are reached there */
    GArray *dirty;           /* of WlDirtyPrefix: claimed ones to be evaluated again */
    GArray *scratch;         /* of WlPrefix: spares an array a turn */
    guint pass;              /* number of the present evaluation */
    gboolean due;            /* some are dirty */
    gint64 due_at;           /* not before; WL_LONG_AGO: at once */
} WlPrefixTable;

void wl_prefix_table_init(WlPrefixTable *self);
void wl_prefix_table_clear(WlPrefixTable *self);

/** TRUE: some prefixes are dirty, and @now arbitration may run. */
gboolean wl_prefix_table_is_due(const WlPrefixTable *self, gint64 now);
/** The next arbitration runs at @when at the earliest; WL_LONG_AGO: in the turn of the next change.
 */
void wl_prefix_table_delay(WlPrefixTable *self, gint64 when);
/** The peer that the profile makes a router or trusts with allowed IPs: others may have prefixes
 * inside its own. */
gboolean wl_prefix_table_is_transit(const WlPeerTable *peers, const WlKey *subject);
/** Somebody claims, or no longer claims, the allowed IP of @entry. */
void wl_prefix_table_fact_changed(WlPrefixTable *self, const WlPeerTable *peers,
                                  WlFactEntry *entry);
/** The profile gives @prefix to somebody else than before. */
void wl_prefix_table_configured_changed(WlPrefixTable *self, const WlPrefix *prefix);
void wl_prefix_table_mark_dirty(WlPrefixTable *self, const WlPrefix *prefix, gboolean wide);
/** Where @peer is reached may have changed: no claimed prefix may cover that. */
void wl_prefix_table_update_hosts(WlPrefixTable *self, WlPeer *peer);
void wl_prefix_table_drop_hosts(WlPrefixTable *self, WlPeer *peer);
