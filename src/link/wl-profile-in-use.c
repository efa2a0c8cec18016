/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The in-use mark of a profile: a bound abstract socket without connections. The name is the whole
 * information; other processes read it from /proc/net/unix. Errors are of G_IO_ERROR.
 */
#include "wl-profile-in-use.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wl-link-error.h"

/* "nm-wirelink/<uuid>/<pid>": with the PID a new process need not wait for the old one to exit. */
#define MARK_PREFIX "nm-wirelink/"

int
wl_profile_in_use_mark(const char *uuid, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    /* The first byte is 0: an abstract name (man 7 unix). */
    int length = g_snprintf(address.sun_path + 1, sizeof address.sun_path - 1, MARK_PREFIX "%s/%d",
                            uuid, (int) getpid());
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int saved;

    if (fd >= 0 && bind(fd, (struct sockaddr *) &address,
                        (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + length)) == 0)
        return fd;
    saved = errno;
    if (fd >= 0)
        close(fd);
    wl_io_set_errno(error, saved, "cannot mark the profile as in use");
    return -1;
}

char **
wl_profile_in_use_list(GError **error)
{
    g_autoptr(GStrvBuilder) uuids = g_strv_builder_new();
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    /* The kernel prints the first byte of an abstract name as "@" (unix_seq_show() in
     * net/unix/af_unix.c). */
    if (!g_file_get_contents("/proc/net/unix", &text, NULL, error))
        return NULL;
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        const char *mark = strstr(lines[i], " @" MARK_PREFIX);
        const char *uuid, *end;

        if (!mark)
            continue;
        uuid = mark + strlen(" @" MARK_PREFIX);
        end = strchr(uuid, '/');
        if (end) {
            g_autofree char *word = g_strndup(uuid, (gsize) (end - uuid));

            g_strv_builder_add(uuids, word);
        }
    }
    return g_strv_builder_end(uuids);
}
