/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-address.h"

/**
 * Tells once when a packet goes through a link, in or out, any or one to some prefixes. What is
 * link-local or multicast does not count. Costs nothing while it is not asked: then the kernel
 * hands it no packet.
 */
typedef struct _WlTrafficWatch WlTrafficWatch;

typedef void (*WlTrafficFunc)(const WlIp *destination, gpointer user_data);

/** Takes @fd, `packet` of WlRawSockets. Not armed yet. */
WlTrafficWatch *wl_traffic_watch_new(int fd, int ifindex, WlTrafficFunc began, gpointer user_data,
                                     GError **error);
/** The link was made anew, with the same index. */
void wl_traffic_watch_rebind(WlTrafficWatch *self);
void wl_traffic_watch_free(WlTrafficWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlTrafficWatch, wl_traffic_watch_free)

/** More prefixes than that are not looked at. */
#define WL_TRAFFIC_MAX_PREFIXES 32

/** The next packet is told, from the main loop: of those to one of @prefixes (of WlPrefix), or any
 * if that is NULL. Replaces what was asked before. */
void wl_traffic_watch_arm(WlTrafficWatch *self, const GArray *prefixes);
