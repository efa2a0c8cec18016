/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/* Applies the profile to the state of the engine, at the start and after a reload. */

/** Role, trust and limits of this member. */
void wl_profile_apply_own(WlEngine *self);
/** Adds the peers of the profile; at the start only. */
void wl_profile_apply_peers(WlEngine *self);
/** The routers, and the sources that can withdraw members. */
void wl_profile_apply_authorities(WlEngine *self);
/** Sorts the configured allowed IPs into static ones and those that a peer has only when direct. */
void wl_profile_apply_allowed_ips(WlEngine *self);
