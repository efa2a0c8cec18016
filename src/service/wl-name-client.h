/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-name-server.h"

/** Asks the DNS servers of one uplink, whatever resolver this machine has, by sockets that say
 * which way they go. */
typedef struct _WlNameClient WlNameClient;

typedef struct {
    guint32 mark; /* of what goes around a full tunnel; 0: none */
    guint16 port; /* IPv4 servers are asked from this one, to which others are bound as well
                     (SO_REUSEPORT); 0: from any */
} WlNameWay;

/** From the main loop, once. @n = 0: there are none, or nobody could say, because of @why. */
typedef void (*WlNameClientFunc)(const WlIp *addresses, gsize n, const char *why,
                                 gpointer user_data);

/** Of the @n @servers it asks those with the @interface. */
WlNameClient *wl_name_client_new(const char *interface, const WlNameServer *servers, gsize n,
                                 const WlNameWay *way, GError **error);
/** Nothing is called back any more. */
void wl_name_client_free(WlNameClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlNameClient, wl_name_client_free)

/** The addresses of both families of @host. */
void wl_name_client_ask(WlNameClient *self, const char *host, WlNameClientFunc func,
                        gpointer user_data);
/** What was asked with @user_data is not answered any more. */
void wl_name_client_forget(WlNameClient *self, gpointer user_data);
