/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-nft.h"

/**
 * A table of nf_tables for one profile. It belongs to the socket of this process: other programs
 * can neither change nor flush it, and it ends with the process. Before Linux 5.12 tables have no
 * owner: wl_own_table_cleanup() removes those of killed processes. Errors are of WL_LINK_ERROR.
 */
typedef struct _WlOwnTable WlOwnTable;

/** Creates the table, which is empty. @uuid: of the profile. @purpose: follows it in the name; "":
 * nothing. @unowned: without owner on every kernel, for tests. */
WlOwnTable *wl_own_table_new(const char *uuid, const char *purpose, gboolean unowned,
                             GError **error);
/** Removes the table. */
void wl_own_table_free(WlOwnTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlOwnTable, wl_own_table_free)

/** Creates the table again, which another program deleted. */
gboolean wl_own_table_restore(WlOwnTable *self, GError **error);
/** For the messages of a batch; owned by @self. */
const char *wl_own_table_get_name(const WlOwnTable *self);
/** FALSE: other programs can delete the table. */
gboolean wl_own_table_has_owner(const WlOwnTable *self);
/** Carries out a batch; 0 or a negative errno. -ENOENT: the table is gone, or what the batch names
 * in it. */
int wl_own_table_send(WlOwnTable *self, WlNftBatch *batch);
/** Sets *error to what was refused with @result. */
void wl_own_table_set_error(const WlOwnTable *self, int result, GError **error);

/** Whether the tables of the profile @uuid stay. */
typedef gboolean (*WlOwnTableKeep)(const char *uuid, gpointer user_data);

/** Removes the tables that killed processes left, except those that @keep accepts. *removed: their
 * number. */
gboolean wl_own_table_cleanup(WlOwnTableKeep keep, gpointer user_data, guint *removed,
                              GError **error);
