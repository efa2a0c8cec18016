/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The bus names of processes that serve a profile. Each owns a name of its own below the base name
 * and queues for the base name, by which the bus policy and clients find all of them.
 */
#define WL_BUS_NAME_BASE "org.freedesktop.NetworkManager.wirelink"

/** Queues for the base name. A process that waits in the queue receives no calls to it. */
gboolean wl_bus_name_queue(GDBusConnection *connection, GError **error);
/** Fails if another process owns @name: this one would wait in its queue. */
gboolean wl_bus_name_check(GDBusConnection *connection, const char *name, GError **error);
/** Owns @name and queues for the base name; fails if another process owns @name. */
gboolean wl_bus_name_own(GDBusConnection *connection, const char *name, GError **error);
