/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

void wl_peer_status_publish(WlEngine *self, WlPeer *peer);
