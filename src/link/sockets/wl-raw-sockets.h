/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The sockets that need CAP_NET_RAW: opened before the service drops it, used once the link exists.
 * They receive nothing until then. -1: not open.
 */
typedef struct {
    int icmp6;  /* raw ICMPv6, for echo requests */
    int icmp4;  /* raw ICMP, for echo requests */
    int packet; /* AF_PACKET, to detect traffic */
} WlRawSockets;

#define WL_RAW_SOCKETS_NONE ((WlRawSockets){-1, -1, -1})

/** Opens as many as possible; those that are refused become limitations. */
void wl_raw_sockets_open(WlRawSockets *self);
/** Closes those that were not taken. */
void wl_raw_sockets_close(WlRawSockets *self);
/** Takes one of them: returns *socket and sets it to -1. */
static inline int
wl_raw_sockets_steal(int *socket)
{
    int fd = *socket;

    *socket = -1;
    return fd;
}
