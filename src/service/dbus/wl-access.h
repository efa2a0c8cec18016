/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Who may read and who may change what of a profile: root may; reading may the users of the
 * profile, or every local user if it names none; changing may of these whom polkit allows it, or
 * without polkit nobody.
 */
typedef struct _WlAccess WlAccess;

/** @users: NULL-terminated, or NULL: the profile names none. */
WlAccess *wl_access_new(GDBusConnection *connection, const char *const *users);
/** Calls that still wait are refused; none is let through after this. */
void wl_access_free(WlAccess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlAccess, wl_access_free)

/** The profile names users: what everybody hears may carry no values. */
gboolean wl_access_is_private(const WlAccess *self);

/** Takes @invocation. */
typedef void (*WlAccessFunc)(GDBusMethodInvocation *invocation, gpointer user_data);

/** Takes @invocation; calls @func, now or later, if its sender may read (and change, if @change),
 * else answers AccessDenied with a sentence. @user_data is freed with g_free() in the end. */
void wl_access_check(WlAccess *self, GDBusMethodInvocation *invocation, gboolean change,
                     WlAccessFunc func, gpointer user_data);
