/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_connect_update_candidates(WlEngine *self, WlPeer *peer);
void wl_connect_run(WlEngine *self, WlPeer *peer);
