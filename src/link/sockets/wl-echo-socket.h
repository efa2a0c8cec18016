/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * A raw ICMP or ICMPv6 socket for echo requests, bound to a link. A filter in the kernel accepts
 * only echo replies with our identifier, so that those of other programs do not wake us.
 */
typedef struct _WlEchoSocket WlEchoSocket;

/** @identifier, @sequence: of the echo reply, host byte order. */
typedef void (*WlEchoSocketFunc)(const WlIp *source, guint16 identifier, guint16 sequence,
                                 gpointer user_data);

/**
 * @fd: a raw socket of @family, owned by the result from here on, also on failure. @identifier:
 * even; replies with it or with the next number are accepted. @reply is called from the
 * thread-default main context, and must not free the socket. Errors are of G_IO_ERROR.
 */
WlEchoSocket *wl_echo_socket_new(int fd, WlFamily family, int ifindex, guint16 identifier,
                                 WlEchoSocketFunc reply, gpointer user_data, GError **error);
void wl_echo_socket_free(WlEchoSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEchoSocket, wl_echo_socket_free)

/** Sends an echo request from @source to @destination, both of the socket's family. A failure to
 * send counts as a missing reply. */
void wl_echo_socket_send(WlEchoSocket *self, guint16 identifier, guint16 sequence,
                         const WlIp *source, const WlIp *destination);
