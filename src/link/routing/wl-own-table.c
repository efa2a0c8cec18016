/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nf_tables tables of a profile. A WlOwnTable owns its table, and the socket that owns it in
 * the kernel. Errors are of WL_LINK_ERROR.
 */
#include "wl-own-table.h"

#include <errno.h>
#include <string.h>

#include "wl-link-error.h"
#include "wl-netlink.h"

#define PREFIX    "wirelink-"
#define UUID_SIZE 36 /* characters */

struct _WlOwnTable {
    WlNetlink *netlink;
    char *name;
    gboolean unowned; /* before Linux 5.12 */
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
delete_table(WlNetlink *netlink, const char *name)
{
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();

    wl_nft_delete_table(batch, name);
    return wl_nft_batch_send(batch, netlink);
}

static int
create_table(const WlOwnTable *self)
{
    g_autoptr(WlNftBatch) batch = wl_nft_batch_new();

    wl_nft_add_table(batch, self->name, !self->unowned);
    return wl_nft_batch_send(batch, self->netlink);
}

gboolean
wl_own_table_restore(WlOwnTable *self, GError **error)
{
    int result = create_table(self);

    if (is_missing(result) && !self->unowned) {
        self->unowned = TRUE;
        result = create_table(self);
    }
    if (result == 0)
        return TRUE;
    wl_link_set_errno(error, result, "cannot create the nf_tables table \"%s\"", self->name);
    return FALSE;
}

WlOwnTable *
wl_own_table_new(const char *uuid, const char *purpose, gboolean unowned, GError **error)
{
    g_autoptr(WlOwnTable) self = g_new0(WlOwnTable, 1);

    self->name = g_strconcat(PREFIX, uuid, purpose, NULL);
    self->unowned = unowned;
    self->netlink = wl_netlink_new(NETLINK_NETFILTER, error);
    if (!self->netlink)
        return NULL;
    /* A killed process may have left one without an owner. */
    delete_table(self->netlink, self->name);
    return wl_own_table_restore(self, error) ? g_steal_pointer(&self) : NULL;
}

void
wl_own_table_free(WlOwnTable *self)
{
    if (!self)
        return;
    if (self->netlink)
        delete_table(self->netlink, self->name);
    wl_netlink_free(self->netlink);
    g_free(self->name);
    g_free(self);
}

const char *
wl_own_table_get_name(const WlOwnTable *self)
{
    return self->name;
}

gboolean
wl_own_table_has_owner(const WlOwnTable *self)
{
    return !self->unowned;
}

int
wl_own_table_send(WlOwnTable *self, WlNftBatch *batch)
{
    return wl_nft_batch_send(batch, self->netlink);
}

void
wl_own_table_set_error(const WlOwnTable *self, int result, GError **error)
{
    wl_link_set_errno(error, result, "cannot set the rules of the nf_tables table \"%s\"",
                      self->name);
}

gboolean
wl_own_table_cleanup(WlOwnTableKeep keep, gpointer user_data, guint *removed, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(WlNetlink) netlink = wl_netlink_new(NETLINK_NETFILTER, NULL);
    int result = netlink ? wl_nft_list_tables(netlink, PREFIX, names) : -EPROTONOSUPPORT;

    *removed = 0;
    /* Then no service has created any. */
    if (is_missing(result) || is_denied(result))
        return TRUE;
    for (guint i = 0; result == 0 && i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *uuid = g_strndup(name + strlen(PREFIX), UUID_SIZE);

        if (keep(uuid, user_data))
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
