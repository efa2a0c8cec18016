/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

/**
 * Follows the profile as NetworkManager stores it, whoever changes it: NetworkManager tells a
 * running VPN nothing of that.
 */
typedef struct _WlProfileWatch WlProfileWatch;

/** @stored with the secrets that NetworkManager keeps, as far as it has any; NULL with an @error of
 * one sentence if it cannot be read. Also called when nothing that matters changed; returns whether
 * something did. */
typedef gboolean (*WlProfileWatchFunc)(NMConnection *stored, const GError *error,
                                       gpointer user_data);

/** Begins with what is stored now. */
WlProfileWatch *wl_profile_watch_new(GDBusConnection *connection, const char *uuid,
                                     WlProfileWatchFunc func, gpointer user_data);
void wl_profile_watch_free(WlProfileWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileWatch, wl_profile_watch_free)
