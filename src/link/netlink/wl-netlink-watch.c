/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listens to multicast groups of netlink and passes each message to a function. A watch owns its
 * socket and its source. Reports lost messages, so that the caller reads everything again.
 */
#include "wl-netlink-watch.h"

#include <errno.h>
#include <sys/socket.h>

#include "wl-fd-source.h"
#include "wl-link-error.h"

/* Datagrams read in one dispatch, so that a burst of routes does not starve other sources. */
#define WATCH_BURST 64

struct _WlNetlinkWatch {
    grefcount references;
    struct mnl_socket *socket;
    GSource *source;
    WlNetlinkWatchFunc func; /* NULL once freed */
    gpointer user_data;
};

static void
watch_unref(WlNetlinkWatch *self)
{
    if (!g_ref_count_dec(&self->references))
        return;
    mnl_socket_close(self->socket);
    g_free(self);
}

static gboolean
watch_ready(gint fd, GIOCondition condition, gpointer user_data)
{
    WlNetlinkWatch *self = user_data;
    g_autofree guint8 *buffer = g_malloc(WL_NETLINK_RECEIVE_SIZE);

    g_ref_count_inc(&self->references);
    for (guint i = 0; i < WATCH_BURST && self->func; i++) {
        const struct nlmsghdr *message = (const struct nlmsghdr *) buffer;
        ssize_t length = mnl_socket_recvfrom(self->socket, buffer, WL_NETLINK_RECEIVE_SIZE);
        int left = (int) length;

        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && (errno == ENOBUFS || errno == ENOSPC)) {
            self->func(NULL, self->user_data);
            continue;
        }
        if (length <= 0)
            break;
        for (; self->func && mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
            self->func(message, self->user_data);
    }
    watch_unref(self);
    return G_SOURCE_CONTINUE;
}

WlNetlinkWatch *
wl_netlink_watch_new(const guint *groups, WlNetlinkWatchFunc func, gpointer user_data,
                     GError **error)
{
    return wl_netlink_watch_new_for(NETLINK_ROUTE, groups, func, user_data, error);
}

WlNetlinkWatch *
wl_netlink_watch_new_for(int protocol, const guint *groups, WlNetlinkWatchFunc func,
                         gpointer user_data, GError **error)
{
    struct mnl_socket *socket = wl_netlink_open_socket(protocol, SOCK_NONBLOCK, error);
    const int size = 1024 * 1024;
    WlNetlinkWatch *self;
    int fd;

    if (!socket)
        return NULL;
    fd = mnl_socket_get_fd(socket);
    /* A larger buffer loses messages less often; a loss is handled anyway. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    for (; *groups; groups++) {
        int group = (int) *groups;
        int saved;

        if (mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) == 0)
            continue;
        saved = errno;
        mnl_socket_close(socket);
        wl_io_set_errno(error, saved, "cannot join netlink group %d", group);
        return NULL;
    }
    self = g_new0(WlNetlinkWatch, 1);
    g_ref_count_init(&self->references);
    self->socket = socket;
    self->func = func;
    self->user_data = user_data;
    self->source = wl_fd_source_new(fd, G_IO_IN, watch_ready, self);
    return self;
}

void
wl_netlink_watch_free(WlNetlinkWatch *self)
{
    if (!self)
        return;
    self->func = NULL;
    wl_source_clear(&self->source);
    watch_unref(self);
}
