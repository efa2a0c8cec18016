/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Authorization of D-Bus calls. Root may read and change. The users of the profile, or every local
 * user if it has none, may read. They may change if polkit authorizes them; without polkit only
 * root may.
 */
typedef struct _WlAccess WlAccess;

/** @users: NULL-terminated; NULL: the profile has no users. */
WlAccess *wl_access_new(GDBusConnection *connection, const char *const *users);
/** Replaces the users, from the next call on. Questions that polkit answers later are denied. */
void wl_access_set_users(WlAccess *self, const char *const *users);
/** Refuses all pending calls. */
void wl_access_free(WlAccess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlAccess, wl_access_free)

/** Whether the profile has users, so that broadcast signals must not carry values. */
gboolean wl_access_is_private(const WlAccess *self);

/** Takes ownership of @invocation. */
typedef void (*WlAccessFunc)(GDBusMethodInvocation *invocation, gpointer user_data);

/** Whether @method changes something; all other methods only read. */
gboolean wl_access_is_change(const char *method);

/** Takes ownership of @invocation. Calls @func, immediately or later, if the sender may read and,
 * for a method that changes something, change; otherwise returns AccessDenied with an explanation.
 * Frees @user_data with g_free(). */
void wl_access_check(WlAccess *self, GDBusMethodInvocation *invocation, WlAccessFunc func,
                     gpointer user_data);
