/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The userspace backend: starts wireguard-go (or a program with its command line and protocol),
 * waits for its control socket, and configures it over that. Owns the process, which does not
 * outlive this one. Times are in ms. Errors are of WL_LINK_ERROR.
 */
#include "wl-link-userspace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wl-fd-source.h"
#include "wl-link-class.h"
#include "wl-rtnl-link.h"
#include "wl-uapi.h"

#define WL_TYPE_LINK_USERSPACE (wl_link_userspace_get_type())
G_DECLARE_FINAL_TYPE(WlLinkUserspace, wl_link_userspace, WL, LINK_USERSPACE, WlLink)

#define DEFAULT_PROGRAM "wireguard-go"
#define TUN_DEVICE      "/dev/net/tun"
#define START_TIMEOUT   5000 /* ms until the program listens */
#define RETRY_PERIOD    20   /* ms between bind() and listen() of the program */
#define STOP_TIMEOUT    2000 /* ms from SIGTERM to SIGKILL */

struct _WlLinkUserspace {
    WlLink parent;
    guint16 listen_port;
    pid_t pid; /* 0: not running */
    int pidfd;
    int output_fd; /* what the program prints */
    GSource *pid_source;
    GSource *output_source;
    char *last_words; /* its last line, for error messages */

    /* while it starts */
    GTask *task;
    WlLinkConfig *config;
    int inotify_fd;
    GSource *inotify_source;
    GSource *retry_source;
    GSource *timeout_source;
    GCancellable *cancellable;
    gulong cancelled_id;
};

G_DEFINE_FINAL_TYPE(WlLinkUserspace, wl_link_userspace, WL_TYPE_LINK)

static void
stop_waiting(WlLinkUserspace *self)
{
    wl_source_clear(&self->inotify_source);
    wl_source_clear(&self->retry_source);
    wl_source_clear(&self->timeout_source);
    wl_fd_clear(&self->inotify_fd);
    if (self->cancelled_id)
        g_cancellable_disconnect(self->cancellable, self->cancelled_id);
    self->cancelled_id = 0;
    g_clear_object(&self->cancellable);
}

static WlDevice *
wl_link_userspace_read(WlLink *link, GError **error)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    g_autoptr(WlUapiText) request = g_string_new("get=1\n\n");
    g_autoptr(WlUapiText) reply = NULL;
    const char *name = wl_link_get_name(link);
    int result = wl_uapi_exchange(name, self->pid, request, &reply);
    WlDevice *device;

    if (result < 0) {
        wl_link_set_errno(error, result, "cannot read interface \"%s\"", name);
        return NULL;
    }
    device = wl_uapi_parse_device(reply->str, reply->len, g_get_real_time(), error);
    if (!device)
        g_prefix_error(error, "cannot read interface \"%s\": ", name);
    return device;
}

static gboolean
wl_link_userspace_apply(WlLink *link, const WlPeerChange *change, GError **error)
{
    g_autoptr(WlUapiText) request = wl_uapi_set_peer(change);
    const char *name = wl_link_get_name(link);
    int result = wl_uapi_exchange(name, WL_LINK_USERSPACE(link)->pid, request, NULL);
    g_autofree char *key = NULL;

    if (result == 0)
        return TRUE;
    key = wl_key_to_string(&change->public_key);
    wl_link_set_errno(error, result, "cannot change peer %s of interface \"%s\"", key, name);
    return FALSE;
}

static gboolean
port_is_free(int family, guint16 port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result = 0;

    if (fd < 0)
        return TRUE; /* a family that this host has not got */
    if (family == AF_INET) {
        result = bind(fd, (struct sockaddr *) &v4, sizeof v4);
    } else {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
        result = bind(fd, (struct sockaddr *) &v6, sizeof v6);
    }
    if (result < 0)
        result = errno;
    close(fd);
    return result != EADDRINUSE;
}

static gboolean
set_listen_port(WlLinkUserspace *self, guint16 port, GError **error)
{
    g_autoptr(WlUapiText) request = wl_uapi_set_listen_port(port);
    const char *name = wl_link_get_name(WL_LINK(self));
    int result = wl_uapi_exchange(name, self->pid, request, NULL);

    if (result == 0)
        return TRUE;
    if (result == -EADDRINUSE)
        wl_link_set_port_in_use(error, name, port);
    else
        wl_link_set_errno(error, result, "cannot set the listen port of interface \"%s\"", name);
    return FALSE;
}

/*
 * wireguard-go opens its sockets when it notices that its link is up, which is some time later, and
 * only logs a failure; on newer kernels it takes a link that is down for one that is up (its empty
 * write to it fails with EINVAL, not EIO) and has them open already. So: let go of the port, look
 * whether it is free, and set it again after the link is up, which says whether it worked if
 * wireguard-go has noticed by then.
 */
