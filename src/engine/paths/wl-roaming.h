/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_roaming_run(WlEngine *self, WlPeer *peer);
