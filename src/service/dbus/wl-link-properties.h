/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-session.h"

/** Properties that the session does not know. */
typedef struct {
    const char *id;                /* name */
    const char *front_end;         /* see the property FrontEnd */
    const char *active_connection; /* object path; "/": not known yet */
    const char *const *pending;    /* changed keys that take effect at the next activation */
    const char *error;             /* why the stored profile cannot be used, or "" */
} WlLinkProfile;

/** The routers of the profile, as object paths. */
typedef struct {
    const char *const *set; /* in the order of the profile, NULL-terminated */
    const char *current;    /* the one that this leaf uses, or "/" */
} WlLinkRouters;

/** The signaled properties as floating a{sv}. */
GVariant *wl_link_properties_new(WlSession *session, const WlLinkProfile *profile,
                                 const WlLinkRouters *routers);

/** Names of the properties that are read on demand, NULL-terminated. */
extern const char *const wl_link_properties_on_demand[];
/** The current value of one of those, floating; NULL for other names. */
GVariant *wl_link_properties_get(WlSession *session, const char *name);

/** The facts of GetFacts as floating aa{sv}. */
GVariant *wl_link_properties_facts(WlSession *session);
/** The events of GetEvents as floating aa{sv}. */
GVariant *wl_link_properties_events(const WlSession *session);
