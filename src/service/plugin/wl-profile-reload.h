/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-session.h"

/**
 * Applies changes of the stored profile to a session. Changes that need a reactivation are logged
 * and listed as pending.
 */
typedef struct _WlProfileReload WlProfileReload;

/**
 * @session must be ready and outlive this object. Copies @activated without its secrets. @changed
 * is called when the applied profile, the pending keys or the error changed. @seen is called each
 * time that the stored profile was read, valid or not.
 */
WlProfileReload *wl_profile_reload_new(GDBusConnection *connection, WlSession *session,
                                       NMConnection *activated, void (*changed)(gpointer user_data),
                                       void (*seen)(NMConnection *stored, gpointer user_data),
                                       gpointer user_data);
void wl_profile_reload_free(WlProfileReload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileReload, wl_profile_reload_free)

/** Changed keys that need a reactivation, as in vpn.data, sorted, NULL-terminated. */
const char *const *wl_profile_reload_get_pending(const WlProfileReload *self);
/** Why the stored profile is not valid, as one sentence; "" if it is valid. */
const char *wl_profile_reload_get_error(const WlProfileReload *self);
