/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_profile_apply_own(WlEngine *self);
void wl_profile_apply_peers(WlEngine *self);
/** Routers, and whose silence counts. */
void wl_profile_apply_authorities(WlEngine *self);
/** Which configured allowed IPs are set at once, which only when direct. */
void wl_profile_apply_allowed_ips(WlEngine *self);
