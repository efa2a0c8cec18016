/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-key.h"
#include "wl-raw-sockets.h"

/**
 * ICMP echo requests to peers, sent into the link; its routes and allowed IPs decide which path
 * they take.
 *
 * Round trips are measured to link-local addresses, on demand: one request at a time for each peer,
 * at most one each second, and without a timer. The next call finds out that a reply is missing.
 *
 * Requests of the caller are single echoes of either family, which the caller numbers.
 */
typedef struct _WlEcho WlEcho;

/** A reply to the request @sequence of wl_echo_send() came from its destination. */
typedef void (*WlEchoReplyFunc)(const WlKey *key, guint16 sequence, gpointer user_data);

/**
 * Takes `icmp6` and, if open, `icmp4` of @sockets. @local: our link-local address. Callbacks come
 * from the thread-default main context, and must not free the object. Errors are of G_IO_ERROR.
 */
WlEcho *wl_echo_new(WlRawSockets *sockets, const WlIp *local, int ifindex, WlEchoReplyFunc replied,
                    gpointer user_data, GError **error);
void wl_echo_free(WlEcho *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEcho, wl_echo_free)

/** The last round trip to @peer in µs, at most a minute old; 0: unknown. */
guint32 wl_echo_get_round_trip(WlEcho *self, const WlIp *peer);
/** Starts a measurement if the last one is older than a second. */
void wl_echo_measure(WlEcho *self, const WlIp *peer);
/** Drops the measurements of @peer. */
void wl_echo_forget(WlEcho *self, const WlIp *peer);

/**
 * Sends one echo request from @source (an address of this machine; family NONE: the link-local one)
 * to @destination. The reply returns @key and @sequence. A failure to send counts as a missing
 * reply. At most WL_ECHO_REQUESTS are pending: a request whose sequence differs by that number
 * replaces the older one.
 */
void wl_echo_send(WlEcho *self, const WlKey *key, const WlIp *source, const WlIp *destination,
                  guint16 sequence);
#define WL_ECHO_REQUESTS 128
