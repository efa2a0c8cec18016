/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/*
 * What can be seen of this machine without asking anybody. WIRELINK_ROOT in the environment names a
 * folder that is looked at in place of "/".
 */

/** @path below the root; to be freed. */
char *wl_host_path(const char *path);
/** What stands in a file, at most 4 MiB of it; NULL if it cannot be read; to be freed. */
char *wl_host_read(const char *path);
gboolean wl_host_exists(const char *path);
/** The program in the usual folders; its path or NULL; to be freed. */
char *wl_host_find_program(const char *name);

typedef enum {
    WL_HOST_WIREGUARD_LOADED,
    WL_HOST_WIREGUARD_LOADABLE,
    WL_HOST_WIREGUARD_NONE,
} WlHostWireguard;

/** What the running kernel has of WireGuard. */
WlHostWireguard wl_host_get_wireguard(void);

typedef enum {
    WL_HOST_PORT_FREE,
    WL_HOST_PORT_HELD,
    WL_HOST_PORT_UNKNOWN, /* it cannot be seen */
} WlHostPort;

/**
 * Whether a socket is bound to the UDP port of all addresses. *holder: who has it, "dnsmasq
 * (1234)", or NULL if that cannot be seen, as of the kernel and of other users' processes; to be
 * freed.
 */
WlHostPort wl_host_find_port(guint port, char **holder);

/** When this program was made, at the latest; unix seconds. */
gint64 wl_host_get_made_time(void);
