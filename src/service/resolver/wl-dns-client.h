/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-dns-server.h"

/** Queries the DNS servers of one uplink, independent of this machine's resolver, through sockets
 * that bypass the tunnel. */
typedef struct _WlDnsClient WlDnsClient;

typedef struct {
    guint32 mark; /* firewall mark of packets that bypass a full tunnel; 0: none */
    guint16 port; /* source port of queries to IPv4 servers, shared with SO_REUSEPORT; 0: any */
} WlDnsRoute;

/** Called once from the main loop. @n = 0: no addresses, for the reason @why. */
typedef void (*WlDnsClientFunc)(const WlIp *addresses, gsize n, const char *why,
                                gpointer user_data);

/** Uses those of the @n @servers that belong to @interface. */
WlDnsClient *wl_dns_client_new(const char *interface, const WlDnsServer *servers, gsize n,
                               const WlDnsRoute *route, GError **error);
/** Cancels all queries without calling their functions. */
void wl_dns_client_free(WlDnsClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDnsClient, wl_dns_client_free)

/** Resolves @host to addresses of both families. */
void wl_dns_client_resolve(WlDnsClient *self, const char *host, WlDnsClientFunc func,
                           gpointer user_data);
/** Cancels all queries with @user_data without calling their functions. */
void wl_dns_client_cancel(WlDnsClient *self, gpointer user_data);
