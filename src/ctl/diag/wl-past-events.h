/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"
#include "wl-event-list.h"

/** What happened to profiles. Texts come from other members: they are not safe to print. */

/** The events of an active profile, as its service returns them; NULL with *error of WL_CTL_ERROR.
 */
WlEventList *wl_past_events_load(GDBusConnection *bus, const WlActiveProfile *profile,
                                 GError **error);
/**
 * Those of a profile of NetworkManager that need not be active, from the file that its service
 * wrote, which root may read. Empty if there is no file; NULL with *error of WL_CTL_ERROR.
 */
WlEventList *wl_past_events_read(const char *uuid, GError **error);
/** The same of the profile @name in a file of wirelinkd. */
WlEventList *wl_past_events_read_of_file(const char *name, GError **error);
