/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The state that is kept between two activations. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-state-file.h"
#include "wl-state-writer.h"

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
    g_assert_false(wl_state_file_save(UUID "/x", "x", NULL));
    g_assert_false(wl_state_file_save(UUID ".events/../x", "x", NULL));
    g_assert_true(wl_state_file_save(UUID ".events", "x", NULL));
    wl_state_file_remove(UUID ".events");
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

/* ---- writing in a thread --------------------------------------------------------------------- */

/* A disk that is as slow as the test lets it be, in place of the C library's. */
static struct {
    GMutex mutex;
    GCond cond;
    gboolean blocks;
    GThread *thread; /* that called last */
} disk;

int
fsync(int fd)
{
    g_mutex_lock(&disk.mutex);
    disk.thread = g_thread_self();
    while (disk.blocks)
        g_cond_wait(&disk.cond, &disk.mutex);
    g_mutex_unlock(&disk.mutex);
    return 0;
}

static void
disk_set(gboolean blocks)
{
    g_mutex_lock(&disk.mutex);
    disk.blocks = blocks;
    g_cond_broadcast(&disk.cond);
    g_mutex_unlock(&disk.mutex);
}

typedef struct {
    guint written, failed;
} Writes;

static void
on_written(const GError *error, gpointer user_data)
{
    Writes *writes = user_data;

    writes->written += !error;
    writes->failed += error != NULL;
}

static void
wait_for_writes(Writes *writes, guint n)
{
    while (writes->written + writes->failed < n)
        g_main_context_iteration(NULL, TRUE);
}

static void
assert_state(const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *state = NULL;
    gsize length = 0;

    state = wl_state_file_load(UUID, &length, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(state, ==, expected);
}

/* While the disk blocks, the main loop does not, and the last state is in its place at the end. */
static void
test_writer(void)
{
    Writes writes = {0};
    WlStateWriter *writer = wl_state_writer_new(UUID, on_written, &writes);

    disk_set(TRUE);
    for (guint i = 0; i < 100; i++) {
        wl_state_writer_save(writer, g_strdup_printf("state %u\n", i));
        g_main_context_iteration(NULL, FALSE);
    }
    g_assert_cmpuint(writes.written, ==, 0);
    disk_set(FALSE);
    /* the first, and of the others the last */
    wait_for_writes(&writes, 2);
    g_assert_true(disk.thread != g_thread_self());
    assert_state("state 99\n");
    g_assert_cmpuint(writes.written, ==, 2);
    wl_state_writer_save(writer, g_strdup("old\n"));
    wl_state_writer_save(writer, g_strdup("older\n"));
    wl_state_writer_save(writer, g_strdup("last\n"));
    wl_state_writer_free(writer);
    assert_state("last\n");
    wl_state_file_remove(UUID);
    g_assert_cmpuint(writes.written, ==, 4);
    /* the reply of the thread comes after that */
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(writes.written, ==, 4);
}

static void
test_writer_fails(void)
{
    Writes writes = {0};
    WlStateWriter *writer = wl_state_writer_new("not a UUID", on_written, &writes);

    wl_state_writer_save(writer, g_strdup("x"));
    wait_for_writes(&writes, 1);
    wl_state_writer_save(writer, g_strdup("y"));
    wl_state_writer_free(writer);
    g_assert_cmpuint(writes.failed, ==, 2);
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
    g_test_add_func("/state-file/writer", test_writer);
    g_test_add_func("/state-file/writer-fails", test_writer_fails);
    result = g_test_run();
    g_rmdir(folder);
    g_rmdir(base);
    g_free(folder);
    return result;
}
