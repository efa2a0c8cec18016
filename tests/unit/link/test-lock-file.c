/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "link-test-util.h"
#include "wl-lock-file.h"
#include "wl-profile-in-use.h"

#define UUID  "0b2f9f9e-6a6f-4f5e-8d53-0123456789ab"
#define OTHER "5c1d7a52-3f0e-4a3b-9d7c-ba9876543210"

static int
take(const char *name, gboolean exclusive)
{
    g_autoptr(GError) error = NULL;
    int fd = wl_lock_file_take(name, exclusive, &error);

    g_assert_no_error(error);
    g_assert_cmpint(fd, >=, 0);
    return fd;
}

static void
assert_list(const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = wl_lock_file_list(&error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = g_strjoinv(" ", names);
    g_assert_cmpstr(text, ==, expected);
}

static guint
count_files(void)
{
    g_autoptr(GDir) files = g_dir_open(WL_LOCK_DIRECTORY, 0, NULL);
    guint n = 0;

    while (files && g_dir_read_name(files))
        n++;
    return n;
}

static void
test_exclusive(void)
{
    g_autoptr(GError) error = NULL;
    int fd = take("wirelinkd.home", TRUE);

    g_assert_cmpint(wl_lock_file_take("wirelinkd.home", TRUE, &error), ==, -1);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    g_assert_nonnull(strstr(error->message, WL_LOCK_DIRECTORY "/wirelinkd.home."));
    close(take("wirelinkd.other", TRUE));
    close(fd);
    close(take("wirelinkd.home", TRUE));
}

static void
test_shared(void)
{
    int first = take("a", FALSE), second = take("a", FALSE);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(wl_lock_file_take("a", TRUE, &error), ==, -1);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    close(first);
    assert_list("a");
    close(second);
    assert_list("");
    g_assert_cmpint(count_files(), ==, 0);
}

/* Listing takes no lock, so that no process fails to take one meanwhile. */
static void
test_list_takes_none(void)
{
    int fd = take("a", FALSE);

    assert_list("a");
    close(take("a", FALSE));
    close(fd);
    assert_list("");
}

static void
test_killed(void)
{
    int ready[2];
    char byte;
    pid_t child;

    g_assert_cmpint(pipe(ready), ==, 0);
    child = fork();
    if (child == 0) {
        alarm(60);
        if (wl_profile_in_use_mark(UUID, NULL) >= 0 && write(ready[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
    close(ready[0]);
    close(ready[1]);
    g_assert_cmpint(count_files(), ==, 1);
    {
        g_auto(GStrv) uuids = wl_profile_in_use_list(NULL);

        g_assert_cmpstrv(uuids, ((const char *const[]){UUID, NULL}));
    }
    kill(child, SIGKILL);
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
    assert_list("");
    g_assert_cmpint(count_files(), ==, 0);
}

static void
test_marks(void)
{
    g_autoptr(GError) error = NULL;
    int first = wl_profile_in_use_mark(UUID, &error), daemon = take("wirelinkd.home", TRUE);
    int second = wl_profile_in_use_mark(OTHER, &error),
        again = wl_profile_in_use_mark(UUID, &error);
    g_auto(GStrv) uuids = wl_profile_in_use_list(&error);

    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(uuids), ==, 2);
    g_assert_true(g_strv_contains((const char *const *) uuids, UUID));
    g_assert_true(g_strv_contains((const char *const *) uuids, OTHER));
    close(first);
    close(second);
    close(again);
    close(daemon);
}

static void
become_nobody(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    int length =
        g_snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "nm-wirelink/" OTHER "/1");
    gboolean refused;

    /* the abstract socket that any user may bind, which once was the mark */
    alarm(60);
    if (fd < 0 || setuid(65534) != 0 ||
        bind(fd, (struct sockaddr *) &address,
             (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + length)) != 0)
        _exit(2);
    refused = wl_profile_in_use_mark(OTHER, NULL) < 0 &&
              g_open(WL_LOCK_DIRECTORY "/x", O_CREAT | O_WRONLY, 0600) < 0;
    if (write(3, "", 1) != 1)
        _exit(2);
    if (refused)
        pause();
    _exit(1);
}

/* Another user can neither set a mark nor make one up. */
static void
test_other_user(void)
{
    int mark = take("profile." UUID ".1", FALSE), ready[2], status;
    char byte;
    pid_t child;

    g_assert_cmpint(pipe(ready), ==, 0);
    child = fork();
    if (child == 0) {
        if (dup2(ready[1], 3) != 3)
            _exit(2);
        become_nobody();
    }
    close(ready[1]);
    g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
    close(ready[0]);
    assert_list("profile." UUID ".1");
    kill(child, SIGKILL);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status));
    close(mark);
}

static void
test_open_directory(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_mkdir_with_parents(WL_LOCK_DIRECTORY, 0700), ==, 0);
    g_assert_cmpint(chmod(WL_LOCK_DIRECTORY, 0755), ==, 0);
    g_assert_cmpint(wl_profile_in_use_mark(UUID, &error), ==, -1);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    g_assert_nonnull(strstr(error->message, WL_LOCK_DIRECTORY));
    g_clear_error(&error);
    g_assert_null(wl_profile_in_use_list(&error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    g_clear_error(&error);
    g_assert_cmpint(rmdir(WL_LOCK_DIRECTORY), ==, 0);
    g_assert_cmpint(symlink("/tmp", WL_LOCK_DIRECTORY), ==, 0);
    g_assert_cmpint(wl_profile_in_use_mark(UUID, &error), ==, -1);
    g_assert_nonnull(error);
    g_assert_cmpint(unlink(WL_LOCK_DIRECTORY), ==, 0);
}

int
main(int argc, char *argv[])
{
    test_enter_namespaces();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lock-file/exclusive", test_exclusive);
    g_test_add_func("/lock-file/shared", test_shared);
    g_test_add_func("/lock-file/list-takes-none", test_list_takes_none);
    g_test_add_func("/lock-file/killed", test_killed);
    g_test_add_func("/lock-file/open-directory", test_open_directory);
    g_test_add_func("/in-use/marks", test_marks);
    g_test_add_func("/in-use/other-user", test_other_user);
    return g_test_run();
}
