/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-access.h"
#include "wl-clock.h"
#include "wl-objects.h"

/* What the parts of WlObjects share; nothing else uses it. */

#define WL_OBJECT_MANAGER    "org.freedesktop.DBus.ObjectManager"
#define WL_OBJECT_PROPERTIES "org.freedesktop.DBus.Properties"

/* µs between two signals about one object. */
#define WL_OBJECT_SIGNAL_INTERVAL (1 * G_USEC_PER_SEC)

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

/** There is something to tell of it. */
void wl_object_mark(WlObject *object);
/** Takes it off the bus; what was said of it is forgotten. */
void wl_object_withdraw(WlObject *object);
/** a{sv} of what is signalled, to be freed; NULL if the peer is gone. */
GVariant *wl_object_settled_properties(const WlObject *object);
/** One of the others, floating, or NULL. */
GVariant *wl_object_property_on_demand(const WlObject *object, const char *name);
/** a{sv} of everything, floating. */
GVariant *wl_object_all_properties(const WlObject *object);
/** a{sa{sv}} with @properties, floating. */
GVariant *wl_object_interfaces(const WlObject *object, GVariant *properties);

/** Takes the calls to all objects and to the manager. */
extern const GDBusInterfaceVTable wl_objects_vtable;
/** Long answers are made anew for who asks next. */
void wl_objects_drop_answers(WlObjects *self);
