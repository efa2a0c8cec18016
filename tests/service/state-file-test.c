/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The state that is kept between two activations. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-state-file.h"

#define UUID "7d1c1b1e-6f2a-4a53-9f44-4a7a2a6e0c11"

static char *folder;

static char *
dup_path(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void
assert_refused(const char *uuid, const char *message)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;

    g_assert_null(wl_state_file_load(uuid, &length, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, message));
}

static void
test_round_trip(void)
{
    g_autofree char *path = dup_path(UUID);
    g_autofree char *first = NULL;
    g_autoptr(GError) error = NULL;
    struct stat status;
    gsize length = 0;

    g_assert_null(wl_state_file_load(UUID, &length, &error));
    g_assert_no_error(error);
    g_assert_true(wl_state_file_save(UUID, "[State]\n", &error));
    g_assert_true(wl_state_file_save(UUID, "[State]\nVersion=1\n", &error));
    first = wl_state_file_load(UUID, &length, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(first, ==, "[State]\nVersion=1\n");
    g_assert_cmpuint(length, ==, strlen(first));
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
    g_assert_cmpint(stat(folder, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 07777, ==, 0700);
    wl_state_file_remove(UUID);
    g_assert_null(wl_state_file_load(UUID, &length, &error));
    g_assert_no_error(error);
}

static void
test_not_ours(void)
{
    g_autofree char *path = dup_path(UUID);
    g_autofree char *other = dup_path("other");
    g_autofree char *huge = g_strnfill(1024 * 1024 + 1, 'x');
    g_autoptr(GError) error = NULL;

    assert_refused("../../etc/shadow", "not a UUID");
    assert_refused(NULL, "not a UUID");
    g_assert_false(wl_state_file_save("..", "x", NULL));
    g_assert_true(wl_state_file_save(UUID, "x", &error));
    g_assert_cmpint(g_chmod(path, 0644), ==, 0);
    assert_refused(UUID, "inaccessible to others");
    g_assert_true(
        g_file_set_contents_full(path, huge, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error));
    assert_refused(UUID, "at most");
    wl_state_file_remove(UUID);
    /* a symbolic link is neither read nor written through */
    g_assert_true(g_file_set_contents(other, "other", -1, &error));
    g_assert_cmpint(symlink(other, path), ==, 0);
    assert_refused(UUID, "failed to open");
    g_assert_true(wl_state_file_save(UUID, "x", &error));
    g_assert_true(g_file_get_contents(other, &huge, NULL, &error));
    g_assert_cmpstr(huge, ==, "other");
    wl_state_file_remove(UUID);
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    assert_refused(UUID, "ignoring");
    wl_state_file_remove(UUID);
    g_unlink(other);
}

static void
test_size_limit(void)
{
    g_autofree char *largest = g_strnfill(1024 * 1024, 'x');
    g_autofree char *larger = g_strnfill(1024 * 1024 + 1, 'y');
    g_autofree char *loaded = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;

    g_assert_true(wl_state_file_save(UUID, largest, &error));
    g_assert_no_error(error);
    g_assert_false(wl_state_file_save(UUID, larger, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    g_clear_error(&error);
    /* The last state that fits is still there. */
    loaded = wl_state_file_load(UUID, &length, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(length, ==, 1024 * 1024);
    g_assert_cmpint(loaded[0], ==, 'x');
    wl_state_file_remove(UUID);
}

int
main(int argc, char *argv[])
{
    g_autofree char *base = g_dir_make_tmp("wirelink-state-XXXXXX", NULL);
    int result;

    g_test_init(&argc, &argv, NULL);
    folder = g_build_filename(base, "state", NULL);
    g_setenv("WIRELINK_STATE", folder, TRUE);
    g_test_add_func("/state-file/round-trip", test_round_trip);
    g_test_add_func("/state-file/not-ours", test_not_ours);
    g_test_add_func("/state-file/size-limit", test_size_limit);
    result = g_test_run();
    g_rmdir(folder);
    g_rmdir(base);
    g_free(folder);
    return result;
}
