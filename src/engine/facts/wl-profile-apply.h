/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Applies the profile to the state of the engine, at the start and after a reload. */

/** Sets role, trust and limits of this member. */
void wl_profile_apply_own(WlEngine *self);
/** Adds the peers of the profile. Called once, at the start. */
void wl_profile_apply_peers(WlEngine *self);
/** Collects the routers and the sources that can withdraw members. */
void wl_profile_apply_authorities(WlEngine *self);
/** Splits the configured allowed IPs into static ones and those that a peer has only on the direct
 * path. */
void wl_profile_apply_allowed_ips(WlEngine *self);
