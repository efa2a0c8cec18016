/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-local-address.h"
#include "wl-verdict.h"

/**
 * What a fact may do regardless of its source (docs/engine.md "What a fact may do"): the rules that
 * depend only on the profile and on the addresses of this machine.
 */
typedef struct {
    const WlEngineConfig *config;
    GArray *networks;  /* of WlPrefix, masked, in the order of the profile: facts may claim prefixes
                          within these */
    GArray *claimable; /* the outermost of `networks` */
    GArray *tunnel;    /* of WlPrefix, masked, outermost: no endpoint may be in these */
    GArray *local;     /* of WlLocalAddress */
    GArray *servers;   /* of WlIp: gateways and DNS servers of this machine */
    GArray *mapped;    /* of WlEndpoint: gateways pass on to `listen_port` what arrives there */
    guint16 listen_port;
} WlPolicy;

void wl_policy_init(WlPolicy *self, const WlEngineConfig *config);
void wl_policy_clear(WlPolicy *self);
/** Applies a changed configuration. TRUE if the policy changed. */
gboolean wl_policy_read_profile(WlPolicy *self);
/** TRUE if the list changed. Of more than WL_MAX_LOCAL_ADDRESSES, uplinks and distinct networks are
 * kept first. */
gboolean wl_policy_set_local(WlPolicy *self, const WlLocalAddress *addresses, gsize n);

/** TRUE if the list changed. */
gboolean wl_policy_set_servers(WlPolicy *self, const WlIp *servers, gsize n);
/** TRUE if the list changed. */
gboolean wl_policy_set_mapped(WlPolicy *self, const WlEndpoint *endpoints, gsize n);

/** TRUE if an uplink of this machine has a global address of @family. */
gboolean wl_policy_has_uplink(const WlPolicy *self, WlFamily family);
/** TRUE if this machine has a source address for packets to @ip: an uplink has one of the family,
 * or @ip is in the subnet of an address. */
gboolean wl_policy_can_send_to(const WlPolicy *self, const WlIp *ip);
/** TRUE if @local is an address of an uplink and its subnet contains @ip. */
gboolean wl_policy_is_on_link_of(const WlLocalAddress *local, const WlIp *ip);
/** TRUE if @prefix is the subnet of an address of this machine outside the tunnel. */
gboolean wl_policy_is_attached(const WlPolicy *self, const WlPrefix *prefix);
/** TRUE if @ip is in the subnet of an uplink of this machine. */
gboolean wl_policy_is_on_link(const WlPolicy *self, const WlIp *ip);
