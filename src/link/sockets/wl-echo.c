/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-echo.h"

/* First, or the kernel's own headers keep a part of it back. */
#include <netinet/in.h>

#include <errno.h>
#include <glib-unix.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROBE_INTERVAL (1 * G_USEC_PER_SEC)
#define PROBE_TIMEOUT  (3 * G_USEC_PER_SEC)
#define RESULT_AGE     (60 * G_USEC_PER_SEC)
#define MAX_PEERS      2048
/* Answers read in one dispatch. */
#define BURST 64
/* The last bit of an identifier: whose echo it is. */
#define OF_PROBE 1

/* An echo of either family begins like this. */
typedef struct {
    guint8 type, code;
    guint16 checksum, identifier, sequence;
} Echo;

G_STATIC_ASSERT(sizeof(Echo) == sizeof(struct icmp6_hdr) && sizeof(Echo) == sizeof(struct icmphdr));

typedef struct {
    guint16 sequence; /* of the last round trip */
    gint64 sent;      /* of the last one, while it is outstanding; else 0 */
    gint64 measured;  /* 0: never */
    guint32 round_trip;
} Peer;

typedef struct {
    gboolean outstanding;
    guint16 sequence;
    WlIp destination;
    WlKey key;
} Probe;

/* One for each family. */
typedef struct {
    int fd; /* -1: none */
    GSource *source;
} Side;

struct _WlEcho {
    Side v6, v4;
    int ifindex;
    WlIp local;
    guint16 identifier; /* even; of probes: the next */
    guint16 sequence;
    GHashTable *peers; /* WlIp* -> Peer */
    Probe probes[WL_ECHO_REQUESTS];
    WlEchoReplyFunc answered;
    gpointer user_data;
};

static guint
ip_hash(gconstpointer key)
{
    const WlIp *ip = key;
    guint hash;

    /* A link-local address is a hash already. */
    memcpy(&hash, ip->bytes + 8, sizeof hash);
    return hash;
}

static gboolean
ip_equal(gconstpointer a, gconstpointer b)
{
    return wl_ip_equal(a, b);
}

/* ---- answers */

static void
round_trip_answered(WlEcho *self, const WlIp *from, guint16 sequence)
{
    Peer *peer = g_hash_table_lookup(self->peers, from);
    gint64 now = g_get_monotonic_time();

    if (!peer || peer->sent == 0 || peer->sequence != sequence)
        return;
    peer->round_trip = (guint32) CLAMP(now - peer->sent, 1, G_MAXUINT32);
    peer->measured = now;
    peer->sent = 0;
}

static void
probe_answered(WlEcho *self, const WlIp *from, guint16 sequence)
{
    Probe *probe = &self->probes[sequence % WL_ECHO_REQUESTS];
    WlKey key = probe->key;

    if (!probe->outstanding || probe->sequence != sequence ||
        !wl_ip_equal(&probe->destination, from))
        return;
    probe->outstanding = FALSE;
    self->answered(&key, sequence, self->user_data);
}

static void
take_answer(WlEcho *self, const WlIp *from, const Echo *echo)
{
    guint16 identifier = ntohs(echo->identifier);

    if (identifier == self->identifier)
        round_trip_answered(self, from, ntohs(echo->sequence));
    else if (identifier == (self->identifier | OF_PROBE))
        probe_answered(self, from, ntohs(echo->sequence));
}

static gboolean
ready6(int fd, GIOCondition condition, gpointer user_data)
{
    WlEcho *self = user_data;

    for (guint i = 0; i < BURST; i++) {
        struct sockaddr_in6 source = {0};
        socklen_t size = sizeof source;
        WlIp from;
        Echo echo;
        ssize_t length = recvfrom(fd, &echo, sizeof echo, 0, (struct sockaddr *) &source, &size);

        if (length < 0 && errno == EAGAIN)
            break;
        if (length < (ssize_t) sizeof echo || echo.type != ICMP6_ECHO_REPLY || size < sizeof source)
            continue;
        wl_ip_from_bytes(&from, WL_FAMILY_V6, source.sin6_addr.s6_addr);
        take_answer(self, &from, &echo);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
ready4(int fd, GIOCondition condition, gpointer user_data)
{
    WlEcho *self = user_data;

    for (guint i = 0; i < BURST; i++) {
        struct sockaddr_in source = {0};
        socklen_t size = sizeof source;
        guint8 packet[60 + sizeof(Echo)]; /* the longest IP header there is */
        WlIp from;
        Echo echo;
        gsize header;
        ssize_t length = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *) &source, &size);

        if (length < 0 && errno == EAGAIN)
            break;
        if (length < 20 || size < sizeof source)
            continue;
        header = (gsize) (packet[0] & 0x0f) * 4;
        if ((gsize) length < header + sizeof echo)
            continue;
        memcpy(&echo, packet + header, sizeof echo);
        if (echo.type != ICMP_ECHOREPLY)
            continue;
        wl_ip_from_bytes(&from, WL_FAMILY_V4, (const guint8 *) &source.sin_addr);
        take_answer(self, &from, &echo);
    }
    return G_SOURCE_CONTINUE;
}

