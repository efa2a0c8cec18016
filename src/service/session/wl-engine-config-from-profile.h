/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"
#include "wl-profile.h"

/**
 * Converts a checked profile to the engine's configuration. Errors (WL_PROFILE_ERROR) begin with
 * the key of the profile. Free the result with wl_engine_config_free(), which wipes the keys.
 */
WlEngineConfig *wl_engine_config_from_profile(const WlProfile *profile, GError **error);
/** The prefixes of a checked list (of char *), of WlPrefix; owned by the caller. */
GArray *wl_prefixes_from_profile(const GPtrArray *texts);
/** The same without the private key, for the public key @own. */
WlEngineConfig *wl_engine_config_from_profile_with_public_key(const WlProfile *profile,
                                                              const WlKey *own, GError **error);
