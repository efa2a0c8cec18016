/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "wl-private-file.h"
#include "wl-profile-error.h"

static gboolean
fail_with_errno(int code, const char *path, GError **error)
{
    g_autofree char *name = g_filename_display_name(path);

    return wl_profile_fail(error, WL_PROFILE_ERROR_IO, "Cannot read \"%s\": %s", name,
                           g_strerror(code));
}

static gboolean
fail_not_regular(const char *path, GError **error)
{
    g_autofree char *name = g_filename_display_name(path);

    return wl_profile_fail(error, WL_PROFILE_ERROR_IO, "\"%s\" is not a regular file", name);
}

/* Reads @fd to its end, at most @size bytes. */
static gboolean
read_all(int fd, char *text, gsize size, gsize *length)
{
    *length = 0;
    while (*length < size) {
        gssize n = read(fd, text + *length, size - *length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        if (n == 0)
            break;
        *length += (gsize) n;
    }
    return TRUE;
}

char *
wl_file_load(const char *path, gsize *length, GError **error)
{
    const gsize size = WL_PROFILE_MAX_FILE + 1; /* one more reveals a longer file */
    struct stat status;
    char *text;
    /* O_NONBLOCK: opening a FIFO must not block. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        fail_with_errno(errno, path, error);
        return NULL;
    }
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        fail_not_regular(path, error);
        close(fd);
        return NULL;
    }
    text = g_malloc(size + 1);
    if (!read_all(fd, text, size, length)) {
        fail_with_errno(errno, path, error);
        wl_file_wipe(g_steal_pointer(&text), *length);
    } else if (*length > WL_PROFILE_MAX_FILE) {
        g_autofree char *name = g_filename_display_basename(path);

        wl_profile_fail(error, WL_PROFILE_ERROR_SYNTAX,
                        "%s: the file is longer than %u bytes; is this a text file?", name,
                        WL_PROFILE_MAX_FILE);
        wl_file_wipe(g_steal_pointer(&text), *length);
    } else {
        text[*length] = '\0';
    }
    close(fd);
    return text;
}

void
wl_file_wipe(char *text, gsize length)
{
    if (text)
        explicit_bzero(text, length);
    g_free(text);
}

gboolean
wl_file_save(const char *path, const char *text, GError **error)
{
    g_autoptr(GError) local = NULL;
    gsize length = strlen(text);

    if (length > WL_PROFILE_MAX_FILE)
        return wl_profile_fail(
            error, WL_PROFILE_ERROR_IO,
            "The profile is longer than %u bytes, the limit for importing a file",
            WL_PROFILE_MAX_FILE);
    if (!wl_private_file_write(path, text, length, WL_PRIVATE_FILE_REPLACE, &local))
        return wl_profile_fail(error, WL_PROFILE_ERROR_IO, "%s", local->message);
    return TRUE;
}
