/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files with keys: mode, atomic replacement, and errors that leave the old file as it was. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wl-private-file.h"

#define OLD    "PrivateKey = old\n"
#define NEW    "PrivateKey = new\n"
#define NOBODY 65534

static char *folder;

static char *
dup_path(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void
put(const char *path, mode_t mode)
{
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, OLD, -1, &error);
    g_assert_no_error(error);
    g_assert_no_errno(chmod(path, mode));
}

static void
assert_file(const char *path, const char *text, mode_t mode)
{
    g_autofree char *found = NULL;
    g_autoptr(GError) error = NULL;
    struct stat status;

    g_file_get_contents(path, &found, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(found, ==, text);
    g_assert_no_errno(lstat(path, &status));
    g_assert_true(S_ISREG(status.st_mode));
    g_assert_cmpuint(status.st_mode & 07777, ==, mode);
}

/* How many files are in @path; they are of mode 0600 if their names are those of temporary files.
 */
static guint
count_files(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;
    guint n = 0;

    while ((name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        struct stat status;

        n++;
        g_assert_no_errno(lstat(file, &status));
        if (g_str_has_prefix(name, ".wirelink-"))
            g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
    }
    return n;
}

/* Removes @path with its files. */
static void
empty(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        g_assert_no_errno(unlink(file));
    }
    g_assert_no_errno(rmdir(path));
}

static gboolean
save(const char *path, WlPrivateFileMode mode, GError **error)
{
    return wl_private_file_write(path, NEW, strlen(NEW), mode, error);
}

static void
assert_saved(const char *path, WlPrivateFileMode mode)
{
    g_autoptr(GError) error = NULL;

    save(path, mode, &error);
    g_assert_no_error(error);
    assert_file(path, NEW, 0600);
}

static void
assert_refused(const char *path, WlPrivateFileMode mode, int code, const char *words)
{
    g_autofree char *start = g_strdup_printf("cannot write \"%s\": ", path);
    g_autoptr(GError) error = NULL;

    g_assert_false(save(path, mode, &error));
    g_assert_error(error, G_FILE_ERROR, code);
    g_assert_true(g_str_has_prefix(error->message, start));
    g_assert_nonnull(strstr(error->message, words));
}

/* Runs @body in a child. FALSE: it ended with the status 77, which is what a test returns that the
 * system does not allow. */
static gboolean
in_child(void (*body)(void))
{
    int status;
    pid_t child = fork();

    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        body();
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77);
    return WEXITSTATUS(status) == 0;
}

/* ---- mode ------------------------------------------------------------------------------------ */

static void
test_mode(void)
{
    static const mode_t masks[] = {0, 022, 077, 0277, 0777};
    static const mode_t modes[] = {0644, 0666, 0600, 0640, 0444, 04755, 0};
    g_autofree char *path = dup_path("mode");
    mode_t before = umask(0);

    for (guint i = 0; i < G_N_ELEMENTS(masks); i++) {
        umask(masks[i]);
        assert_saved(path, WL_PRIVATE_FILE_CREATE);
        for (guint j = 0; j < G_N_ELEMENTS(modes); j++) {
            umask(022);
            put(path, modes[j]);
            umask(masks[i]);
            assert_saved(path, WL_PRIVATE_FILE_REPLACE);
        }
        g_assert_no_errno(unlink(path));
        assert_saved(path, WL_PRIVATE_FILE_REPLACE);
        g_assert_no_errno(unlink(path));
    }
    umask(before);
    g_assert_cmpuint(count_files(folder), ==, 0);
}

/* Another name of the old file keeps the old file. */
static void
test_hard_link(void)
{
    g_autofree char *path = dup_path("one");
    g_autofree char *other = dup_path("two");

    put(path, 0644);
    g_assert_no_errno(link(path, other));
    assert_saved(path, WL_PRIVATE_FILE_REPLACE);
    assert_file(other, OLD, 0644);
    g_assert_no_errno(unlink(path));
    g_assert_no_errno(unlink(other));
}

/* A descriptor that was opened before must not see the key. */
static void
test_open_before(void)
{
    g_autofree char *path = dup_path("open");
    char text[64] = "";
    int fd;

    put(path, 0644);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_saved(path, WL_PRIVATE_FILE_REPLACE);
    g_assert_cmpint(read(fd, text, sizeof text - 1), ==, strlen(OLD));
    g_assert_cmpstr(text, ==, OLD);
    close(fd);
    g_assert_no_errno(unlink(path));
}

/* ---- targets --------------------------------------------------------------------------------- */

static void
test_existing(void)
{
    g_autofree char *path = dup_path("existing");

    put(path, 0644);
    assert_refused(path, WL_PRIVATE_FILE_CREATE, G_FILE_ERROR_EXIST, "it already exists");
    assert_file(path, OLD, 0644);
    g_assert_cmpuint(count_files(folder), ==, 1);
    g_assert_no_errno(unlink(path));
}

