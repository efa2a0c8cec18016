/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Traffic through a tunnel while the network below it changes.
 *
 *   traffic serve ADDRESS PORT
 *       echoes everything that arrives over TCP and UDP
 *
 *   traffic stream ADDRESS PORT
 *       one endless TCP connection with 20 lines a second, each of which must return in order;
 *       prints "received N" twice a second
 *
 *   traffic probe ADDRESS PORT
 *       100 datagrams a second; prints "route MS" when a default route appears, MS after the start;
 *       "answered MS +N" at the first reply to a later datagram, N ms after the route; and "gap N"
 *       for replies that are N ms apart, if more than 300
 */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CLIENTS 8
#define GAP_MS      300

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t) 1000 + now.tv_nsec / 1000000;
}

static void
die(const char *what)
{
    fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int
open_socket(int type, const struct sockaddr_in *address, int server)
{
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), one = 1;

    if (fd < 0)
        die("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (server ? bind(fd, (const struct sockaddr *) address, sizeof *address)
               : connect(fd, (const struct sockaddr *) address, sizeof *address))
        die(server ? "bind" : "connect");
    if (server && type == SOCK_STREAM && listen(fd, MAX_CLIENTS))
        die("listen");
    return fd;
}

static void
echo_datagram(int fd)
{
    char data[2048];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t n = recvfrom(fd, data, sizeof data, 0, (struct sockaddr *) &from, &length);

    if (n > 0)
        (void) !sendto(fd, data, (size_t) n, 0, (struct sockaddr *) &from, length);
}

static void __attribute__((noreturn)) serve(const struct sockaddr_in *address)
{
    struct pollfd fds[2 + MAX_CLIENTS] = {
        {.fd = open_socket(SOCK_DGRAM, address, 1), .events = POLLIN},
        {.fd = open_socket(SOCK_STREAM, address, 1), .events = POLLIN},
    };
    nfds_t n = 2;

    for (;;) {
        if (poll(fds, n, -1) < 0)
            die("poll");
        if (fds[0].revents)
            echo_datagram(fds[0].fd);
        if (fds[1].revents && n < 2 + MAX_CLIENTS)
            fds[n++] = (struct pollfd){.fd = accept(fds[1].fd, NULL, NULL), .events = POLLIN};
        for (nfds_t i = 2; i < n; i++) {
            char data[2048];
            ssize_t length = fds[i].revents ? read(fds[i].fd, data, sizeof data) : 0;

            if (length > 0)
                (void) !write(fds[i].fd, data, (size_t) length);
            else if (fds[i].revents)
                close(fds[i].fd), fds[i] = fds[--n];
        }
    }
}

/* ---- stream -------------------------------------------------------------------------------- */

/* Lines "%08u\n", so that the position of each byte is known. */
static void
check_stream(const char *data, size_t length, uint64_t *received)
{
    for (size_t i = 0; i < length; i++, (*received)++) {
        char line[16];

        snprintf(line, sizeof line, "%08u\n", (unsigned) (*received / 9 % 100000000));
        if (data[i] != line[*received % 9]) {
            fprintf(stderr, "traffic: byte %llu of the stream differs\n",
                    (unsigned long long) *received);
            exit(1);
        }
    }
}

static void __attribute__((noreturn)) stream(const struct sockaddr_in *address)
{
    struct pollfd fd = {.fd = open_socket(SOCK_STREAM, address, 0), .events = POLLIN};
    uint64_t sent = 0, received = 0;
    int one = 1;

    setsockopt(fd.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (int64_t next = now_ms();;) {
        int64_t left = next - now_ms();
        char data[2048];

        if (left > 0 && poll(&fd, 1, (int) left) < 0)
            die("poll");
        if (fd.revents) {
            ssize_t n = read(fd.fd, data, sizeof data);

            if (n <= 0)
                die("the stream broke");
            check_stream(data, (size_t) n, &received);
        }
        fd.revents = 0;
        if (now_ms() < next)
            continue;
        next += 50;
        if (sent % 10 == 0)
            printf("received %llu\n", (unsigned long long) received / 9);
        snprintf(data, sizeof data, "%08u\n", (unsigned) (sent++ % 100000000));
        /* The send buffer is full: the stream pauses. */
        if (send(fd.fd, data, 9, MSG_DONTWAIT) != 9) {
            if (errno != EAGAIN)
                die("the stream broke");
            sent--;
        }
    }
}

/* ---- probe --------------------------------------------------------------------------------- */

static int
open_routes(void)
{
    struct sockaddr_nl local = {.nl_family = AF_NETLINK,
                                .nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    if (fd < 0 || bind(fd, (struct sockaddr *) &local, sizeof local))
        die("netlink");
    return fd;
}

static int
default_route_came(int fd)
{
    char data[16384];
    ssize_t n = recv(fd, data, sizeof data, 0);
    int came = 0;

    for (struct nlmsghdr *message = (struct nlmsghdr *) data; n > 0 && NLMSG_OK(message, n);
         message = NLMSG_NEXT(message, n)) {
        const struct rtmsg *route = NLMSG_DATA(message);

        if (message->nlmsg_type == RTM_NEWROUTE && route->rtm_dst_len == 0 &&
            route->rtm_table == RT_TABLE_MAIN && route->rtm_type == RTN_UNICAST)
            came = 1;
    }
    return came;
}

static void __attribute__((noreturn)) probe(const struct sockaddr_in *address)
{
    struct pollfd fds[] = {{.fd = open_socket(SOCK_DGRAM, address, 0), .events = POLLIN},
                           {.fd = open_routes(), .events = POLLIN}};
    int64_t start = now_ms(), next = start, answered = start, route = -1;

    for (;;) {
        int64_t left = next - now_ms(), sent;

        if (poll(fds, 2, left > 0 ? (int) left : 0) < 0)
            die("poll");
        if (fds[1].revents && default_route_came(fds[1].fd)) {
            route = now_ms();
            printf("route %lld\n", (long long) (route - start));
        }
        if (fds[0].revents && recv(fds[0].fd, &sent, sizeof sent, 0) == sizeof sent) {
            int64_t now = now_ms();

            if (now - answered > GAP_MS)
                printf("gap %lld\n", (long long) (now - answered));
            answered = now;
            if (route >= 0 && sent >= route) {
                printf("answered %lld +%lld\n", (long long) (now - start),
                       (long long) (now - route));
                route = -1;
            }
        }
        if (now_ms() < next)
            continue;
        next = now_ms() + 10;
        sent = now_ms();
        (void) !send(fds[0].fd, &sent, sizeof sent, MSG_DONTWAIT);
    }
}

int
main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 4 || inet_pton(AF_INET, argv[2], &address.sin_addr) != 1) {
        fprintf(stderr, "usage: traffic serve|stream|probe ADDRESS PORT\n");
        return 2;
    }
    address.sin_port = htons((uint16_t) atoi(argv[3]));
    if (!strcmp(argv[1], "serve"))
        serve(&address);
    if (!strcmp(argv[1], "stream"))
        stream(&address);
    probe(&address);
}
