/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ICMP echo client: a ping socket where the user may open one, else a raw socket. A reply counts
 * if it carries the random bytes of its request. The object belongs to the caller.
 */
#include "wl-ping.h"

#include <errno.h>
#include <glib-unix.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-address.h"
#include "wl-exit.h"

#define ECHO_REQUEST4 8
#define ECHO_REPLY4   0
#define ECHO_REQUEST6 128
#define ECHO_REPLY6   129
#define ICMP_HEADER   8 /* type, code, checksum, identifier, sequence */
#define TOKEN         16
#define LEAST         24 /* bytes of data: the token and some to spare */
#define MAX_SIZE      9000

struct WlPing {
    int fd;
    gboolean ipv6, raw;
    guint16 identifier, sequence;
    guint8 token[TOKEN];
};

/* ---- packets ------------------------------------------------------------------------------- */

const guint8 *
wl_ping_find_data(const guint8 *packet, gsize length, gboolean ipv6, gboolean raw, guint16 sequence,
                  gsize *data_length)
{
    gsize header = 0;

    if (raw && !ipv6) {
        if (length < 20)
            return NULL;
        header = (gsize) (packet[0] & 0xf) * 4;
    }
    if (header + ICMP_HEADER > length)
        return NULL;
    packet += header;
    if (packet[0] != (ipv6 ? ECHO_REPLY6 : ECHO_REPLY4) || packet[1] != 0 ||
        packet[6] != sequence >> 8 || packet[7] != (sequence & 0xff))
        return NULL;
    *data_length = length - header - ICMP_HEADER;
    return packet + ICMP_HEADER;
}

/* The internet checksum (RFC 1071). */
static guint16
get_checksum(const guint8 *bytes, gsize length)
{
    guint32 sum = 0;

    for (gsize i = 0; i < length; i++)
        sum += i % 2 ? (guint32) bytes[i] : (guint32) bytes[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (guint16) ~sum;
}

/* The kernel writes the checksum of ICMPv6, and that and the identifier of a ping socket. */
static void
write_request(const WlPing *self, guint8 *packet, gsize length)
{
    guint16 checksum;

    memset(packet, 0, length);
    packet[0] = self->ipv6 ? ECHO_REQUEST6 : ECHO_REQUEST4;
    packet[4] = (guint8) (self->identifier >> 8);
    packet[5] = (guint8) self->identifier;
    packet[6] = (guint8) (self->sequence >> 8);
    packet[7] = (guint8) self->sequence;
    memcpy(packet + ICMP_HEADER, self->token, TOKEN);
    if (self->ipv6)
        return;
    checksum = get_checksum(packet, length);
    packet[2] = (guint8) (checksum >> 8);
    packet[3] = (guint8) checksum;
}

/* ---- the socket ---------------------------------------------------------------------------- */

static int
open_socket(gboolean ipv6, gboolean *raw)
{
    int family = ipv6 ? AF_INET6 : AF_INET, protocol = ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

    *raw = fd < 0;
    return fd < 0 ? socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol) : fd;
}

static gboolean
connect_to(int fd, const WlIp *ip, const char *interface)
{
    struct sockaddr_in to4 = {.sin_family = AF_INET};
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6};

    /* Without the permission the routes decide. */
    (void) !setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
                       (socklen_t) strlen(interface) + 1);
    if (ip->family == WL_FAMILY_V4) {
        memcpy(&to4.sin_addr, ip->bytes, sizeof(to4.sin_addr));
        return connect(fd, (const struct sockaddr *) &to4, sizeof(to4)) == 0;
    }
    memcpy(&to6.sin6_addr, ip->bytes, sizeof(to6.sin6_addr));
    to6.sin6_scope_id = IN6_IS_ADDR_LINKLOCAL(&to6.sin6_addr) ? if_nametoindex(interface) : 0;
    return connect(fd, (const struct sockaddr *) &to6, sizeof(to6)) == 0;
}

