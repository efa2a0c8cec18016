/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Emits the change, if any, that gives @peer its wanted state in the device. */
void wl_reconcile_peer(WlEngine *self, WlPeer *peer);
/** Retries later: the link refused a change of @peer. */
void wl_reconcile_failed(WlEngine *self, WlPeer *peer);
