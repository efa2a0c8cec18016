/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-objects-paths.h"
#include "wl-session.h"

/**
 * The Link and Peer objects of a session on D-Bus with their ObjectManager. Each read is authorized
 * (see WlAccess). Changes are collected and signaled when the session has settled, at most once per
 * second and object with the latest values.
 */
typedef struct _WlObjects WlObjects;

typedef struct {
    const char *id;                /* name of the profile */
    const char *front_end;         /* see the property FrontEnd; static */
    const char *active_connection; /* object path; NULL: not known yet */
    const char *const *users;      /* who may read, NULL-terminated; NULL: every local user */
} WlObjectsSettings;

/** Exports @session, which must outlive the objects, and observes it. Copies @settings. */
WlObjects *wl_objects_new(GDBusConnection *connection, WlSession *session,
                          const WlObjectsSettings *settings, GError **error);
/** Removes the objects from the bus. */
void wl_objects_free(WlObjects *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlObjects, wl_objects_free)

/** A peer was added or changed. */
void wl_objects_peer_changed(WlObjects *self, const WlKey *key);
/** A peer was removed. Its path is not reused. */
void wl_objects_peer_gone(WlObjects *self, const WlKey *key);
/** Properties of the link changed. */
void wl_objects_link_changed(WlObjects *self);
/** Sets the ActiveConnection property; copies @path. */
void wl_objects_set_active_connection(WlObjects *self, const char *path);
/** Sets PendingKeys (NULL-terminated) and ProfileError ("": valid). Other properties of the link
 * may have changed as well. */
void wl_objects_set_profile_state(WlObjects *self, const char *const *pending, const char *error);
/** Replaces the users who may read and change, NULL-terminated; NULL: every local user. */
void wl_objects_set_users(WlObjects *self, const char *const *users);
/** All changes of an event have been reported: signals them. */
void wl_objects_settled(WlObjects *self);
