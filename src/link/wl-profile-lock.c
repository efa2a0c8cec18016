/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-lock.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* "nm-wirelink/<uuid>/<pid>": a successor need not wait for its predecessor to be gone. */
#define CLAIM "nm-wirelink/"

int
wl_profile_lock_new(const char *uuid, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    /* The first byte stays 0: an abstract name. */
    int length = g_snprintf(address.sun_path + 1, sizeof address.sun_path - 1, CLAIM "%s/%d", uuid,
                            (int) getpid());
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int saved;

    if (fd >= 0 && bind(fd, (struct sockaddr *) &address,
                        (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + length)) == 0)
        return fd;
    saved = errno;
    if (fd >= 0)
        close(fd);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                "cannot mark the profile as served: %s", g_strerror(saved));
    return -1;
}

char **
wl_profile_lock_list(GError **error)
{
    g_autoptr(GStrvBuilder) uuids = g_strv_builder_new();
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    /* Abstract names are shown with an @ for their first byte. */
    if (!g_file_get_contents("/proc/net/unix", &text, NULL, error))
        return NULL;
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        const char *claim = strstr(lines[i], " @" CLAIM);
        const char *uuid, *end;

        if (!claim)
            continue;
        uuid = claim + strlen(" @" CLAIM);
        end = strchr(uuid, '/');
        if (end) {
            g_autofree char *word = g_strndup(uuid, (gsize) (end - uuid));

            g_strv_builder_add(uuids, word);
        }
    }
    return g_strv_builder_end(uuids);
}
