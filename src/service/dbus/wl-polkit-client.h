/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Only a client: wl-access.c decides which calls need authorization.
 *
 * Checks whether @sender is authorized for @action. @interactive: polkit may ask the
 * user to authenticate, which can take minutes.
 */
void wl_polkit_client_check_async(GDBusConnection *connection, const char *sender,
                                  const char *action, gboolean interactive,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
/** TRUE if authorized. Otherwise G_IO_ERROR_CANCELLED, or G_DBUS_ERROR_ACCESS_DENIED with a
 * sentence for the caller, also without polkit. */
gboolean wl_polkit_client_check_finish(GAsyncResult *result, GError **error);
