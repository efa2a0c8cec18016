/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-exit.h"
#include "wl-profile-edit.h"

/**
 * Waits until the service has carried out a change of offer-exit or shared-networks, as @is_done
 * finds. WL_EXIT_NOTHING, after a line that says so, if the profile is not active; WL_EXIT_FAILURE
 * with *error if the kernel refuses what it takes, or the service has not applied the change.
 */
WlExit wl_gateway_effect_wait(const WlProfileEdits *edits, const WlProfileEdit *edit,
                              gboolean (*is_done)(const WlActiveProfile *active,
                                                  gpointer user_data),
                              gpointer user_data, GError **error);
