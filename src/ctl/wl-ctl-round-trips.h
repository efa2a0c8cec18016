/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

/**
 * A service measures a round trip when somebody reads it, and shows it from the next read on. So
 * this reads those that are not known yet once or twice more, and waits for that a quarter of a
 * second at most, so that also who looks for the first time sees them. Of peers that are reached
 * directly.
 */
void wl_ctl_round_trips_complete(GDBusConnection *bus, const WlCtlProfiles *profiles);
