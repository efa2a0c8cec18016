/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-doctor.h"
#include "wl-stored-profiles.h"

/**
 * Checks a profile: @stored as NetworkManager has it, @active as its service publishes it; either
 * may be NULL. @denied: some services may not be read by the caller.
 */
void wl_check_profile(WlDoctor *doctor, const WlStoredProfile *stored,
                      const WlActiveProfile *active, gboolean denied);
