/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The userspace backend: starts wireguard-go (or a program with its command line and protocol),
 * waits for its control socket, and configures the interface over that. A program that hangs does
 * not block: what it has not answered yet is pending (wl-uapi-queue.h). Times are in ms. Errors are
 * of WL_LINK_ERROR.
 */
#include "wl-link-userspace.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"
#include "wl-link-class.h"
#include "wl-rtnl-link.h"
#include "wl-uapi-client.h"
#include "wl-uapi-parse.h"
#include "wl-uapi-queue.h"
#include "wl-uapi.h"
#include "wl-userspace-program.h"

#define WL_TYPE_LINK_USERSPACE (wl_link_userspace_get_type())
G_DECLARE_FINAL_TYPE(WlLinkUserspace, wl_link_userspace, WL, LINK_USERSPACE, WlLink)

#define DEFAULT_PROGRAM "wireguard-go"
#define TUN_DEVICE      "/dev/net/tun"
#define START_TIMEOUT   5000 /* ms until the program is configured */
#define RETRY_PERIOD    20   /* ms between bind() and listen() of the program */

struct _WlLinkUserspace {
    WlLink parent;
    guint16 listen_port;
    WlUserspaceProgram *program; /* NULL: not started, or stopped */
    WlUapiQueue *queue;          /* NULL: the program does not listen yet, or was stopped */
    gboolean reading;            /* a read is pending */
    gboolean outdated;           /* changes were made since it was sent */

    /* while the program starts */
    GTask *task;
    WlLinkConfig *config;
    int inotify_fd;
    GSource *inotify_source;
    GSource *retry_source;
    GSource *timeout_source;
    GCancellable *cancellable;
    gulong canceled_id;
};

G_DEFINE_FINAL_TYPE(WlLinkUserspace, wl_link_userspace, WL_TYPE_LINK)

static void
stop_waiting(WlLinkUserspace *self)
{
    wl_source_clear(&self->inotify_source);
    wl_source_clear(&self->retry_source);
    wl_source_clear(&self->timeout_source);
    wl_fd_clear(&self->inotify_fd);
    if (self->canceled_id)
        g_cancellable_disconnect(self->cancellable, self->canceled_id);
    self->canceled_id = 0;
    g_clear_object(&self->cancellable);
}

/* ---- reading and changing ---------------------------------------------------------------------
 */

static WlDevice *
parse_device(WlLink *link, int result, const WlUapiText *reply, GError **error)
{
    const char *name = wl_link_get_name(link);
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

static void read_done(int result, WlUapiText *reply, gpointer user_data, gpointer data);

/* WL_UAPI_PENDING: read_done() is called later. */
static int
send_read(WlLinkUserspace *self, WlUapiText **reply)
{
    int result = wl_uapi_queue_send(self->queue, g_string_new("get=1\n\n"), reply, read_done, NULL);

    self->reading = result == WL_UAPI_PENDING;
    self->outdated = FALSE;
    return result;
}

/* A device that was read before the last change would show what is no longer so. */
static void
read_done(int result, WlUapiText *reply, gpointer user_data, gpointer data)
{
    WlLinkUserspace *self = user_data;
    g_autoptr(WlUapiText) again = NULL;
    g_autoptr(WlDevice) device = NULL;
    g_autoptr(GError) error = NULL;

    self->reading = FALSE;
    if (self->outdated) {
        result = send_read(self, &again);
        if (result == WL_UAPI_PENDING)
            return;
        reply = again;
    }
    device = parse_device(WL_LINK(self), result, reply, &error);
    wl_link_report_device(WL_LINK(self), device, error);
}

static WlDevice *
wl_link_userspace_read(WlLink *link, GError **error)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    g_autoptr(WlUapiText) reply = NULL;
    int result = WL_UAPI_PENDING;

    if (!self->reading)
        result = send_read(self, &reply);
    if (result != WL_UAPI_PENDING)
        return parse_device(link, result, reply, error);
    g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_PENDING,
                "\"wireguard-go\" of interface \"%s\" has not answered yet",
                wl_link_get_name(link));
    return NULL;
}

static void
set_change_error(WlLink *link, const WlKey *key, int result, GError **error)
{
    g_autofree char *text = wl_key_to_string(key);

    wl_link_set_errno(error, result, "cannot change peer %s of interface \"%s\"", text,
                      wl_link_get_name(link));
}

