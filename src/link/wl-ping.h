/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Round trips to peers: ICMPv6 echoes to their link-local addresses, sent only when somebody asks.
 * One probe at a time and peer, at most one a second, and no timer: what is not answered is found
 * out by the next who asks.
 */
typedef struct _WlPing WlPing;

/** A raw ICMPv6 socket that lets nothing in yet, or -1 with *error. Needs CAP_NET_RAW, which
 * nothing else here does. */
int wl_ping_open_socket(GError **error);

/** Takes @fd, binds it to [@local%@ifindex] and lets in only answers to what this process asked. */
WlPing *wl_ping_new(int fd, const WlIp *local, int ifindex, GError **error);
void wl_ping_free(WlPing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPing, wl_ping_free)

/** µs of the last answered probe of @peer, at most a minute old; 0: not known. */
guint32 wl_ping_get(WlPing *self, const WlIp *peer);
/** Starts a probe if the last answer is older than a second. */
void wl_ping_probe(WlPing *self, const WlIp *peer);
/** Forgets everything about @peer. */
void wl_ping_forget(WlPing *self, const WlIp *peer);
