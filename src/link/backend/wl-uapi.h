/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"

/**
 * Requests of the configuration protocol of userspace WireGuard (wireguard.com/xplatform): lines of
 * key=value. Texts may contain keys: free them with wl_uapi_text_free(), which wipes them.
 */
typedef GString WlUapiText;

void wl_uapi_text_free(WlUapiText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUapiText, wl_uapi_text_free)

/* Requests with the empty line that ends them. @listen_port 0: any. @fwmark 0: none. */
WlUapiText *wl_uapi_set_device(const WlKey *private_key, guint16 listen_port, guint32 fwmark);
WlUapiText *wl_uapi_set_mark(guint32 fwmark);
WlUapiText *wl_uapi_set_listen_port(guint16 listen_port);
WlUapiText *wl_uapi_set_peer(const WlPeerChange *change);
