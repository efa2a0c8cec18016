/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens the sockets that need CAP_NET_RAW, closed to all packets. The struct owns them until they
 * are taken. Errors are of G_IO_ERROR.
 */
#include "wl-raw-sockets.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-link-error.h"

static int
open_one(int domain, int type, int protocol, const char *what, GError **error)
{
    int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

    if (fd < 0)
        wl_io_set_errno(error, errno, "cannot open a socket for %s", what);
    return fd;
}

/* Makes a socket reject all packets, which would fill its buffer. Closes @fd on failure. */
static int
reject_all(int fd, int level, int option, const void *value, socklen_t size, GError **error)
{
    int saved;

    if (fd < 0 || setsockopt(fd, level, option, value, size) == 0)
        return fd;
    saved = errno;
    close(fd);
    wl_io_set_errno(error, saved, "cannot filter a socket for ICMP echo");
    return -1;
}

gboolean
wl_raw_sockets_open(WlRawSockets *self, GError **error)
{
    g_autoptr(GError) first = NULL;
    struct icmp6_filter none6;
    struct icmp_filter none4 = {.data = ~(guint32) 0};

    ICMP6_FILTER_SETBLOCKALL(&none6);
    self->icmp6 = open_one(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, "ICMPv6 echo", &first);
    self->icmp6 = reject_all(self->icmp6, IPPROTO_ICMPV6, ICMP6_FILTER, &none6, sizeof none6,
                             first ? NULL : &first);
    self->icmp4 = open_one(AF_INET, SOCK_RAW, IPPROTO_ICMP, "ICMP echo", first ? NULL : &first);
    self->icmp4 =
        reject_all(self->icmp4, SOL_RAW, ICMP_FILTER, &none4, sizeof none4, first ? NULL : &first);
    /* Protocol 0: receives nothing until it is bound (man 7 packet). */
    self->packet = open_one(AF_PACKET, SOCK_DGRAM, 0, "traffic detection", first ? NULL : &first);
    if (!first)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
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