/* ---- life */

static gboolean
attach(int fd, struct sock_filter *program, guint16 length)
{
    struct sock_fprog filter = {length, program};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

/* Somebody else's answers are not to wake us. */
static gboolean
let_in6(int fd, guint16 identifier)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(Echo, identifier)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, G_MAXUINT16 & ~OF_PROBE),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT32),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct icmp6_filter types;

    ICMP6_FILTER_SETBLOCKALL(&types);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &types);
    return attach(fd, program, G_N_ELEMENTS(program)) &&
           setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &types, sizeof types) == 0;
}

static gboolean
let_in4(int fd, guint16 identifier)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), /* over the IP header */
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, offsetof(Echo, identifier)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, G_MAXUINT16 & ~OF_PROBE),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT32),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct icmp_filter types = {.data = ~(1u << ICMP_ECHOREPLY)};

    return attach(fd, program, G_N_ELEMENTS(program)) &&
           setsockopt(fd, SOL_RAW, ICMP_FILTER, &types, sizeof types) == 0;
}

static gboolean
bind_to_link(int fd, int ifindex)
{
    return setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ifindex, sizeof ifindex) == 0;
}

static void
side_open(WlEcho *self, Side *side, int fd, GUnixFDSourceFunc ready)
{
    side->fd = fd;
    side->source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(side->source, G_SOURCE_FUNC(ready), self, NULL);
    g_source_attach(side->source, NULL);
}

static void
side_close(Side *side)
{
    if (side->source) {
        g_source_destroy(side->source);
        g_source_unref(side->source);
    }
    if (side->fd >= 0)
        close(side->fd);
}

WlEcho *
wl_echo_new(WlRawSockets *sockets, const WlIp *local, int ifindex, WlEchoReplyFunc answered,
            gpointer user_data, GError **error)
{
    guint16 identifier = (guint16) g_random_int() & (guint16) ~OF_PROBE;
    int fd6 = wl_raw_sockets_steal(&sockets->icmp6), fd4 = wl_raw_sockets_steal(&sockets->icmp4);
    WlEcho *self;

    if (!bind_to_link(fd6, ifindex) || !let_in6(fd6, identifier) ||
        (fd4 >= 0 && (!bind_to_link(fd4, ifindex) || !let_in4(fd4, identifier)))) {
        int saved = errno;

        close(fd6);
        if (fd4 >= 0)
            close(fd4);
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    "cannot send echoes on the link, round trips stay unknown: %s",
                    g_strerror(saved));
        return NULL;
    }
    self = g_new0(WlEcho, 1);
    self->v4.fd = -1;
    self->ifindex = ifindex;
    self->local = *local;
    self->identifier = identifier;
    self->sequence = (guint16) g_random_int();
    self->peers = g_hash_table_new_full(ip_hash, ip_equal, g_free, g_free);
    self->answered = answered;
    self->user_data = user_data;
    side_open(self, &self->v6, fd6, ready6);
    if (fd4 >= 0)
        side_open(self, &self->v4, fd4, ready4);
    return self;
}

void
wl_echo_free(WlEcho *self)
{
    if (!self)
        return;
    side_close(&self->v6);
    side_close(&self->v4);
    g_hash_table_unref(self->peers);
    g_free(self);
}

/* ---- sending */