WlPing *
wl_ping_new(const char *address, const char *interface, GError **error)
{
    g_autoptr(WlPing) self = g_new0(WlPing, 1);
    WlIp ip;

    self->fd = -1;
    if (!wl_ip_parse(address, &ip)) {
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE, "\"%s\" is not an IP address", address);
        return NULL;
    }
    if (if_nametoindex(interface) == 0) {
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "the interface \"%s\" does not exist here: run the command in the network "
                    "namespace of the profile",
                    interface);
        return NULL;
    }
    self->ipv6 = ip.family == WL_FAMILY_V6;
    self->fd = open_socket(self->ipv6, &self->raw);
    if (self->fd < 0 && (errno == EACCES || errno == EPERM)) {
        g_set_error_literal(
            error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
            "this user may not send echo requests: run the command with sudo, or allow all users "
            "with sysctl net.ipv4.ping_group_range=\"0 2147483647\"");
        return NULL;
    }
    if (self->fd < 0 || !connect_to(self->fd, &ip, interface)) {
        int saved = errno;

        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "cannot send to %s through %s: %s; ip route get %s shows where it would go",
                    address, interface, g_strerror(saved), address);
        return NULL;
    }
    if (getrandom(self->token, TOKEN, 0) != TOKEN ||
        getrandom(&self->identifier, sizeof(self->identifier), 0) != sizeof(self->identifier)) {
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                            "the kernel has no random bytes; try again later");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
wl_ping_free(WlPing *self)
{
    if (!self)
        return;
    if (self->fd >= 0)
        close(self->fd);
    g_free(self);
}

gboolean
wl_ping_is_ipv6(const WlPing *self)
{
    return self->ipv6;
}

void
wl_ping_set_unfragmented(WlPing *self)
{
    const int value4 = IP_PMTUDISC_PROBE, value6 = IPV6_PMTUDISC_PROBE;

    if (self->ipv6)
        (void) !setsockopt(self->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &value6, sizeof(value6));
    else
        (void) !setsockopt(self->fd, IPPROTO_IP, IP_MTU_DISCOVER, &value4, sizeof(value4));
}

/* ---- one request --------------------------------------------------------------------------- */

static gboolean
set_flag(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_CONTINUE;
}

static gboolean
set_readable(int fd, GIOCondition condition, gpointer user_data)
{
    return set_flag(user_data);
}

/* TRUE if the reply is among what was received; else *error is that of the socket, or 0. */
static gboolean
take_reply(const WlPing *self, int *error)
{
    guint8 packet[MAX_SIZE + 128];
    gssize n;

    *error = 0;
    while ((n = recv(self->fd, packet, sizeof(packet), 0)) >= 0) {
        gsize length = 0;
        const guint8 *data =
            wl_ping_find_data(packet, (gsize) n, self->ipv6, self->raw, self->sequence, &length);

        if (data && length >= TOKEN && memcmp(data, self->token, TOKEN) == 0)
            return TRUE;
    }
    if (errno != EAGAIN && errno != EINTR)
        *error = errno;
    return FALSE;
}

static WlPingResult
classify(int error)
{
    return error == EMSGSIZE ? WL_PING_TOO_BIG : WL_PING_UNREACHABLE;
}

/* Until the reply, an error, or the end of @timeout. */
static WlPingResult
wait_for_reply(const WlPing *self, gint64 timeout, GCancellable *cancellable)
{
    gboolean readable = FALSE, over = FALSE;
    guint source = g_unix_fd_add(self->fd, G_IO_IN | G_IO_ERR, set_readable, &readable);
    guint timer = g_timeout_add((guint) (timeout / 1000), set_flag, &over);
    WlPingResult result = WL_PING_NO_REPLY;
    int error = 0;

    while (result == WL_PING_NO_REPLY && !over && !g_cancellable_is_cancelled(cancellable)) {
        g_main_context_iteration(NULL, TRUE);
        if (!readable)
            continue;
        readable = FALSE;
        if (take_reply(self, &error))
            result = WL_PING_REPLY;
        else if (error)
            result = classify(error);
    }
    g_source_remove(source);
    g_source_remove(timer);
    return result;
}

WlPingResult
wl_ping_send(WlPing *self, guint size, gint64 timeout, GCancellable *cancellable,
             gint64 *round_trip)
{
    gsize length = ICMP_HEADER + CLAMP(size, LEAST, MAX_SIZE - ICMP_HEADER);
    guint8 packet[MAX_SIZE];
    gint64 sent;
    WlPingResult result;

    self->sequence++;
    write_request(self, packet, length);
    sent = g_get_monotonic_time();
    if (send(self->fd, packet, length, 0) < 0 && errno != EAGAIN && errno != ENOBUFS)
        return classify(errno);
    result = wait_for_reply(self, timeout, cancellable);
    *round_trip = g_get_monotonic_time() - sent;
    return result;
}
