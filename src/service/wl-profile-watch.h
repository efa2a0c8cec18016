/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

/**
 * Follows what NetworkManager has of an active profile, and says in the log what a change of it
 * means: NetworkManager itself checks nothing of vpn.data and tells a running VPN nothing.
 */
typedef struct _WlProfileWatch WlProfileWatch;

WlProfileWatch *wl_profile_watch_new(GDBusConnection *connection, const char *uuid);
void wl_profile_watch_free(WlProfileWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileWatch, wl_profile_watch_free)

/**
 * What to say of a profile that was @running and is now @changed, both without secrets: a sentence,
 * to be freed with g_free(), and in *@usable whether it could run as it is; NULL if they say the
 * same.
 */
char *wl_profile_watch_compare(NMConnection *running, NMConnection *changed, gboolean *usable);
