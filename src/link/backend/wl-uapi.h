/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-device.h"

/**
 * The configuration protocol of userspace WireGuard (wireguard.com/xplatform): lines of key=value
 * over a Unix socket below WL_UAPI_DIRECTORY. Texts here may carry keys: free them with
 * wl_uapi_text_free().
 */
#define WL_UAPI_DIRECTORY "/var/run/wireguard"
#define WL_UAPI_TIMEOUT   2                  /* s for an exchange */
#define WL_UAPI_MAX_REPLY (64 * 1024 * 1024) /* bytes */

/** To be freed with g_free(). */
char *wl_uapi_socket_path(const char *ifname);

typedef GString WlUapiText;

/** Wipes. */
void wl_uapi_text_free(WlUapiText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUapiText, wl_uapi_text_free)

/* Requests, with the empty line that ends them; to be freed. @listen_port: 0, any. @fwmark: 0,
 * none.
 */
WlUapiText *wl_uapi_set_device(const WlKey *private_key, guint16 listen_port, guint32 fwmark);
WlUapiText *wl_uapi_set_listen_port(guint16 listen_port);
WlUapiText *wl_uapi_set_peer(const WlPeerChange *change);

/** Reads the answer to `get=1`. @now: µs of CLOCK_REALTIME. NULL and WL_LINK_ERROR if it is
 * malformed. */
WlDevice *wl_uapi_parse_device(const char *text, gsize length, gint64 now, GError **error);

/**
 * Connects without waiting. *pid: of the process that listens (0: in another PID namespace).
 * Returns a file descriptor or a negative errno: -ENOENT no socket, -ECONNREFUSED nobody listens.
 */
int wl_uapi_connect(const char *ifname, pid_t *pid);

/** Removes the socket of a program that ended without doing so, but never one that is served. */
void wl_uapi_remove_stale_socket(const char *ifname);

/**
 * One request and its answer. @pid: the process that must be the one that listens, so that keys go
 * to nobody else. *reply (may be NULL) is the text with its final `errno=` line taken off. Returns
 * 0, the negative errno that WireGuard answered with, or that of the socket.
 */
int wl_uapi_exchange(const char *ifname, pid_t pid, const WlUapiText *request, WlUapiText **reply);
