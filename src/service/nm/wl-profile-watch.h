/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

/**
 * Watches the stored profile in NetworkManager, which does not notify an active VPN of changes.
 */
typedef struct _WlProfileWatch WlProfileWatch;

/** @stored: the profile with the secrets that NetworkManager stores; NULL with @error if reading
 * failed. Also called without a relevant change. Returns whether anything relevant changed. */
typedef gboolean (*WlProfileWatchFunc)(NMConnection *stored, const GError *error,
                                       gpointer user_data);

/** Reads the profile once at the start. */
WlProfileWatch *wl_profile_watch_new(GDBusConnection *connection, const char *uuid,
                                     WlProfileWatchFunc func, gpointer user_data);
void wl_profile_watch_free(WlProfileWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileWatch, wl_profile_watch_free)
