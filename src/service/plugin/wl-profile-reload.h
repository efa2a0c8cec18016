/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-session.h"

/**
 * Has a session follow its profile while that is changed: what can be is applied at once, and of
 * the rest it says that it waits for the next activation.
 */
typedef struct _WlProfileReload WlProfileReload;

/**
 * For a session that is ready, and outlives this. @activated is copied, without its secrets.
 * @changed is called when what is applied, what waits or what is wrong changed.
 */
WlProfileReload *wl_profile_reload_new(GDBusConnection *connection, WlSession *session,
                                       NMConnection *activated, void (*changed)(gpointer user_data),
                                       gpointer user_data);
void wl_profile_reload_free(WlProfileReload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileReload, wl_profile_reload_free)

/** Keys as in vpn.data, sorted, NULL-terminated. */
const char *const *wl_profile_reload_get_pending(const WlProfileReload *self);
/** Why the stored profile cannot run, one sentence; "" if it can. */
const char *wl_profile_reload_get_error(const WlProfileReload *self);
