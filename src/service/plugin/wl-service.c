/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The NetworkManager VPN plugin: creates a session in Connect and reports its configuration. */

#include "wl-service.h"

#include "wl-active-connection.h"
#include "wl-bus-name.h"
#include "wl-engine-config-from-profile.h"
#include "wl-event-log.h"
#include "wl-ip-config.h"
#include "wl-log.h"
#include "wl-objects.h"
#include "wl-profile-connection.h"
#include "wl-profile-reload.h"
#include "wl-profile-secrets.h"
#include "wl-profile-warnings.h"
#include "wl-session.h"
#include "wl-syscall-filter.h"
#include "wl-system-events.h"
#include "wl-tunnel-addresses.h"
#include "wl-unmanaged.h"

struct _WlService {
    NMVpnServicePlugin parent_instance;

    gboolean used;              /* libnm keeps state of the activation: each needs a new process */
    gboolean secrets_requested; /* the request for secrets has been logged */
    gboolean announced;         /* NetworkManager has received Config */
    WlRawSockets raw;           /* owned by the session once it exists */
    char *id;
    char **users; /* in connection.permissions; NULL: no restriction */
    GCancellable *search;
    char *active_connection;  /* object path; NULL: not known yet */
    NMConnection *connection; /* as activated, without secrets; NULL: not activated */
    WlSession *session;
    WlProfileReload *reload; /* NULL: the session is not ready */
    WlSystemEvents *system_events;
    WlObjects *objects;
    WlUnmanaged *unmanaged; /* NULL: 90-wirelink.conf matches the link */
};

G_DEFINE_FINAL_TYPE(WlService, wl_service, NM_TYPE_VPN_SERVICE_PLUGIN)

/* ---- configuration for NetworkManager -----------------------------------------------------------
 */

static void
announce(WlService *self, gboolean with_config)
{
    NMVpnServicePlugin *plugin = NM_VPN_SERVICE_PLUGIN(self);
    const WlSessionSettings *settings = wl_session_get_settings(self->session);
    const GArray *addresses = wl_session_get_config(self->session)->addresses;
    const WlPrefix *address4 = wl_tunnel_addresses_first(addresses, WL_FAMILY_V4);
    const WlPrefix *address6 = wl_tunnel_addresses_first(addresses, WL_FAMILY_V6);
    g_autoptr(GArray) routes = wl_engine_dup_routes(wl_session_get_engine(self->session));

    /* libnm does not take ownership of floating references. */
    g_autoptr(GVariant) config = g_variant_ref_sink(
        wl_ip_config_new(settings->interface, settings->mtu, address4 != NULL, address6 != NULL));
    g_autoptr(GVariant) ip4 =
        address4 ? g_variant_ref_sink(wl_ip_config_new_family(address4, routes)) : NULL;
    g_autoptr(GVariant) ip6 =
        address6 ? g_variant_ref_sink(wl_ip_config_new_family(address6, routes)) : NULL;

    if (with_config)
        nm_vpn_service_plugin_set_config(plugin, config);
    if (ip4)
        nm_vpn_service_plugin_set_ip4_config(plugin, ip4);
    if (ip6)
        nm_vpn_service_plugin_set_ip6_config(plugin, ip6);
}

/* ---- the session --------------------------------------------------------------------------- */

static void
on_profile_changed(gpointer user_data)
{
    WlService *self = user_data;

    if (self->objects)
        wl_objects_set_profile_state(self->objects, wl_profile_reload_get_pending(self->reload),
                                     wl_profile_reload_get_error(self->reload));
}

/* NULL: no permissions. Permissions of other types match no user, but make the profile private. */
static char **
users_of(NMConnection *connection)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);
    guint n = setting ? nm_setting_connection_get_num_permissions(setting) : 0;
    g_autoptr(GStrvBuilder) users = NULL;

    if (n == 0)
        return NULL;
    users = g_strv_builder_new();
    for (guint i = 0; i < n; i++) {
        const char *type, *name;

        if (nm_setting_connection_get_permission(setting, i, &type, &name, NULL) &&
            g_strcmp0(type, "user") == 0 && name)
            g_strv_builder_add(users, name);
    }
    return g_strv_builder_end(users);
}

/* NetworkManager does not deactivate a profile whose permissions change. */
static void
on_profile_seen(NMConnection *stored, gpointer user_data)
{
    WlService *self = user_data;
    g_auto(GStrv) users = users_of(stored);

    if (self->users && users
            ? g_strv_equal((const char *const *) self->users, (const char *const *) users)
            : self->users == users)
        return;
    g_strfreev(self->users);
    self->users = g_steal_pointer(&users);
    g_message("connection.permissions changed; applied");
    if (self->objects)
        wl_objects_set_users(self->objects, (const char *const *) self->users);
}

