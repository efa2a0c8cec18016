/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-key.h"
#include "wl-raw-sockets.h"

/**
 * Echoes to peers, into the link, whose routes and allowed IPs say which way they go.
 *
 * Round trips: to link-local addresses, only when somebody asks. One at a time and peer, at most
 * one a second, and no timer: what is not answered is found out by the next who asks.
 *
 * Probes: one echo each, of either family; whoever sends them counts them.
 */
typedef struct _WlEcho WlEcho;

/** The echo with @sequence of wl_echo_send() came back from where it was sent to. */
typedef void (*WlEchoReplyFunc)(const WlKey *key, guint16 sequence, gpointer user_data);

/**
 * Takes `icmp6` and, if there is one, `icmp4` of @sockets, binds them to the link and lets in only
 * answers to what this process asked. @local: our link-local address.
 */
WlEcho *wl_echo_new(WlRawSockets *sockets, const WlIp *local, int ifindex, WlEchoReplyFunc answered,
                    gpointer user_data, GError **error);
void wl_echo_free(WlEcho *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEcho, wl_echo_free)

/** µs of the last answered probe of @peer, at most a minute old; 0: not known. */
guint32 wl_echo_get_round_trip(WlEcho *self, const WlIp *peer);
/** Starts a probe if the last answer is older than a second. */
void wl_echo_measure(WlEcho *self, const WlIp *peer);
/** Forgets everything about @peer. */
void wl_echo_forget(WlEcho *self, const WlIp *peer);

/**
 * Sends one echo from @source (one of this machine's addresses; family NONE: the link-local one) to
 * @destination. @key and @sequence come back with the answer; what cannot be sent is like what is
 * not answered. Of two probes whose sequences differ by WL_ECHO_REQUESTS the older is forgotten.
 */
void wl_echo_send(WlEcho *self, const WlKey *key, const WlIp *source, const WlIp *destination,
                  guint16 sequence);
#define WL_ECHO_REQUESTS 128
