/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** Which users are behind the unique names of the bus: asked once, remembered until the name is
 * gone, a bounded number of them. */
typedef struct _WlCredentials WlCredentials;

typedef struct {
    guint32 uid;
    const char *user; /* NULL: not asked for, or the uid has no name */
} WlCaller;

/** @caller: NULL if it cannot be found out, and lasts until the function returns. */
typedef void (*WlCredentialsFunc)(const WlCaller *caller, gpointer user_data);

/** @names: look up user names too (not root's), in a thread, because that may wait for a network.
 */
WlCredentials *wl_credentials_new(GDBusConnection *connection, gboolean names);
/** Functions that still wait are called with NULL before this returns. */
void wl_credentials_free(WlCredentials *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCredentials, wl_credentials_free)

/** Calls @func once: now if the answer is known, else later; in the order of the calls for one
 * @sender. */
void wl_credentials_look_up(WlCredentials *self, const char *sender, WlCredentialsFunc func,
                            gpointer user_data);