static void
on_ready(WlSession *session, gpointer user_data)
{
    WlService *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection =
        nm_vpn_service_plugin_get_connection(NM_VPN_SERVICE_PLUGIN(self));
    WlObjectsSettings settings = {
        .id = self->id,
        .front_end = "NetworkManager",
        .active_connection = self->active_connection,
        .users = (const char *const *) self->users,
    };

    self->objects = wl_objects_new(connection, session, &settings, &error);
    if (!self->objects)
        g_warning("failed to export the profile on D-Bus: %s", error->message);
    /* Userspace WireGuard has been started by now. */
    wl_syscall_filter_enforce();
    g_message("the link is up (%s WireGuard)", wl_link_get_backend(wl_session_get_link(session)));
    announce(self, TRUE);
    self->announced = TRUE;
    self->reload = wl_profile_reload_new(connection, session, self->connection, on_profile_changed,
                                         on_profile_seen, self);
}

static void
on_failed(WlSession *session, const char *reason, gpointer user_data)
{
    WlService *self = user_data;

    g_warning("%s", reason);
    wl_service_shut_down(self);
    nm_vpn_service_plugin_failure(NM_VPN_SERVICE_PLUGIN(self),
                                  NM_VPN_PLUGIN_FAILURE_CONNECT_FAILED);
}

static void
on_routes_changed(WlSession *session, gpointer user_data)
{
    WlService *self = user_data;

    /* The initial configuration includes the routes. */
    if (self->announced)
        announce(self, FALSE);
}

static const WlSessionEvents session_events = {
    .ready = on_ready,
    .failed = on_failed,
    .routes_changed = on_routes_changed,
};

static void
on_found(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = wl_active_connection_find_finish(result, &error);
    WlService *self = user_data;

    if (error)
        return; /* canceled: self may have been freed */
    g_clear_object(&self->search);
    self->active_connection = g_steal_pointer(&path);
    if (self->objects && self->active_connection)
        wl_objects_set_active_connection(self->objects, self->active_connection);
}

static void
find_active_connection(WlService *self, const char *uuid)
{
    g_autoptr(GDBusConnection) connection =
        nm_vpn_service_plugin_get_connection(NM_VPN_SERVICE_PLUGIN(self));

    self->search = g_cancellable_new();
    wl_active_connection_find_async(connection, uuid, self->search, on_found, self);
}

static void
keep_unmanaged(WlService *self, const char *interface)
{
    g_autoptr(GDBusConnection) connection =
        nm_vpn_service_plugin_get_connection(NM_VPN_SERVICE_PLUGIN(self));

    if (!wl_unmanaged_is_known(interface))
        self->unmanaged = wl_unmanaged_new(connection, interface);
}

static gboolean
start(WlService *self, NMConnection *connection, GError **error)
{
    /* First, so that errors can be found by profile. */
    wl_log_set_context(nm_connection_get_uuid(connection), NULL);

    g_autoptr(WlProfile) profile =
        wl_profile_from_connection(connection, WL_PROFILE_CHECK_SECRETS, error);

    if (!profile)
        return FALSE;
    g_autofree char *interface = wl_profile_get_link_name(profile, connection);

    wl_log_set_context(nm_connection_get_uuid(connection), interface);
    wl_profile_warnings_log(profile, connection);

    WlEngineConfig *config = wl_engine_config_from_profile(profile, error);

    if (!config)
        return FALSE;
    wl_profile_warnings_log_methods(connection, config->addresses);

    g_autoptr(GDBusConnection) bus =
        nm_vpn_service_plugin_get_connection(NM_VPN_SERVICE_PLUGIN(self));
    g_autofree const char **hide = wl_profile_strings_view(profile->hide_interfaces);
    g_autofree const char **announce = wl_profile_strings_view(profile->announce_interfaces);
    g_autoptr(GArray) shared = wl_prefixes_from_profile(profile->shared_networks);
    WlSessionSettings settings = {
        .uuid = nm_connection_get_uuid(connection),
        .interface = interface,
        .fact_port = profile->fact_port,
        .mtu = profile->mtu ? profile->mtu : WL_SESSION_DEFAULT_MTU,
        .full_tunnel = profile->full_tunnel,
        .kill_switch = profile->kill_switch,
        .port_mapping = profile->port_mapping == WL_PROFILE_PORT_MAPPING_AUTO,
        .forwarding = profile->forwarding,
        .offer_exit = profile->offer_exit,
        .shared_networks = shared,
        .hide_interfaces = hide,
        .announce_interfaces = announce,
        .raw = self->raw,
    };

    self->raw = WL_RAW_SOCKETS_NONE;
    self->users = users_of(connection);
    find_active_connection(self, settings.uuid);
    keep_unmanaged(self, interface);
    self->id = g_strdup(nm_connection_get_id(connection));
    self->connection = nm_simple_connection_new_clone(connection);
    nm_connection_clear_secrets(self->connection);
    self->session = wl_session_new(config, &settings, &session_events, self);
    self->system_events = wl_system_events_new(bus, self->session);
    return TRUE;
}

