/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The sockets that only CAP_NET_RAW can open: opened before that is given up, taken into use when
 * the link is there. Until then nothing comes in by them. -1: not there.
 */
typedef struct {
    int icmp6;  /* raw ICMPv6: echoes */
    int icmp4;  /* raw ICMP: echoes */
    int packet; /* AF_PACKET: whether traffic flows */
} WlRawSockets;

#define WL_RAW_SOCKETS_NONE ((WlRawSockets){-1, -1, -1})

/** As many as can be opened; FALSE with *error about the first that cannot. */
gboolean wl_raw_sockets_open(WlRawSockets *self, GError **error);
/** Closes what is left. */
void wl_raw_sockets_close(WlRawSockets *self);
/** What is in @socket, which is -1 afterwards. */
static inline int
wl_raw_sockets_steal(int *socket)
{
    int fd = *socket;

    *socket = -1;
    return fd;
}
