/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Creates and destroys a session: opens the link in the background, then everything around the
 * engine. */

#include "wl-session.h"

#include <sodium.h>
#include <unistd.h>

#include "wl-full-tunnel.h"
#include "wl-limitation.h"
#include "wl-link-local.h"
#include "wl-profile-in-use.h"
#include "wl-session-gateway.h"
#include "wl-session-guard.h"
#include "wl-session-inputs.h"
#include "wl-session-link.h"
#include "wl-session-outputs.h"
#include "wl-state-file.h"

#define COUNTERS_AGE  (1 * G_USEC_PER_SEC) /* maximum age of counters */
#define PORT_DELAY_MS 250                  /* between attempts while the listen port is in use */
#define PORT_PATIENCE (3 * G_USEC_PER_SEC)
#define PORT_LATE_MS  5000 /* until wireguard-go says which port it has */

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}

/* ---- life */

/* Without a state file the engine learns everything again, which takes longer. */
static void
load_state(WlSession *self)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *state = NULL;
    gsize length = 0;

    state = wl_state_file_load(self->settings.uuid, &length, &error);
    if (state && !wl_engine_load_state(self->engine, wl_clock_now(), state, length, &error))
        wl_state_file_remove(self->settings.uuid);
    if (error)
        wl_limitation_add("state-file", "what was learned before is learned again: %s",
                          error->message);
}

static void
take_down(WlSession *self)
{
    wl_session_close_gateway(self);
    wl_forwarding_stop(&self->forwarding);
    if (self->engine)
        wl_session_save_state(self);
    /* Waits: what the engine knows is kept. */
    g_clear_pointer(&self->state_writer, wl_state_writer_free);
    g_clear_pointer(&self->timer, wl_timer_free);
    g_clear_pointer(&self->resolver, wl_resolver_free);
    g_clear_pointer(&self->mapping, wl_port_mapping_free);
    g_clear_pointer(&self->monitor, wl_network_monitor_free);
    g_clear_pointer(&self->neighbors, wl_neighbor_watch_free);
    g_clear_pointer(&self->traffic, wl_traffic_watch_free);
    g_clear_pointer(&self->echo, wl_echo_free);
    g_clear_pointer(&self->socket, wl_fact_socket_free);
    g_clear_pointer(&self->engine, wl_engine_free);
    g_clear_pointer(&self->tunnel, wl_policy_routes_free);
    g_clear_pointer(&self->guard, wl_loop_guard_free);
    g_clear_pointer(&self->guarded, g_array_unref);
    g_clear_pointer(&self->gate, wl_send_gate_free);
    if (self->link) {
        g_signal_handlers_disconnect_by_data(self->link, self);
        wl_link_destroy(self->link);
    }
    g_clear_object(&self->link);
    self->port_id = 0;
    self->listen_port = 0;
}

/* Optional: without them broken paths and traffic are detected later. */
static void
open_raw_sockets(WlSession *self)
{
    WlRawSockets *raw = &self->settings.raw;
    int ifindex = wl_link_get_ifindex(self->link);
    g_autoptr(GError) error = NULL;

    if (raw->icmp6 >= 0)
        self->echo =
            wl_echo_new(raw, &self->link_local.ip, ifindex, wl_session_echo_reply, self, &error);
    if (error)
        wl_limitation_add("echo", "paths that broke are noticed late: %s", error->message);
    g_clear_error(&error);
    if (raw->packet >= 0)
        self->traffic = wl_traffic_watch_new(wl_raw_sockets_steal(&raw->packet), ifindex,
                                             wl_session_traffic, self, &error);
    if (error)
        wl_limitation_add("traffic",
                          "on-demand peers are not tried when there is traffic for them: %s",
                          error->message);
}

static gboolean
set_link_up(WlSession *self, GError **error)
{
    WlKey own;

    wl_key_derive_public(&self->config->private_key, &own);
    wl_key_link_local(&own, &self->link_local.ip);
    self->link_local.length = 64;
    return wl_session_set_link_up(self, error);
}