/* ---- NetworkManager's calls ---------------------------------------------------------------- */

static gboolean
wl_service_connect(NMVpnServicePlugin *plugin, NMConnection *connection, GError **error)
{
    WlService *self = WL_SERVICE(plugin);
    g_autoptr(GError) local = NULL;

    if (self->used) {
        g_set_error_literal(error, NM_VPN_PLUGIN_ERROR, NM_VPN_PLUGIN_ERROR_WRONG_STATE,
                            "This process has served an activation already; start a new one");
        return FALSE;
    }
    self->used = TRUE;
    if (start(self, connection, &local))
        return TRUE;
    g_warning("the profile is not valid: %s", local->message);
    wl_event_log_failure(nm_connection_get_uuid(connection), local->message);
    g_set_error_literal(error, NM_VPN_PLUGIN_ERROR, NM_VPN_PLUGIN_ERROR_BAD_ARGUMENTS,
                        local->message);
    return FALSE;
}

static gboolean
wl_service_need_secrets(NMVpnServicePlugin *plugin, NMConnection *connection,
                        const char **setting_name, GError **error)
{
    WlService *self = WL_SERVICE(plugin);
    g_autofree char *missing = wl_profile_missing_secret(connection);

    if (!missing)
        return FALSE;
    wl_log_set_context(nm_connection_get_uuid(connection), NULL);
    if (!self->secrets_requested)
        g_message(
            "the secret %s is not stored; NetworkManager requests it from the desktop's secret agent "
            "or from \"nmcli --ask connection up\"",
            missing);
    self->secrets_requested = TRUE;
    *setting_name = NM_SETTING_VPN_SETTING_NAME;
    return TRUE;
}

static gboolean
wl_service_disconnect(NMVpnServicePlugin *plugin, GError **error)
{
    wl_service_shut_down(WL_SERVICE(plugin));
    return TRUE;
}

/* ---- life ---------------------------------------------------------------------------------- */

void
wl_service_shut_down(WlService *self)
{
    g_cancellable_cancel(self->search);
    g_clear_object(&self->search);
    g_clear_pointer(&self->unmanaged, wl_unmanaged_free);
    g_clear_pointer(&self->reload, wl_profile_reload_free);
    g_clear_pointer(&self->objects, wl_objects_free);
    g_clear_pointer(&self->system_events, wl_system_events_free);
    if (self->session && self->announced)
        g_message("removing the link");
    g_clear_pointer(&self->session, wl_session_free);
}

static void
wl_service_finalize(GObject *object)
{
    WlService *self = WL_SERVICE(object);

    wl_service_shut_down(self);
    wl_raw_sockets_close(&self->raw);
    g_clear_object(&self->connection);
    g_free(self->id);
    g_strfreev(self->users);
    g_free(self->active_connection);
    G_OBJECT_CLASS(wl_service_parent_class)->finalize(object);
}

static void
wl_service_init(WlService *self)
{
    self->raw = WL_RAW_SOCKETS_NONE;
}

static void
wl_service_class_init(WlServiceClass *klass)
{
    NMVpnServicePluginClass *plugin_class = NM_VPN_SERVICE_PLUGIN_CLASS(klass);

    G_OBJECT_CLASS(klass)->finalize = wl_service_finalize;
    plugin_class->connect = wl_service_connect;
    plugin_class->need_secrets = wl_service_need_secrets;
    plugin_class->disconnect = wl_service_disconnect;
}

gboolean
wl_service_is_used(const WlService *self)
{
    return self->used;
}

WlService *
wl_service_new(const char *bus_name, gboolean watch_peer, WlRawSockets *raw, GError **error)
{
    g_autoptr(WlService) self =
        g_initable_new(WL_TYPE_SERVICE, NULL, error, NM_VPN_SERVICE_PLUGIN_DBUS_SERVICE_NAME,
                       bus_name, NM_VPN_SERVICE_PLUGIN_DBUS_WATCH_PEER, watch_peer, NULL);
    if (!self)
        return NULL;
    g_autoptr(GDBusConnection) connection =
        nm_vpn_service_plugin_get_connection(NM_VPN_SERVICE_PLUGIN(self));

    /* libnm does not check whether it owns the name. */
    if (!wl_bus_name_check(connection, bus_name, error) || !wl_bus_name_queue(connection, error))
        return NULL;
    self->raw = *raw;
    *raw = WL_RAW_SOCKETS_NONE;
    return g_steal_pointer(&self);
}
