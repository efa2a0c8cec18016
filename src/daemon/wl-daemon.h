/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-file.h"
#include "wl-raw-sockets.h"

/** One profile from a file, served without NetworkManager: the session, its routes and DNS
 * settings, its objects on D-Bus, and the messages to the service manager. */
typedef struct _WlDaemon WlDaemon;

/**
 * @name: of the profile. @path: its file. Takes ownership of @file, read from there, and of @raw.
 * @failed is called once from the main loop if the profile cannot be served; free the daemon then.
 * NULL with *error if the profile is not valid.
 */
WlDaemon *wl_daemon_new(const char *name, const char *path, WlProfileFile *file, WlRawSockets *raw,
                        void (*failed)(gpointer user_data), gpointer user_data, GError **error);
/** Removes the link and everything else that was created. */
void wl_daemon_free(WlDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDaemon, wl_daemon_free)

/** Reads the file again and applies what changed. */
void wl_daemon_reload(WlDaemon *self);
