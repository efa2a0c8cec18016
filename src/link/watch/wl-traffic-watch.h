/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Reports once when a packet passes a link in either direction: any packet, or one to certain
 * prefixes. Ignores link-local and multicast packets. While it is not armed the kernel delivers no
 * packet to it.
 */
typedef struct _WlTrafficWatch WlTrafficWatch;

/** @destination: of the packet. */
typedef void (*WlTrafficFunc)(const WlIp *destination, gpointer user_data);

/** @fd: `packet` of WlRawSockets, owned by the watch from here on, also on failure. Not armed.
 * Errors are of G_IO_ERROR. */
WlTrafficWatch *wl_traffic_watch_new(int fd, int ifindex, WlTrafficFunc began, gpointer user_data,
                                     GError **error);
/** Binds to the link again, after it was created again with the same index. */
void wl_traffic_watch_rebind(WlTrafficWatch *self);
void wl_traffic_watch_free(WlTrafficWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlTrafficWatch, wl_traffic_watch_free)

/** Further prefixes are ignored. */
#define WL_TRAFFIC_MAX_PREFIXES 32

/** Reports the next packet from the main loop: one to any of @prefixes (of WlPrefix), or any packet
 * if @prefixes is NULL. Replaces what was armed before. */
void wl_traffic_watch_arm(WlTrafficWatch *self, const GArray *prefixes);
