/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/**
 * All peers, sorted by key, which is the order of every decision. Owns them. Only wl_members_add()
 * adds peers and only wl_engine_remove_peer() removes them; facts/wl-profile-apply.c writes
 * `routers` and `authorities`.
 */
typedef struct {
    GPtrArray *list;           /* of WlPeer, owned, sorted by key */
    GHashTable *by_key;        /* WlKey* -> WlPeer */
    GHashTable *by_link_local; /* WlIp* -> WlPeer */
    GHashTable *by_dns_name;   /* "host:port" -> GPtrArray of WlPeer with that endpoint, sorted by
                                  key; written by paths/wl-endpoint-dns.c */
    GArray *slots;             /* of gboolean: TRUE if the slot is in use */
    guint learned;             /* the number of learned peers */
    GPtrArray *routers;        /* of WlPeer: routers of the profile */
    GPtrArray *authorities;    /* of WlPeer: sources whose silence withdraws members */
} WlPeerTable;

void wl_peer_table_init(WlPeerTable *self);
void wl_peer_table_clear(WlPeerTable *self);

static inline guint
wl_peer_table_size(const WlPeerTable *self)
{
    return self->list->len;
}

/** The peer @index in the order of keys. */
static inline WlPeer *
wl_peer_table_get(const WlPeerTable *self, guint index)
{
    return self->list->pdata[index];
}

/** The peer with @key, or NULL. */
WlPeer *wl_peer_table_find(const WlPeerTable *self, const WlKey *key);
/** The peer with the link-local address @address, or NULL. */
WlPeer *wl_peer_table_find_link_local(const WlPeerTable *self, const WlIp *address);
/** Adds a peer that is not in the table; @config NULL: learned. */
WlPeer *wl_peer_table_add(WlPeerTable *self, const WlKey *key, const WlPeerConfig *config);
/** Assigns the entry @config of the profile to @peer; NULL: learned. */
void wl_peer_table_set_config(WlPeerTable *self, WlPeer *peer, const WlPeerConfig *config);
/** Frees @peer. */
void wl_peer_table_remove(WlPeerTable *self, WlPeer *peer);

/** Of WlPeer, sorted by key. */
void wl_peer_list_sort(GPtrArray *peers);
/** For hash tables with WlIp keys. */
guint wl_peer_table_hash_ip(gconstpointer ip);
gboolean wl_peer_table_equal_ip(gconstpointer a, gconstpointer b);
