/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-raw-sockets.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int
open_one(int domain, int type, int protocol, const char *what, GError **error)
{
    int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

    if (fd < 0)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "cannot open a socket for %s: %s", what, g_strerror(errno));
    return fd;
}

/* Closes @fd if the option cannot be set: what it lets in would fill its buffer. */
static int
shut(int fd, int level, int option, const void *value, socklen_t size, GError **error)
{
    int saved;

    if (fd < 0 || setsockopt(fd, level, option, value, size) == 0)
        return fd;
    saved = errno;
    close(fd);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                "cannot shut a socket for echoes: %s", g_strerror(saved));
    return -1;
}

gboolean
wl_raw_sockets_open(WlRawSockets *self, GError **error)
{
    g_autoptr(GError) first = NULL;
    struct icmp6_filter none6;
    struct icmp_filter none4 = {.data = ~(guint32) 0};

    ICMP6_FILTER_SETBLOCKALL(&none6);
    self->icmp6 = open_one(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, "echoes", &first);
    self->icmp6 = shut(self->icmp6, IPPROTO_ICMPV6, ICMP6_FILTER, &none6, sizeof none6,
                       first ? NULL : &first);
    self->icmp4 =
        open_one(AF_INET, SOCK_RAW, IPPROTO_ICMP, "echoes over IPv4", first ? NULL : &first);
    self->icmp4 =
        shut(self->icmp4, SOL_RAW, ICMP_FILTER, &none4, sizeof none4, first ? NULL : &first);
    /* Of no protocol: gets nothing until it is bound. */
    self->packet =
        open_one(AF_PACKET, SOCK_DGRAM, 0, "the beginning of traffic", first ? NULL : &first);
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
