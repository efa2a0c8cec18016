/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet socket with a filter, bound to the link while armed. Owns the socket; only this file
 * changes its binding and its filter. Errors are of G_IO_ERROR.
 */
#include "wl-traffic-watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"
#include "wl-link-error.h"
#include "wl-socket-filter.h"

/* ETH_P_802_EX1 (local experimental): no packet of a link that carries IP only has it. A socket
 * bound to it is not among the taps, so that the kernel does not run its filter (net/core/dev.c).
 */
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

/* Offsets of the IP header. */
enum { V4_DESTINATION = 16, V6_SOURCE = 8, V6_DESTINATION = 24, HEADER = 40 };

/* Accepts the header of any packet that is neither link-local nor multicast. */
static gboolean
accept_any(int fd)
{
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
        BPF_STMT(BPF_RET | BPF_K, HEADER),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };

    return wl_socket_filter_attach(fd, program, G_N_ELEMENTS(program));
}

static void
add_instruction(GArray *program, guint16 code, guint8 if_true, guint8 if_false, guint32 value)
{
    struct sock_filter instruction = {code, if_true, if_false, value};

    g_array_append_val(program, instruction);
}

static guint32
get_word(const guint8 *bytes)
{
    return (guint32) bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* Compares the destination word by word; a mismatch jumps to the next prefix. */
static void
add_prefix(GArray *program, const WlPrefix *prefix)
{
    guint offset = prefix->ip.family == WL_FAMILY_V4 ? V4_DESTINATION : V6_DESTINATION;
    guint words = (prefix->length + 31) / 32;

    for (guint i = 0; i < words; i++) {
        guint bits = MIN(prefix->length - 32 * i, 32);
        guint32 mask = bits == 0 ? 0 : G_MAXUINT32 << (32 - bits);

        add_instruction(program, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset + 4 * i);
        add_instruction(program, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
        /* skips the other words of this prefix and its return */
        add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 0, (guint8) (3 * (words - 1 - i) + 1),
                        get_word(prefix->ip.bytes + 4 * i) & mask);
    }
    add_instruction(program, BPF_RET | BPF_K, 0, 0, HEADER);
}

static gboolean
accept_prefixes(int fd, const GArray *prefixes)
{
    g_autoptr(GArray) program = g_array_new(FALSE, FALSE, sizeof(struct sock_filter));
    guint n = MIN(prefixes->len, WL_TRAFFIC_MAX_PREFIXES), past;

    add_instruction(program, BPF_LD | BPF_B | BPF_ABS, 0, 0, 0);
    add_instruction(program, BPF_ALU | BPF_RSH | BPF_K, 0, 0, 4);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 4);
    past = program->len;
    add_instruction(program, BPF_JMP | BPF_JA, 0, 0, 0);
    for (guint i = 0; i < n; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);
        if (prefix->ip.family == WL_FAMILY_V4)
            add_prefix(program, prefix);
    }
    add_instruction(program, BPF_RET | BPF_K, 0, 0, 0);
    g_array_index(program, struct sock_filter, past).k = program->len - past - 1;
    for (guint i = 0; i < n; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);
        if (prefix->ip.family == WL_FAMILY_V6)
            add_prefix(program, prefix);
    }
    add_instruction(program, BPF_RET | BPF_K, 0, 0, 0);
    return wl_socket_filter_attach(fd, (struct sock_filter *) program->data, program->len);
}

/* The filter accepts packets with a complete header only. */
static void
get_destination(const guint8 *header, gssize length, WlIp *destination)
{
    *destination = (WlIp){0};
    if (length >= V4_DESTINATION + 4 && header[0] >> 4 == 4)
        wl_ip_from_bytes(destination, WL_FAMILY_V4, header + V4_DESTINATION);
    else if (length >= V6_DESTINATION + 16 && header[0] >> 4 == 6)
        wl_ip_from_bytes(destination, WL_FAMILY_V6, header + V6_DESTINATION);
}

static gboolean
on_packet(int fd, GIOCondition condition, gpointer user_data)
{
    WlTrafficWatch *self = user_data;
    guint8 header[HEADER];
    gssize length = recv(fd, header, sizeof header, MSG_DONTWAIT);
    WlIp destination;

    /* ENETDOWN is an error to be read, not a packet. */
    if (length < 0)
        return G_SOURCE_CONTINUE;
    bind_to(fd, self->ifindex, NO_PROTOCOL);
    drain(fd);
    if (!self->armed)
        return G_SOURCE_CONTINUE;
    self->armed = FALSE;
    get_destination(header, length, &destination);
    self->began(&destination, self->user_data);
    return G_SOURCE_CONTINUE;
}

WlTrafficWatch *
wl_traffic_watch_new(int fd, int ifindex, WlTrafficFunc began, gpointer user_data, GError **error)
{
    int smallest = 1; /* the kernel raises it to its minimum (man 7 socket) */
    WlTrafficWatch *self;

    if (!accept_any(fd) || !bind_to(fd, ifindex, NO_PROTOCOL)) {
        int saved = errno;

        close(fd);
        wl_io_set_errno(error, saved, "cannot watch the link for traffic");
        return NULL;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest);
    self = g_new0(WlTrafficWatch, 1);
    self->fd = fd;
    self->ifindex = ifindex;
    self->began = began;
    self->user_data = user_data;
    self->source = wl_fd_source_new(fd, G_IO_IN, on_packet, self);
    return self;
}

void
wl_traffic_watch_free(WlTrafficWatch *self)
{
    if (!self)
        return;
    wl_source_clear(&self->source);
    wl_fd_clear(&self->fd);
    g_free(self);
}

void
wl_traffic_watch_arm(WlTrafficWatch *self, const GArray *prefixes)
{
    /* A packet that the previous filter accepted must not be reported for this one. */
    bind_to(self->fd, self->ifindex, NO_PROTOCOL);
    drain(self->fd);
    self->armed = prefixes ? accept_prefixes(self->fd, prefixes) : accept_any(self->fd);
    if (self->armed)
        bind_to(self->fd, self->ifindex, ETH_P_ALL);
    else
        wl_limitation_add("traffic",
                          "on-demand peers are not tried when there is traffic for them: cannot "
                          "filter packets: %s",
                          g_strerror(errno));
}

void
wl_traffic_watch_rebind(WlTrafficWatch *self)
{
    drain(self->fd);
    bind_to(self->fd, self->ifindex, self->armed ? ETH_P_ALL : NO_PROTOCOL);
}
