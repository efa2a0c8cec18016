/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-doctor.h"

/**
 * Checks what an active profile is for: whether its peers are reached. Only a profile of which
 * no member is reached, or whose address another member has, is a failure: members may be off. @now
 * in Unix seconds.
 */
void wl_check_network(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
                      gint64 now);
