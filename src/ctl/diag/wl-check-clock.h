/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-doctor.h"
#include "wl-event-list.h"

/**
 * Checks whether the clock went back: handshakes of @active (or NULL) that are later than @now, and
 * recorded events of the profile @uuid, which root may read. WireGuard refuses a handshake that is
 * dated before the last one.
 */
void wl_check_clock(WlDoctor *doctor, const char *label, const char *uuid,
                    const WlActiveProfile *active, gint64 now);

/** The latest time of the events; 0 if there are none. */
gint64 wl_check_clock_latest(const WlEventList *list);
