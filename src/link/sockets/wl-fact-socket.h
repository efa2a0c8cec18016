/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/** The UDP socket for facts (docs/protocol.md 4.1): IPv6 only, bound to our link-local address,
 * port and link. Errors are of G_IO_ERROR. */
typedef struct _WlFactSocket WlFactSocket;

/** @data is valid during the call, which may free the socket. */
typedef void (*WlFactSocketFunc)(const WlIp *source, const guint8 *data, gsize length,
                                 gpointer user_data);

/**
 * Binds to [@local%@ifindex]:@port and calls @func from the thread-default main context for every
 * datagram of 1 to 2424 bytes (longer ones are truncated). Reads a limited number of datagrams in
 * one dispatch, so that a flood does not starve other sources.
 */
WlFactSocket *wl_fact_socket_new(const WlIp *local, guint16 port, int ifindex,
                                 WlFactSocketFunc func, gpointer user_data, GError **error);
void wl_fact_socket_free(WlFactSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlFactSocket, wl_fact_socket_free)

/**
 * Sends to the same port of @destination. TRUE also for EDESTADDRREQ, ENETUNREACH, EHOSTUNREACH,
 * EPERM, ENOKEY and EAGAIN: WireGuard returns these for a peer without an endpoint and for an
 * address that no peer owns (docs/protocol.md 4.2).
 */
gboolean wl_fact_socket_send(WlFactSocket *self, const WlIp *destination, GBytes *bytes,
                             GError **error);
