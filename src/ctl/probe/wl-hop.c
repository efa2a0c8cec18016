/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes of a path with UDP packets of a limited number of hops, as traceroute(8) sends them. The
 * kernel puts the answers, which are ICMP errors, into the queue of the socket. Stateless.
 */
#include "wl-hop.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/errqueue.h>

#include "wl-address.h"

/* RFC 792 and RFC 4443. */
#define UNREACHABLE4 3
#define PORT4        3
#define EXCEEDED4    11
#define UNREACHABLE6 1
#define PORT6        4
#define EXCEEDED6    3

static gboolean
connect_to(int fd, const WlIp *ip, guint16 port)
{
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    if (ip->family == WL_FAMILY_V4) {
        memcpy(&to4.sin_addr, ip->bytes, 4);
        return connect(fd, (struct sockaddr *) &to4, sizeof(to4)) == 0;
    }
    memcpy(&to6.sin6_addr, ip->bytes, 16);
    return connect(fd, (struct sockaddr *) &to6, sizeof(to6)) == 0;
}

static gboolean
set_options(int fd, gboolean ipv6, const char *interface, guint hops)
{
    int on = 1, limit = (int) hops;

    if (interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
                                (socklen_t) strlen(interface) + 1) < 0)
        return FALSE;
    return setsockopt(fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_RECVERR : IP_RECVERR, &on,
                      sizeof(on)) == 0 &&
           setsockopt(fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_UNICAST_HOPS : IP_TTL,
                      &limit, sizeof(limit)) == 0;
}

static WlHopAnswer
read_answer(const struct sock_extended_err *error)
{
    gboolean ipv6 = error->ee_origin == SO_EE_ORIGIN_ICMP6;

    if (error->ee_origin != SO_EE_ORIGIN_ICMP && !ipv6)
        return WL_HOP_NONE; /* of this machine */
    if (error->ee_type == (ipv6 ? EXCEEDED6 : EXCEEDED4))
        return WL_HOP_ROUTER;
    if (error->ee_type != (ipv6 ? UNREACHABLE6 : UNREACHABLE4))
        return WL_HOP_NONE;
    return error->ee_code == (ipv6 ? PORT6 : PORT4) ? WL_HOP_PORT : WL_HOP_UNREACHABLE;
}

static char *
dup_offender(const struct sock_extended_err *error)
{
    const struct sockaddr *address = SO_EE_OFFENDER(error);
    char text[INET6_ADDRSTRLEN] = "";

    if (address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *) (const void *) address)->sin_addr, text,
                  sizeof(text));
    else if (address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr,
                  text, sizeof(text));
    return g_strdup(text);
}

static WlHopAnswer
take_answer(int fd, char **router)
{
    _Alignas(struct cmsghdr) char control[512];
    struct msghdr message = {.msg_control = control, .msg_controllen = sizeof(control)};

    if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return WL_HOP_NONE;
    for (struct cmsghdr *i = CMSG_FIRSTHDR(&message); i; i = CMSG_NXTHDR(&message, i)) {
        const struct sock_extended_err *error = (const void *) CMSG_DATA(i);
        WlHopAnswer answer;

        if (!(i->cmsg_level == IPPROTO_IP && i->cmsg_type == IP_RECVERR) &&
            !(i->cmsg_level == IPPROTO_IPV6 && i->cmsg_type == IPV6_RECVERR))
            continue;
        answer = read_answer(error);
        if (answer != WL_HOP_NONE && router)
            *router = dup_offender(error);
        return answer;
    }
    return WL_HOP_NONE;
}

WlHopAnswer
wl_hop_send(const char *address, guint16 port, const char *interface, guint hops, gint64 wait,
            char **router)
{
    WlHopAnswer answer = WL_HOP_NONE;
    struct pollfd ready = {.events = 0};
    WlIp ip;

    if (router)
        *router = NULL;
    if (!wl_ip_parse(address, &ip))
        return WL_HOP_NONE;
    ready.fd = socket(ip.family == WL_FAMILY_V4 ? AF_INET : AF_INET6,
                      SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (ready.fd < 0)
        return WL_HOP_NONE;
    if (set_options(ready.fd, ip.family == WL_FAMILY_V6, interface, hops) &&
        connect_to(ready.fd, &ip, port) && send(ready.fd, "", 0, 0) == 0 &&
        poll(&ready, 1, (int) (wait / 1000)) > 0)
        answer = take_answer(ready.fd, router);
    close(ready.fd);
    return answer;
}
