/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_engine_read_profile(WlEngine *self);
void wl_engine_add_configured(WlEngine *self);
/** Routers, and whose silence counts. */
void wl_engine_list_sources(WlEngine *self);
/** Which configured allowed IPs are set at once, which only when direct. */
void wl_engine_classify_allowed(WlEngine *self);
