/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-unix.h>

/**
 * File descriptors and timers as sources of the thread-default main context.
 *
 * The caller owns the returned source and ends it with wl_source_clear(), which is also allowed
 * from within the callback. No function here closes a file descriptor but wl_fd_clear().
 */

/** Calls @ready while @fd meets @condition. */
GSource *wl_fd_source_new(int fd, GIOCondition condition, GUnixFDSourceFunc ready,
                          gpointer user_data);
/** Calls @func every @milliseconds until it returns G_SOURCE_REMOVE. */
GSource *wl_timeout_source_new(guint milliseconds, GSourceFunc func, gpointer user_data);
/** Destroys *source and sets it to NULL; nothing happens if it is NULL already. */
void wl_source_clear(GSource **source);

/** Closes *fd and sets it to -1; nothing happens if it is negative already. */
void wl_fd_clear(int *fd);
