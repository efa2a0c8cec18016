/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"

/* Which endpoints a fact may give to a peer, regardless of its source. Pure functions. */

/** TRUE for RFC 1918, RFC 6598 and ULA addresses. */
gboolean wl_endpoint_policy_is_private(const WlIp *ip);

/** FALSE for an address class at which no peer can be reached. Does not check the addresses of
 * this machine and of the tunnel. */
gboolean wl_endpoint_policy_is_reachable_class(const WlEndpoint *endpoint);
WlVerdict wl_endpoint_policy_check(const WlPolicy *self, const WlEndpoint *endpoint);
