/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-access.h"
#include "wl-clock.h"
#include "wl-objects-paths.h"
#include "wl-session.h"

/* The state of WlObjects, shared by its parts only. Times are engine time. */

#define WL_OBJECT_MANAGER    "org.freedesktop.DBus.ObjectManager"
#define WL_OBJECT_PROPERTIES "org.freedesktop.DBus.Properties"

/* Minimum time between two signals of one object, in µs. */
#define WL_OBJECT_SIGNAL_INTERVAL (1 * G_USEC_PER_SEC)

typedef struct _WlObjects WlObjects;

/** The Link object or the object of a peer. */
typedef struct {
    WlObjects *objects;
    const GDBusInterfaceInfo *interface;
    gboolean is_peer;
    WlKey key; /* of the peer */
    char *path;
    guint registration;
    gboolean announced;
    gboolean gone; /* no longer a member; kept until WL_OBJECT_SIGNAL_INTERVAL has passed */
    gboolean dirty;
    gint64 signaled;     /* time of the last signal */
    GVariant *published; /* a{sv} as last signaled */
} WlObject;

struct _WlObjects {
    GDBusConnection *connection;
    WlSession *session;
    WlAccess *access;
    WlTimer *timer;
    char *id;
    const char *front_end;
    char *active_connection;
    char **pending;
    char *profile_error;
    guint manager_registration;
    guint trim_id;
    guint limitations_id; /* 0: published */
    guint last_number;
    guint16 listen_port; /* as last published */
    WlObject *link;
    GHashTable *peers;                     /* WlKey* (of the object) -> WlObject, owned */
    GHashTable *by_path;                   /* char* (of the object) -> WlObject, the link too */
    gboolean dirty;                        /* any object is dirty */
    GVariant *objects_reply, *facts_reply; /* cached replies; NULL: none */
    guint replies_id;
    GQueue calls;   /* that are authorized and not carried out yet; of wl-objects-calls.c */
    guint calls_id; /* 0: there are none */
};
