/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UDP socket for facts. Owns the socket; a reference keeps the struct alive while a callback
 * that frees it runs. Passes datagrams on unread. Errors are of G_IO_ERROR.
 */
#include "wl-fact-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"
#include "wl-link-error.h"
#include "wl-socket-filter.h"

/* The receive buffer of the protocol (docs/protocol.md B). */
#define MAX_DATAGRAM 2424
/* Datagrams read in one dispatch. */
#define BURST 32
/* Bytes; holds all facts of a large network, which arrive in a few hundred datagrams at once. */
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
    wl_fd_clear(&self->fd);
    g_free(self);
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
    WlFactSocket *self = user_data;
    guint8 buffer[MAX_DATAGRAM];

    g_ref_count_inc(&self->references);
    /* The callback may free the socket. */
    for (guint i = 0; i < BURST && self->func; i++) {
        struct sockaddr_in6 source = {0};
        socklen_t size = sizeof source;
        ssize_t length = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *) &source, &size);
        WlIp ip;

        if (length < 0 && errno == EAGAIN)
            break;
        /* Other errors concern one packet (an ICMP error, an interrupted call). */
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

/* What this machine sends to itself comes from lo, and any local user may do so. */
static void
accept_from_link_only(int fd, int ifindex)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (guint32) (SKF_AD_OFF + SKF_AD_IFINDEX)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (guint32) ifindex, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT32),
    };

    if (!wl_socket_filter_attach(fd, program, G_N_ELEMENTS(program)))
        wl_limitation_add("fact-source",
                          "programs of this machine can send to the socket for facts: cannot "
                          "attach a filter: %s",
                          g_strerror(errno));
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
    /* The address is an IPv6 address, so that a refusal changes nothing. */
    if (fd >= 0)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (fd >= 0)
        accept_from_link_only(fd, ifindex);
    if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof address) < 0) {
        int saved = errno;
        g_autofree char *text = wl_ip_to_string(local);

        wl_fd_clear(&fd);
        wl_io_set_errno(error, saved,
                        saved == EADDRINUSE
                            ? "UDP [%s]:%u is used by another program; choose another fact-port"
                        : saved == EACCES || saved == EPERM
                            ? "cannot listen for facts on UDP [%s]:%u; SELinux allows a fact-port "
                              "from 32768 to 60999"
                            : "cannot listen for facts on UDP [%s]:%u",
                        text, port);
        return NULL;
    }
    /* SO_RCVBUFFORCE exceeds the limit of the system, but needs CAP_NET_ADMIN. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) {
        wl_limitation_add("receive-buffer",
                          "facts that arrive together may be lost and come again later: "
                          "cannot enlarge the receive buffer: %s",
                          g_strerror(errno));
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    self = g_new0(WlFactSocket, 1);
    g_ref_count_init(&self->references);
    self->fd = fd;
    self->port = port;
    self->ifindex = ifindex;
    self->func = func;
    self->user_data = user_data;
    self->source = wl_fd_source_new(fd, G_IO_IN, on_readable, self);
    return self;
}

void
wl_fact_socket_free(WlFactSocket *self)
{
    if (!self)
        return;
    self->func = NULL;
    wl_source_clear(&self->source);
    unref(self);
}

/* A packet filter of this machine, such as nftables, makes sending fail with EPERM. */
static void
note_refusal(WlFactSocket *self, int errnum)
{
    if (errnum == EPERM || errnum == EACCES)
        wl_limitation_add("facts",
                          "other members learn nothing from this machine: cannot send facts to UDP "
                          "port %u: %s; a firewall or a security policy refuses it",
                          self->port, g_strerror(errnum));
    else if (errnum == 0)
        wl_limitation_remove("facts");
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
    saved = errno;
    note_refusal(self, sent < 0 ? saved : 0);
    if (sent >= 0)
        return TRUE;
    switch (saved) {
    case EDESTADDRREQ: /* WireGuard: the peer has no endpoint */
    case ENOKEY:       /* WireGuard: no peer owns the address */
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EPERM: /* a packet filter of this machine, or a policy */
    case EACCES:
    case EAGAIN:
        return TRUE;
    }
    text = wl_ip_to_string(destination);
    wl_io_set_errno(error, saved, "cannot send %" G_GSIZE_FORMAT " bytes to [%s]:%u", length, text,
                    self->port);
    return FALSE;
}
