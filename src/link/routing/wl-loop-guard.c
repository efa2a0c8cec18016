/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table that keeps a tunnel out of itself. A WlLoopGuard owns the table, and the socket that
 * owns it in the kernel. Errors are of WL_LINK_ERROR.
 */
#include "wl-loop-guard.h"

#include <errno.h>
#include <string.h>

#include "wl-link-error.h"
#include "wl-netlink.h"
#include "wl-nft.h"

#define TABLE_PREFIX "wirelink-"
#define CHAIN        "output"

struct _WlLoopGuard {
    WlNetlink *netlink;
    char *table;
};

/* Whether the kernel has no nf_tables, or has it in modules that cannot be loaded. */
static gboolean
is_missing(int result)
{
    return result == -EOPNOTSUPP || result == -EPROTONOSUPPORT || result == -EINVAL;
}

/* Whether a security module keeps this process from it. */
static gboolean
is_denied(int result)
{
    return result == -EPERM || result == -EACCES;
}

static int
delete_table(WlNetlink *netlink, const char *table)
{
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();

    wl_nft_delete_table(batch, table);
    return wl_nft_batch_send(batch, netlink);
}

/* Creates the table and its chain. */
static int
create_table(const WlLoopGuard *self, gboolean owned)
{
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();

    wl_nft_add_table(batch, self->table, owned);
    wl_nft_add_output_chain(batch, self->table, CHAIN);
    return wl_nft_batch_send(batch, self->netlink);
}

WlLoopGuard *
wl_loop_guard_new(const char *uuid, GError **error)
{
    g_autoptr(WlLoopGuard) self = g_new0(WlLoopGuard, 1);
    int result;

    self->table = g_strconcat(TABLE_PREFIX, uuid, NULL);
    self->netlink = wl_netlink_new(NETLINK_NETFILTER, error);
    if (!self->netlink)
        return NULL;
    /* A killed process may have left one without an owner. */
    delete_table(self->netlink, self->table);
    result = create_table(self, TRUE);
    if (is_missing(result))
        result = create_table(self, FALSE); /* Linux before 5.12 */
    if (result == 0)
        return g_steal_pointer(&self);
    wl_link_set_errno(error, result, "cannot create the nf_tables table \"%s\"", self->table);
    return NULL;
}

/* Rules for packets of other programs come first, so that these pass after one comparison. */
static void
add_rules(const WlLoopGuard *self, WlNftBatch *batch, const WlLoopGuardConfig *config)
{
    wl_nft_begin_rule(batch, self->table, CHAIN);
    wl_nft_match_udp(batch, TRUE);
    wl_nft_accept(batch);
    wl_nft_begin_rule(batch, self->table, CHAIN);
    wl_nft_match_source_port(batch, config->listen_port, TRUE);
    wl_nft_accept(batch);
    wl_nft_begin_rule(batch, self->table, CHAIN);
    wl_nft_match_output(batch, config->ifindex, FALSE);
    wl_nft_drop(batch);
    for (gsize i = 0; i < config->n_addresses; i++) {
        wl_nft_begin_rule(batch, self->table, CHAIN);
        wl_nft_match_source(batch, &config->addresses[i].address);
        wl_nft_match_output(batch, config->addresses[i].ifindex, TRUE);
        wl_nft_drop(batch);
    }
}

gboolean
wl_loop_guard_set(WlLoopGuard *self, const WlLoopGuardConfig *config, GError **error)
{
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();
    int result;

    wl_nft_flush_chain(batch, self->table, CHAIN);
    add_rules(self, batch, config);
    result = wl_nft_batch_send(batch, self->netlink);
    if (result == 0)
        return TRUE;
    wl_link_set_errno(error, result, "cannot set the rules of the nf_tables table \"%s\"",
                      self->table);
    return FALSE;
}

void
wl_loop_guard_free(WlLoopGuard *self)
{
    if (!self)
        return;
    if (self->netlink)
        delete_table(self->netlink, self->table);
    wl_netlink_free(self->netlink);
    g_free(self->table);
    g_free(self);
}

gboolean
wl_loop_guard_cleanup(WlLoopGuardKeep keep, gpointer user_data, guint *removed, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(WlNetlink) netlink = wl_netlink_new(NETLINK_NETFILTER, NULL);
    int result = netlink ? wl_nft_list_tables(netlink, TABLE_PREFIX, names) : -EPROTONOSUPPORT;

    *removed = 0;
    /* Then no service has created any. */
    if (is_missing(result) || is_denied(result))
        return TRUE;
    for (guint i = 0; result == 0 && i < names->len; i++) {
        const char *name = names->pdata[i];

        if (keep(name + strlen(TABLE_PREFIX), user_data))
            continue;
        result = delete_table(netlink, name);
        if (result == -ENOENT || result == -EPERM)
            result = 0; /* its process ended just now, or is alive */
        else
            ++*removed;
    }
    if (result == 0)
        return TRUE;
    wl_link_set_errno(error, result, "cannot remove leftover nf_tables tables");
    return FALSE;
}
