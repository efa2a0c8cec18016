/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-doctor.h"

/**
 * Sends full-size packets to the peers that are connected directly and answer echo requests, at
 * most 8 of them, and reports the size that reaches them. Takes up to 10 s if they do not arrive.
 */
void wl_check_path_mtu(WlDoctor *doctor, const char *label, const WlActiveProfile *active);

/** Whether packets of a size arrive. */
typedef gboolean (*WlPathProbe)(guint size, gpointer user_data);
/** The largest size from @least to @most for which @probe succeeds, which does for @least and not
 * for @most; within 8 bytes. */
guint wl_check_path_search(guint least, guint most, WlPathProbe probe, gpointer user_data);
