/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs wirelinkctl and collects what it prints, also on a terminal and while it runs. */
#include "ctl-run.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TIME_LIMIT 60 /* s */

static gboolean
give_up(gpointer user_data)
{
    const GString *printed = user_data;

    g_error("wirelinkctl runs for more than %d s%s%s", TIME_LIMIT, printed ? ", printing " : "",
            printed ? printed->str : "");
    return G_SOURCE_REMOVE;
}

static void
take_result(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GAsyncResult **taken = user_data;

    *taken = g_object_ref(result);
}

/* In memory: a program that does not read its input breaks no pipe. */
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

/* ---- while it runs ------------------------------------------------------------------------- */

/* Makes it the controlling terminal of the program. */
static void
take_terminal(gpointer user_data)
{
    setsid();
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

static void
open_terminal(CtlProcess *self, GSubprocessLauncher *launcher)
{
    const struct winsize size = {.ws_row = 40, .ws_col = 200};

    self->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    g_assert_cmpint(self->fd, >=, 0);
    g_assert_cmpint(grantpt(self->fd), ==, 0);
    g_assert_cmpint(unlockpt(self->fd), ==, 0);
    self->terminal = open(ptsname(self->fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
    g_assert_cmpint(self->terminal, >=, 0);
    g_assert_cmpint(ioctl(self->fd, TIOCSWINSZ, &size), ==, 0);
    g_subprocess_launcher_take_stdin_fd(launcher, fcntl(self->terminal, F_DUPFD_CLOEXEC, 0));
    g_subprocess_launcher_take_stdout_fd(launcher, fcntl(self->terminal, F_DUPFD_CLOEXEC, 0));
    g_subprocess_launcher_set_child_setup(launcher, take_terminal, NULL, NULL);
}

static void
open_pipe(CtlProcess *self, GSubprocessLauncher *launcher)
{
    int fds[2];

    g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
    self->fd = fds[0];
    g_subprocess_launcher_take_stdin_fd(launcher, open_input(NULL));
    g_subprocess_launcher_take_stdout_fd(launcher, fds[1]);
}

CtlProcess *
ctl_start(const char *const *arguments, const char *const *environment, gboolean on_terminal)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    CtlProcess *self = g_new0(CtlProcess, 1);

    self->out = g_string_new(NULL);
    self->terminal = -1;
    g_ptr_array_add(argv, (gpointer) g_getenv("WL_TEST_CTL"));
    g_assert_nonnull(argv->pdata[0]);
    for (; *arguments; arguments++)
        g_ptr_array_add(argv, (gpointer) *arguments);
    g_ptr_array_add(argv, NULL);
    g_subprocess_launcher_unsetenv(launcher, "COLUMNS");
    g_subprocess_launcher_unsetenv(launcher, "NO_COLOR");
    g_subprocess_launcher_setenv(launcher, "TERM", "xterm", TRUE);
    for (; environment && *environment; environment += 2)
        g_subprocess_launcher_setenv(launcher, environment[0], environment[1], TRUE);
    if (on_terminal)
        open_terminal(self, launcher);
    else
        open_pipe(self, launcher);
    self->process =
        g_subprocess_launcher_spawnv(launcher, (const char *const *) argv->pdata, &error);
    g_assert_no_error(error);
    return self;
}

void
ctl_process_free(CtlProcess *self)
{
    if (!self)
        return;
    g_subprocess_force_exit(self->process);
    g_object_unref(self->process);
    g_string_free(self->out, TRUE);
    close(self->fd);
    if (self->terminal >= 0)
        close(self->terminal);
    g_free(self);
}

/* Reads the output, without the carriage returns that a terminal adds. */
static gboolean
take_output(int fd, GIOCondition condition, gpointer user_data)
{
    CtlProcess *self = user_data;
    char buffer[4096];
    gssize n = read(fd, buffer, sizeof(buffer));

    for (gssize i = 0; i < n; i++) {
        if (buffer[i] != '\r')
            g_string_append_c(self->out, buffer[i]);
    }
    return n > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

gsize
ctl_process_wait_for(CtlProcess *self, gsize from, const char *part)
{
    GSource *source = g_unix_fd_source_new(self->fd, G_IO_IN | G_IO_HUP);
    guint timer = g_timeout_add_seconds(TIME_LIMIT, give_up, self->out);
    const char *found;

    g_source_set_callback(source, G_SOURCE_FUNC(take_output), self, NULL);
    g_source_attach(source, NULL);
    while (!(found = strstr(self->out->str + from, part))) {
        if (g_source_is_destroyed(source))
            g_error("ended without printing \"%s\": %s", part, self->out->str);
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_destroy(source);
    g_source_unref(source);
    g_source_remove(timer);
    return (gsize) (found - self->out->str) + strlen(part);
}

void
ctl_process_type(CtlProcess *self, const char *keys)
{
    g_assert_cmpint(write(self->fd, keys, strlen(keys)), ==, (gssize) strlen(keys));
}

int
ctl_process_finish(CtlProcess *self)
{
    GSource *source = g_unix_fd_source_new(self->fd, G_IO_IN | G_IO_HUP);
    guint timer = g_timeout_add_seconds(TIME_LIMIT, give_up, self->out);
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;

    g_source_set_callback(source, G_SOURCE_FUNC(take_output), self, NULL);
    g_source_attach(source, NULL);
    g_subprocess_wait_async(self->process, NULL, take_result, &result);
    while (!result)
        g_main_context_iteration(NULL, TRUE);
    g_subprocess_wait_finish(self->process, result, &error);
    g_assert_no_error(error);
    /* What it printed last. */
    while (!g_source_is_destroyed(source) && g_main_context_iteration(NULL, FALSE))
        ;
    g_source_destroy(source);
    g_source_unref(source);
    g_source_remove(timer);
    g_assert_true(g_subprocess_get_if_exited(self->process));
    return g_subprocess_get_exit_status(self->process);
}
