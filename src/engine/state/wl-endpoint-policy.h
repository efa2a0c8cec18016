/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"

/* Which endpoints a fact may give to a peer, whoever advertises it. */

/** RFC 1918, RFC 6598, ULA. */
gboolean wl_endpoint_policy_is_private(const WlIp *ip);

/** An address class that no peer can be reached at; ours and the tunnel's are not looked at. */
gboolean wl_endpoint_policy_is_reachable_class(const WlEndpoint *endpoint);
WlVerdict wl_endpoint_policy_check(const WlPolicy *self, const WlEndpoint *endpoint);