static gboolean
wl_link_userspace_set_up(WlLink *link, GError **error)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    WlLinkClass *parent = WL_LINK_CLASS(wl_link_userspace_parent_class);
    guint16 port = self->listen_port;

    if (port == 0)
        return parent->set_up(link, error);
    if (!set_listen_port(self, 0, error))
        return FALSE;
    if (!port_is_free(AF_INET, port) || !port_is_free(AF_INET6, port)) {
        wl_link_set_port_in_use(error, wl_link_get_name(link), port);
        return FALSE;
    }
    return parent->set_up(link, error) && set_listen_port(self, port, error);
}

/* TRUE if the program ended within @timeout ms; it is reaped then. */
static gboolean
reap(WlLinkUserspace *self, int timeout, int *status)
{
    struct pollfd poll_fd = {.fd = self->pidfd, .events = POLLIN};
    int ready;

    do
        ready = poll(&poll_fd, 1, timeout);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return FALSE;
    while (waitpid(self->pid, status, 0) < 0 && errno == EINTR)
        ;
    self->pid = 0;
    wl_fd_clear(&self->pidfd);
    return TRUE;
}

static void
stop_program(WlLinkUserspace *self)
{
    int status;

    wl_source_clear(&self->pid_source);
    if (self->pid != 0) {
        kill(self->pid, SIGTERM);
        if (!reap(self, STOP_TIMEOUT, &status)) {
            kill(self->pid, SIGKILL);
            reap(self, -1, &status);
        }
    }
    wl_source_clear(&self->output_source);
    wl_fd_clear(&self->output_fd);
}

static void
wl_link_userspace_destroy(WlLink *link)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    gboolean started = self->pid != 0;

    stop_waiting(self);
    stop_program(self);
    if (started)
        wl_uapi_remove_stale_socket(wl_link_get_name(link));
    /* A tun link goes with its program; the parent deletes what may be left. */
    WL_LINK_CLASS(wl_link_userspace_parent_class)->destroy(link);
}

static void
wl_link_userspace_finalize(GObject *object)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(object);

    g_free(self->last_words);
    wl_link_config_free(self->config);
    G_OBJECT_CLASS(wl_link_userspace_parent_class)->finalize(object);
}

static void
wl_link_userspace_class_init(WlLinkUserspaceClass *klass)
{
    WlLinkClass *link_class = WL_LINK_CLASS(klass);

    G_OBJECT_CLASS(klass)->finalize = wl_link_userspace_finalize;
    link_class->backend = "userspace";
    link_class->read = wl_link_userspace_read;
    link_class->apply = wl_link_userspace_apply;
    link_class->set_up = wl_link_userspace_set_up;
    link_class->destroy = wl_link_userspace_destroy;
}

static void
wl_link_userspace_init(WlLinkUserspace *self)
{
    self->pidfd = -1;
    self->output_fd = -1;
    self->inotify_fd = -1;
}

/* Ends the opening. @error: taken; NULL on success. */
static void
finish(WlLinkUserspace *self, GError *error)
{
    g_autoptr(GTask) task = g_steal_pointer(&self->task);

    stop_waiting(self);
    g_clear_pointer(&self->config, wl_link_config_free);
    /* The reference of the task's link passes on to the caller, or ends what was started. */
    if (error) {
        wl_link_destroy(WL_LINK(self));
        g_task_return_error(task, error);
        g_object_unref(self);
    } else {
        g_task_return_pointer(task, self, g_object_unref);
    }
}

static void G_GNUC_PRINTF(3, 4)
    finish_with(WlLinkUserspace *self, int code, const char *format, ...)
{
    va_list arguments;
    GError *error;

    va_start(arguments, format);
    error = g_error_new_valist(WL_LINK_ERROR, code, format, arguments);
    va_end(arguments);
    finish(self, error);
}

/* The program listens: the link exists. The mark comes before anything else is set. */
static gboolean
set_up_device(WlLinkUserspace *self, GError **error)
{
    const WlLinkConfig *config = self->config;
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, error);
    g_autoptr(WlUapiText) request = NULL;
    WlRtnlLink link;
    int result;

    if (!route)
        return FALSE;
    result = wl_rtnl_find_link(route, config->name, &link);
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot find interface \"%s\"", config->name);
        return FALSE;
    }
    if (!wl_link_adopt(WL_LINK(self), g_steal_pointer(&route), config, link.ifindex, error))
        return FALSE;
    self->listen_port = config->listen_port;
    request = wl_uapi_set_device(config->private_key, config->listen_port, config->fwmark);
    result = wl_uapi_exchange(config->name, self->pid, request, NULL);
    if (result == 0)
        return TRUE;
    if (result == -EADDRINUSE)
        wl_link_set_port_in_use(error, config->name, config->listen_port);
    else
        wl_link_set_errno(error, result, "cannot configure interface \"%s\"", config->name);
    return FALSE;
}

