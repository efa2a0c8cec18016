/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts, watches and stops the program of the userspace backend. Owns the process, its pidfd and
 * the pipe of its output; only this file reaps it. Times are in ms. Errors are of WL_LINK_ERROR or
 * G_SPAWN_ERROR.
 */
#include "wl-userspace-program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"
#include "wl-link-error.h"

#define STOP_TIMEOUT 2000 /* ms from SIGTERM to SIGKILL */

#define POLL_PERIOD 100 /* ms between two looks at the program where it has no pidfd */

/* What the child writes where the kernel refuses PR_SET_PDEATHSIG. */
#define NO_DEATH_SIGNAL "wirelink: PR_SET_PDEATHSIG was refused"

struct _WlUserspaceProgram {
    pid_t pid; /* 0: ended */
    int pidfd; /* -1: refused */
    int output_fd;
    GSource *pid_source;
    GSource *output_source;
    char *last_line; /* of the output, for error messages; NULL: none */
    WlUserspaceProgramFunc exited;
    gpointer user_data;
};

static gboolean
wait_for_pidfd(const WlUserspaceProgram *self, int timeout)
{
    struct pollfd poll_fd = {.fd = self->pidfd, .events = POLLIN};
    int ready;

    do
        ready = poll(&poll_fd, 1, timeout);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* Leaves the child to be reaped. */
static gboolean
has_ended(const WlUserspaceProgram *self)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t) self->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
           info.si_pid == self->pid;
}

static gboolean
wait_for_child(const WlUserspaceProgram *self, int timeout)
{
    gint64 deadline = g_get_monotonic_time() + timeout * (gint64) 1000;

    while (!has_ended(self)) {
        if (timeout >= 0 && g_get_monotonic_time() >= deadline)
            return FALSE;
        g_usleep(10000);
    }
    return TRUE;
}

/* Waits up to @timeout ms for the end of the program and reaps it. FALSE: it still runs. */
static gboolean
reap(WlUserspaceProgram *self, int timeout, int *status)
{
    if (self->pidfd >= 0 ? !wait_for_pidfd(self, timeout) : !wait_for_child(self, timeout))
        return FALSE;
    while (waitpid(self->pid, status, 0) < 0 && errno == EINTR)
        ;
    self->pid = 0;
    wl_fd_clear(&self->pidfd);
    return TRUE;
}

/* Logs the lines of the program and keeps the last one. */
static gboolean
on_output(gint fd, GIOCondition condition, gpointer user_data)
{
    WlUserspaceProgram *self = user_data;
    char buffer[4096];
    ssize_t length = read(fd, buffer, sizeof buffer);
    g_auto(GStrv) lines = NULL;
    g_autofree char *text = NULL;

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (length <= 0) {
        wl_source_clear(&self->output_source);
        return G_SOURCE_REMOVE;
    }
    text = g_utf8_make_valid(buffer, length);
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (!*g_strstrip(*line))
            continue;
        if (g_str_equal(*line, NO_DEATH_SIGNAL)) {
            wl_limitation_add("program-end",
                              "wireguard-go goes on if the service is killed, until the "
                              "next activation: the kernel refuses PR_SET_PDEATHSIG");
            continue;
        }
        g_info("wireguard-go: %s", *line);
        g_free(self->last_line);
        self->last_line = g_strdup(*line);
    }
    return G_SOURCE_CONTINUE;
}

static char *
describe_end(const WlUserspaceProgram *self, int status)
{
    if (WIFSIGNALED(status))
        return g_strdup_printf("was killed by signal %d (%s)", WTERMSIG(status),
                               g_strsignal(WTERMSIG(status)));
    return g_strdup_printf("exited with status %d%s%s", WEXITSTATUS(status),
                           self->last_line ? ": " : "", self->last_line ? self->last_line : "");
}

