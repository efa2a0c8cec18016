/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-bus.h"

/**
 * A call of a Link @method that changes something and that polkit authorizes. A user at a terminal
 * may be asked for a password. @parameters may be NULL or floating.
 */
WlCall *wl_change_call_new(const WlActiveProfile *profile, const char *method,
                           GVariant *parameters);
/** NULL if the call succeeded, else an error of WL_CTL_ERROR; to be freed. */
GError *wl_change_call_get_error(const WlActiveProfile *profile, const WlCall *call);
