/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Watches one file through its directory, so that a file that is replaced, removed or created is
 * noticed too. A burst of changes is reported once, after it. Costs nothing while nothing changes.
 */
typedef struct _WlFileWatch WlFileWatch;

/** @changed is called from the main loop. Errors are of G_IO_ERROR. */
WlFileWatch *wl_file_watch_new(const char *path, void (*changed)(gpointer user_data),
                               gpointer user_data, GError **error);
void wl_file_watch_free(WlFileWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlFileWatch, wl_file_watch_free)
