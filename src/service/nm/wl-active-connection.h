/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** Finds the object path of NetworkManager's active connection of the profile @uuid, which its
 * Connect does not tell. */
void wl_active_connection_find_async(GDBusConnection *connection, const char *uuid,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
/** NULL if NetworkManager has none or does not answer; *error only if cancelled. */
char *wl_active_connection_find_finish(GAsyncResult *result, GError **error);
