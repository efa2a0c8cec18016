/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

#include "wl-uapi.h"

/** The Unix socket of an interface, below WL_UAPI_DIRECTORY, and exchanges over it. */
#define WL_UAPI_DIRECTORY "/var/run/wireguard"
#define WL_UAPI_MAX_REPLY (64 * 1024 * 1024) /* bytes */

/** To be freed with g_free(). */
char *wl_uapi_socket_path(const char *ifname);

/**
 * Connects without waiting. Returns a file descriptor, or a negative errno: -ENOENT if there is no
 * socket, -ECONNREFUSED if no process listens. *pid: the process that listens; 0 if it is in
 * another PID namespace.
 */
int wl_uapi_connect(const char *ifname, pid_t *pid);

/** Removes the socket that a killed program left behind, but never one that is in use. */
void wl_uapi_remove_stale_socket(const char *ifname);
/** The same after the end of our own program, which leaves its socket behind if it is ended before
 * it handles signals: also where the kernel refuses the question. */
void wl_uapi_remove_ended_socket(const char *ifname);

/** One request and its reply, over a connection of its own. */
typedef struct _WlUapiExchange WlUapiExchange;

/** Takes ownership of @request. @pid: the process that has to listen, so that no other one receives
 * the keys. Nothing is sent before the first step. */
WlUapiExchange *wl_uapi_exchange_new(const char *ifname, pid_t pid, WlUapiText *request);
void wl_uapi_exchange_free(WlUapiExchange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUapiExchange, wl_uapi_exchange_free)

/** Goes on for at most @timeout ms; 0: without waiting. TRUE: it has ended. */
gboolean wl_uapi_exchange_run(WlUapiExchange *self, int timeout);
/** What it waits for, while it has not ended. *fd belongs to @self. */
void wl_uapi_exchange_get_wait(const WlUapiExchange *self, int *fd, GIOCondition *condition);
/** After its end: 0, the negative errno that WireGuard sent, or that of the socket. */
int wl_uapi_exchange_get_result(const WlUapiExchange *self);
/** After a result of 0: the text without its final `errno=` line, once; owned by the caller. */
WlUapiText *wl_uapi_exchange_steal_reply(WlUapiExchange *self);
