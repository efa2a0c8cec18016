/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock is the lock of an open file description (man 2 fcntl, F_OFD_SETLK) on the file
 * "<name>.<network namespace>". Only the lock counts: a file without one is what an ended process
 * left. F_OFD_GETLK queries a lock without taking it.
 */
#include "wl-lock-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-link-error.h"

/* wl_lock_file_list() of another process may remove a file between open and lock, so often. */
#define ATTEMPTS 8

static int
fail(GError **error, int code, const char *what, const char *name)
{
    wl_io_set_errno(error, code, "%s " WL_LOCK_DIRECTORY "%s%s", what, name ? "/" : "",
                    name ? name : "");
    return -1;
}

/* Opens the directory. Who may write to it could remove locks, who may read it could take them. */
static int
open_directory(GError **error)
{
    struct stat status;
    int fd;

    if (mkdir(WL_LOCK_DIRECTORY, 0700) != 0 && errno != EEXIST)
        return fail(error, errno, "cannot create the directory", NULL);
    fd = open(WL_LOCK_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fail(error, errno, "cannot open the directory", NULL);
    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 077) == 0)
        return fd;
    close(fd);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                "the directory " WL_LOCK_DIRECTORY " is open to other users; remove it, and it is "
                "created again with the mode 0700");
    return -1;
}

/* Of this process. 0 without /proc: the locks of all such processes are of one namespace. */
guint64
wl_lock_file_get_namespace(void)
{
    struct stat status;

    return stat("/proc/self/ns/net", &status) == 0 ? status.st_ino : 0;
}

static gboolean
lock(int fd, gboolean exclusive)
{
    struct flock request = {.l_type = exclusive ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_OFD_SETLK, &request) == 0;
}

/* An error counts as held. */
static gboolean
is_locked(int fd)
{
    struct flock request = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_OFD_GETLK, &request) != 0 || request.l_type != F_UNLCK;
}

static gboolean
is_linked(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && status.st_nlink > 0;
}

static int
take_in(int directory, const char *file, gboolean exclusive, GError **error)
{
    for (guint i = 0; i < ATTEMPTS; i++) {
        int fd = openat(directory, file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        int code;

        if (fd < 0)
            return fail(error, errno, "cannot create", file);
        if (!lock(fd, exclusive)) {
            code = errno == EACCES ? EAGAIN : errno;
            close(fd);
            return fail(error, code, "cannot lock", file);
        }
        if (is_linked(fd))
            return fd;
        close(fd);
    }
    return fail(error, EBUSY, "other processes remove", file);
}

int
wl_lock_file_take(const char *name, gboolean exclusive, GError **error)
{
    g_autofree char *file =
        g_strdup_printf("%s.%" G_GUINT64_FORMAT, name, wl_lock_file_get_namespace());
    int directory = open_directory(error), fd;

    if (directory < 0)
        return -1;
    fd = take_in(directory, file, exclusive, error);
    close(directory);
    return fd;
}

/* TRUE if @file is locked. Removes it if it is not. */
static gboolean
is_held(int directory, const char *file)
{
    int fd = openat(directory, file, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    gboolean held;

    if (fd < 0)
        return errno != ENOENT;
    held = is_locked(fd);
    if (!held)
        unlinkat(directory, file, 0);
    close(fd);
    return held;
}

static void
list_in(int directory, GDir *files, GStrvBuilder *names)
{
    g_autofree char *suffix = g_strdup_printf(".%" G_GUINT64_FORMAT, wl_lock_file_get_namespace());
    const char *file;

    while ((file = g_dir_read_name(files))) {
        g_autofree char *name = NULL;

        if (!g_str_has_suffix(file, suffix) || !is_held(directory, file))
            continue;
        name = g_strndup(file, strlen(file) - strlen(suffix));
        g_strv_builder_add(names, name);
    }
}

char **
wl_lock_file_list(GError **error)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_autoptr(GDir) files = NULL;
    int directory = open_directory(error);

    if (directory < 0)
        return NULL;
    files = g_dir_open(WL_LOCK_DIRECTORY, 0, error);
    if (files)
        list_in(directory, files, names);
    close(directory);
    return files ? g_strv_builder_end(names) : NULL;
}
