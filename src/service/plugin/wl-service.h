/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-raw-sockets.h"

/** The VPN plugin: one activation of one profile. */
#define WL_TYPE_SERVICE (wl_service_get_type())
G_DECLARE_FINAL_TYPE(WlService, wl_service, WL, SERVICE, NMVpnServicePlugin)

/**
 * Owns @bus_name and queues for WL_BUS_NAME_BASE, which lets clients find all processes.
 * @watch_peer: quit when the caller of Connect disappears. Takes ownership of @raw on success.
 * Fails if another process owns the name.
 */
WlService *wl_service_new(const char *bus_name, gboolean watch_peer, WlRawSockets *raw,
                          GError **error);

/** Whether Connect was called. */
gboolean wl_service_is_used(const WlService *self);
/** Shuts the session down; idempotent. */
void wl_service_shut_down(WlService *self);