/* @data: the key of the peer. */
static void
change_done(int result, WlUapiText *reply, gpointer user_data, gpointer data)
{
    g_autoptr(GError) error = NULL;

    if (result == 0)
        return;
    set_change_error(user_data, data, result, &error);
    wl_link_report_refused(user_data, data, error);
}

static gboolean
wl_link_userspace_apply(WlLink *link, const WlPeerChange *change, GError **error)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    int result = wl_uapi_queue_send(self->queue, wl_uapi_set_peer(change), NULL, change_done,
                                    wl_key_copy(&change->public_key));

    self->outdated = TRUE;
    if (result >= 0)
        return TRUE;
    set_change_error(link, &change->public_key, result, error);
    return FALSE;
}

static void
set_mark_error(WlLink *link, int result, GError **error)
{
    wl_link_set_errno(error, result, "cannot set the firewall mark of interface \"%s\"",
                      wl_link_get_name(link));
}

static void
mark_done(int result, WlUapiText *reply, gpointer user_data, gpointer data)
{
    g_autoptr(GError) error = NULL;

    if (result == 0)
        return;
    set_mark_error(user_data, result, &error);
    g_warning("%s", error->message);
}

static gboolean
wl_link_userspace_set_mark(WlLink *link, guint32 mark, GError **error)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    int result = wl_uapi_queue_send(self->queue, wl_uapi_set_mark(mark), NULL, mark_done, NULL);

    if (result >= 0)
        return TRUE;
    set_mark_error(link, result, error);
    return FALSE;
}

/* ---- setting up ------------------------------------------------------------------------------ */

static gboolean
port_is_free(int family, guint16 port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result = 0;

    if (fd < 0)
        return TRUE; /* this host lacks the family */
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
check_port_is_free(const WlLinkConfig *config, GError **error)
{
    guint16 port = config->listen_port;

    if (port == 0 || (port_is_free(AF_INET, port) && port_is_free(AF_INET6, port)))
        return TRUE;
    wl_link_set_port_in_use(error, config->name, port);
    return FALSE;
}

static void
set_port_error(WlLinkUserspace *self, int result, GError **error)
{
    const char *name = wl_link_get_name(WL_LINK(self));

    if (result == -EADDRINUSE)
        wl_link_set_port_in_use(error, name, self->listen_port);
    else
        wl_link_set_errno(error, result, "cannot set the listen port of interface \"%s\"", name);
}

static void
port_done(int result, WlUapiText *reply, gpointer user_data, gpointer data)
{
    g_autoptr(GError) error = NULL;

    if (result == 0)
        return;
    set_port_error(user_data, result, &error);
    wl_link_fail(user_data, "%s", error->message);
}

/*
 * wireguard-go binds its sockets some time after its interface is up, and only logs a failure. On
 * newer kernels it mistakes an interface that is down for one that is up (its empty write to the
 * interface fails with EINVAL instead of EIO) and has bound them already. So the port was checked
 * before wireguard-go knew it, and is set again once the interface is up, which fails if the port
 * is taken and wireguard-go has bound it by then.
 */
static gboolean
wl_link_userspace_set_up(WlLink *link, GError **error)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    WlLinkClass *parent = WL_LINK_CLASS(wl_link_userspace_parent_class);
    int result;

    if (!parent->set_up(link, error))
        return FALSE;
    if (self->listen_port == 0)
        return TRUE;
    result = wl_uapi_queue_send(self->queue, wl_uapi_set_listen_port(self->listen_port), NULL,
                                port_done, NULL);
    if (result >= 0)
        return TRUE;
    set_port_error(self, result, error);
    return FALSE;
}

static void
wl_link_userspace_destroy(WlLink *link)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(link);
    gboolean running = wl_userspace_program_get_pid(self->program) != 0;

    stop_waiting(self);
    /* One that does not answer would not end in time either. */
    if (self->program && self->queue && wl_uapi_queue_is_busy(self->queue))
        wl_userspace_program_kill(self->program);
    g_clear_pointer(&self->queue, wl_uapi_queue_free);
    g_clear_pointer(&self->program, wl_userspace_program_free);
    if (running)
        wl_uapi_remove_ended_socket(wl_link_get_name(link));
    /* A tun interface ends with its program; the parent deletes one that remains. */
    WL_LINK_CLASS(wl_link_userspace_parent_class)->destroy(link);
}

