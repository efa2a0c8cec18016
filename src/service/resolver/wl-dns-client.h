/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-dns-server.h"

/** Asks the DNS servers of one uplink, whatever resolver this machine has, by sockets that say
 * which way they go. */
typedef struct _WlDnsClient WlDnsClient;

typedef struct {
    guint32 mark; /* of what goes around a full tunnel; 0: none */
    guint16 port; /* IPv4 servers are asked from this one, to which others are bound as well
                     (SO_REUSEPORT); 0: from any */
} WlDnsRoute;

/** From the main loop, once. @n = 0: there are none, or nobody could say, because of @why. */
typedef void (*WlDnsClientFunc)(const WlIp *addresses, gsize n, const char *why,
                                gpointer user_data);

/** Of the @n @servers it asks those with the @interface. */
WlDnsClient *wl_dns_client_new(const char *interface, const WlDnsServer *servers, gsize n,
                               const WlDnsRoute *way, GError **error);
/** Nothing is called back any more. */
void wl_dns_client_free(WlDnsClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDnsClient, wl_dns_client_free)

/** The addresses of both families of @host. */
void wl_dns_client_resolve(WlDnsClient *self, const char *host, WlDnsClientFunc func,
                           gpointer user_data);
/** What was asked with @user_data is not answered any more. */
void wl_dns_client_cancel(WlDnsClient *self, gpointer user_data);
