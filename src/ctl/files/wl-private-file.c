/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that hold private keys: written with mode 0600, and never over an existing file by default.
 */
#include "wl-private-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-profile-error.h"

static gboolean
fail(GError **error, const char *path, const char *problem)
{
    g_autofree char *name = g_filename_display_name(path);

    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO, "cannot write \"%s\": %s", name,
                problem);
    return FALSE;
}

static gboolean
write_new(const char *path, const char *text, GError **error)
{
    gsize left = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    int code = 0;

    if (fd < 0)
        return fail(error, path,
                    errno == EEXIST ? "it already exists; choose another name or move it away"
                                    : g_strerror(errno));
    while (left > 0 && !code) {
        gssize n = write(fd, text, left);

        if (n < 0 && errno != EINTR)
            code = errno;
        else if (n > 0) {
            text += n;
            left -= (gsize) n;
        }
    }
    /* The umask can only have removed permissions. */
    if (!code && (fchmod(fd, 0600) < 0 || fsync(fd) < 0))
        code = errno;
    if (close(fd) < 0 && !code)
        code = errno;
    if (!code)
        return TRUE;
    unlink(path);
    return fail(error, path, g_strerror(code));
}

gboolean
wl_private_file_write(const char *path, const char *text, gboolean replace, GError **error)
{
    g_autoptr(GError) local = NULL;
    struct stat status;

    if (!replace || (lstat(path, &status) < 0 && errno == ENOENT))
        return write_new(path, text, error);
    /* Replacing /dev/stdout, for example, would replace the device. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return fail(error, path, "it is not a regular file");
    if (!g_file_set_contents_full(path, text, -1,
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  0600, &local))
        return fail(error, path, local->message);
    return TRUE;
}
