/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/** The UDP socket of docs/protocol.md 4.1: IPv6 only, bound to our link-local address, port and
 * link. */
typedef struct _WlFactSocket WlFactSocket;

/** @data lasts for the call, which may free the socket. */
typedef void (*WlFactSocketFunc)(const WlIp *source, const guint8 *data, gsize length,
                                 gpointer user_data);

/**
 * Binds to [@local%@ifindex]:@port and calls @func from the default main context for every datagram
 * of 1 to 2424 bytes (longer ones are cut). At most a bounded number of datagrams is read per
 * dispatch, so that a flood does not starve other sources.
 */
WlFactSocket *wl_fact_socket_new(const WlIp *local, guint16 port, int ifindex,
                                 WlFactSocketFunc func, gpointer user_data, GError **error);
void wl_fact_socket_free(WlFactSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlFactSocket, wl_fact_socket_free)

/**
 * Sends to the same port at @destination. TRUE also for EDESTADDRREQ, ENETUNREACH, EHOSTUNREACH,
 * EPERM, ENOKEY and EAGAIN: WireGuard answers with these for a peer without endpoint or a key
 * without owner (docs/protocol.md 4.2).
 */
gboolean wl_fact_socket_send(WlFactSocket *self, const WlIp *destination, GBytes *bytes,
                             GError **error);
