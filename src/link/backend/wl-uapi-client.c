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

/* @deadline: of the whole exchange, µs of g_get_monotonic_time(). */
static int
wait_for(int fd, short events, gint64 deadline)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    int ready;

    do {
        gint64 left = MAX(deadline - g_get_monotonic_time(), 0);

        ready = poll(&poll_fd, 1, (int) (left / 1000));
    } while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return -errno;
    return ready == 0 ? -ETIMEDOUT : 0;
}

static int
send_all(int fd, const WlUapiText *text, gint64 deadline)
{
    gsize done = 0;

    while (done < text->len) {
        ssize_t sent = send(fd, text->str + done, text->len - done, MSG_NOSIGNAL);
        int result;

        if (sent >= 0) {
            done += (gsize) sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return -errno;
        result = wait_for(fd, POLLOUT, deadline);
        if (result < 0)
            return result;
    }
    return 0;
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

static int
receive_all(int fd, WlUapiText **reply, gint64 deadline)
{
    WlUapiText *text = g_string_sized_new(4096);
    int result = 0;

    /* A reply ends with an empty line. */
    while (result == 0 && !(text->len >= 2 && memcmp(text->str + text->len - 2, "\n\n", 2) == 0)) {
        gsize room = text->allocated_len - text->len - 1;
        ssize_t length;

        if (room == 0) {
            if (text->len > WL_UAPI_MAX_REPLY) {
                result = -EMSGSIZE;
                break;
            }
            text = grow(text, text->len * 4);
            continue;
        }
        length = recv(fd, text->str + text->len, room, 0);
        if (length > 0) {
            text->len += (gsize) length;
            text->str[text->len] = '\0';
        } else if (length == 0) {
            result = -EPIPE;
        } else if (errno == EAGAIN) {
            result = wait_for(fd, POLLIN, deadline);
        } else if (errno != EINTR) {
            result = -errno;
        }
    }
    *reply = text;
    return result;
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

int
wl_uapi_exchange(const char *ifname, pid_t pid, const WlUapiText *request, WlUapiText **reply)
{
    WlUapiText *text = NULL;
    pid_t listener = 0;
    gint64 deadline = g_get_monotonic_time() + WL_UAPI_TIMEOUT * G_USEC_PER_SEC;
    int fd = wl_uapi_connect(ifname, &listener);
    int result;

    if (fd < 0)
        return fd;
    result = listener == pid ? send_all(fd, request, deadline) : -EPERM;
    if (result == 0)
        result = receive_all(fd, &text, deadline);
    if (result == 0)
        result = remove_status(text);
    close(fd);
    if (result == 0 && reply)
        *reply = g_steal_pointer(&text);
    wl_uapi_text_free(text);
    return result;
}
