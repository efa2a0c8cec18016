/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** Evaluates every allowed-IPs fact that the dirty prefixes can affect, and assigns the owners of
 * these prefixes (docs/engine.md "What a fact may do"). Sets when the next arbitration may run. */
void wl_allowed_ips_arbitrate(WlEngine *self);
