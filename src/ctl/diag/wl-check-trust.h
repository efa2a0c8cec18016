/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"
#include "wl-doctor.h"

/**
 * Asks, for each peer with a network behind it whose new members are refused because it is no
 * router of the network, whether it is to introduce members: versions before let it. The answer is
 * its trust level, which wirelinkctl trust sets; with one the question is not asked.
 */
void wl_check_trust(WlDoctor *doctor, GDBusConnection *bus, const WlActiveProfiles *profiles);