static void
wl_link_userspace_finalize(GObject *object)
{
    WlLinkUserspace *self = WL_LINK_USERSPACE(object);

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
    link_class->set_mark = wl_link_userspace_set_mark;
    link_class->set_up = wl_link_userspace_set_up;
    link_class->destroy = wl_link_userspace_destroy;
}

static void
wl_link_userspace_init(WlLinkUserspace *self)
{
    self->inotify_fd = -1;
}

/* Ends the opening. @error: consumed; NULL on success. */
static void
finish(WlLinkUserspace *self, GError *error)
{
    g_autoptr(GTask) task = g_steal_pointer(&self->task);

    stop_waiting(self);
    g_clear_pointer(&self->config, wl_link_config_free);
    /* On success the caller gets the reference; on failure dropping it ends what was started. */
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

static void
stalled(gboolean is_stalled, gpointer user_data)
{
    WlLinkUserspace *self = user_data;

    if (is_stalled && !self->task) /* else the opening ends with START_TIMEOUT */
        wl_limitation_add("wireguard-go",
                          "wireguard-go of interface \"%s\" does not answer; peers keep their "
                          "settings until it does",
                          wl_link_get_name(WL_LINK(self)));
    else
        wl_limitation_remove("wireguard-go");
}

static void
device_done(int result, WlUapiText *reply, gpointer user_data, gpointer data)
{
    WlLinkUserspace *self = user_data;
    GError *error = NULL;

    if (result == -EADDRINUSE)
        wl_link_set_port_in_use(&error, self->config->name, self->config->listen_port);
    else if (result < 0)
        wl_link_set_errno(&error, result, "cannot configure interface \"%s\"", self->config->name);
    finish(self, error);
}

/* The program listens, so that the interface exists. The alias is set before anything else. Ends
 * the opening, or leaves that to device_done(). */
static gboolean
set_up_device(WlLinkUserspace *self, GError **error)
{
    const WlLinkConfig *config = self->config;
    g_autoptr(WlNetlink) route = wl_netlink_new(NETLINK_ROUTE, error);
    WlRtnlLink link;
    int result;

    if (!route || !check_port_is_free(config, error))
        return FALSE;
    result = wl_rtnl_find_link(route, config->name, &link);
    if (result < 0) {
        wl_link_set_errno(error, result, "cannot find interface \"%s\"", config->name);
        return FALSE;
    }
    if (!wl_link_adopt(WL_LINK(self), g_steal_pointer(&route), config, link.ifindex, error))
        return FALSE;
    self->listen_port = config->listen_port;
    self->queue =
        wl_uapi_queue_new(config->name, wl_userspace_program_get_pid(self->program), stalled, self);
    result = wl_uapi_queue_send(
        self->queue, wl_uapi_set_device(config->private_key, config->listen_port, config->fwmark),
        NULL, device_done, NULL);
    if (result != WL_UAPI_PENDING)
        device_done(result, NULL, self, NULL);
    return TRUE;
}

static gboolean retry(gpointer user_data);

/* Checks whether the program accepts connections. */
static void
check_socket(WlLinkUserspace *self)
{
    GError *error = NULL;
    pid_t pid = 0;
    int fd = wl_uapi_connect(self->config->name, &pid);

    if (fd >= 0) {
        close(fd);
        if (pid != wl_userspace_program_get_pid(self->program)) {
            finish_with(self, WL_LINK_ERROR_FAILED,
                        "the control socket of interface \"%s\" belongs to another program",
                        self->config->name);
        } else {
            wl_source_clear(&self->inotify_source);
            wl_source_clear(&self->retry_source);
            if (!set_up_device(self, &error))
                finish(self, error);
        }
    } else if (fd == -EACCES || fd == -EPERM || fd == -ENOSYS) {
        wl_link_set_errno(&error, fd, "cannot connect to the control socket of interface \"%s\"",
                          self->config->name);
        finish(self, error);
    } else if ((fd == -ECONNREFUSED || !self->inotify_source) && !self->retry_source) {
        self->retry_source = wl_timeout_source_new(RETRY_PERIOD, retry, self);
    }
}

static gboolean
retry(gpointer user_data)
{
    WlLinkUserspace *self = user_data;

    wl_source_clear(&self->retry_source);
    check_socket(self);
    return G_SOURCE_REMOVE;
}

static gboolean
socket_appeared(gint fd, GIOCondition condition, gpointer user_data)
{
    char events[4096];

    /* check_socket() looks at the current state; the events do not matter. */
    while (read(fd, events, sizeof events) > 0)
        ;
    check_socket(user_data);
    return G_SOURCE_CONTINUE;
}

static gboolean
start_timed_out(gpointer user_data)
{
    WlLinkUserspace *self = user_data;

    finish_with(self, WL_LINK_ERROR_FAILED,
                self->queue ? "\"%s\" did not configure interface \"%s\" within %d s"
                            : "\"%s\" did not open its control socket for interface \"%s\" within "
                              "%d s",
                self->config->wireguard_go, self->config->name, START_TIMEOUT / 1000);
    return G_SOURCE_REMOVE;
}

/* Runs synchronously, not from the main loop: the caller that cancels may exit, and the program and
 * its interface must have ended by then. */
static void
start_canceled(GCancellable *cancellable, gpointer user_data)
{
    WlLinkUserspace *self = user_data;
    GError *error = NULL;

    /* g_cancellable_disconnect() from within its callback deadlocks; the callback runs once. */
    self->canceled_id = 0;
    g_cancellable_set_error_if_cancelled(cancellable, &error);
    finish(self, error);
}

static void
program_exited(gboolean clean, const char *how, gpointer user_data)
{
    WlLinkUserspace *self = user_data;
    const char *name = wl_link_get_name(WL_LINK(self));

    g_object_ref(self);
    wl_uapi_remove_ended_socket(name);
    if (self->task)
        finish_with(self, WL_LINK_ERROR_FAILED, "\"%s\" for interface \"%s\" %s",
                    self->config->wireguard_go, name, how);
    else if (clean)
        wl_link_fail(WL_LINK(self),
                     "interface \"%s\" was deleted by another program, or wireguard-go was "
                     "terminated; bring the profile up again",
                     name);
    else
        wl_link_fail(WL_LINK(self), "wireguard-go of interface \"%s\" %s", name, how);
    g_object_unref(self);
}

/* A socket that is in use belongs to another program, perhaps in another network namespace. */
static gboolean
check_socket_is_free(const char *name, GError **error)
{
    pid_t pid;
    int fd;

    wl_uapi_remove_stale_socket(name);
    fd = wl_uapi_connect(name, &pid);
    if (fd < 0)
        return TRUE;
    close(fd);
    g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS,
                "%s/%s.sock is in use by process %d; choose another interface-name",
                WL_UAPI_DIRECTORY, name, (int) pid);
    return FALSE;
}