static gboolean try_again(gpointer user_data);

/* Looks whether the program listens already. */
static void
look(WlLinkUserspace *self)
{
    GError *error = NULL;
    pid_t pid = 0;
    int fd = wl_uapi_connect(self->config->name, &pid);

    if (fd >= 0) {
        close(fd);
        if (pid != self->pid) {
            finish_with(self, WL_LINK_ERROR_FAILED,
                        "the control socket of interface \"%s\" belongs to another program",
                        self->config->name);
        } else {
            set_up_device(self, &error);
            finish(self, error);
        }
    } else if (fd == -ECONNREFUSED && !self->retry_source) {
        self->retry_source = wl_timeout_source_new(RETRY_PERIOD, try_again, self);
    }
}

static gboolean
try_again(gpointer user_data)
{
    WlLinkUserspace *self = user_data;

    wl_source_clear(&self->retry_source);
    look(self);
    return G_SOURCE_REMOVE;
}

static gboolean
socket_appeared(gint fd, GIOCondition condition, gpointer user_data)
{
    char events[4096];

    /* Only what is there now counts, not the names. */
    while (read(fd, events, sizeof events) > 0)
        ;
    look(user_data);
    return G_SOURCE_CONTINUE;
}

static gboolean
start_timed_out(gpointer user_data)
{
    WlLinkUserspace *self = user_data;

    finish_with(self, WL_LINK_ERROR_FAILED,
                "\"%s\" did not open its control socket for interface \"%s\" within %d s",
                self->config->wireguard_go, self->config->name, START_TIMEOUT / 1000);
    return G_SOURCE_REMOVE;
}

/* At once, not from the main loop: whoever cancels may be about to end, and the program with its
 * link is to be gone by then. */
static void
start_cancelled(GCancellable *cancellable, gpointer user_data)
{
    WlLinkUserspace *self = user_data;
    GError *error = NULL;

    /* Disconnecting from within would wait for itself; a cancellable calls once. */
    self->cancelled_id = 0;
    g_cancellable_set_error_if_cancelled(cancellable, &error);
    finish(self, error);
}

/* Passes the lines of the program on to the log and keeps the last one. */
static gboolean
program_printed(gint fd, GIOCondition condition, gpointer user_data)
{
    WlLinkUserspace *self = user_data;
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
        g_info("%s: %s", DEFAULT_PROGRAM, *line);
        g_free(self->last_words);
        self->last_words = g_strdup(*line);
    }
    return G_SOURCE_CONTINUE;
}

static char *
describe_end(WlLinkUserspace *self, int status)
{
    const char *words = self->last_words;

    if (WIFSIGNALED(status))
        return g_strdup_printf("was killed by signal %d (%s)", WTERMSIG(status),
                               g_strsignal(WTERMSIG(status)));
    return g_strdup_printf("ended with status %d%s%s", WEXITSTATUS(status), words ? ": " : "",
                           words ? words : "");
}

static gboolean
program_ended(gint fd, GIOCondition condition, gpointer user_data)
{
    WlLinkUserspace *self = user_data;
    g_autofree char *how = NULL;
    int status = 0;

    g_object_ref(self);
    wl_source_clear(&self->pid_source);
    if (self->output_source)
        program_printed(self->output_fd, G_IO_IN, self);
    reap(self, -1, &status);
    how = describe_end(self, status);
    wl_uapi_remove_stale_socket(self->config ? self->config->name
                                             : wl_link_get_name(WL_LINK(self)));
    if (self->task)
        finish_with(self, WL_LINK_ERROR_FAILED, "\"%s\" for interface \"%s\" %s",
                    self->config->wireguard_go, self->config->name, how);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        wl_link_fail(WL_LINK(self),
                     "interface \"%s\" was deleted by somebody else, or its wireguard-go told to "
                     "end; bring the profile up again",
                     wl_link_get_name(WL_LINK(self)));
    else
        wl_link_fail(WL_LINK(self), "wireguard-go of interface \"%s\" %s",
                     wl_link_get_name(WL_LINK(self)), how);
    g_object_unref(self);
    return G_SOURCE_REMOVE;
}

/* In the child, between fork and exec: only what is safe there. */
static void
prepare_child(gpointer user_data)
{
    pid_t parent = *(pid_t *) user_data;

    /*
     * It must not outlive us, whatever ends us (the kernel takes the end of the thread that forked
     * for that: the main one); and not be meant by a terminal's Ctrl-C.
     */
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
}

