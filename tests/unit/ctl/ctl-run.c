/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl-run.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TIME_LIMIT 60 /* s */

static gboolean
give_up(gpointer user_data)
{
    g_error("wirelinkctl runs for more than %d s", TIME_LIMIT);
    return G_SOURCE_REMOVE;
}

static void
take_result(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GAsyncResult **taken = user_data;

    *taken = g_object_ref(result);
}

/* In memory, so that a program that does not read it breaks no pipe. */
static int
open_input(const char *input)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    g_assert_cmpint(fd, >=, 0);
    if (input)
        g_assert_cmpint(write(fd, input, strlen(input)), ==, (gssize) strlen(input));
    g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
    return fd;
}

CtlRun *
ctl_run(const char *const *arguments, const char *input, const char *const *environment)
{
    const GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE;
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(flags);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;
    CtlRun *run = g_new0(CtlRun, 1);
    guint timer;

    g_ptr_array_add(argv, (gpointer) g_getenv("WL_TEST_CTL"));
    g_assert_nonnull(argv->pdata[0]);
    for (; *arguments; arguments++)
        g_ptr_array_add(argv, (gpointer) *arguments);
    g_ptr_array_add(argv, NULL);
    for (; environment && *environment; environment += 2)
        g_subprocess_launcher_setenv(launcher, environment[0], environment[1], TRUE);

    g_subprocess_launcher_take_stdin_fd(launcher, open_input(input));
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *) argv->pdata, &error);
    g_assert_no_error(error);
    timer = g_timeout_add_seconds(TIME_LIMIT, give_up, NULL);
    g_subprocess_communicate_utf8_async(process, NULL, NULL, take_result, &result);
    while (!result)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    g_subprocess_communicate_utf8_finish(process, result, &run->out, &run->err, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_if_exited(process));
    run->status = g_subprocess_get_exit_status(process);
    return run;
}

void
ctl_run_free(CtlRun *run)
{
    if (!run)
        return;
    g_free(run->out);
    g_free(run->err);
    g_free(run);
}
