/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-session.h"

/**
 * Has a session follow its profile while that is changed: what can be is applied at once, and of
 * the rest it says that it waits for the next activation.
 */
typedef struct _WlLiveProfile WlLiveProfile;

/**
 * For a session that is ready, and outlives this. @activated is copied, without its secrets.
 * @changed is called when what is applied, what waits or what is wrong changed.
 */
WlLiveProfile *wl_live_profile_new(GDBusConnection *connection, WlSession *session,
                                   NMConnection *activated, void (*changed)(gpointer user_data),
                                   gpointer user_data);
void wl_live_profile_free(WlLiveProfile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLiveProfile, wl_live_profile_free)

/** Keys as in vpn.data, sorted, NULL-terminated. */
const char *const *wl_live_profile_get_waiting(const WlLiveProfile *self);
/** Why the stored profile cannot run, one sentence; "" if it can. */
const char *wl_live_profile_get_error(const WlLiveProfile *self);
