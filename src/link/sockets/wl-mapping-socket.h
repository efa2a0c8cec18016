/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/** The UDP socket that speaks PCP and NAT-PMP with one gateway, and hears what it announces to all
 * its clients. Errors are of G_IO_ERROR. */
typedef struct _WlMappingSocket WlMappingSocket;

/** @data is valid during the call, which may free the socket. */
typedef void (*WlMappingSocketFunc)(const WlIp *source, const guint8 *data, gsize length,
                                    gpointer user_data);

typedef struct {
    WlIp gateway;
    WlIp client; /* address of this machine, of the same family */
    int ifindex; /* where the gateway is */
    guint16 server_port;
    guint16 client_port; /* where announcements arrive; other programs may listen there too */
    guint32 mark;        /* firewall mark; 0: none */
} WlMappingSocketConfig;

/** Calls @func from the thread-default main context for datagrams of the gateway. @func NULL: for
 * sending only. */
WlMappingSocket *wl_mapping_socket_new(const WlMappingSocketConfig *config,
                                       WlMappingSocketFunc func, gpointer user_data,
                                       GError **error);
void wl_mapping_socket_free(WlMappingSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlMappingSocket, wl_mapping_socket_free)

/** A datagram that cannot be sent counts as lost. */
void wl_mapping_socket_send(WlMappingSocket *self, const guint8 *data, gsize length);