/* Everything around the link, whose listen port is known. */
static gboolean
set_up(WlSession *self, GError **error)
{
    int ifindex = wl_link_get_ifindex(self->link);

    self->resolver = wl_resolver_new(wl_session_mark(self), wl_session_resolved, self);
    wl_resolver_set_servers(self->resolver, wl_protected_hosts_get_dns(self->protected_hosts),
                            self->vpn_dns);
    if (self->settings.full_tunnel) {
        self->tunnel = wl_full_tunnel_open(self->config, &self->settings, self->listen_port,
                                           wl_resolver_get_port(self->resolver), self->link, error);
        if (!self->tunnel)
            return FALSE;
    }
    self->socket = wl_fact_socket_new(&self->link_local.ip, self->settings.fact_port, ifindex,
                                      wl_session_datagram, self, error);
    if (!self->socket)
        return FALSE;
    self->monitor = wl_network_monitor_new(ifindex, &wl_session_monitor_events, self, error);
    if (!self->monitor)
        return FALSE;
    wl_session_open_guard(self);
    g_free(self->uplink);
    self->uplink = g_strdup(wl_network_monitor_get_uplink(self->monitor));
    self->neighbors = wl_neighbor_watch_new(wl_session_neighbor, self);
    open_raw_sockets(self);
    if (self->settings.port_mapping)
        self->mapping =
            wl_port_mapping_new(&self->config->private_key, self->listen_port,
                                wl_session_mark(self), wl_session_mapping_changed, self);
    self->timer = wl_timer_new(wl_session_deadline, self);
    self->engine = wl_engine_new(self->config, wl_clock_now(), random_bytes, NULL, error);
    if (!self->engine)
        return FALSE;
    self->state_writer = wl_state_writer_new(self->settings.uuid, wl_session_state_written, self);
    load_state(self);
    wl_session_open_gateway(self);
    wl_session_set_forwarding(self);
    return TRUE;
}

static void open_link(WlSession *self);

static gboolean
on_time_to_open(gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    WlSession *self = user_data;

    self->open_id = 0;
    if (self->in_use_mark < 0)
        self->in_use_mark = wl_profile_in_use_mark(self->settings.uuid, &error);
    if (self->in_use_mark >= 0)
        open_link(self);
    else
        wl_session_fail(self, error->message);
    return G_SOURCE_REMOVE;
}

/* A wireguard-go whose service was killed keeps the listen port until it exits. */
static void
open_failed(WlSession *self, const GError *error)
{
    gint64 now = wl_clock_now();

    take_down(self);
    if (!self->port_refused)
        self->port_refused = now;
    if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_IN_USE) &&
        now - self->port_refused < PORT_PATIENCE)
        self->open_id = g_timeout_add(PORT_DELAY_MS, on_time_to_open, self);
    else
        wl_session_fail(self, error->message);
}

static void
complete_opening(WlSession *self)
{
    g_autoptr(GError) error = NULL;

    if (!set_up(self, &error)) {
        open_failed(self, error);
        return;
    }
    g_signal_connect(self->link, "device", G_CALLBACK(wl_session_device_read), self);
    wl_session_keep_key(self);
    wl_session_update_addresses(self);
    wl_session_update_uplink(self);
    wl_protected_hosts_update_engine(self->protected_hosts, self->engine, wl_clock_now());
    wl_engine_set_connectivity(self->engine, wl_clock_now(), self->connectivity);
    wl_session_update_mapping(self);
    if (!self->recorded_up)
        wl_event_log_add(self->event_log, WL_EVENT_UP, NULL);
    self->recorded_up = TRUE;
    wl_session_pump(self);
    if (!self->failure)
        self->events->ready(self, self->user_data);
}

static void
port_read(WlSession *self, const WlDevice *device, const GError *error)
{
    if (!device) {
        open_failed(self, error);
        return;
    }
    self->listen_port = device->listen_port;
    complete_opening(self);
}

static gboolean
on_port_late(gpointer user_data)
{
    g_autoptr(GError) error =
        g_error_new(WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "wireguard-go did not say the listen port within %d s", PORT_LATE_MS / 1000);
    WlSession *self = user_data;

    self->open_id = 0;
    open_failed(self, error);
    return G_SOURCE_REMOVE;
}

static void
on_port_read(WlLink *link, const WlDevice *device, const GError *error, gpointer user_data)
{
    WlSession *self = user_data;

    g_clear_signal_handler(&self->port_id, link);
    g_clear_handle_id(&self->open_id, g_source_remove);
    port_read(self, device, error);
}

/* The kernel chooses the listen port where the profile has none. */
static void
read_listen_port(WlSession *self)
{
    g_autoptr(WlDevice) device = NULL;
    g_autoptr(GError) error = NULL;

    self->listen_port = self->config->listen_port;
    if (self->listen_port) {
        complete_opening(self);
        return;
    }
    device = wl_link_read(self->link, &error);
    if (!g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_PENDING)) {
        port_read(self, device, error);
        return;
    }
    self->port_id = g_signal_connect(self->link, "device", G_CALLBACK(on_port_read), self);
    self->open_id = g_timeout_add(PORT_LATE_MS, on_port_late, self);
}

