/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-doctor.h"

#define WL_MANAGER_NAME       "org.freedesktop.NetworkManager"
#define WL_MANAGER_PATH       "/org/freedesktop/NetworkManager"
#define WL_MANAGER_PROPERTIES "org.freedesktop.DBus.Properties"

/** Checks that NetworkManager runs in a version that is supported. */
void wl_check_manager(WlDoctor *doctor, GDBusConnection *bus);
/** A property of an object of NetworkManager; NULL with the untouched *error of GIO. */
GVariant *wl_manager_get_property(GDBusConnection *bus, const char *path, const char *interface,
                                  const char *name, GError **error);