static void
test_link(void)
{
    g_autofree char *path = dup_path("link");
    g_autofree char *target = dup_path("target");

    put(target, 0644);
    g_assert_no_errno(symlink(target, path));
    assert_refused(path, WL_PRIVATE_FILE_CREATE, G_FILE_ERROR_EXIST, "it already exists");
    assert_saved(path, WL_PRIVATE_FILE_REPLACE);
    assert_file(target, OLD, 0644);

    /* A dangling link. */
    g_assert_no_errno(unlink(path));
    g_assert_no_errno(unlink(target));
    g_assert_no_errno(symlink(target, path));
    assert_refused(path, WL_PRIVATE_FILE_CREATE, G_FILE_ERROR_EXIST, "it already exists");
    assert_saved(path, WL_PRIVATE_FILE_REPLACE);
    g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
    g_assert_no_errno(unlink(path));
}

static void
test_not_regular(void)
{
    g_autofree char *path = dup_path("odd");
    g_autofree char *slash = g_strconcat(path, "/", NULL);
    g_autofree char *inside = g_build_filename(path, "none", "file", NULL);
    g_autofree char *link = dup_path("link");

    g_assert_no_errno(mkdir(path, 0700));
    assert_refused(path, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_ISDIR, "a directory; name a file");
    assert_refused(slash, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_ISDIR, "a directory; name a file");
    assert_refused(inside, WL_PRIVATE_FILE_CREATE, G_FILE_ERROR_NOENT, path);
    g_assert_no_errno(symlink(path, link));
    assert_refused(link, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_ISDIR, "a directory; name a file");
    g_assert_cmpuint(count_files(path), ==, 0);
    g_assert_no_errno(rmdir(path));

    g_assert_no_errno(mkfifo(path, 0666));
    assert_refused(path, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_INVAL, "not a regular file");
    assert_refused(link, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_INVAL, "not a regular file");
    g_assert_no_errno(unlink(path));
    g_assert_no_errno(unlink(link));
    assert_refused("/dev/null", WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_INVAL, "not a regular file");
    assert_refused("", WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_ISDIR, "a directory");
}

/* /dev/stdout is a link; a redirected output makes it lead to a regular file. */
static void
test_link_of_system(void)
{
    g_autofree char *path = dup_path("output");
    g_autofree char *descriptor = NULL;
    int fd;

    put(path, 0644);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    descriptor = g_strdup_printf("/proc/self/fd/%d", fd);
    assert_refused(descriptor, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_INVAL, "link of the system");
    assert_file(path, OLD, 0644);
    close(fd);
    g_assert_no_errno(unlink(path));
}

static void
test_names(void)
{
    g_autofree char *longest = g_strnfill(255, 'a');
    g_autofree char *longer = g_strnfill(256, 'a');
    g_autofree char *path = dup_path(longest);
    g_autofree char *too_long = dup_path(longer);
    g_autofree char *before = g_get_current_dir();

    assert_saved(path, WL_PRIVATE_FILE_CREATE);
    assert_saved(path, WL_PRIVATE_FILE_REPLACE);
    assert_refused(too_long, WL_PRIVATE_FILE_CREATE, G_FILE_ERROR_NAMETOOLONG, "too long");
    g_assert_no_errno(unlink(path));
    g_assert_no_errno(chdir(folder));
    assert_saved("relative", WL_PRIVATE_FILE_CREATE);
    assert_saved("./relative", WL_PRIVATE_FILE_REPLACE);
    g_assert_no_errno(unlink("relative"));
    g_assert_no_errno(chdir(before));
    g_assert_cmpuint(count_files(folder), ==, 0);
}

/* ---- errors ---------------------------------------------------------------------------------- */

static char *closed;

