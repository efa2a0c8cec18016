/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Lock files in a directory that only root may enter: no other user can take, hold or remove one.
 * The kernel drops a lock when its process ends, even if that is killed. Locks belong to the
 * network namespace of the process, as links and rules do. Errors are of G_IO_ERROR and name the
 * file.
 */

#define WL_LOCK_DIRECTORY "/run/nm-wirelink"

/** The network namespace of this process: the inode of it; 0 without /proc. */
guint64 wl_lock_file_get_namespace(void);
/** Takes the lock @name, a file name. Processes that take it shared hold it together. Never waits.
 * Returns a file descriptor, whose closing drops the lock; -1 with *error, which is
 * G_IO_ERROR_WOULD_BLOCK if another process holds it. */
int wl_lock_file_take(const char *name, gboolean exclusive, GError **error);
/** The names of all locks held in this network namespace, to be freed with g_strfreev(); NULL with
 * *error. Takes none, so that no process fails to take one meanwhile. Removes files that killed
 * processes left. */
char **wl_lock_file_list(GError **error);