static gboolean
start(WlLinkUserspace *self, GError **error)
{
    if (access(TUN_DEVICE, F_OK) < 0 && errno == ENOENT) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    TUN_DEVICE " does not exist, but \"%s\" needs it to create interface \"%s\"; "
                               "\"modprobe tun\" creates it",
                    self->config->wireguard_go, self->config->name);
        return FALSE;
    }
    if (!check_socket_is_free(self->config->name, error))
        return FALSE;
    /* The program creates it too, but inotify needs an existing directory. */
    if (g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755) < 0) {
        wl_link_set_errno(error, errno, "cannot create %s", WL_UAPI_DIRECTORY);
        return FALSE;
    }
    self->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (self->inotify_fd >= 0 &&
        inotify_add_watch(self->inotify_fd, WL_UAPI_DIRECTORY, IN_CREATE | IN_MOVED_TO) >= 0)
        self->inotify_source = wl_fd_source_new(self->inotify_fd, G_IO_IN, socket_appeared, self);
    else /* refused: ask again and again */
        self->retry_source = wl_timeout_source_new(RETRY_PERIOD, retry, self);
    self->timeout_source = wl_timeout_source_new(START_TIMEOUT, start_timed_out, self);
    self->program = wl_userspace_program_new(self->config->wireguard_go, self->config->name,
                                             program_exited, self, error);
    return self->program != NULL;
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
        /* If @cancellable is canceled already, the callback runs before this returns. */
        g_object_ref(self);
        self->cancellable = g_object_ref(cancellable);
        self->canceled_id =
            g_cancellable_connect(cancellable, G_CALLBACK(start_canceled), self, NULL);
        g_object_unref(self);
    }
}

WlLink *
wl_link_userspace_new_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
