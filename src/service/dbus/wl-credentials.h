/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** Credentials of bus clients by unique name: looked up once, cached until the name disappears, for
 * a limited number of names. */
typedef struct _WlCredentials WlCredentials;

typedef struct {
    guint32 uid;
    const char *user; /* NULL: not requested, or the uid has no name */
} WlCaller;

/** @caller: valid until the function returns; NULL if the lookup failed. */
typedef void (*WlCredentialsFunc)(const WlCaller *caller, gpointer user_data);

/** @names: also look up the names of users other than root, in a thread, because that may need the
 * network. */
WlCredentials *wl_credentials_new(GDBusConnection *connection, gboolean names);
/** Calls the functions of pending lookups with NULL. */
void wl_credentials_free(WlCredentials *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCredentials, wl_credentials_free)

/** Calls @func once, immediately if the result is cached. Functions for one @sender are called in
 * order. */
void wl_credentials_look_up(WlCredentials *self, const char *sender, WlCredentialsFunc func,
                            gpointer user_data);
