/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-raw-sockets.h"

/** NetworkManager's view of us: one activation of one profile. */
#define WL_TYPE_SERVICE (wl_service_get_type())
G_DECLARE_FINAL_TYPE(WlService, wl_service, WL, SERVICE, NMVpnServicePlugin)

#define WL_SERVICE_BUS_NAME "org.freedesktop.NetworkManager.wirelink"

/**
 * Takes @bus_name and queues on WL_SERVICE_BUS_NAME, so that clients find all processes.
 * @watch_peer: end when whoever called Connect is gone. @raw: taken on success. An error if another
 * process has the name.
 */
WlService *wl_service_new(const char *bus_name, gboolean watch_peer, WlRawSockets *raw,
                          GError **error);

/** Whether Connect was called. */
gboolean wl_service_is_used(const WlService *self);
/** Takes everything down; idempotent. */
void wl_service_shut_down(WlService *self);
