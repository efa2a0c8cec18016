/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** Finds the object path of NetworkManager's active connection for the profile @uuid, which is not
 * an argument of Connect. */
void wl_active_connection_find_async(GDBusConnection *connection, const char *uuid,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
/** NULL if there is none or NetworkManager does not reply. Sets *error only if canceled. */
char *wl_active_connection_find_finish(GAsyncResult *result, GError **error);
