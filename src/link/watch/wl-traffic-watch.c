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
    gboolean refused; /* the last filter was, and that was said */
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

static gboolean
attach(int fd, struct sock_filter *program, gsize length)
{
    struct sock_fprog filter = {(unsigned short) length, program};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

/* The header of any packet that counts. */
static gboolean
let_in_any(int fd)
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

    return attach(fd, program, G_N_ELEMENTS(program));
}

static void
add(GArray *program, guint16 code, guint8 if_true, guint8 if_false, guint32 value)
{
    struct sock_filter instruction = {code, if_true, if_false, value};

    g_array_append_val(program, instruction);
}

static guint32
get_word(const guint8 *bytes)
{
    return (guint32) bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* The destination word by word; where one differs, on to what follows. */
static void
add_prefix(GArray *program, const WlPrefix *prefix)
{
    guint offset = prefix->ip.family == WL_FAMILY_V4 ? V4_DESTINATION : V6_DESTINATION;
    guint words = (prefix->length + 31) / 32;

    for (guint i = 0; i < words; i++) {
        guint bits = MIN(prefix->length - 32 * i, 32);
        guint32 mask = bits == 0 ? 0 : G_MAXUINT32 << (32 - bits);

        add(program, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset + 4 * i);
        add(program, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
        /* past the rest of this one and its end */
        add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, (guint8) (3 * (words - 1 - i) + 1),
            get_word(prefix->ip.bytes + 4 * i) & mask);
    }
    add(program, BPF_RET | BPF_K, 0, 0, HEADER);
}

static gboolean
let_in_some(int fd, const GArray *prefixes)
{
    g_autoptr(GArray) program = g_array_new(FALSE, FALSE, sizeof(struct sock_filter));
    guint n = MIN(prefixes->len, WL_TRAFFIC_MAX_PREFIXES), past;

    add(program, BPF_LD | BPF_B | BPF_ABS, 0, 0, 0);
    add(program, BPF_ALU | BPF_RSH | BPF_K, 0, 0, 4);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 4);
    past = program->len;
    add(program, BPF_JMP | BPF_JA, 0, 0, 0);
    for (guint i = 0; i < n; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);
        if (prefix->ip.family == WL_FAMILY_V4)
            add_prefix(program, prefix);
    }
    add(program, BPF_RET | BPF_K, 0, 0, 0);
    g_array_index(program, struct sock_filter, past).k = program->len - past - 1;
    for (guint i = 0; i < n; i++) {
        const WlPrefix *prefix = &g_array_index(prefixes, WlPrefix, i);
        if (prefix->ip.family == WL_FAMILY_V6)
            add_prefix(program, prefix);
    }
    add(program, BPF_RET | BPF_K, 0, 0, 0);
    return attach(fd, (struct sock_filter *) program->data, program->len);
}

/* What a filter lets through has a whole header. */
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
ready(int fd, GIOCondition condition, gpointer user_data)
{
    WlTrafficWatch *self = user_data;
    guint8 header[HEADER];
    gssize length = recv(fd, header, sizeof header, MSG_DONTWAIT);
    WlIp destination;

    /* Also "network is down", which is an error to be read off and no packet. */
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
    int smallest = 1; /* the kernel makes it its minimum */
    WlTrafficWatch *self;

    if (!let_in_any(fd) || !bind_to(fd, ifindex, NO_PROTOCOL)) {
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
wl_traffic_watch_arm(WlTrafficWatch *self, const GArray *prefixes)
{
    /* What came by the filter before must not be told as if it had come by this one. */
    bind_to(self->fd, self->ifindex, NO_PROTOCOL);
    drain(self->fd);
    self->armed = prefixes ? let_in_some(self->fd, prefixes) : let_in_any(self->fd);
    if (self->armed)
        bind_to(self->fd, self->ifindex, ETH_P_ALL);
    else if (!self->refused)
        g_warning("traffic through the link is not seen to begin, for the kernel refuses the "
                  "filter of its packets: %s",
                  g_strerror(errno));
    self->refused = !self->armed;
}

void
wl_traffic_watch_rebind(WlTrafficWatch *self)
{
    drain(self->fd);
    bind_to(self->fd, self->ifindex, self->armed ? ETH_P_ALL : NO_PROTOCOL);
}
