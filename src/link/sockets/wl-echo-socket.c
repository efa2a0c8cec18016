/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw sockets for ICMP and ICMPv6 echo: filters, the wire format, sending and receiving. Owns the
 * socket. Which reply belongs to which request is up to wl-echo.c.
 *
 * An echo message of either family (RFC 792, RFC 4443), big-endian:
 *
 *   offset size
 *   0      1     type
 *   1      1     code: 0
 *   2      2     checksum
 *   4      2     identifier
 *   6      2     sequence number
 */
#include "wl-echo-socket.h"

/* First, or the kernel's headers leave out a part of it. */
#include <netinet/in.h>

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-fd-source.h"
#include "wl-link-error.h"
#include "wl-socket-filter.h"

#define BURST           64 /* replies read in one dispatch, so that a flood does not starve others */
#define MIN_V4_HEADER   20 /* bytes */
#define MAX_V4_HEADER   60 /* bytes */
#define IDENTIFIER_MASK 0xfffeU

typedef struct {
    guint8 type, code;
    guint16 checksum, identifier, sequence;
} EchoMessage;

G_STATIC_ASSERT(sizeof(EchoMessage) == sizeof(struct icmp6_hdr) &&
                sizeof(EchoMessage) == sizeof(struct icmphdr));

struct _WlEchoSocket {
    int fd;
    GSource *source;
    int ifindex;
    WlEchoSocketFunc reply;
    gpointer user_data;
};

/* ---- receiving ----------------------------------------------------------------------------- */

static gboolean
ready6(int fd, GIOCondition condition, gpointer user_data)
{
    WlEchoSocket *self = user_data;

    for (guint i = 0; i < BURST; i++) {
        struct sockaddr_in6 source = {0};
        socklen_t size = sizeof source;
        WlIp from;
        EchoMessage echo;
        ssize_t length = recvfrom(fd, &echo, sizeof echo, 0, (struct sockaddr *) &source, &size);

        if (length < 0 && errno == EAGAIN)
            break;
        if (length < (ssize_t) sizeof echo || echo.type != ICMP6_ECHO_REPLY || size < sizeof source)
            continue;
        wl_ip_from_bytes(&from, WL_FAMILY_V6, source.sin6_addr.s6_addr);
        self->reply(&from, ntohs(echo.identifier), ntohs(echo.sequence), self->user_data);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
ready4(int fd, GIOCondition condition, gpointer user_data)
{
    WlEchoSocket *self = user_data;

    for (guint i = 0; i < BURST; i++) {
        struct sockaddr_in source = {0};
        socklen_t size = sizeof source;
        guint8 packet[MAX_V4_HEADER + sizeof(EchoMessage)];
        WlIp from;
        EchoMessage echo;
        gsize header;
        ssize_t length = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *) &source, &size);

        if (length < 0 && errno == EAGAIN)
            break;
        if (length < MIN_V4_HEADER || size < sizeof source)
            continue;
        header = (gsize) (packet[0] & 0x0f) * 4;
        if ((gsize) length < header + sizeof echo)
            continue;
        memcpy(&echo, packet + header, sizeof echo);
        if (echo.type != ICMP_ECHOREPLY)
            continue;
        wl_ip_from_bytes(&from, WL_FAMILY_V4, (const guint8 *) &source.sin_addr);
        self->reply(&from, ntohs(echo.identifier), ntohs(echo.sequence), self->user_data);
    }
    return G_SOURCE_CONTINUE;
}

/* ---- filters ------------------------------------------------------------------------------- */

static gboolean
accept_replies6(int fd, guint16 identifier)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(EchoMessage, identifier)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, IDENTIFIER_MASK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT32),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct icmp6_filter types;

    ICMP6_FILTER_SETBLOCKALL(&types);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &types);
    return wl_socket_filter_attach(fd, program, G_N_ELEMENTS(program)) &&
           setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &types, sizeof types) == 0;
}

static gboolean
accept_replies4(int fd, guint16 identifier)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), /* skips the IP header */
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, offsetof(EchoMessage, identifier)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, IDENTIFIER_MASK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT32),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct icmp_filter types = {.data = ~(1u << ICMP_ECHOREPLY)};

    return wl_socket_filter_attach(fd, program, G_N_ELEMENTS(program)) &&
           setsockopt(fd, SOL_RAW, ICMP_FILTER, &types, sizeof types) == 0;
}