/* RFC 1071; the kernel does it for ICMPv6 only. */
static guint16
checksum(const void *data, gsize length)
{
    const guint8 *bytes = data;
    guint32 sum = 0;

    for (gsize i = 0; i + 1 < length; i += 2)
        sum += (guint32) bytes[i] << 8 | bytes[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((guint16) ~sum);
}

/* One that cannot be sent is like one that is not answered. */
static void
transmit(int fd, Echo *echo, struct sockaddr *to, socklen_t to_size, int level, int type,
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
send6(WlEcho *self, guint16 identifier, guint16 sequence, const WlIp *source,
      const WlIp *destination)
{
    Echo echo = {
        .type = ICMP6_ECHO_REQUEST, .identifier = htons(identifier), .sequence = htons(sequence)};
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_scope_id = (guint32) self->ifindex};
    struct in6_pktinfo info = {.ipi6_ifindex = (guint32) self->ifindex};

    memcpy(&to.sin6_addr, destination->bytes, sizeof to.sin6_addr);
    memcpy(&info.ipi6_addr, source->bytes, sizeof info.ipi6_addr);
    transmit(self->v6.fd, &echo, (struct sockaddr *) &to, sizeof to, IPPROTO_IPV6, IPV6_PKTINFO,
             &info, sizeof info);
}

static void
send4(WlEcho *self, guint16 sequence, const WlIp *source, const WlIp *destination)
{
    Echo echo = {.type = ICMP_ECHO,
                 .identifier = htons(self->identifier | OF_PROBE),
                 .sequence = htons(sequence)};
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct in_pktinfo info = {.ipi_ifindex = self->ifindex};

    if (self->v4.fd < 0)
        return;
    memcpy(&to.sin_addr, destination->bytes, sizeof to.sin_addr);
    memcpy(&info.ipi_spec_dst, source->bytes, sizeof info.ipi_spec_dst);
    echo.checksum = checksum(&echo, sizeof echo);
    transmit(self->v4.fd, &echo, (struct sockaddr *) &to, sizeof to, IPPROTO_IP, IP_PKTINFO, &info,
             sizeof info);
}

void
wl_echo_send(WlEcho *self, const WlKey *key, const WlIp *source, const WlIp *destination,
             guint16 sequence)
{
    Probe *probe = &self->probes[sequence % WL_ECHO_REQUESTS];

    if (source->family == WL_FAMILY_NONE)
        source = &self->local;
    if (source->family == WL_FAMILY_V4 ? destination->family != WL_FAMILY_V4
                                       : destination->family != WL_FAMILY_V6)
        return;
    *probe = (Probe){
        .outstanding = TRUE, .sequence = sequence, .destination = *destination, .key = *key};
    if (destination->family == WL_FAMILY_V4)
        send4(self, sequence, source, destination);
    else
        send6(self, self->identifier | OF_PROBE, sequence, source, destination);
}

/* ---- round trips */

static Peer *
find_or_add(WlEcho *self, const WlIp *ip)
{
    Peer *peer = g_hash_table_lookup(self->peers, ip);

    if (peer || g_hash_table_size(self->peers) >= MAX_PEERS)
        return peer;
    peer = g_new0(Peer, 1);
    g_hash_table_insert(self->peers, g_memdup2(ip, sizeof *ip), peer);
    return peer;
}

guint32
wl_echo_get_round_trip(WlEcho *self, const WlIp *ip)
{
    const Peer *peer = g_hash_table_lookup(self->peers, ip);

    if (!peer || peer->measured == 0 || g_get_monotonic_time() - peer->measured > RESULT_AGE)
        return 0;
    return peer->round_trip;
}

void
wl_echo_measure(WlEcho *self, const WlIp *ip)
{
    gint64 now = g_get_monotonic_time();
    Peer *peer = find_or_add(self, ip);

    if (!peer || (peer->measured != 0 && now - peer->measured < PROBE_INTERVAL))
        return;
    if (peer->sent != 0) {
        if (now - peer->sent < PROBE_TIMEOUT)
            return;
        /* The last was not answered: what was measured before says nothing about now. */
        peer->measured = 0;
    }
    peer->sequence = self->sequence++;
    peer->sent = now;
    send6(self, self->identifier, peer->sequence, &self->local, ip);
}

void
wl_echo_forget(WlEcho *self, const WlIp *ip)
{
    g_hash_table_remove(self->peers, ip);
}
