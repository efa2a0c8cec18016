/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-raw-sockets.h"

/**
 * Raw sockets that a privileged process (ExecStartPre=+) opens and stores with the service manager,
 * so that the daemon itself needs neither CAP_NET_RAW nor packet sockets. See "File Descriptor
 * Store" in sd_notify(3).
 */

/** Stores @sockets, in place of those of an earlier start, and waits until the service manager has
 * them. FALSE with *error (G_IO_ERROR) without a service manager. */
gboolean wl_socket_store_put(const WlRawSockets *sockets, GError **error);
/** Takes the sockets that the service manager passed to this process. FALSE: none. Removes the
 * variables of the environment that name them. */
gboolean wl_socket_store_take(WlRawSockets *sockets);
