/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/**
 * All peers, in the order of their keys, which is the order of every decision. Owns them. Peers are
 * added by wl_members_add() and removed by wl_engine_remove_peer() only; `routers` and
 * `authorities` are written by facts/wl-profile-apply.c.
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
    GPtrArray *authorities;    /* of WlPeer: those that can withdraw members by silence */
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
/** Adds a peer, which the table must not have yet; @config NULL: learned. */
WlPeer *wl_peer_table_add(WlPeerTable *self, const WlKey *key, const WlPeerConfig *config);
/** Gives @peer the entry @config of the profile; NULL: it is learned. */
void wl_peer_table_set_config(WlPeerTable *self, WlPeer *peer, const WlPeerConfig *config);
/** Frees @peer. */
void wl_peer_table_remove(WlPeerTable *self, WlPeer *peer);

/** Of WlPeer, sorted by key. */
void wl_peer_list_sort(GPtrArray *peers);
/** For hash tables with WlIp keys. */
guint wl_peer_table_hash_ip(gconstpointer ip);
gboolean wl_peer_table_equal_ip(gconstpointer a, gconstpointer b);
