/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-profile.h"

/**
 * Settings of a profile that are valid, but probably not what the user expects. Everything here
 * only logs.
 */

/** What the profile's reader ignored, and what its full tunnel leaves out. */
void wl_profile_warnings_log(const WlProfile *profile, NMConnection *connection);
/** Warns if an IP method of @connection makes NetworkManager ignore a family of @addresses (of
 * WlPrefix). */
void wl_profile_warnings_log_methods(NMConnection *connection, const GArray *addresses);
