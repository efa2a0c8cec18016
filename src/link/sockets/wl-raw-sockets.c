/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens the sockets that need CAP_NET_RAW, closed to all packets. The struct owns them until they
 * are taken. What is refused is a limitation.
 */
#include "wl-raw-sockets.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-limitation.h"

#define NO_ECHO    "paths that broke are noticed late, and round-trip times are not measured"
#define NO_TRAFFIC "on-demand peers are not tried when there is traffic for them"

/* -1, with a limitation, if it is refused. */
static int
open_one(int domain, int type, int protocol, const char *id, const char *lost)
{
    int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

    if (fd < 0)
        wl_limitation_add(id, "%s: cannot open a raw socket: %s", lost, g_strerror(errno));
    return fd;
}

/* Makes a socket reject all packets, which would fill its buffer. Closes @fd on failure. */
static int
reject_all(int fd, int level, int option, const void *value, socklen_t size)
{
    if (fd < 0 || setsockopt(fd, level, option, value, size) == 0)
        return fd;
    wl_limitation_add("echo", NO_ECHO ": cannot filter a raw socket: %s", g_strerror(errno));
    close(fd);
    return -1;
}

void
wl_raw_sockets_open(WlRawSockets *self)
{
    struct icmp6_filter none6;
    struct icmp_filter none4 = {.data = ~(guint32) 0};

    ICMP6_FILTER_SETBLOCKALL(&none6);
    self->icmp6 = open_one(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, "echo", NO_ECHO);
    self->icmp6 = reject_all(self->icmp6, IPPROTO_ICMPV6, ICMP6_FILTER, &none6, sizeof none6);
    self->icmp4 = open_one(AF_INET, SOCK_RAW, IPPROTO_ICMP, "echo", NO_ECHO);
    self->icmp4 = reject_all(self->icmp4, SOL_RAW, ICMP_FILTER, &none4, sizeof none4);
    /* Protocol 0: receives nothing until it is bound (man 7 packet). */
    self->packet = open_one(AF_PACKET, SOCK_DGRAM, 0, "traffic", NO_TRAFFIC);
}

void
wl_raw_sockets_close(WlRawSockets *self)
{
    int *const all[] = {&self->icmp6, &self->icmp4, &self->packet};

    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        if (*all[i] >= 0)
            close(wl_raw_sockets_steal(all[i]));
    }
}
