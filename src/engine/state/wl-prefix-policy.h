/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"

/* Which allowed IPs a fact may give to a peer, whoever advertises it. */

/** @prefix masked. Other members' claims and peers' endpoints are not looked at. */
WlVerdict wl_prefix_policy_check(const WlPolicy *self, const WlPrefix *prefix);
