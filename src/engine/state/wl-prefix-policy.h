/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"

/* Which allowed IPs a fact may give to a peer, regardless of its source. A pure function. */

/** @prefix must be masked. Claims of other members and endpoints of peers are not checked. */
WlVerdict wl_prefix_policy_check(const WlPolicy *self, const WlPrefix *prefix);
