/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** @peer has no claimed prefix any more. */
void wl_allowed_ips_disown(WlEngine *self, WlPeer *peer);
void wl_allowed_ips_arbitrate(WlEngine *self);
