/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The file descriptor store of the service manager. Descriptors are known by their names. */

#include "wl-socket-store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "wl-link-error.h"
#include "wl-notify.h"

#define FIRST_FD 3    /* SD_LISTEN_FDS_START */
#define TIMEOUT  5000 /* ms, for the service manager */

static const struct {
    const char *name;
    gsize offset;
} sockets_table[] = {
    {"icmp6", G_STRUCT_OFFSET(WlRawSockets, icmp6)},
    {"icmp4", G_STRUCT_OFFSET(WlRawSockets, icmp4)},
    {"packet", G_STRUCT_OFFSET(WlRawSockets, packet)},
};

/* ---- storing ------------------------------------------------------------------------------- */

/* The manager closes its end of a pipe when it has handled all earlier messages. */
static gboolean
wait_for_manager(GError **error)
{
    struct pollfd end = {.fd = -1, .events = POLLHUP};
    int pipe_fds[2], result;

    if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
        wl_io_set_errno(error, errno, "cannot create a pipe");
        return FALSE;
    }
    result = wl_notify_send_fd("BARRIER=1", pipe_fds[1]) ? 0 : errno;
    close(pipe_fds[1]);
    end.fd = pipe_fds[0];
    while (result == 0 && (result = poll(&end, 1, TIMEOUT)) < 0 && errno == EINTR)
        result = 0;
    close(pipe_fds[0]);
    if (result > 0 && end.revents)
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                        "the service manager does not take the raw sockets");
    return FALSE;
}

gboolean
wl_socket_store_put(const WlRawSockets *sockets, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sockets_table); i++) {
        int fd = *(const int *) ((const char *) sockets + sockets_table[i].offset);
        g_autofree char *text =
            g_strdup_printf("FDSTORE=1\nFDPOLL=0\nFDNAME=%s", sockets_table[i].name);

        wl_notify_send("FDSTOREREMOVE=1\nFDNAME=%s", sockets_table[i].name);
        if (fd >= 0 && !wl_notify_send_fd(text, fd)) {
            wl_io_set_errno(error, errno, "cannot store a socket with the service manager");
            return FALSE;
        }
    }
    return wait_for_manager(error);
}

/* ---- taking -------------------------------------------------------------------------------- */

static void
take_one(WlRawSockets *sockets, const char *name, int fd)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sockets_table); i++) {
        int *field = (int *) (void *) ((char *) sockets + sockets_table[i].offset);

        if (strcmp(sockets_table[i].name, name) != 0 || *field >= 0)
            continue;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        *field = fd;
        return;
    }
    close(fd);
}

gboolean
wl_socket_store_take(WlRawSockets *sockets)
{
    const char *pid = g_getenv("LISTEN_PID"), *count = g_getenv("LISTEN_FDS");
    const char *text = g_getenv("LISTEN_FDNAMES");
    g_auto(GStrv) names = g_strsplit(text ? text : "", ":", -1);
    gboolean ours = pid && count && g_ascii_strtoll(pid, NULL, 10) == getpid();
    gint64 n = ours ? g_ascii_strtoll(count, NULL, 10) : 0;

    *sockets = WL_RAW_SOCKETS_NONE;
    for (gint64 i = 0; i < n && i < (gint64) g_strv_length(names); i++)
        take_one(sockets, names[i], FIRST_FD + (int) i);
    g_unsetenv("LISTEN_PID");
    g_unsetenv("LISTEN_FDS");
    g_unsetenv("LISTEN_FDNAMES");
    return sockets->icmp6 >= 0 || sockets->packet >= 0;
}
