/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-dns-server.h"

/**
 * Resolves "host:port" without blocking. Results are delivered from the main loop, never from
 * within a call.
 *
 * If a VPN provides DNS servers for this machine's resolver, the DNS servers of the uplinks are
 * queried first, bypassing any full tunnel: that VPN may be the one whose hub is to be resolved.
 */
typedef struct _WlResolver WlResolver;

/** @n = 0: the name does not resolve. */
typedef void (*WlResolverFunc)(const char *name, const WlEndpoint *endpoints, gsize n,
                               gpointer user_data);

/** @mark: firewall mark of packets that bypass our full tunnel; 0: no full tunnel. */
WlResolver *wl_resolver_new(guint32 mark, WlResolverFunc func, gpointer user_data);
/** Cancels all lookups without calling the function. */
void wl_resolver_free(WlResolver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlResolver, wl_resolver_free)

/** Changes the mark; for clients that wl_resolver_set_servers() creates from here on. */
void wl_resolver_set_mark(WlResolver *self, guint32 mark);
/** Source port of queries to IPv4 servers, for the rule that makes them bypass the tunnel; 0: no
 * full tunnel, or no port available. */
guint16 wl_resolver_get_port(const WlResolver *self);
/** @servers: DNS servers of the uplinks (of WlDnsServer). @by_vpn: a VPN provides others. Restarts
 * pending lookups. */
void wl_resolver_set_servers(WlResolver *self, const GArray *servers, gboolean by_vpn);
/** Starts a lookup unless one for the same name is pending. */
void wl_resolver_resolve(WlResolver *self, const char *name);
