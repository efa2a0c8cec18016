/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table that keeps a tunnel out of itself. A WlLoopGuard owns the table. Errors are of
 * WL_LINK_ERROR.
 */
#include "wl-loop-guard.h"

#include "wl-own-table.h"

#define CHAIN "output"

struct _WlLoopGuard {
    WlOwnTable *table;
};

WlLoopGuard *
wl_loop_guard_new(const char *uuid, GError **error)
{
    g_autoptr(WlLoopGuard) self = g_new0(WlLoopGuard, 1);
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();
    int result;

    self->table = wl_own_table_new(uuid, "", FALSE, error);
    if (!self->table)
        return NULL;
    wl_nft_add_output_chain(batch, wl_own_table_get_name(self->table), CHAIN);
    result = wl_own_table_send(self->table, batch);
    if (result == 0)
        return g_steal_pointer(&self);
    wl_own_table_set_error(self->table, result, error);
    return NULL;
}

/* Rules for packets of other programs come first, so that these pass after one comparison. */
static void
add_rules(WlNftBatch *batch, const char *table, const WlLoopGuardConfig *config)
{
    wl_nft_begin_rule(batch, table, CHAIN);
    wl_nft_match_udp(batch, TRUE);
    wl_nft_accept(batch);
    wl_nft_begin_rule(batch, table, CHAIN);
    wl_nft_match_source_port(batch, config->listen_port, TRUE);
    wl_nft_accept(batch);
    wl_nft_begin_rule(batch, table, CHAIN);
    wl_nft_match_output(batch, config->ifindex, FALSE);
    wl_nft_drop(batch);
    for (gsize i = 0; i < config->n_addresses; i++) {
        wl_nft_begin_rule(batch, table, CHAIN);
        wl_nft_match_source(batch, &config->addresses[i].address);
        wl_nft_match_output(batch, config->addresses[i].ifindex, TRUE);
        wl_nft_drop(batch);
    }
}

gboolean
wl_loop_guard_set(WlLoopGuard *self, const WlLoopGuardConfig *config, GError **error)
{
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();
    const char *table = wl_own_table_get_name(self->table);
    int result;

    wl_nft_flush_chain(batch, table, CHAIN);
    add_rules(batch, table, config);
    result = wl_own_table_send(self->table, batch);
    if (result == 0)
        return TRUE;
    wl_own_table_set_error(self->table, result, error);
    return FALSE;
}

void
wl_loop_guard_free(WlLoopGuard *self)
{
    if (!self)
        return;
    wl_own_table_free(self->table);
    g_free(self);
}
