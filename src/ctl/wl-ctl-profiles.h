/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** One active profile as its service shows it on D-Bus. */
typedef struct {
    GVariant *link;   /* a{sv}: properties of the Link interface */
    GPtrArray *peers; /* of WlCtlPeer, sorted by name, then key */
} WlCtlProfile;

typedef struct {
    char *path;
    GVariant *properties; /* a{sv} of the Peer interface */
} WlCtlPeer;

/**
 * All active profiles, sorted by name; of WlCtlProfile, empty if there are none. NULL with *error
 * if the bus does not answer, or it is not permitted (G_DBUS_ERROR_ACCESS_DENIED). A service that
 * does not answer is left out and *problem, NULL before, says so.
 */
GPtrArray *wl_ctl_profiles_load(GError **problem, GError **error);

/** Values by property name; what is missing or of another type is "", 0, FALSE or NULL. */
const char *wl_ctl_get_string(GVariant *properties, const char *name);
guint64 wl_ctl_get_uint(GVariant *properties, const char *name);
gint64 wl_ctl_get_int(GVariant *properties, const char *name);
gboolean wl_ctl_get_boolean(GVariant *properties, const char *name);
/** To be freed with g_variant_unref(). */
GVariant *wl_ctl_get_value(GVariant *properties, const char *name, const char *type);

/** What to call the peer: its name, else the start of its key; safe to print; to be freed. */
char *wl_ctl_peer_label(const WlCtlPeer *peer);
/** The peer at an object path, or NULL. */
const WlCtlPeer *wl_ctl_profile_find_peer(const WlCtlProfile *profile, const char *path);
