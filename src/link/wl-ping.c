/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ping.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/filter.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
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

typedef struct {
    guint16 sequence; /* of the last probe */
    gint64 sent;      /* of the last probe, while it is outstanding; else 0 */
    gint64 measured;  /* 0: never */
    guint32 round_trip;
} Peer;

struct _WlPing {
    int fd;
    int ifindex;
    guint16 identifier;
    guint16 sequence;
    GSource *source;
    GHashTable *peers; /* WlIp* -> Peer */
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

int
wl_ping_open_socket(GError **error)
{
    struct icmp6_filter none;
    int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);
    int saved;

    ICMP6_FILTER_SETBLOCKALL(&none);
    if (fd >= 0 && setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &none, sizeof none) == 0)
        return fd;
    saved = errno;
    if (fd >= 0)
        close(fd);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                "cannot open a socket for echoes, round trips stay unknown: %s", g_strerror(saved));
    return -1;
}

/* ---- answers */

static void
take_answer(WlPing *self, const WlIp *from, guint16 sequence)
{
    Peer *peer = g_hash_table_lookup(self->peers, from);
    gint64 now = g_get_monotonic_time();

    if (!peer || peer->sent == 0 || peer->sequence != sequence)
        return;
    peer->round_trip = (guint32) CLAMP(now - peer->sent, 1, G_MAXUINT32);
    peer->measured = now;
    peer->sent = 0;
}

static gboolean
ready(int fd, GIOCondition condition, gpointer user_data)
{
    WlPing *self = user_data;

    for (guint i = 0; i < BURST; i++) {
        struct sockaddr_in6 source = {0};
        socklen_t size = sizeof source;
        struct icmp6_hdr header;
        ssize_t length =
            recvfrom(fd, &header, sizeof header, 0, (struct sockaddr *) &source, &size);
        WlIp from;

        if (length < 0 && errno == EAGAIN)
            break;
        if (length < (ssize_t) sizeof header || header.icmp6_type != ICMP6_ECHO_REPLY ||
            ntohs(header.icmp6_id) != self->identifier || size < sizeof source)
            continue;
        wl_ip_from_bytes(&from, WL_FAMILY_V6, source.sin6_addr.s6_addr);
        take_answer(self, &from, ntohs(header.icmp6_seq));
    }
    return G_SOURCE_CONTINUE;
}

/* ---- life */

/* Somebody else's answers are not to wake us. */
static gboolean
let_in(int fd, guint16 identifier)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct icmp6_hdr, icmp6_id)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT32),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog filter = {G_N_ELEMENTS(program), program};
    struct icmp6_filter types;

    ICMP6_FILTER_SETBLOCKALL(&types);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &types);
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0 &&
           setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &types, sizeof types) == 0;
}

static void
fill_address(struct sockaddr_in6 *address, const WlIp *ip, int ifindex)
{
    memset(address, 0, sizeof *address);
    address->sin6_family = AF_INET6;
    address->sin6_scope_id = (guint32) ifindex;
    memcpy(&address->sin6_addr, ip->bytes, sizeof address->sin6_addr);
}

WlPing *
wl_ping_new(int fd, const WlIp *local, int ifindex, GError **error)
{
    guint16 identifier = (guint16) g_random_int();
    struct sockaddr_in6 address;
    WlPing *self;

    fill_address(&address, local, ifindex);
    if (bind(fd, (struct sockaddr *) &address, sizeof address) < 0 || !let_in(fd, identifier)) {
        int saved = errno;

        close(fd);
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    "cannot send echoes on the link, round trips stay unknown: %s",
                    g_strerror(saved));
        return NULL;
    }
    self = g_new0(WlPing, 1);
    self->fd = fd;
    self->ifindex = ifindex;
    self->identifier = identifier;
    self->sequence = (guint16) g_random_int();
    self->peers = g_hash_table_new_full(ip_hash, ip_equal, g_free, g_free);
    self->source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(self->source, G_SOURCE_FUNC(ready), self, NULL);
    g_source_attach(self->source, NULL);
    return self;
}

void
wl_ping_free(WlPing *self)
{
    if (!self)
        return;
    g_source_destroy(self->source);
    g_source_unref(self->source);
    close(self->fd);
    g_hash_table_unref(self->peers);
    g_free(self);
}

/* ---- probes */

static Peer *
find_or_add(WlPing *self, const WlIp *ip)
{
    Peer *peer = g_hash_table_lookup(self->peers, ip);

    if (peer || g_hash_table_size(self->peers) >= MAX_PEERS)
        return peer;
    peer = g_new0(Peer, 1);
    g_hash_table_insert(self->peers, g_memdup2(ip, sizeof *ip), peer);
    return peer;
}

guint32
wl_ping_get(WlPing *self, const WlIp *ip)
{
    const Peer *peer = g_hash_table_lookup(self->peers, ip);

    if (!peer || peer->measured == 0 || g_get_monotonic_time() - peer->measured > RESULT_AGE)
        return 0;
    return peer->round_trip;
}

void
wl_ping_probe(WlPing *self, const WlIp *ip)
{
    struct icmp6_hdr header = {.icmp6_type = ICMP6_ECHO_REQUEST};
    gint64 now = g_get_monotonic_time();
    struct sockaddr_in6 address;
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
    header.icmp6_id = htons(self->identifier);
    header.icmp6_seq = htons(peer->sequence);
    fill_address(&address, ip, self->ifindex);
    /* The kernel fills in the checksum. One that cannot be sent is like one that is not answered.
     */
    (void) !sendto(self->fd, &header, sizeof header, MSG_NOSIGNAL, (struct sockaddr *) &address,
                   sizeof address);
}

void
wl_ping_forget(WlPing *self, const WlIp *ip)
{
    g_hash_table_remove(self->peers, ip);
}
