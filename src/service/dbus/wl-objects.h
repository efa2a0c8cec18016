/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-objects-paths.h"
#include "wl-session.h"

/**
 * The Link and Peer objects of a session on D-Bus, and the ObjectManager above them. Reads are
 * authorised one by one (see WlAccess). What changes is gathered and signalled when the session has
 * settled, but not more often than once a second for each object; then the last state counts.
 */
typedef struct _WlObjects WlObjects;

typedef struct {
    const char *id;                /* name of the profile */
    const char *active_connection; /* object path, NULL: not known yet */
    const char *const *users;      /* that may read, NULL-terminated; NULL: every local user */
} WlObjectsSettings;

/** Shows @session, which must outlive the objects; copies @settings. */
WlObjects *wl_objects_new(GDBusConnection *connection, WlSession *session,
                          const WlObjectsSettings *settings, GError **error);
/** Takes the objects off the bus. */
void wl_objects_free(WlObjects *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlObjects, wl_objects_free)

/** There is a new peer, or one changed. */
void wl_objects_peer_changed(WlObjects *self, const WlKey *key);
/** Its object goes, and its path is not used again. */
void wl_objects_peer_gone(WlObjects *self, const WlKey *key);
/** Something of the link changed. */
void wl_objects_link_changed(WlObjects *self);
/** NetworkManager has told it by now; @path is copied. */
void wl_objects_set_active_connection(WlObjects *self, const char *path);
/** What of the stored profile waits for the next activation (NULL-terminated), and what is wrong
 * with it ("": nothing). Other properties of the link may have changed with it. */
void wl_objects_set_profile_state(WlObjects *self, const char *const *waiting, const char *error);
/** Signals what changed since the last time. */
void wl_objects_settled(WlObjects *self);
