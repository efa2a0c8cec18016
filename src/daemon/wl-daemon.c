/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Connects a session to its file, the kernel's routes, the bus, systemd-resolved and the service
 * manager. */

#include "wl-daemon.h"

#include <linux/rtnetlink.h>

#include "wl-daemon-bus.h"
#include "wl-engine-config-from-profile.h"
#include "wl-file-reload.h"
#include "wl-file-watch.h"
#include "wl-link-dns.h"
#include "wl-link-routes.h"
#include "wl-log.h"
#include "wl-notify.h"
#include "wl-objects.h"
#include "wl-profile-source.h"
#include "wl-profile-uuid.h"
#include "wl-resolv-conf.h"
#include "wl-session-control.h"
#include "wl-session.h"
#include "wl-sleep-monitor.h"
#include "wl-syscall-filter.h"

struct _WlDaemon {
    char *name, *path;
    void (*failed)(gpointer user_data);
    gpointer user_data;

    WlProfileFile *file; /* until the session is ready */
    WlSession *session;
    WlFileReload *reload; /* NULL: the session is not ready, as the following ones */
    WlFileWatch *watch;   /* NULL: the directory cannot be watched */
    WlLinkRoutes *routes;

    WlDaemonBus *bus;
    GDBusConnection *connection; /* NULL: no bus */
    WlObjects *objects;          /* NULL: no bus, or the session is not ready */
    WlLinkDns *dns;
    WlResolvConf *resolv_conf;
    WlSleepMonitor *sleep_monitor;
};

/* ---- what NetworkManager does elsewhere ------------------------------------------------------ */

static guint32
routing_table(const WlProfileFile *file)
{
    if (file->table == WL_PROFILE_TABLE_AUTO)
        return RT_TABLE_MAIN;
    return file->table == WL_PROFILE_TABLE_OFF ? RT_TABLE_UNSPEC : file->table;
}

static void
update_routes(WlDaemon *self)
{
    static WlRateLimit limit;
    g_autoptr(GArray) routes = wl_engine_dup_routes(wl_session_get_engine(self->session));
    g_autoptr(GError) error = NULL;

    if (!wl_link_routes_set(self->routes, routes,
                            routing_table(wl_file_reload_get_file(self->reload)), &error))
        wl_log_repeated(&limit, "%s", error->message);
}

/* systemd-resolved forgets the settings of a link that is deleted. */
static void
update_dns(WlDaemon *self)
{
    const WlProfileFile *file = wl_file_reload_get_file(self->reload);
    WlLink *link = wl_session_get_link(self->session);

    wl_resolv_conf_set_except(self->resolv_conf, file->dns);
    wl_link_dns_set(self->dns, wl_link_get_ifindex(link), file->dns,
                    wl_session_get_settings(self->session)->full_tunnel);
}

static void
on_dns_servers(const GArray *servers, gpointer user_data)
{
    WlDaemon *self = user_data;
    gboolean of_tunnel = self->reload && wl_file_reload_get_file(self->reload)->dns->len > 0;

    wl_session_set_dns(self->session, servers, of_tunnel);
}

static void
on_resumed(const char *reason, gpointer user_data)
{
    WlDaemon *self = user_data;

    g_message("%s", reason);
    wl_session_resumed(self->session);
}

/* ---- the bus ------------------------------------------------------------------------------- */

static void
export_objects(WlDaemon *self)
{
    WlObjectsSettings settings = {.id = self->name, .front_end = "wirelinkd"};
    g_autoptr(GError) error = NULL;

    if (!self->connection || !self->reload)
        return;
    self->objects = wl_objects_new(self->connection, self->session, &settings, &error);
    if (self->objects)
        wl_objects_set_profile_state(self->objects, wl_file_reload_get_pending(self->reload),
                                     wl_file_reload_get_error(self->reload));
    else
        g_warning("failed to export the profile on D-Bus: %s", error->message);
}

static void
watch_sleep(WlDaemon *self)
{
    g_clear_pointer(&self->sleep_monitor, wl_sleep_monitor_free);
    self->sleep_monitor = wl_sleep_monitor_new(self->connection, on_resumed, self);
}

static void
on_bus_connected(GDBusConnection *connection, gpointer user_data)
{
    WlDaemon *self = user_data;

    g_set_object(&self->connection, connection);
    export_objects(self);
    wl_link_dns_set_bus(self->dns, connection);
    watch_sleep(self);
}

static void
on_bus_lost(gpointer user_data)
{
    WlDaemon *self = user_data;

    g_clear_pointer(&self->objects, wl_objects_free);
    g_clear_object(&self->connection);
    wl_link_dns_set_bus(self->dns, NULL);
    watch_sleep(self);
}

static const WlDaemonBusEvents bus_events = {
    .connected = on_bus_connected,
    .lost = on_bus_lost,
};

/* ---- the file ------------------------------------------------------------------------------ */

/* The line that `systemctl status` shows. */
static char *
describe(const WlDaemon *self)
{
    const char *error = wl_file_reload_get_error(self->reload);
    const char *const *pending = wl_file_reload_get_pending(self->reload);
    const char *interface = wl_session_get_settings(self->session)->interface;
    g_autofree char *list = g_strjoinv(", ", (char **) pending);

    if (*error)
        return g_strdup_printf("%s is up with its former profile; the changed one is not valid: %s",
                               interface, error);
    if (*pending)
        return g_strdup_printf("%s is up; after a restart: %s", interface, list);
    return g_strdup_printf("%s is up", interface);
}

