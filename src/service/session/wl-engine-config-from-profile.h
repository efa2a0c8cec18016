/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-profile.h"

/**
 * The profile in the engine's terms. @profile has been checked; what is left to find wrong here
 * needs the public key of this machine. To be freed by the caller, which wipes the keys.
 */
WlEngineConfig *wl_engine_config_from_profile(const WlProfile *profile, GError **error);
/** The same without the private key, whose public key is @own. */
WlEngineConfig *wl_engine_config_from_profile_with_public_key(const WlProfile *profile,
                                                              const WlKey *own, GError **error);
