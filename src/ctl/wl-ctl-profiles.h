/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl.h"

#include <gio/gio.h>

typedef struct {
    char *path;
    GVariant *properties; /* a{sv} of the Peer interface */
} WlCtlPeer;

/** One active profile as its service shows it on D-Bus. */
typedef struct {
    char *service;    /* unique name of its connection to the bus */
    GVariant *link;   /* a{sv}: properties of the Link interface */
    GPtrArray *peers; /* of WlCtlPeer, sorted by name, then key; those without a name last */
    gint64 read_at;   /* us of the monotonic clock */
} WlCtlProfile;

typedef struct {
    GPtrArray *profiles; /* of WlCtlProfile, sorted by name */
    GPtrArray *problems; /* of GError: services that do not answer or are of another version */
    guint denied;        /* profiles that are not for the caller to see */
} WlCtlProfiles;

/**
 * The active profile that @name is the name, the UUID or the interface of; NULL: all of them. All
 * services are asked at once. NULL with *error of WL_CTL_ERROR if there is none to show; a service
 * that fails besides others is a problem of the result. @cancellable may be NULL.
 */
WlCtlProfiles *wl_ctl_profiles_load(GDBusConnection *bus, const char *name,
                                    GCancellable *cancellable, GError **error);
void wl_ctl_profiles_free(WlCtlProfiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCtlProfiles, wl_ctl_profiles_free)

/** Says the problems, unless the JSON has them, and returns what to exit with for the first. */
WlExit wl_ctl_profiles_finish(const WlCtlProfiles *self, gboolean json);
/** The profile, if there is one alone; else NULL with *error that names them. */
const WlCtlProfile *wl_ctl_profiles_get_only(const WlCtlProfiles *self, GError **error);
/** The profile of a service, or NULL. */
const WlCtlProfile *wl_ctl_profiles_find(const WlCtlProfiles *self, const char *service);

/** Values by property name; what is missing or of another type is "", 0, FALSE or NULL. */
const char *wl_ctl_get_string(GVariant *properties, const char *name);
guint64 wl_ctl_get_uint(GVariant *properties, const char *name);
gint64 wl_ctl_get_int(GVariant *properties, const char *name);
gboolean wl_ctl_get_boolean(GVariant *properties, const char *name);
/** To be freed with g_variant_unref(). */
GVariant *wl_ctl_get_value(GVariant *properties, const char *name, const char *type);
/** A list of strings as one, with @separator; "" if there are none; to be freed. */
char *wl_ctl_get_list(GVariant *properties, const char *name, const char *separator);

/** The profile's name, safe to print; to be freed. */
char *wl_ctl_profile_label(const WlCtlProfile *profile);
/** What to call the peer: its name, else the start of its key; safe to print; to be freed. */
char *wl_ctl_peer_label(const WlCtlPeer *peer);
/** The peer at an object path, or NULL. */
const WlCtlPeer *wl_ctl_profile_find_peer(const WlCtlProfile *profile, const char *path);
/** The start of a public key, safe to print; to be freed. */
char *wl_ctl_short_key(const char *key);
