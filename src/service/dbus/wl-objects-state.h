/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-access.h"
#include "wl-clock.h"
#include "wl-objects-paths.h"
#include "wl-session.h"

/* What the parts of WlObjects share; nothing else uses it. */

#define WL_OBJECT_MANAGER    "org.freedesktop.DBus.ObjectManager"
#define WL_OBJECT_PROPERTIES "org.freedesktop.DBus.Properties"

/* µs between two signals about one object. */
#define WL_OBJECT_SIGNAL_INTERVAL (1 * G_USEC_PER_SEC)

typedef struct _WlObjects WlObjects;

/** The Link object or that of a peer. */
typedef struct {
    WlObjects *objects;
    const GDBusInterfaceInfo *interface;
    gboolean is_peer;
    WlKey key; /* of the peer */
    char *path;
    guint registration;
    gboolean announced;
    gboolean gone; /* no member any more; kept for as long as it limits how often it is told */
    gboolean dirty;
    gint64 signalled; /* last time */
    GVariant *shown;  /* a{sv} as last signalled */
} WlObject;

struct _WlObjects {
    GDBusConnection *connection;
    WlSession *session;
    WlAccess *access;
    WlTimer *timer;
    char *id;
    char *active_connection;
    char **waiting;
    char *profile_error;
    guint manager_registration;
    guint trim_id;
    guint last_number;
    guint16 listen_port; /* as last shown */
    WlObject *link;
    GHashTable *peers;                       /* WlKey* (of the object) -> WlObject, owned */
    GHashTable *by_path;                     /* char* (of the object) -> WlObject, the link too */
    gboolean dirty;                          /* some object is */
    GVariant *objects_answer, *facts_answer; /* NULL: to be made */
    guint answers_id;
};