/* Applies what changed in the file. */
static void
read_file(WlDaemon *self)
{
    g_autofree char *status = NULL;
    gboolean changed;

    if (wl_file_reload_run(self->reload, &changed) && changed) {
        update_routes(self);
        update_dns(self);
    }
    if (changed && self->objects)
        wl_objects_set_profile_state(self->objects, wl_file_reload_get_pending(self->reload),
                                     wl_file_reload_get_error(self->reload));
    status = describe(self);
    wl_notify_send("READY=1\nSTATUS=%s", status);
}

void
wl_daemon_reload(WlDaemon *self)
{
    if (!self->reload)
        return; /* it is read once the session is ready */
    wl_notify_reloading();
    read_file(self);
}

static void
on_file_changed(gpointer user_data)
{
    wl_daemon_reload(user_data);
}

static void
watch_file(WlDaemon *self)
{
    g_autoptr(GError) error = NULL;

    self->watch = wl_file_watch_new(self->path, on_file_changed, self, &error);
    if (!self->watch)
        g_warning("%s; a changed profile takes effect after \"systemctl reload\"", error->message);
}

/* ---- the session --------------------------------------------------------------------------- */

static void
on_failed(WlSession *session, const char *reason, gpointer user_data)
{
    WlDaemon *self = user_data;

    g_warning("%s", reason);
    wl_notify_send("STATUS=%s", reason);
    self->failed(self->user_data);
}

static void
on_ready(WlSession *session, gpointer user_data)
{
    WlDaemon *self = user_data;
    WlLink *link = wl_session_get_link(session);
    g_autoptr(GError) error = NULL;

    self->routes = wl_link_routes_new(wl_link_get_ifindex(link), &error);
    if (!self->routes) {
        on_failed(session, error->message, self);
        return;
    }
    self->reload = wl_file_reload_new(session, self->path, g_steal_pointer(&self->file));
    update_routes(self);
    update_dns(self);
    export_objects(self);
    watch_file(self);
    /* Userspace WireGuard has been started by now. */
    wl_syscall_filter_enforce();
    g_message("the link is up (%s WireGuard)", wl_link_get_backend(link));
    /* The file may have changed since it was read. */
    read_file(self);
}

static void
on_routes_changed(WlSession *session, gpointer user_data)
{
    WlDaemon *self = user_data;

    if (self->routes)
        update_routes(self);
}

/* A new link has no DNS settings. */
static void
on_link_recreated(WlSession *session, gpointer user_data)
{
    WlDaemon *self = user_data;

    if (self->reload)
        update_dns(self);
}

static const WlSessionEvents session_events = {
    .ready = on_ready,
    .failed = on_failed,
    .routes_changed = on_routes_changed,
    .link_recreated = on_link_recreated,
};

/* Takes ownership of @config. */
static void
start_session(WlDaemon *self, WlEngineConfig *config, const char *uuid, WlRawSockets *raw)
{
    const WlProfile *profile = self->file->profile;
    g_autofree char *interface = wl_profile_dup_link_name(profile, uuid);
    g_autofree const char **hide = wl_profile_strings_view(profile->hide_interfaces);
    g_autofree const char **announce = wl_profile_strings_view(profile->announce_interfaces);
    g_autoptr(GArray) shared = wl_prefixes_from_profile(profile->shared_networks);
    WlSessionSettings settings = {
        .uuid = uuid,
        .interface = interface,
        .fact_port = (guint16) profile->fact_port,
        .mtu = profile->mtu ? profile->mtu : WL_SESSION_DEFAULT_MTU,
        .all_addresses = TRUE,
        .full_tunnel = profile->full_tunnel,
        .kill_switch = profile->kill_switch,
        .port_mapping = profile->port_mapping == WL_PROFILE_PORT_MAPPING_AUTO,
        .forwarding = profile->forwarding,
        .offer_exit = profile->offer_exit,
        .shared_networks = shared,
        .hide_interfaces = hide,
        .announce_interfaces = announce,
        .raw = *raw,
    };

    *raw = WL_RAW_SOCKETS_NONE;
    wl_log_set_context(uuid, interface);
    for (guint i = 0; i < profile->warnings->len; i++)
        g_warning("%s", (const char *) profile->warnings->pdata[i]);
    self->session = wl_session_new(config, &settings, &session_events, self);
}

/* ---- life ---------------------------------------------------------------------------------- */

WlDaemon *
wl_daemon_new(const char *name, const char *path, WlProfileFile *file, WlRawSockets *raw,
              void (*failed)(gpointer user_data), gpointer user_data, GError **error)
{
    g_autofree char *uuid = wl_profile_uuid_of_file(name);
    WlEngineConfig *config = wl_engine_config_from_profile(file->profile, error);
    WlDaemon *self;

    if (!config) {
        wl_profile_file_free(file);
        return NULL;
    }
    self = g_new0(WlDaemon, 1);
    self->name = g_strdup(name);
    self->path = g_strdup(path);
    self->file = file;
    self->failed = failed;
    self->user_data = user_data;
    self->dns = wl_link_dns_new();
    start_session(self, config, uuid, raw);
    self->resolv_conf = wl_resolv_conf_new(on_dns_servers, self);
    watch_sleep(self);
    self->bus = wl_daemon_bus_new(name, &bus_events, self);
    return self;
}

void
wl_daemon_free(WlDaemon *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->watch, wl_file_watch_free);
    g_clear_pointer(&self->reload, wl_file_reload_free);
    g_clear_pointer(&self->objects, wl_objects_free);
    wl_daemon_bus_free(self->bus);
    g_clear_object(&self->connection);
    wl_sleep_monitor_free(self->sleep_monitor);
    wl_resolv_conf_free(self->resolv_conf);
    wl_link_dns_free(self->dns);
    wl_link_routes_free(self->routes);
    wl_session_free(self->session);
    wl_profile_file_free(self->file);
    g_free(self->path);
    g_free(self->name);
    g_free(self);
}