/* ---- creation ------------------------------------------------------------------------------ */

static gboolean
set_up(int fd, WlFamily family, int ifindex, guint16 identifier)
{
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ifindex, sizeof ifindex) < 0)
        return FALSE;
    return family == WL_FAMILY_V4 ? accept_replies4(fd, identifier)
                                  : accept_replies6(fd, identifier);
}

WlEchoSocket *
wl_echo_socket_new(int fd, WlFamily family, int ifindex, guint16 identifier, WlEchoSocketFunc reply,
                   gpointer user_data, GError **error)
{
    WlEchoSocket *self;

    if (!set_up(fd, family, ifindex, identifier)) {
        int saved = errno;

        wl_fd_clear(&fd);
        wl_io_set_errno(error, saved,
                        "cannot send ICMP echo requests on the link, round trips stay unknown");
        return NULL;
    }
    self = g_new0(WlEchoSocket, 1);
    self->fd = fd;
    self->ifindex = ifindex;
    self->reply = reply;
    self->user_data = user_data;
    self->source = wl_fd_source_new(fd, G_IO_IN, family == WL_FAMILY_V4 ? ready4 : ready6, self);
    return self;
}

void
wl_echo_socket_free(WlEchoSocket *self)
{
    if (!self)
        return;
    wl_source_clear(&self->source);
    wl_fd_clear(&self->fd);
    g_free(self);
}

/* ---- sending ------------------------------------------------------------------------------- */

/* RFC 1071, whose sum does not depend on the byte order. The kernel computes it for ICMPv6 only
 * (RFC 3542, section 3.1). */
static guint16
checksum(const EchoMessage *echo)
{
    guint16 words[sizeof *echo / sizeof(guint16)];
    guint32 sum = 0;

    memcpy(words, echo, sizeof words);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        sum += words[i];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (guint16) ~sum;
}

static void
transmit(int fd, EchoMessage *echo, struct sockaddr *to, socklen_t to_size, int level, int type,
         const void *info, gsize info_size)
{
    _Alignas(struct cmsghdr) guint8 control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {0};
    struct iovec part = {echo, sizeof *echo};
    struct msghdr message = {
        .msg_name = to,
        .msg_namelen = to_size,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = CMSG_SPACE(info_size),
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(info_size);
    memcpy(CMSG_DATA(header), info, info_size);
    (void) !sendmsg(fd, &message, MSG_NOSIGNAL);
}

static void
send6(WlEchoSocket *self, EchoMessage *echo, const WlIp *source, const WlIp *destination)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_scope_id = (guint32) self->ifindex};
    struct in6_pktinfo info = {.ipi6_ifindex = (guint32) self->ifindex};

    echo->type = ICMP6_ECHO_REQUEST;
    memcpy(&to.sin6_addr, destination->bytes, sizeof to.sin6_addr);
    memcpy(&info.ipi6_addr, source->bytes, sizeof info.ipi6_addr);
    transmit(self->fd, echo, (struct sockaddr *) &to, sizeof to, IPPROTO_IPV6, IPV6_PKTINFO, &info,
             sizeof info);
}

static void
send4(WlEchoSocket *self, EchoMessage *echo, const WlIp *source, const WlIp *destination)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct in_pktinfo info = {.ipi_ifindex = self->ifindex};

    echo->type = ICMP_ECHO;
    echo->checksum = checksum(echo);
    memcpy(&to.sin_addr, destination->bytes, sizeof to.sin_addr);
    memcpy(&info.ipi_spec_dst, source->bytes, sizeof info.ipi_spec_dst);
    transmit(self->fd, echo, (struct sockaddr *) &to, sizeof to, IPPROTO_IP, IP_PKTINFO, &info,
             sizeof info);
}

void
wl_echo_socket_send(WlEchoSocket *self, guint16 identifier, guint16 sequence, const WlIp *source,
                    const WlIp *destination)
{
    EchoMessage echo = {.identifier = htons(identifier), .sequence = htons(sequence)};

    if (destination->family == WL_FAMILY_V4)
        send4(self, &echo, source, destination);
    else
        send6(self, &echo, source, destination);
}
