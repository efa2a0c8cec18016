/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * g_file_set_contents_full() is no substitute: in GLib newer than 2.74 an existing file keeps its
 * mode, so that a key written over a file of mode 0644 would be readable by all users.
 */
#include "wl-private-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names have 32 random bits: two consecutive collisions are not accidental. */
#define NAME_TRIES 16

typedef struct {
    const char *path;   /* as the caller gave it */
    const char *name;   /* its last component */
    char *folder_path;  /* the rest */
    int folder;         /* all steps use this directory, even if it is moved */
    char temporary[32]; /* name of the new file in it; "" while there is none */
} Target;

static void
target_clear(Target *target)
{
    if (*target->temporary)
        unlinkat(target->folder, target->temporary, 0);
    if (target->folder >= 0)
        close(target->folder);
    g_free(target->folder_path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Target, target_clear)

G_GNUC_PRINTF(4, 5)
static gboolean
fail(GError **error, const Target *target, int code, const char *format, ...)
{
    g_autofree char *shown = g_filename_display_name(target->path);
    g_autofree char *problem = NULL;
    va_list arguments;

    va_start(arguments, format);
    problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot write \"%s\": %s",
                shown, problem);
    return FALSE;
}

static gboolean
fail_in_folder(GError **error, const Target *target, int code)
{
    g_autofree char *shown = g_filename_display_name(target->folder_path);

    if (code == EACCES || code == EPERM)
        return fail(error, target, code,
                    "this user may not create files in the directory \"%s\" (%s)", shown,
                    g_strerror(code));
    return fail(error, target, code, "cannot create a file in the directory \"%s\": %s", shown,
                g_strerror(code));
}

/* ---- what is there --------------------------------------------------------------------------- */

static gboolean
open_folder(Target *target, GError **error)
{
    const char *slash = strrchr(target->path, '/');

    target->name = slash ? slash + 1 : target->path;
    if (!*target->name || g_str_equal(target->name, ".") || g_str_equal(target->name, ".."))
        return fail(error, target, EISDIR, "it names a directory; name a file in it");
    target->folder_path = !slash                  ? g_strdup(".")
                          : slash == target->path ? g_strdup("/")
                                                  : g_strndup(target->path, slash - target->path);
    target->folder = open(target->folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return target->folder >= 0 || fail_in_folder(error, target, errno);
}

/* /dev/stdout and /proc/self/fd/1 are links, to a regular file if the output is redirected. */
static gboolean
is_link_of_system(const Target *target)
{
    g_autofree char *real = realpath(target->folder_path, NULL);

    return real && (g_str_equal(real, "/dev") || g_str_equal(real, "/dev/fd") ||
                    g_str_has_prefix(real, "/proc/"));
}

/* Renaming would replace a device by a file. */
static gboolean
check_replaceable(const Target *target, const struct stat *found, GError **error)
{
    struct stat status = *found;

    if (S_ISLNK(found->st_mode)) {
        if (is_link_of_system(target))
            return fail(error, target, EINVAL,
                        "it is not a regular file but a link of the system; name another file");
        /* A dangling link is replaced. */
        if (fstatat(target->folder, target->name, &status, 0) < 0)
            return TRUE;
    }
    if (S_ISREG(status.st_mode))
        return TRUE;
    if (S_ISDIR(status.st_mode))
        return fail(error, target, EISDIR,
                    "it is not a regular file but a directory; name a file in it");
    return fail(error, target, EINVAL, "it is not a regular file");
}

static gboolean
fail_exists(GError **error, const Target *target)
{
    return fail(error, target, EEXIST, "it already exists; choose another name or move it away");
}

/* Before a key is written anywhere. */
static gboolean
check_target(const Target *target, WlPrivateFileMode mode, GError **error)
{
    struct stat status;

    if (fstatat(target->folder, target->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT || fail(error, target, errno, "%s", g_strerror(errno));
    if (mode == WL_PRIVATE_FILE_CREATE)
        return fail_exists(error, target);
    return check_replaceable(target, &status, error);
}

/* ---- the new file ---------------------------------------------------------------------------- */

/* A descriptor, or -1. */
static int
create_temporary(Target *target, GError **error)
{
    for (guint i = 0; i < NAME_TRIES; i++) {
        char name[sizeof target->temporary];
        int fd;

        g_snprintf(name, sizeof name, ".wirelink-%08x", g_random_int());
        fd = openat(target->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0600);
        if (fd >= 0) {
            memcpy(target->temporary, name, sizeof name);
            return fd;
        }
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    fail_in_folder(error, target, errno);
    return -1;
}

/* 0 or an errno. */
static int
write_all(int fd, const char *text, gsize length)
{
    while (length > 0) {
        gssize n = write(fd, text, length);

        if (n < 0 && errno != EINTR)
            return errno;
        if (n > 0) {
            text += n;
            length -= (gsize) n;
        }
    }
    return 0;
}

static gboolean
fill_temporary(Target *target, const char *text, gsize length, GError **error)
{
    int fd = create_temporary(target, error);
    int code;

    if (fd < 0)
        return FALSE;
    code = write_all(fd, text, length);
    /* The umask can only have removed permissions, and some file systems have none. */
    (void) !fchmod(fd, 0600);
    /* Some file systems have nothing to synchronize. */
    if (!code && fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
        code = errno;
    if (close(fd) < 0 && !code && errno != EINTR)
        code = errno;
    return !code || fail(error, target, code, "%s", g_strerror(code));
}

/* ---- its place ------------------------------------------------------------------------------- */

/* For file systems that cannot rename without replacing: the name is taken first. */
static int
rename_to_reserved(const Target *target)
{
    int fd = openat(target->folder, target->name,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int code;

    if (fd < 0)
        return errno;
    close(fd);
    if (renameat(target->folder, target->temporary, target->folder, target->name) == 0)
        return 0;
    code = errno;
    unlinkat(target->folder, target->name, 0);
    return code;
}

/* 0 or an errno. */
static int
rename_temporary(const Target *target, WlPrivateFileMode mode)
{
    guint flags = mode == WL_PRIVATE_FILE_CREATE ? RENAME_NOREPLACE : 0;

    if (renameat2(target->folder, target->temporary, target->folder, target->name, flags) == 0)
        return 0;
    if (!flags || (errno != EINVAL && errno != ENOSYS && errno != EPERM))
        return errno;
    return rename_to_reserved(target);
}

/* The new file is in place, so a directory that cannot be read or synchronized is not an error. */
static void
sync_folder(const Target *target)
{
    int fd = openat(target->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

gboolean
wl_private_file_write(const char *path, const char *text, gsize length, WlPrivateFileMode mode,
                      GError **error)
{
    g_auto(Target) target = {.path = path, .folder = -1};
    int code;

    if (!open_folder(&target, error) || !check_target(&target, mode, error) ||
        !fill_temporary(&target, text, length, error))
        return FALSE;
    code = rename_temporary(&target, mode);
    if (code == EEXIST)
        return fail_exists(error, &target);
    if (code)
        return fail(error, &target, code, "%s", g_strerror(code));
    *target.temporary = '\0';
    sync_folder(&target);
    return TRUE;
}
