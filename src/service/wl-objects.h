/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-session.h"

/** The Link and Peer objects of a session on D-Bus, and the ObjectManager above them. */
typedef struct _WlObjects WlObjects;

#define WL_OBJECTS_ROOT "/org/freedesktop/NetworkManager/wirelink"
#define WL_OBJECTS_LINK WL_OBJECTS_ROOT "/link"

/** Shows @session, which must outlive the objects, under the profile name @id. */
WlObjects *wl_objects_new(GDBusConnection *connection, WlSession *session, const char *id,
                          GError **error);
/** Takes the objects off the bus. */
void wl_objects_free(WlObjects *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlObjects, wl_objects_free)

/** Adds the peer, or signals what of it changed since the last time. */
void wl_objects_peer_changed(WlObjects *self, const WlKey *key);
void wl_objects_peer_gone(WlObjects *self, const WlKey *key);
