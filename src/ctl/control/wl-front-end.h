/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-stored-profiles.h"

/** Who serves a profile that a user names. */
typedef struct {
    GPtrArray *stored;              /* as wl_stored_profiles_load() returns */
    const WlStoredProfile *profile; /* of NetworkManager; NULL: a file of wirelinkd */
    const char *file;               /* name of the file's profile; NULL: NetworkManager's */
} WlFrontEnd;

/** Finds the profile @name: the name or the UUID of a profile of NetworkManager, or a file in
 * /etc/wirelink. FALSE with *error of WL_CTL_ERROR if there is none or both. @name must outlive the
 * result. */
gboolean wl_front_end_find(WlFrontEnd *self, GDBusConnection *bus, const char *name,
                           GError **error);
void wl_front_end_clear(WlFrontEnd *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WlFrontEnd, wl_front_end_clear)
