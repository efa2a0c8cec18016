/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-peer.h"

/**
 * All peers but ourselves, in the order of their keys, which is the order of every decision. Owns
 * them. Peers come and go by wl_members_add() and wl_engine_remove_peer() only.
 */
typedef struct {
    GPtrArray *list;           /* of WlPeer, owned, sorted by key */
    GHashTable *by_key;        /* WlKey* -> WlPeer */
    GHashTable *by_link_local; /* WlIp* -> WlPeer */
    GHashTable *by_dns_name;   /* "host:port" -> GPtrArray of WlPeer, sorted by key: whose endpoint
                                  it is; written by wl-endpoint-dns.c */
    GArray *slots;             /* of gboolean: taken */
    guint learned;             /* of them: not in the profile */
    GPtrArray *routers;        /* of WlPeer: by the profile */
    GPtrArray *authorities;    /* of WlPeer: whose silence about a member means that it has left */
} WlPeerTable;

void wl_peer_table_init(WlPeerTable *self);
void wl_peer_table_clear(WlPeerTable *self);

static inline guint
wl_peer_table_size(const WlPeerTable *self)
{
    return self->list->len;
}

/** The peer with the @index-th key. */
static inline WlPeer *
wl_peer_table_get(const WlPeerTable *self, guint index)
{
    return self->list->pdata[index];
}

/** NULL: none has that key. */
WlPeer *wl_peer_table_find(const WlPeerTable *self, const WlKey *key);
/** NULL: none has that link-local address. */
WlPeer *wl_peer_table_find_link_local(const WlPeerTable *self, const WlIp *address);
/** A new peer, of which there is none with that key yet; @config NULL: learned. */
WlPeer *wl_peer_table_add(WlPeerTable *self, const WlKey *key, const WlPeerConfig *config);
/** Frees @peer. */
void wl_peer_table_remove(WlPeerTable *self, WlPeer *peer);

/** Of WlPeer, sorted by key. */
void wl_peer_list_sort(GPtrArray *peers);
/** For hash tables with WlIp keys. */
guint wl_peer_table_hash_ip(gconstpointer ip);
gboolean wl_peer_table_equal_ip(gconstpointer a, gconstpointer b);