static void
write_without_permission(void)
{
    g_autofree char *path = g_build_filename(closed, "key", NULL);
    g_autofree char *other = g_build_filename(closed, "new", NULL);

    if (geteuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
        _exit(77);
    assert_refused(other, WL_PRIVATE_FILE_CREATE, G_FILE_ERROR_ACCES, closed);
    assert_refused(path, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_ACCES, "may not create files");
}

static void
test_no_permission(void)
{
    g_autofree char *path = NULL;

    closed = dup_path("closed");
    path = g_build_filename(closed, "key", NULL);
    g_assert_no_errno(chmod(folder, 0711));
    g_assert_no_errno(mkdir(closed, 0755));
    put(path, 0644);
    g_assert_no_errno(chmod(closed, 0555));
    if (!in_child(write_without_permission))
        g_test_skip("not allowed to become another user");
    g_assert_no_errno(chmod(closed, 0755));
    assert_file(path, OLD, 0644);
    g_assert_cmpuint(count_files(closed), ==, 1);
    g_assert_no_errno(unlink(path));
    g_assert_no_errno(rmdir(closed));
    g_clear_pointer(&closed, g_free);
}

static void
write_on_small_disk(void)
{
    g_autofree char *path = g_build_filename(folder, "key", NULL);
    g_autofree char *much = g_strnfill(64 * 1024, 'x');

    if (unshare(geteuid() ? CLONE_NEWNS | CLONE_NEWUSER : CLONE_NEWNS) < 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", folder, "tmpfs", 0, "size=16k") < 0)
        _exit(77);
    put(path, 0644);
    for (guint i = 0; i < 2; i++) {
        g_autofree char *name = g_build_filename(folder, i ? "new" : "key", NULL);
        g_autoptr(GError) error = NULL;

        g_assert_false(wl_private_file_write(name, much, strlen(much),
                                             i ? WL_PRIVATE_FILE_CREATE : WL_PRIVATE_FILE_REPLACE,
                                             &error));
        g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
        g_assert_nonnull(strstr(error->message, name));
        assert_file(path, OLD, 0644);
        g_assert_cmpuint(count_files(folder), ==, 1);
    }
    assert_saved(path, WL_PRIVATE_FILE_REPLACE);

    g_assert_no_errno(mount("none", folder, NULL, MS_REMOUNT | MS_RDONLY, NULL));
    assert_refused(path, WL_PRIVATE_FILE_REPLACE, G_FILE_ERROR_ROFS, "Read-only file system");
}

static void
test_small_disk(void)
{
    if (!in_child(write_on_small_disk))
        g_test_skip("not allowed to mount a file system");
}

/* ---- interruption ---------------------------------------------------------------------------- */

/* The kernel kills a process that exceeds this limit, in the middle of the file. */
static void
write_until_killed(const char *path, const char *text)
{
    struct rlimit limit = {4096, 4096}, none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &limit);
    wl_private_file_write(path, text, strlen(text), WL_PRIVATE_FILE_REPLACE, NULL);
    _exit(0);
}

static void
test_killed(void)
{
    g_autofree char *directory = dup_path("killed");
    g_autofree char *path = g_build_filename(directory, "key", NULL);
    g_autofree char *much = g_strnfill(64 * 1024, 'x');
    int status;
    pid_t child;

    g_assert_no_errno(mkdir(directory, 0755));
    put(path, 0644);
    child = fork();
    if (child == 0)
        write_until_killed(path, much);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGXFSZ);
    assert_file(path, OLD, 0644);
    g_assert_cmpuint(count_files(directory), ==, 2);
    assert_saved(path, WL_PRIVATE_FILE_REPLACE);

    empty(directory);
}

#define WRITERS 4
#define ROUNDS  25

/* Many processes at once: a reader sees one of their files, whole; one of those that create wins.
 */
static void
test_together(void)
{
    g_autofree char *shared = dup_path("shared");
    guint winners = 0;

    put(shared, 0644);
    for (guint i = 0; i < WRITERS; i++) {
        if (fork() == 0) {
            g_autofree char *text = g_strnfill(20000, (char) ('a' + i));
            g_autofree char *single = dup_path("single");

            for (guint j = 0; j < ROUNDS; j++) {
                g_autofree char *found = NULL;
                gsize length;

                if (!wl_private_file_write(shared, text, 20000, WL_PRIVATE_FILE_REPLACE, NULL) ||
                    !g_file_get_contents(shared, &found, &length, NULL) || length != 20000 ||
                    strspn(found, (char[]){found[0], '\0'}) != length)
                    _exit(2);
            }
            _exit(!save(single, WL_PRIVATE_FILE_CREATE, NULL));
        }
    }
    for (guint i = 0; i < WRITERS; i++) {
        int status;

        g_assert_cmpint(wait(&status), >, 0);
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), <, 2);
        winners += WEXITSTATUS(status) == 0;
    }
    g_assert_cmpuint(winners, ==, 1);
    g_assert_cmpuint(count_files(folder), ==, 2);
    empty(folder);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("wirelink-files-XXXXXX", &error);
    g_assert_no_error(error);
    g_test_add_func("/private-file/mode", test_mode);
    g_test_add_func("/private-file/hard-link", test_hard_link);
    g_test_add_func("/private-file/open-before", test_open_before);
    g_test_add_func("/private-file/existing", test_existing);
    g_test_add_func("/private-file/link", test_link);
    g_test_add_func("/private-file/not-regular", test_not_regular);
    g_test_add_func("/private-file/link-of-system", test_link_of_system);
    g_test_add_func("/private-file/names", test_names);
    g_test_add_func("/private-file/no-permission", test_no_permission);
    g_test_add_func("/private-file/small-disk", test_small_disk);
    g_test_add_func("/private-file/killed", test_killed);
    g_test_add_func("/private-file/together", test_together);
    return g_test_run();
}
