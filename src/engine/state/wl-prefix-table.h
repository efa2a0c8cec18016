/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-fact-set.h"
#include "state/wl-peer-table.h"
#include "wl-prefix-map.h"

/** One masked prefix that facts claim. */
typedef struct {
    GPtrArray *entries; /* of WlFactEntry: the facts that claim it */
    gboolean wide;      /* it may exclude claims to prefixes inside it */
    gboolean owned;
    WlKey owner;
    WlTrust trust; /* the greatest in an accepted source, while it is owned */
    guint mark;    /* the last pass that evaluated it */
} WlClaimedPrefix;

/** A prefix that must be evaluated again. */
typedef struct {
    WlPrefix prefix;
    gboolean wide;
} WlDirtyPrefix;

/** How many endpoints of each weight (WlHost) have one address. */
typedef struct {
    guint n[WL_HOST_CONFIGURED + 2]; /* the first one: WL_TRUST_UNSET */
} WlHostUsers;

/** Every configured or claimed prefix. facts/wl-profile-apply.c writes the configured ones,
 * wl-prefix-owner.c the owners, wl-prefix-component.c empties the dirty list. */
typedef struct {
    WlPrefixMap *configured; /* -> GPtrArray of WlPeer that have it in the profile */
    WlPrefixMap *claimed;    /* -> WlClaimedPrefix */
    WlPrefixMap *hosts;      /* -> WlHostUsers: the peers that are reached there */
    GArray *dirty;           /* of WlDirtyPrefix */
    GArray *scratch;         /* of WlHost: reused in each turn */
    guint pass;              /* number of the current evaluation */
    gboolean due;            /* some are dirty */
    gint64 due_at;           /* not before; WL_LONG_AGO: at once */
} WlPrefixTable;

void wl_prefix_table_init(WlPrefixTable *self);
void wl_prefix_table_clear(WlPrefixTable *self);

/** TRUE if prefixes are dirty and arbitration may run at @now. */
gboolean wl_prefix_table_is_due(const WlPrefixTable *self, gint64 now);
/** The next arbitration runs no earlier than @when; WL_LONG_AGO: in the turn of the next change. */
void wl_prefix_table_delay(WlPrefixTable *self, gint64 when);
/** TRUE for a transit peer: the profile makes it a router or trusts it with allowed IPs, so other
 * members may own prefixes inside its own. */
gboolean wl_prefix_table_is_transit(const WlPeerTable *peers, const WlKey *subject);
/** The sources of the allowed-IPs fact @entry changed. */
void wl_prefix_table_fact_changed(WlPrefixTable *self, const WlPeerTable *peers,
                                  WlFactEntry *entry);
/** The profile assigns @prefix to a different peer. */
void wl_prefix_table_configured_changed(WlPrefixTable *self, const WlPrefix *prefix);
/** A router owns @prefix now, or does no longer: the claims inside it are evaluated again. */
void wl_prefix_table_inside_changed(WlPrefixTable *self, const WlPrefix *prefix);
void wl_prefix_table_mark_dirty(WlPrefixTable *self, const WlPrefix *prefix, gboolean wide);
/** TRUE if the endpoint of a peer is inside @prefix that no fact may claim from a source with
 * @trust: it is configured, or the peer is trusted as much. */
gboolean wl_prefix_table_protects(const WlPrefixTable *self, const WlPrefix *prefix, WlTrust trust);
/** The endpoints of @peer, or the trust in it, may have changed. */
void wl_prefix_table_update_hosts(WlPrefixTable *self, WlPeer *peer);
void wl_prefix_table_drop_hosts(WlPrefixTable *self, WlPeer *peer);
