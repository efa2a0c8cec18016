/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-local-address.h"
#include "wl-verdict.h"

/**
 * What a fact may do, independent of its source (docs/engine.md "What a fact may do"): the rules
 * that depend only on the profile and on the addresses of this machine.
 */
typedef struct {
    const WlEngineConfig *config;
    GArray *networks; /* of WlPrefix, masked: within which facts may claim prefixes, in the order of
                         the profile */
    GArray *claimable; /* the outermost of them */
    GArray *tunnel;    /* of WlPrefix, masked, outermost: where no endpoint may be */
    GArray *local;     /* of WlLocalAddress */
    GArray *servers;   /* of WlIp: gateways and DNS servers of this machine */
    guint16 listen_port;
} WlPolicy;

void wl_policy_init(WlPolicy *self, const WlEngineConfig *config);
void wl_policy_clear(WlPolicy *self);
/** Applies a changed configuration. TRUE if the policy differs from the one before. */
gboolean wl_policy_read_profile(WlPolicy *self);
/** TRUE if the list differs from the one before. */
gboolean wl_policy_set_local(WlPolicy *self, const WlLocalAddress *addresses, gsize n);

/** TRUE if the list differs from the one before. */
gboolean wl_policy_set_servers(WlPolicy *self, const WlIp *servers, gsize n);

/** TRUE if this machine has an address that can be announced, that is, an uplink. */
gboolean wl_policy_has_uplink(const WlPolicy *self);
gboolean wl_policy_has_family(const WlPolicy *self, WlFamily family);
/** TRUE inside the subnet of that address, if the address is one of an uplink. */
gboolean wl_policy_is_on_link_of(const WlLocalAddress *local, const WlIp *ip);
/** TRUE inside the subnet of an uplink of this machine. */
gboolean wl_policy_is_on_link(const WlPolicy *self, const WlIp *ip);
