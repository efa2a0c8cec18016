/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-gateway-links.h"
#include "wl-nft.h"

/** What the rules of a gateway depend on. */
typedef struct {
    int ifindex;            /* of the link */
    const GArray *members;  /* of WlPrefix: the networks of the members */
    const GArray *networks; /* of WlPrefix: what members reach besides the internet */
    const GArray *links;    /* of WlGatewayLink */
    const GArray *opened4;  /* of int: interfaces whose forwarding was off */
    const GArray *opened6;  /* the same for IPv6; of 0: all interfaces */
    gboolean exit;          /* members reach the internet */
    gboolean open;          /* they reach everything else as well, without masquerading */
} WlGatewayRules;

/** Adds the rules to @batch, in place of those that are in @table. */
void wl_gateway_rules_add(const WlGatewayRules *self, WlNftBatch *batch, const char *table);
