/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-policy.h"

/* Which endpoints a fact may give to a peer, regardless of its source. Pure functions. */

/** FALSE for an address class at which no peer can be reached. Does not check the addresses of
 * this machine and of the tunnel. */
gboolean wl_endpoint_policy_is_reachable_class(const WlEndpoint *endpoint);
/**
 * TRUE if packets to @ip would enter the tunnel again, so that no peer can be reached there: a
 * tunnel address of ours, or an address for which a route into the tunnel is more specific than any
 * attached network. @route is the prefix length of the most specific such route for @ip besides the
 * subnets of our addresses, -1 without one. A full tunnel has none: its packets carry a mark.
 */
gboolean wl_endpoint_policy_is_inside(const WlPolicy *self, int route, const WlIp *ip);
/** What a fact may give. Also refuses addresses that facts might still route into the tunnel. */
WlVerdict wl_endpoint_policy_check(const WlPolicy *self, const WlEndpoint *endpoint);
