/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** @path below the root; to be freed. */
char *wl_host_path(const char *path);
/** The contents of a file, at most 4 MiB; NULL if it cannot be read; to be freed. */
char *wl_host_read(const char *path);
gboolean wl_host_exists(const char *path);
/** The path of a program in the usual directories, or NULL; to be freed. */
char *wl_host_find_program(const char *name);

/** Whether wirelinkd is installed, which needs neither NetworkManager nor the plugin. */
gboolean wl_host_has_daemon(void);

typedef enum {
    WL_HOST_WIREGUARD_LOADED,
    WL_HOST_WIREGUARD_LOADABLE,
    WL_HOST_WIREGUARD_NONE,
} WlHostWireguard;

/** The WireGuard support of the running kernel. */
WlHostWireguard wl_host_get_wireguard(void);

typedef enum {
    WL_HOST_PORT_FREE,
    WL_HOST_PORT_HELD,
    WL_HOST_PORT_UNKNOWN, /* cannot be read */
} WlHostPort;

/**
 * Whether a socket is bound to the UDP port on all addresses. *holder: its process, "dnsmasq
 * (1234)", or NULL if unknown, such as the kernel or a process of another user; to be freed.
 */
WlHostPort wl_host_find_port(guint port, char **holder);

/** The latest time at which this program can have been built; Unix seconds. */
gint64 wl_host_get_made_time(void);
