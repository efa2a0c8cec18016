/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"
#include "wl-dns-server.h"

/**
 * Resolves "host:port" without blocking. Answers come from the main loop, never from within a call.
 *
 * Where this machine's own resolver asks by a VPN, which may be the one whose hub is looked for,
 * the DNS servers of the uplinks are asked first, around any full tunnel.
 */
typedef struct _WlResolver WlResolver;

/** @n = 0: the name could not be resolved. */
typedef void (*WlResolverFunc)(const char *name, const WlEndpoint *endpoints, gsize n,
                               gpointer user_data);

/** @mark: of packets that go around our full tunnel; 0: there is none. */
WlResolver *wl_resolver_new(guint32 mark, WlResolverFunc func, gpointer user_data);
/** Nothing is called back any more. */
void wl_resolver_free(WlResolver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlResolver, wl_resolver_free)

/** The port that IPv4 servers are asked from, for rules to let it around; 0: without a tunnel, or
 * none is to be had. */
guint16 wl_resolver_get_port(const WlResolver *self);
/** @servers: of WlDnsServer, those of the uplinks. @by_vpn: there are others, that some VPN
 * brought. */
void wl_resolver_set_servers(WlResolver *self, const GArray *servers, gboolean by_vpn);
/** Starts a lookup; one under way for the same name is enough. */
void wl_resolver_resolve(WlResolver *self, const char *name);
