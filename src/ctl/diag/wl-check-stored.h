/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-doctor.h"
#include "wl-stored-profiles.h"

/**
 * Checks what a profile says, as NetworkManager stores it: what an activation would refuse, and
 * what is valid but hardly meant.
 */
void wl_check_stored(WlDoctor *doctor, const char *label, const WlStoredProfile *stored);
