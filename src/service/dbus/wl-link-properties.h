/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-session.h"

/** What NetworkManager says of the profile. */
typedef struct {
    const char *id;                /* its name */
    const char *active_connection; /* an object path, "/" while it is not known */
    const char *const *waiting;    /* changed keys that wait for the next activation */
    const char *error;             /* why it could not run as it is stored, or "" */
} WlLinkProfile;

/** The properties of the Link object that are signalled, as floating a{sv}. */
GVariant *wl_link_properties_new(WlSession *session, const WlLinkProfile *profile);

/** NULL-terminated: those that are read on demand. */
extern const char *const wl_link_properties_on_demand[];
/** Its value now, floating; NULL if @name is not one of them. */
GVariant *wl_link_properties_get(WlSession *session, const char *name);

/** The answer of GetFacts, floating aa{sv}. */
GVariant *wl_link_properties_facts(WlSession *session);
