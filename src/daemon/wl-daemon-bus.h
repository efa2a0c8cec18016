/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The connection to the system bus with the bus names of a profile. The daemon works without a bus:
 * it connects as soon as there is one, and again if the bus was restarted.
 */
typedef struct _WlDaemonBus WlDaemonBus;

/** Called from the main loop. */
typedef struct {
    void (*connected)(GDBusConnection *connection, gpointer user_data); /* the names are owned */
    void (*lost)(gpointer user_data);                                   /* after `connected` only */
} WlDaemonBusEvents;

/** @events must outlive the object. */
WlDaemonBus *wl_daemon_bus_new(const char *name, const WlDaemonBusEvents *events,
                               gpointer user_data);
/** Sends all queued messages first, and does not call `lost`. */
void wl_daemon_bus_free(WlDaemonBus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDaemonBus, wl_daemon_bus_free)
/** The bus name of the profile @name: its characters that a bus name cannot have are written as "_"
 * and two hexadecimal digits; to be freed. */
char *wl_daemon_bus_dup_name(const char *name);
