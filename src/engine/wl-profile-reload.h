/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Replaces the profile by @config, which must be checked. Peers with equal entries keep their
 * sessions. The new trust applies to all facts at once; peers and allowed IPs of refused facts are
 * removed without delay, since the user made the change. */
void wl_profile_reload(WlEngine *self, const WlEngineConfig *config);
