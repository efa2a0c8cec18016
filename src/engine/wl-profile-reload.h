/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** The profile is @config from now on, which was checked. */
void wl_profile_reload(WlEngine *self, const WlEngineConfig *config);
