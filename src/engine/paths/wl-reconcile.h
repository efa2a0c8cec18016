/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Emits the change that makes the device match what is wanted of @peer, if any. */
void wl_reconcile_peer(WlEngine *self, WlPeer *peer);
/** The link refused a change of @peer. */
void wl_reconcile_failed(WlEngine *self, WlPeer *peer);
