/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Asks polkit whether the connection @sender may do @action. @interactive: polkit may ask the user
 * for a password, and then the answer may take minutes.
 */
void wl_polkit_check_async(GDBusConnection *connection, const char *sender, const char *action,
                           gboolean interactive, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
/** TRUE if it may. Else G_IO_ERROR_CANCELLED, or G_DBUS_ERROR_ACCESS_DENIED with one sentence that
 * can be handed on, also where there is no polkit. */
gboolean wl_polkit_check_finish(GAsyncResult *result, GError **error);
