/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-doctor.h"

/**
 * Looks for a wrong public key in an active profile: a peer that never was reached, while a member
 * with another key has its name, its address in the tunnel, or its endpoint. Without such a member,
 * what the machine at its endpoint does with packets: WireGuard is silent to a key that it does not
 * know, and a machine on which it does not run refuses the port. @facts: as GetFacts returns them
 * (of GVariant), or NULL.
 */
void wl_check_keys(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
                   const GPtrArray *facts);
