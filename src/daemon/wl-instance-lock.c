/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A bound abstract socket: it belongs to the network namespace, as the link does, and ends with the
 * process, even if that is killed. */

#include "wl-instance-lock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wl-link-error.h"

int
wl_instance_lock(const char *name, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    /* The first byte is 0: an abstract name. */
    int length =
        g_snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "wirelinkd/%s", name);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int saved;

    if (fd >= 0 && bind(fd, (struct sockaddr *) &address,
                        (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + length)) == 0)
        return fd;
    saved = errno;
    if (fd >= 0)
        close(fd);
    if (saved == EADDRINUSE)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "another wirelinkd serves the profile \"%s\"; stop it first", name);
    else
        wl_io_set_errno(error, saved, "cannot lock the profile \"%s\"", name);
    return -1;
}