static void
on_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLink) link = wl_link_open_finish(result, &error);
    WlSession *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the session has been freed */
    g_clear_object(&self->opening);
    if (link) {
        self->link = g_steal_pointer(&link);
        g_signal_connect(self->link, "failed", G_CALLBACK(wl_session_link_failed), self);
        g_signal_connect(self->link, "refused", G_CALLBACK(wl_session_change_refused), self);
    }
    if (self->link && set_link_up(self, &error))
        read_listen_port(self);
    else
        open_failed(self, error);
}

static void
open_link(WlSession *self)
{
    WlLinkConfig config = wl_session_link_config(self, &self->config->private_key);

    self->opening = g_cancellable_new();
    wl_link_open_async(&config, self->opening, on_opened, self);
}

WlSession *
wl_session_new(WlEngineConfig *config, const WlSessionSettings *settings,
               const WlSessionEvents *events, gpointer user_data)
{
    WlSession *self = g_new0(WlSession, 1);

    self->in_use_mark = -1;
    self->config = config;
    self->events = events;
    self->user_data = user_data;
    self->settings = *settings;
    self->settings.uuid = g_strdup(settings->uuid);
    self->settings.interface = g_strdup(settings->interface);
    self->settings.hide_interfaces = wl_session_copy_patterns(settings->hide_interfaces);
    self->settings.announce_interfaces = wl_session_copy_patterns(settings->announce_interfaces);
    self->settings.shared_networks = wl_session_copy_prefixes(settings->shared_networks);
    self->event_log = wl_event_log_new(settings->uuid);
    self->protected_hosts = wl_protected_hosts_new();
    self->refused = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    /* Opening cleans up first, which may take a while, and Connect must return. */
    self->open_id = g_idle_add(on_time_to_open, self);
    return self;
}

void
wl_session_observe(WlSession *self, const WlSessionObserver *observer, gpointer user_data)
{
    self->observer = observer;
    self->observer_data = user_data;
}

void
wl_session_free(WlSession *self)
{
    if (!self)
        return;
    if (self->opening)
        g_cancellable_cancel(self->opening);
    g_clear_object(&self->opening);
    g_clear_handle_id(&self->retry_id, g_source_remove);
    g_clear_handle_id(&self->failure_id, g_source_remove);
    g_clear_handle_id(&self->open_id, g_source_remove);
    take_down(self);
    if (self->recorded_up)
        wl_event_log_add(self->event_log, WL_EVENT_DOWN, NULL);
    wl_event_log_free(self->event_log);
    wl_engine_config_free(self->config);
    sodium_free(self->key); /* wipes */
    g_hash_table_unref(self->refused);
    wl_raw_sockets_close(&self->settings.raw);
    if (self->in_use_mark >= 0)
        close(self->in_use_mark);
    g_free(self->uplink);
    wl_protected_hosts_free(self->protected_hosts);
    g_free(self->failure);
    g_free((char *) self->settings.uuid);
    g_free((char *) self->settings.interface);
    g_strfreev((char **) self->settings.hide_interfaces);
    g_strfreev((char **) self->settings.announce_interfaces);
    g_array_unref((GArray *) self->settings.shared_networks);
    g_free(self);
}

/* ---- getters */

const WlMappingView *
wl_session_get_mapping(const WlSession *self, guint family)
{
    return self->mapping ? wl_port_mapping_get(self->mapping, family) : NULL;
}

const WlEventList *
wl_session_get_events(const WlSession *self)
{
    return wl_event_log_get(self->event_log);
}

const WlEngine *
wl_session_get_engine(const WlSession *self)
{
    return self->engine;
}

WlLink *
wl_session_get_link(const WlSession *self)
{
    return self->link;
}

const WlEngineConfig *
wl_session_get_config(const WlSession *self)
{
    return self->config;
}

const WlSessionSettings *
wl_session_get_settings(const WlSession *self)
{
    return &self->settings;
}

gboolean
wl_session_is_gateway(const WlSession *self)
{
    return self->gateway != NULL;
}

const char *
wl_session_get_uplink(const WlSession *self)
{
    return self->uplink ? self->uplink : "";
}

void
wl_session_refresh_counters(WlSession *self)
{
    if (!self->engine || wl_clock_now() - self->last_snapshot < COUNTERS_AGE)
        return;
    wl_engine_check_peers(self->engine, wl_clock_now());
    wl_session_read_device(self);
    wl_session_pump(self);
}

guint32
wl_session_get_round_trip(WlSession *self, const WlKey *key)
{
    WlPeerView view;
    WlIp link_local;

    /* An echo request without a session would start a handshake. */
    if (!self->echo || !wl_engine_get_peer(self->engine, key, &view) || !view.healthy)
        return 0;
    wl_key_link_local(key, &link_local);
    wl_echo_measure(self->echo, &link_local);
    return wl_echo_get_round_trip(self->echo, &link_local);
}
