/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-traffic-watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

/* "Local experimental": nobody sends it on a link that carries IP only. Bound to it the socket is
 * no tap, and packets are not even offered to its filter. */
#define NO_PROTOCOL 0x88b5

struct _WlTrafficWatch {
    int fd;
    int ifindex;
    gboolean armed;
    GSource *source;
    WlTrafficFunc began;
    gpointer user_data;
};

static gboolean
bind_to(int fd, int ifindex, guint16 protocol)
{
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = ifindex};

    return bind(fd, (struct sockaddr *) &address, sizeof address) == 0;
}

static void
drain(int fd)
{
    guint8 byte;

    while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT | MSG_TRUNC) >= 0)
        ;
}

/* One byte of a packet that counts; offsets are those of the IP header. */
static gboolean
let_in(int fd)
{
    enum { V4_DESTINATION = 16, V6_SOURCE = 8, V6_DESTINATION = 24 };
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 2),
        /* IPv4: neither multicast nor broadcast */
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, V4_DESTINATION),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 224, 9, 8),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 8),
        /* IPv6: no multicast, nothing to or from fe80::/10 */
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, V6_DESTINATION),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0xff00, 6, 0),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffc0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xfe80, 4, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, V6_SOURCE),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffc0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xfe80, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog filter = {G_N_ELEMENTS(program), program};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

static gboolean
ready(int fd, GIOCondition condition, gpointer user_data)
{
    WlTrafficWatch *self = user_data;
    guint8 byte;

    /* Also "network is down", which is an error to be read off and no packet. */
    if (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) < 0)
        return G_SOURCE_CONTINUE;
    bind_to(fd, self->ifindex, NO_PROTOCOL);
    drain(fd);
    if (!self->armed)
        return G_SOURCE_CONTINUE;
    self->armed = FALSE;
    self->began(self->user_data);
    return G_SOURCE_CONTINUE;
}

WlTrafficWatch *
wl_traffic_watch_new(int fd, int ifindex, WlTrafficFunc began, gpointer user_data, GError **error)
{
    int smallest = 1; /* the kernel makes it its minimum */
    WlTrafficWatch *self;

    if (!let_in(fd) || !bind_to(fd, ifindex, NO_PROTOCOL)) {
        int saved = errno;

        close(fd);
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    "cannot watch the link for traffic: %s", g_strerror(saved));
        return NULL;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest);
    self = g_new0(WlTrafficWatch, 1);
    self->fd = fd;
    self->ifindex = ifindex;
    self->began = began;
    self->user_data = user_data;
    self->source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(self->source, G_SOURCE_FUNC(ready), self, NULL);
    g_source_attach(self->source, NULL);
    return self;
}

void
wl_traffic_watch_free(WlTrafficWatch *self)
{
    if (!self)
        return;
    g_source_destroy(self->source);
    g_source_unref(self->source);
    close(self->fd);
    g_free(self);
}

void
wl_traffic_watch_arm(WlTrafficWatch *self)
{
    if (self->armed)
        return;
    self->armed = TRUE;
    drain(self->fd);
    bind_to(self->fd, self->ifindex, ETH_P_ALL);
}

void
wl_traffic_watch_rebind(WlTrafficWatch *self)
{
    drain(self->fd);
    bind_to(self->fd, self->ifindex, self->armed ? ETH_P_ALL : NO_PROTOCOL);
}
