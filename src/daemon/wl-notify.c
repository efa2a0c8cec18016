/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The protocol of sd_notify(3): datagrams of lines to the socket that NOTIFY_SOCKET names. */

#include "wl-notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static struct {
    int fd;
    guint64 watchdog_usec; /* 0: no watchdog */
} manager = {.fd = -1};

/* @path: of a socket, or "@" and an abstract name. */
static int
connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize length = strlen(path);
    int fd;

    if ((path[0] != '/' && path[0] != '@') || length >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *) &address,
                           (socklen_t) (offsetof(struct sockaddr_un, sun_path) + length)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void
wl_notify_init(void)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    const char *usec = g_getenv("WATCHDOG_USEC"), *pid = g_getenv("WATCHDOG_PID");

    if (path) {
        manager.fd = connect_to(path);
        if (manager.fd < 0)
            g_warning("failed to connect to the service manager at %s: %s", path,
                      g_strerror(errno));
    }
    if (usec && (!pid || g_ascii_strtoll(pid, NULL, 10) == getpid()))
        manager.watchdog_usec = g_ascii_strtoull(usec, NULL, 10);
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("WATCHDOG_USEC");
    g_unsetenv("WATCHDOG_PID");
}

static void
send_text(const char *text)
{
    /* The queue of the manager may be full for a moment; a watchdog message follows. */
    if (manager.fd >= 0 && send(manager.fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        g_info("failed to notify the service manager: %s", g_strerror(errno));
}

void
wl_notify_send(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    send_text(text);
}

gboolean
wl_notify_send_fd(const char *text, int fd)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec part = {.iov_base = (char *) text, .iov_len = strlen(text)};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (manager.fd < 0) {
        errno = ENOTCONN;
        return FALSE;
    }
    return sendmsg(manager.fd, &message, MSG_NOSIGNAL) >= 0;
}

void
wl_notify_reloading(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    wl_notify_send("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
                   (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000);
}

guint
wl_notify_watchdog_interval(void)
{
    return (guint) MIN(manager.watchdog_usec / 2 / 1000, G_MAXINT32);
}

gboolean
wl_notify_watchdog(gpointer unused)
{
    send_text("WATCHDOG=1");
    return G_SOURCE_CONTINUE;
}
