/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Lets members reach what is beyond this machine: the internet through its uplinks, and networks
 * behind it. A table of nf_tables replaces the addresses of the members (their networks, and no
 * others) by that of the interface that a packet leaves by, because machines there know no way
 * back; and the interfaces forward.
 *
 * Nothing else becomes reachable. The same table drops what members send to anything else, unless
 * `open`: an exit does not lead into the networks around it, which are private addresses, unless
 * they are listed. An interface whose forwarding was off still forwards nothing but replies.
 *
 * Follows the routes of the main table. The table ends with the process (wl-own-table.h), and the
 * interfaces forward without it, as they did not before, until they are reset: so the forwarding of
 * the link, through which members come, has to be enabled after this and ends with the link.
 * Errors are of WL_LINK_ERROR.
 */
typedef struct _WlGateway WlGateway;

typedef struct {
    const char *uuid;       /* of the profile */
    int ifindex;            /* of the link */
    const GArray *members;  /* of WlPrefix: the networks of the members; copied */
    const GArray *networks; /* of WlPrefix: what is behind this machine; copied */
    gboolean exit;          /* members reach the internet */
    gboolean open;          /* they reach everything else as well */
} WlGatewayConfig;

WlGateway *wl_gateway_new(const WlGatewayConfig *config, GError **error);
/** Removes the table, and resets what was enabled. */
void wl_gateway_free(WlGateway *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlGateway, wl_gateway_free)
/** Whether members need IPv6 forwarding of the link. */
gboolean wl_gateway_needs_ipv6(const WlGateway *self);
