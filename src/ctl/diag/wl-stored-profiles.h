/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** A profile as NetworkManager stores it. */
typedef struct {
    char *id, *uuid;
    char *path;                   /* of its object */
    GVariant *settings;           /* a{sa{sv}}, as GetSettings returns it: without secrets */
    GHashTable *data;             /* vpn.data */
    guint listen_port, fact_port; /* 0: not set */
    guint n_users;                /* in connection.permissions; 0: all users */
    gboolean persistent;
    gboolean activated; /* according to NetworkManager */
} WlStoredProfile;

/** The profiles that the caller may read, an array of WlStoredProfile sorted by name. */
GPtrArray *wl_stored_profiles_load(GDBusConnection *bus);
