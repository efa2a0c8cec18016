/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-fact-socket.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The receive buffer of the protocol (docs/protocol.md B). */
#define MAX_DATAGRAM 2424
/* Datagrams read in one dispatch. */
#define BURST 32
/* Takes the whole of a large network's facts at once, which come in a few hundred datagrams. */
#define RECEIVE_BUFFER (1024 * 1024)

struct _WlFactSocket {
    grefcount references;
    int fd;
    guint16 port;
    int ifindex;
    GSource *source;
    WlFactSocketFunc func; /* NULL once freed */
    gpointer user_data;
};

static void
unref(WlFactSocket *self)
{
    if (!g_ref_count_dec(&self->references))
        return;
    close(self->fd);
    g_free(self);
}

static gboolean
ready(gint fd, GIOCondition condition, gpointer user_data)
{
    WlFactSocket *self = user_data;
    guint8 buffer[MAX_DATAGRAM];

    g_ref_count_inc(&self->references);
    /* The function may free the socket. */
    for (guint i = 0; i < BURST && self->func; i++) {
        struct sockaddr_in6 source = {0};
        socklen_t size = sizeof source;
        ssize_t length = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *) &source, &size);
        WlIp ip;

        if (length < 0 && errno == EAGAIN)
            break;
        /* Others are about single packets (an ICMP error, an interrupted call): the socket lives.
         */
        if (length <= 0 || size < sizeof source || source.sin6_family != AF_INET6)
            continue;
        wl_ip_from_bytes(&ip, WL_FAMILY_V6, source.sin6_addr.s6_addr);
        self->func(&ip, buffer, (gsize) length, self->user_data);
    }
    unref(self);
    return G_SOURCE_CONTINUE;
}

static void
fill_address(struct sockaddr_in6 *address, const WlIp *ip, guint16 port, int ifindex)
{
    memset(address, 0, sizeof *address);
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(port);
    address->sin6_scope_id = (guint32) ifindex;
    memcpy(&address->sin6_addr, ip->bytes, sizeof address->sin6_addr);
}

WlFactSocket *
wl_fact_socket_new(const WlIp *local, guint16 port, int ifindex, WlFactSocketFunc func,
                   gpointer user_data, GError **error)
{
    const int on = 1, size = RECEIVE_BUFFER;
    struct sockaddr_in6 address;
    WlFactSocket *self;
    int fd;

    fill_address(&address, local, port, ifindex);
    fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *) &address, sizeof address) < 0) {
        int saved = errno;
        g_autofree char *text = wl_ip_to_string(local);

        if (fd >= 0)
            close(fd);
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    saved == EADDRINUSE ? "UDP [%s]:%u is used by another program; choose another "
                                          "fact-port: %s"
                                        : "cannot listen for facts on UDP [%s]:%u: %s",
                    text, port, g_strerror(saved));
        return NULL;
    }
    /* Beyond the system's limit only with the capability; what we get is good enough without. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    self = g_new0(WlFactSocket, 1);
    g_ref_count_init(&self->references);
    self->fd = fd;
    self->port = port;
    self->ifindex = ifindex;
    self->func = func;
    self->user_data = user_data;
    self->source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(self->source, G_SOURCE_FUNC(ready), self, NULL);
    g_source_attach(self->source, NULL);
    return self;
}

void
wl_fact_socket_free(WlFactSocket *self)
{
    if (!self)
        return;
    self->func = NULL;
    g_source_destroy(self->source);
    g_clear_pointer(&self->source, g_source_unref);
    unref(self);
}

gboolean
wl_fact_socket_send(WlFactSocket *self, const WlIp *destination, GBytes *bytes, GError **error)
{
    g_autofree char *text = NULL;
    struct sockaddr_in6 address;
    gconstpointer data;
    gsize length;
    ssize_t sent;
    int saved;

    data = g_bytes_get_data(bytes, &length);
    fill_address(&address, destination, self->port, self->ifindex);
    do
        sent = sendto(self->fd, data, length, MSG_NOSIGNAL, (struct sockaddr *) &address,
                      sizeof address);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return TRUE;
    saved = errno;
    switch (saved) {
    case EDESTADDRREQ: /* WireGuard: the peer has no endpoint */
    case ENOKEY:       /* WireGuard: nobody owns the address */
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EPERM:
    case EAGAIN:
        return TRUE;
    }
    text = wl_ip_to_string(destination);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                "cannot send %" G_GSIZE_FORMAT " bytes to [%s]:%u: %s", length, text, self->port,
                g_strerror(saved));
    return FALSE;
}
