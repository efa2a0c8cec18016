/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-netlink.h"

/**
 * nf_tables: tables of the family inet with chains for packets that leave or are forwarded, sets of
 * addresses, and the few expressions that their rules need. A batch collects messages; the kernel
 * carries out all of them or none. Functions return 0 or a negative errno (-EPERM: another socket
 * owns the table; -EOPNOTSUPP, -EPROTONOSUPPORT, -EINVAL: the kernel lacks something).
 */
typedef struct _WlNftBatch WlNftBatch;

WlNftBatch *wl_nft_batch_new(void);
void wl_nft_batch_free(WlNftBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNftBatch, wl_nft_batch_free)

/** Creates the table unless it exists. @owned: it belongs to the socket that sends the batch: no
 * other program can change or flush it, and it ends with the socket (Linux 5.12). */
void wl_nft_add_table(WlNftBatch *self, const char *table, gboolean owned);
/** Deletes a table that exists, with all it contains. */
void wl_nft_delete_table(WlNftBatch *self, const char *table);
/** Creates the chain unless it exists. It filters what this machine sends, before connection
 * tracking; packets that no rule drops pass. */
void wl_nft_add_output_chain(WlNftBatch *self, const char *table, const char *chain);
/** The same for what leaves this machine, whether it sends or forwards it. */
void wl_nft_add_postrouting_chain(WlNftBatch *self, const char *table, const char *chain);
/** The same for what this machine forwards, where firewalls filter it: packets that no rule drops
 * are left to the chains of others. */
void wl_nft_add_forward_chain(WlNftBatch *self, const char *table, const char *chain);
/** A chain that may replace the source of what leaves (Linux 5.2 for both families). */
void wl_nft_add_source_nat_chain(WlNftBatch *self, const char *table, const char *chain);
/** Deletes the rules of a chain. */
void wl_nft_flush_chain(WlNftBatch *self, const char *table, const char *chain);

/** Addresses of one family from `first` on. */
typedef struct {
    WlIp first;
    WlIp end; /* the first that does not belong; family WL_FAMILY_NONE: all up to the last one */
} WlNftRange;

/** Creates the set unless it exists. @id: unique within the batch. */
void wl_nft_add_set(WlNftBatch *self, const char *table, const char *set, WlFamily family,
                    guint32 id);
/** Deletes the elements of a set. */
void wl_nft_flush_set(WlNftBatch *self, const char *table, const char *set);
/** Adds ranges to a set that has none of these addresses. @ranges: in their order, with gaps. */
void wl_nft_add_ranges(WlNftBatch *self, const char *table, const char *set,
                       const WlNftRange *ranges, gsize n);

/** Starts a rule; expressions follow, each of which the packet must meet. The last is a verdict. */
void wl_nft_begin_rule(WlNftBatch *self, const char *table, const char *chain);
void wl_nft_match_udp(WlNftBatch *self, gboolean invert);
/** Only after wl_nft_match_udp(), or where every packet is UDP. */
void wl_nft_match_source_port(WlNftBatch *self, guint16 port, gboolean invert);
/** The interface that the packet leaves by. */
void wl_nft_match_output(WlNftBatch *self, int ifindex, gboolean invert);
/** The interface that the packet arrived on; only in a chain of forwarded packets. */
void wl_nft_match_input(WlNftBatch *self, int ifindex, gboolean invert);
/** Packets of one family. */
void wl_nft_match_family(WlNftBatch *self, WlFamily family);
/** Packets that answer others, and errors about them, as connection tracking knows them. */
void wl_nft_match_replies(WlNftBatch *self);
/** The source address; this excludes packets of the other family. */
void wl_nft_match_source(WlNftBatch *self, const WlIp *address);
/** The destination is in a set of the same table; this excludes packets of the other family. */
void wl_nft_match_destination(WlNftBatch *self, WlFamily family, const char *set);
/** The source is in a set of the same table; this excludes packets of the other family. */
void wl_nft_match_source_set(WlNftBatch *self, WlFamily family, const char *set);
/** The bits of the firewall mark that @mask selects. */
void wl_nft_match_mark(WlNftBatch *self, guint32 mark, guint32 mask);
/** Ends the rule: the packet passes. */
void wl_nft_accept(WlNftBatch *self);
/** Ends the rule: the source becomes that of the interface that the packet leaves by. Only in a
 * chain for that. */
void wl_nft_masquerade(WlNftBatch *self);
/** Ends the rule: the packet is counted and dropped. */
void wl_nft_drop(WlNftBatch *self);

/** @netlink: of NETLINK_NETFILTER. */
int wl_nft_batch_send(WlNftBatch *self, WlNetlink *netlink);

/** Lists the names of all tables of the family inet that begin with @prefix. @names: of char *, to
 * be freed with g_free(); emptied first. */
int wl_nft_list_tables(WlNetlink *netlink, const char *prefix, GPtrArray *names);
