/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"

/* Which allowed IPs a fact may give to a peer, independent of its source. Changes nothing. */

/** @prefix must be masked. Does not check the claims of other members and the endpoints of peers.
 */
WlVerdict wl_prefix_policy_check(const WlPolicy *self, const WlPrefix *prefix);
