/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket of userspace WireGuard: one connection for each exchange. Stateless. Texts
 * that may contain keys are wiped. Results are 0 or a negative errno; times are in µs.
 */
#include "wl-uapi-client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_ERRNO 4095 /* as in the kernel (linux/err.h) */

char *
wl_uapi_socket_path(const char *ifname)
{
    return g_strconcat(WL_UAPI_DIRECTORY "/", ifname, ".sock", NULL);
}

int
wl_uapi_connect(const char *ifname, pid_t *pid)
{
    g_autofree char *path = wl_uapi_socket_path(ifname);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ucred credentials = {0};
    socklen_t length = sizeof credentials;
    int fd, saved;

    if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *) &address, sizeof address) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0) {
        saved = errno;
        close(fd);
        return -saved;
    }
    *pid = credentials.pid;
    return fd;
}

void
wl_uapi_remove_stale_socket(const char *ifname)
{
    g_autofree char *path = wl_uapi_socket_path(ifname);
    pid_t pid;
    int fd = wl_uapi_connect(ifname, &pid);

    if (fd >= 0)
        close(fd);
    else if (fd == -ECONNREFUSED)
        unlink(path);
}

void
wl_uapi_remove_ended_socket(const char *ifname)
{
    g_autofree char *path = wl_uapi_socket_path(ifname);
    pid_t pid;
    int fd = wl_uapi_connect(ifname, &pid);

    if (fd >= 0)
        close(fd);
    else
        unlink(path);
}

/* Grows @text without leaving a copy of its content in freed memory. */
static WlUapiText *
grow(WlUapiText *text, gsize size)
{
    WlUapiText *larger = g_string_sized_new(size);

    g_string_append_len(larger, text->str, (gssize) text->len);
    wl_uapi_text_free(text);
    return larger;
}

/* Removes the last line, "errno=N". Newer programs send 98, older ones -98. */
static int
remove_status(WlUapiText *text)
{
    char *last = g_strrstr_len(text->str, (gssize) text->len, "errno=");
    gint64 number;

    if (!last || (last != text->str && last[-1] != '\n') ||
        !g_ascii_string_to_signed(g_strchomp(last + strlen("errno=")), 10, -MAX_ERRNO, MAX_ERRNO,
                                  &number, NULL))
        return -EPROTO;
    g_string_truncate(text, (gsize) (last - text->str));
    return (int) -ABS(number);
}

/* ---- one exchange --------------------------------------------------------------------------- */

#define RUNNING 1 /* no result yet */

struct _WlUapiExchange {
    int fd; /* -1: it could not connect */
    WlUapiText *request;
    gsize sent;
    WlUapiText *reply;
    int result; /* RUNNING, 0 or a negative errno */
};

WlUapiExchange *
wl_uapi_exchange_new(const char *ifname, pid_t pid, WlUapiText *request)
{
    WlUapiExchange *self = g_new0(WlUapiExchange, 1);
    pid_t listener = 0;

    self->request = request;
    self->reply = g_string_sized_new(4096);
    self->fd = wl_uapi_connect(ifname, &listener);
    if (self->fd < 0)
        self->result = self->fd;
    else
        self->result = listener == pid ? RUNNING : -EPERM;
    return self;
}

void
wl_uapi_exchange_free(WlUapiExchange *self)
{
    if (!self)
        return;
    if (self->fd >= 0)
        close(self->fd);
    wl_uapi_text_free(self->request);
    wl_uapi_text_free(self->reply);
    g_free(self);
}

/* Sends what the socket takes. TRUE: there is more to do without waiting. */
static gboolean
send_some(WlUapiExchange *self)
{
    ssize_t length = send(self->fd, self->request->str + self->sent,
                          self->request->len - self->sent, MSG_NOSIGNAL);

    if (length >= 0)
        self->sent += (gsize) length;
    else if (errno == EAGAIN)
        return FALSE;
    else if (errno != EINTR)
        self->result = -errno;
    return TRUE;
}

/* A reply ends with an empty line. */
static gboolean
is_complete(const WlUapiText *reply)
{
    return reply->len >= 2 && memcmp(reply->str + reply->len - 2, "\n\n", 2) == 0;
}

/* Receives what there is. TRUE: there is more to do without waiting. */
static gboolean
receive_some(WlUapiExchange *self)
{
    gsize room = self->reply->allocated_len - self->reply->len - 1;
    ssize_t length;

    if (room == 0) {
        if (self->reply->len > WL_UAPI_MAX_REPLY)
            self->result = -EMSGSIZE;
        else
            self->reply = grow(self->reply, self->reply->len * 4);
        return TRUE;
    }
    length = recv(self->fd, self->reply->str + self->reply->len, room, 0);
    if (length > 0) {
        self->reply->len += (gsize) length;
        self->reply->str[self->reply->len] = '\0';
        if (is_complete(self->reply))
            self->result = remove_status(self->reply);
    } else if (length == 0) {
        self->result = -EPIPE;
    } else if (errno == EAGAIN) {
        return FALSE;
    } else if (errno != EINTR) {
        self->result = -errno;
    }
    return TRUE;
}

void
wl_uapi_exchange_get_wait(const WlUapiExchange *self, int *fd, GIOCondition *condition)
{
    *fd = self->fd;
    *condition = self->sent < self->request->len ? G_IO_OUT : G_IO_IN;
}

/* FALSE: nothing became ready until @deadline, µs of g_get_monotonic_time(). */
static gboolean
wait_until(const WlUapiExchange *self, gint64 deadline)
{
    struct pollfd poll_fd = {.fd = self->fd};
    GIOCondition condition;
    int ready;

    wl_uapi_exchange_get_wait(self, &poll_fd.fd, &condition);
    poll_fd.events = condition == G_IO_OUT ? POLLOUT : POLLIN;
    do {
        gint64 left = deadline - g_get_monotonic_time();

        if (left <= 0)
            return FALSE;
        ready = poll(&poll_fd, 1, (int) ((left + 999) / 1000));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

gboolean
wl_uapi_exchange_run(WlUapiExchange *self, int timeout)
{
    gint64 deadline = g_get_monotonic_time() + timeout * (gint64) 1000;

    while (self->result == RUNNING) {
        gboolean sending = self->sent < self->request->len;

        if (!(sending ? send_some(self) : receive_some(self)) &&
            (timeout == 0 || !wait_until(self, deadline)))
            return FALSE;
    }
    return TRUE;
}

int
wl_uapi_exchange_get_result(const WlUapiExchange *self)
{
    return self->result;
}

WlUapiText *
wl_uapi_exchange_steal_reply(WlUapiExchange *self)
{
    return g_steal_pointer(&self->reply);
}
