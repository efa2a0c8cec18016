/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Replaces the profile by @config, which must be checked. Peers with equal entries keep their
 * sessions. Facts are evaluated by the new trust, and what is refused now is removed at once: the
 * user has decided. */
void wl_profile_reload(WlEngine *self, const WlEngineConfig *config);
