/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Publishes the state of @peer if it changed: output, reason and log line. The only writer of
 * WlPublished. */
void wl_peer_status_publish(WlEngine *self, WlPeer *peer);