static gboolean
on_program_exit(gint fd, GIOCondition condition, gpointer user_data)
{
    WlUserspaceProgram *self = user_data;
    g_autofree char *how = NULL;
    int status = 0;

    wl_source_clear(&self->pid_source);
    if (self->output_source)
        on_output(self->output_fd, G_IO_IN, self);
    reap(self, -1, &status);
    how = describe_end(self, status);
    /* May free @self. */
    self->exited(WIFEXITED(status) && WEXITSTATUS(status) == 0, how, self->user_data);
    return G_SOURCE_REMOVE;
}

/* In place of a pidfd. May free @user_data. */
static gboolean
on_poll(gpointer user_data)
{
    return has_ended(user_data) ? on_program_exit(-1, G_IO_IN, user_data) : G_SOURCE_CONTINUE;
}

/* Runs in the child between fork and exec: only async-signal-safe calls. */
static void
prepare_child(gpointer user_data)
{
    pid_t parent = *(pid_t *) user_data;

    /*
     * The program must not outlive this process, however that ends. PR_SET_PDEATHSIG fires when the
     * thread that forked ends (man 2 prctl), which is the main one. A session of its own keeps
     * Ctrl-C of a terminal away.
     */
    setsid();
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
        (void) !write(STDOUT_FILENO, NO_DEATH_SIGNAL "\n", strlen(NO_DEATH_SIGNAL "\n"));
    if (getppid() != parent)
        _exit(1);
}

static gboolean
spawn(WlUserspaceProgram *self, const char *path, const char *ifname, GError **error)
{
    /* Nothing of our environment; keys are sent over the control socket only. */
    const char *environment[] = {"WG_PROCESS_FOREGROUND=1", "LOG_LEVEL=error",
                                 "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    const char *arguments[] = {path, "-f", ifname, NULL};
    pid_t parent = getpid();
    GPid pid;

    if (!g_spawn_async_with_pipes("/", (char **) arguments, (char **) environment,
                                  G_SPAWN_DO_NOT_REAP_CHILD, prepare_child, &parent, &pid, NULL,
                                  &self->output_fd, NULL, error))
        return FALSE;
    self->pid = pid;
    self->pidfd = (int) syscall(SYS_pidfd_open, pid, 0);
    return TRUE;
}

WlUserspaceProgram *
wl_userspace_program_new(const char *path, const char *ifname, WlUserspaceProgramFunc exited,
                         gpointer user_data, GError **error)
{
    WlUserspaceProgram *self = g_new0(WlUserspaceProgram, 1);

    self->pidfd = -1;
    self->output_fd = -1;
    self->exited = exited;
    self->user_data = user_data;
    if (!spawn(self, path, ifname, error)) {
        wl_userspace_program_free(self);
        return NULL;
    }
    g_unix_set_fd_nonblocking(self->output_fd, TRUE, NULL);
    fcntl(self->output_fd, F_SETFD, FD_CLOEXEC);
    if (self->pidfd >= 0)
        self->pid_source = wl_fd_source_new(self->pidfd, G_IO_IN, on_program_exit, self);
    else
        self->pid_source = wl_timeout_source_new(POLL_PERIOD, on_poll, self);
    self->output_source = wl_fd_source_new(self->output_fd, G_IO_IN, on_output, self);
    return self;
}

void
wl_userspace_program_kill(WlUserspaceProgram *self)
{
    int status;

    if (self->pid == 0)
        return;
    wl_source_clear(&self->pid_source);
    kill(self->pid, SIGKILL);
    reap(self, -1, &status);
}

void
wl_userspace_program_free(WlUserspaceProgram *self)
{
    int status;

    if (!self)
        return;
    wl_source_clear(&self->pid_source);
    if (self->pid != 0) {
        kill(self->pid, SIGTERM);
        kill(self->pid, SIGCONT); /* a stopped program handles no other signal */
        if (!reap(self, STOP_TIMEOUT, &status)) {
            kill(self->pid, SIGKILL);
            reap(self, -1, &status);
        }
    }
    wl_source_clear(&self->output_source);
    wl_fd_clear(&self->output_fd);
    wl_fd_clear(&self->pidfd);
    g_free(self->last_line);
    g_free(self);
}

pid_t
wl_userspace_program_get_pid(const WlUserspaceProgram *self)
{
    return self ? self->pid : 0;
}
