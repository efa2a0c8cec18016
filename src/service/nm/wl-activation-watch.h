/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Hears when NetworkManager gives up an activation, and whether it is still the one that has
 * started us. To a service that it has started, but not called yet, it then says nothing, and libnm
 * would have that wait for a call that never comes.
 */
typedef struct _WlActivationWatch WlActivationWatch;

typedef void (*WlActivationWatchFunc)(gpointer user_data);

/** @bus_name: ours, whose number is that of the activation. For a child of NetworkManager. Calls
 * back from the main loop, once. */
WlActivationWatch *wl_activation_watch_new(GDBusConnection *connection, const char *bus_name,
                                           WlActivationWatchFunc func, gpointer user_data);
void wl_activation_watch_free(WlActivationWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlActivationWatch, wl_activation_watch_free)