static gboolean
spawn(WlLinkUserspace *self, GError **error)
{
    /* Nothing of ours but what it needs; keys go over the socket only. */
    const char *environment[] = {"WG_PROCESS_FOREGROUND=1", "LOG_LEVEL=error",
                                 "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    const char *arguments[] = {self->config->wireguard_go, "-f", self->config->name, NULL};
    pid_t parent = getpid();
    GPid pid;

    if (!g_spawn_async_with_pipes("/", (char **) arguments, (char **) environment,
                                  G_SPAWN_DO_NOT_REAP_CHILD, prepare_child, &parent, &pid, NULL,
                                  &self->output_fd, NULL, error))
        return FALSE;
    self->pid = pid;
    self->pidfd = (int) syscall(SYS_pidfd_open, pid, 0);
    if (self->pidfd < 0) {
        int saved = errno;

        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        self->pid = 0;
        wl_link_set_errno(error, saved, "cannot watch \"%s\"", self->config->wireguard_go);
        return FALSE;
    }
    g_unix_set_fd_nonblocking(self->output_fd, TRUE, NULL);
    fcntl(self->output_fd, F_SETFD, FD_CLOEXEC);
    fcntl(self->pidfd, F_SETFD, FD_CLOEXEC);
    self->pid_source = wl_fd_source_new(self->pidfd, G_IO_IN, program_ended, self);
    self->output_source = wl_fd_source_new(self->output_fd, G_IO_IN, program_printed, self);
    return TRUE;
}

/* A socket that somebody serves is somebody else's, e.g. of another network namespace. */
static gboolean
claim_socket(const char *name, GError **error)
{
    pid_t pid;
    int fd;

    wl_uapi_remove_stale_socket(name);
    fd = wl_uapi_connect(name, &pid);
    if (fd < 0)
        return TRUE;
    close(fd);
    g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS,
                "%s/%s.sock is in use by process %d; give the profile another interface name",
                WL_UAPI_DIRECTORY, name, (int) pid);
    return FALSE;
}

static gboolean
start(WlLinkUserspace *self, GError **error)
{
    int saved;

    if (access(TUN_DEVICE, F_OK) < 0 && errno == ENOENT) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "there is no " TUN_DEVICE ", which \"%s\" makes interface \"%s\" with; "
                    "\"modprobe tun\" loads what makes it",
                    self->config->wireguard_go, self->config->name);
        return FALSE;
    }
    if (!claim_socket(self->config->name, error))
        return FALSE;
    /* The program would make it as well, but it has to be there to be watched. */
    if (g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755) < 0) {
        wl_link_set_errno(error, errno, "cannot create %s", WL_UAPI_DIRECTORY);
        return FALSE;
    }
    self->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (self->inotify_fd < 0 ||
        inotify_add_watch(self->inotify_fd, WL_UAPI_DIRECTORY, IN_CREATE | IN_MOVED_TO) < 0) {
        saved = errno;
        wl_link_set_errno(error, saved, "cannot watch %s", WL_UAPI_DIRECTORY);
        return FALSE;
    }
    self->inotify_source = wl_fd_source_new(self->inotify_fd, G_IO_IN, socket_appeared, self);
    self->timeout_source = wl_timeout_source_new(START_TIMEOUT, start_timed_out, self);
    return spawn(self, error);
}

void
wl_link_userspace_new_async(const WlLinkConfig *config, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
    const char *program = config->wireguard_go ? config->wireguard_go : DEFAULT_PROGRAM;
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    g_autofree char *path = g_find_program_in_path(program);
    GError *error = NULL;
    WlLinkUserspace *self;

    if (!path) {
        g_task_return_new_error(task, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD,
                                "\"%s\" was not found", program);
        return;
    }
    self = g_object_new(WL_TYPE_LINK_USERSPACE, NULL);
    self->task = g_steal_pointer(&task);
    self->config = wl_link_config_copy(config);
    g_free((char *) self->config->wireguard_go);
    self->config->wireguard_go = g_steal_pointer(&path);
    wl_link_set_identity(WL_LINK(self), config->name, 0);
    if (!start(self, &error)) {
        finish(self, error);
        return;
    }
    if (cancellable) {
        /* Where that is cancelled already, we end before this returns. */
        g_object_ref(self);
        self->cancellable = g_object_ref(cancellable);
        self->cancelled_id =
            g_cancellable_connect(cancellable, G_CALLBACK(start_cancelled), self, NULL);
        g_object_unref(self);
    }
}

WlLink *
wl_link_userspace_new_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
