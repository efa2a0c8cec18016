/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Detects that NetworkManager gave up the activation, or was restarted, before it called Connect.
 * It does not notify the service of that, and libnm would wait for the call forever.
 */
typedef struct _WlActivationWatch WlActivationWatch;

typedef void (*WlActivationWatchFunc)(gpointer user_data);

/** For a process that NetworkManager started. @bus_name: our bus name, which contains the number of
 * the activation. Calls @func once from the main loop. */
WlActivationWatch *wl_activation_watch_new(GDBusConnection *connection, const char *bus_name,
                                           WlActivationWatchFunc func, gpointer user_data);
void wl_activation_watch_free(WlActivationWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlActivationWatch, wl_activation_watch_free)
