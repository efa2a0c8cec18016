/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Reads and writes the state file without following links and without blocking on other
 * processes. */

#include "wl-state-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-event-list.h"
#include "wl-private-file.h"
#include "wl-state-directory.h"

#define MAX_BYTES (1024 * 1024)

static gboolean
is_name(const char *name)
{
    g_autofree char *uuid = g_strndup(name, 36);

    return g_uuid_string_is_valid(uuid) &&
           (name[36] == '\0' || strcmp(name + 36, WL_EVENT_LIST_SUFFIX) == 0);
}

/* @uuid becomes part of the path, so only valid UUIDs are accepted. */
static char *
dup_path(const char *uuid, GError **error)
{
    if (uuid && is_name(uuid))
        return g_build_filename(wl_state_directory(), uuid, NULL);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "\"%s\" is not a UUID",
                uuid ? uuid : "");
    return NULL;
}

static gboolean
fail(const char *what, const char *path, GError **error)
{
    int saved = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "failed to %s %s: %s", what, path,
                g_strerror(saved));
    return FALSE;
}

static gboolean
is_ours(int fd, const char *path, GError **error)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return fail("inspect", path, error);
    if (S_ISREG(status.st_mode) && status.st_uid == geteuid() && !(status.st_mode & 077) &&
        status.st_size <= MAX_BYTES)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "ignoring %s: it must be a regular file of the service's user, inaccessible to "
                "others and at most %d bytes long; remove it",
                path, MAX_BYTES);
    return FALSE;
}

static char *
read_all(int fd, gsize *length, const char *path, GError **error)
{
    g_autofree char *data = g_malloc(MAX_BYTES + 1);
    gsize n = 0;

    while (n < MAX_BYTES) {
        ssize_t got = read(fd, data + n, MAX_BYTES - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fail("read", path, error);
            return NULL;
        }
        if (got == 0)
            break;
        n += (gsize) got;
    }
    data[n] = '\0';
    *length = n;
    return g_realloc(g_steal_pointer(&data), n + 1);
}

char *
wl_state_file_load(const char *uuid, gsize *length, GError **error)
{
    g_autofree char *path = dup_path(uuid, error);
    char *data;
    int fd;

    if (!path)
        return NULL;
    /* Do not follow a symbolic link or wait for the writer of a pipe. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        if (errno != ENOENT)
            fail("open", path, error);
        return NULL;
    }
    data = is_ours(fd, path, error) ? read_all(fd, length, path, error) : NULL;
    close(fd);
    return data;
}

gboolean
wl_state_file_save(const char *uuid, const char *state, GError **error)
{
    g_autofree char *path = dup_path(uuid, error);
    gsize length = strlen(state);

    if (!path)
        return FALSE;
    if (length > MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                    "the state has %" G_GSIZE_FORMAT " bytes, more than the %d bytes that are read "
                    "back; %s is left as it is",
                    length, MAX_BYTES, path);
        return FALSE;
    }
    if (g_mkdir_with_parents(wl_state_directory(), 0700) < 0)
        return fail("create", wl_state_directory(), error);
    return wl_private_file_write(path, state, length, WL_PRIVATE_FILE_REPLACE, error);
}

void
wl_state_file_remove(const char *uuid)
{
    g_autofree char *path = dup_path(uuid, NULL);

    if (path)
        unlink(path);
}
