/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-doctor.h"
#include "wl-event-list.h"
#include "wl-stored-profiles.h"

/** Peers that were seen at two endpoints in turn within the last day, as root may read; @now in
 * Unix seconds. */
void wl_check_alternating(WlDoctor *doctor, const char *label, const char *uuid, gint64 now);
/** The last event of the profile itself if it is a failure, or NULL; owned by the list. */
const WlEvent *wl_check_last_find_failure(const WlEventList *list);
/** Why a profile that is not active did not come up, or failed, the last time. Adds nothing where
 * it did not fail, or where the user may not know. */
void wl_check_last_activation(WlDoctor *doctor, const char *label, const WlStoredProfile *stored);
