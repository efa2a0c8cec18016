/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two sockets: one that is connected to the gateway, for requests and replies, and one for what the
 * gateway announces to its clients, which is optional. Passes datagrams on unread.
 */
#include "wl-mapping-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "wl-fd-source.h"
#include "wl-link-error.h"

#define MAX_DATAGRAM 1100 /* RFC 6887, section 7 */
#define BURST        8    /* datagrams read in one dispatch */

struct _WlMappingSocket {
    grefcount references;
    WlMappingSocketConfig config;
    int fd, announcements;
    GSource *source, *announcements_source;
    WlMappingSocketFunc func; /* NULL once freed */
    gpointer user_data;
};

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} SocketAddress;

static socklen_t
fill_address(SocketAddress *address, const WlIp *ip, guint16 port, int ifindex)
{
    memset(address, 0, sizeof *address);
    if (ip->family == WL_FAMILY_V4) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        memcpy(&address->v4.sin_addr, ip->bytes, sizeof address->v4.sin_addr);
        return sizeof address->v4;
    }
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = htons(port);
    address->v6.sin6_scope_id = (guint32) ifindex;
    memcpy(&address->v6.sin6_addr, ip->bytes, sizeof address->v6.sin6_addr);
    return sizeof address->v6;
}

static gboolean
read_source(const SocketAddress *address, WlIp *ip)
{
    if (address->any.sa_family == AF_INET)
        wl_ip_from_bytes(ip, WL_FAMILY_V4, (const guint8 *) &address->v4.sin_addr);
    else if (address->any.sa_family == AF_INET6)
        wl_ip_from_bytes(ip, WL_FAMILY_V6, address->v6.sin6_addr.s6_addr);
    else
        return FALSE;
    return TRUE;
}

static void
unref(WlMappingSocket *self)
{
    if (!g_ref_count_dec(&self->references))
        return;
    wl_fd_clear(&self->fd);
    wl_fd_clear(&self->announcements);
    g_free(self);
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
    WlMappingSocket *self = user_data;
    guint8 buffer[MAX_DATAGRAM];

    g_ref_count_inc(&self->references);
    /* The callback may free the socket. */
    for (guint i = 0; i < BURST && self->func; i++) {
        SocketAddress address = {0};
        socklen_t size = sizeof address;
        ssize_t length = recvfrom(fd, buffer, sizeof buffer, 0, &address.any, &size);
        WlIp source;

        if (length < 0 && errno == EAGAIN)
            break;
        /* Other errors concern one datagram, such as "port unreachable". */
        if (length <= 0 || !read_source(&address, &source) ||
            !wl_ip_equal(&source, &self->config.gateway))
            continue;
        self->func(&source, buffer, (gsize) length, self->user_data);
    }
    unref(self);
    return G_SOURCE_CONTINUE;
}

static int
open_socket(const WlMappingSocketConfig *config)
{
    int family = config->gateway.family == WL_FAMILY_V4 ? AF_INET : AF_INET6;
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return fd;
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &config->ifindex, sizeof config->ifindex) <
            0 ||
        (config->mark > 0 &&
         setsockopt(fd, SOL_SOCKET, SO_MARK, &config->mark, sizeof config->mark) < 0)) {
        int saved = errno;

        wl_fd_clear(&fd);
        errno = saved;
    }
    return fd;
}

static gboolean
connect_to_gateway(int fd, const WlMappingSocketConfig *config)
{
    SocketAddress address;
    socklen_t size = fill_address(&address, &config->client, 0, config->ifindex);

    if (bind(fd, &address.any, size) < 0)
        return FALSE;
    size = fill_address(&address, &config->gateway, config->server_port, config->ifindex);
    return connect(fd, &address.any, size) == 0;
}

/* Announcements to all hosts of the network reach every socket that is bound to the port. Without
 * them a gateway that restarted is noticed at the next renewal. */
static void
listen_for_announcements(WlMappingSocket *self)
{
    const WlIp any = {.family = self->config.gateway.family};
    const int on = 1;
    SocketAddress address;
    socklen_t size = fill_address(&address, &any, self->config.client_port, 0);
    int fd = open_socket(&self->config);

    if (fd < 0)
        return;
    if ((any.family == WL_FAMILY_V6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0) ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, &address.any, size) < 0) {
        g_debug("announcements of the gateway are not heard: %s", g_strerror(errno));
        wl_fd_clear(&fd);
        return;
    }
    self->announcements = fd;
    self->announcements_source = wl_fd_source_new(fd, G_IO_IN, on_readable, self);
}

WlMappingSocket *
wl_mapping_socket_new(const WlMappingSocketConfig *config, WlMappingSocketFunc func,
                      gpointer user_data, GError **error)
{
    int fd = open_socket(config);
    WlMappingSocket *self;

    if (fd < 0 || !connect_to_gateway(fd, config)) {
        int saved = errno;
        g_autofree char *text = wl_ip_to_string(&config->gateway);

        wl_fd_clear(&fd);
        wl_io_set_errno(error, saved, "cannot ask the gateway %s for a port", text);
        return NULL;
    }
    self = g_new0(WlMappingSocket, 1);
    g_ref_count_init(&self->references);
    self->config = *config;
    self->fd = fd;
    self->announcements = -1;
    self->func = func;
    self->user_data = user_data;
    if (!func)
        return self;
    self->source = wl_fd_source_new(fd, G_IO_IN, on_readable, self);
    listen_for_announcements(self);
    return self;
}

void
wl_mapping_socket_free(WlMappingSocket *self)
{
    if (!self)
        return;
    self->func = NULL;
    wl_source_clear(&self->source);
    wl_source_clear(&self->announcements_source);
    unref(self);
}

void
wl_mapping_socket_send(WlMappingSocket *self, const guint8 *data, gsize length)
{
    ssize_t sent;

    do
        sent = send(self->fd, data, length, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        g_debug("cannot send to the gateway: %s", g_strerror(errno));
}
