/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-session.h"

#include <net/if.h>
#include <sodium.h>
#include <unistd.h>

#include "wl-claim.h"
#include "wl-clock.h"
#include "wl-fact-socket.h"
#include "wl-forwarding.h"
#include "wl-full-tunnel.h"
#include "wl-ip-config.h"
#include "wl-local-addresses.h"
#include "wl-local-servers.h"
#include "wl-log.h"
#include "wl-memory.h"
#include "wl-monitor.h"
#include "wl-ping.h"
#include "wl-resolver.h"
#include "wl-traffic-watch.h"

#define COUNTERS_AGE   (1 * G_USEC_PER_SEC) /* shown counters may be this old */
#define RETRY_DELAY_MS 1000                 /* after a change that the link refused */
#define PORT_DELAY_MS  100                  /* while a predecessor still has the listen port */
#define PORT_TRIES     30
/* A link that is deleted again sooner than this is meant to be gone. */
#define RECREATE_INTERVAL (10 * G_USEC_PER_SEC)

struct _WlSession {
    WlEngineConfig *config;
    WlSessionSettings settings;
    const WlSessionEvents *events;
    gpointer user_data;

    int claim;             /* for as long as there may be anything of ours; -1: none */
    GCancellable *opening; /* NULL: open, or not begun */
    guint open_id, port_tries;
    WlLink *link;
    WlPrefix link_local;
    WlPolicyRoutes *tunnel; /* NULL: not a full one */
    WlKey *key;             /* for a link made anew; in locked memory; NULL: cannot be */
    gint64 recreated;       /* when the link was made anew; 0: never */
    WlForwarding forwarding;
    WlFactSocket *socket;
    WlMonitor *monitor;
    WlPing *ping;            /* NULL: round trips stay unknown */
    WlTrafficWatch *traffic; /* NULL: dead ways are found out late */
    char *uplink;            /* as last told */
    WlLocalServers *servers;
    WlConnectivity connectivity;
    WlResolver *resolver;
    WlEngine *engine;
    WlTimer *timer;
    gboolean pumping;
    gint64 last_snapshot;

    GHashTable *refused; /* WlKey of peers whose change was refused, told to the engine later */
    guint retry_id;
    guint failure_id;
    char *failure;
};

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}

/* ---- failing ------------------------------------------------------------------------------- */

static gboolean
on_failure_idle(gpointer user_data)
{
    WlSession *self = user_data;

    self->failure_id = 0;
    self->events->failed(self, self->failure, self->user_data);
    return G_SOURCE_REMOVE;
}

/* The first reason counts; it is told from the main loop, because the owner then frees us. */
static void
fail(WlSession *self, const char *reason)
{
    if (self->failure)
        return;
    self->failure = g_strdup(reason);
    self->failure_id = g_idle_add(on_failure_idle, self);
}

/* ---- outputs ------------------------------------------------------------------------------- */

static gboolean pump(WlSession *self);

static gboolean
on_retry(gpointer user_data)
{
    WlSession *self = user_data;
    g_autoptr(GHashTable) refused = g_steal_pointer(&self->refused);
    GHashTableIter iter;
    gpointer key;

    self->retry_id = 0;
    self->refused = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    g_hash_table_iter_init(&iter, refused);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        wl_engine_change_failed(self->engine, wl_clock_now(), key);
    pump(self);
    return G_SOURCE_REMOVE;
}

static void
change_peer(WlSession *self, const WlOutput *output)
{
    static WlBucket limit;
    g_autoptr(GError) error = NULL;

    if (wl_link_apply(self->link, output->change, &error))
        return;
    wl_log_repeated(&limit, "changing a peer: %s", error->message);
    g_hash_table_add(self->refused, wl_key_copy(&output->change->public_key));
    if (!self->retry_id)
        self->retry_id = g_timeout_add(RETRY_DELAY_MS, on_retry, self);
}

static void on_link_failed(WlLink *link, const char *reason, gpointer user_data);

static void
read_device(WlSession *self)
{
    static WlBucket limit;
    g_autoptr(GError) error = NULL;
    g_autoptr(WlDevice) device = wl_link_read(self->link, &error);

    self->last_snapshot = wl_clock_now();
    if (device)
        wl_engine_snapshot(self->engine, self->last_snapshot, device);
    else if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_GONE))
        on_link_failed(self->link, error->message, self);
    else
        wl_log_repeated(&limit, "reading the link: %s", error->message);
}

static void
forget_round_trip(WlSession *self, const WlKey *key)
{
    WlIp link_local;

    if (!self->ping)
        return;
    wl_key_link_local(key, &link_local);
    wl_ping_forget(self->ping, &link_local);
}

static void
remember(WlSession *self)
{
    g_autofree char *memory = wl_engine_dup_memory(self->engine);
    g_autoptr(GError) error = NULL;

    if (!wl_memory_store(self->settings.uuid, memory, &error))
        g_message("what was learned is not remembered: %s", error->message);
}

static void
carry_out(WlSession *self, const WlOutput *output)
{
    g_autoptr(GError) error = NULL;

    switch (output->kind) {
    case WL_OUTPUT_SEND:
        if (!wl_fact_socket_send(self->socket, &output->destination, output->bytes, &error)) {
            g_info("sending facts: %s", error->message);
            wl_engine_send_failed(self->engine, wl_clock_now(), &output->key);
        }
        break;
    case WL_OUTPUT_CHANGE_PEER:
        change_peer(self, output);
        break;
    case WL_OUTPUT_WANT_SNAPSHOT:
        read_device(self);
        break;
    case WL_OUTPUT_RESOLVE:
        wl_resolver_resolve(self->resolver, output->name);
        break;
    case WL_OUTPUT_ROUTES:
        self->events->routes_changed(self, self->user_data);
        break;
    case WL_OUTPUT_PEER_CHANGED:
        self->events->peer_changed(self, &output->key, self->user_data);
        break;
    case WL_OUTPUT_PEER_GONE:
        forget_round_trip(self, &output->key);
        self->events->peer_gone(self, &output->key, self->user_data);
        break;
    case WL_OUTPUT_LOG:
        g_message("%s", output->name);
        break;
    case WL_OUTPUT_PROBE:
        if (self->ping)
            wl_ping_send(self->ping, &output->key, &output->probe.source,
                         &output->probe.destination, output->probe.sequence);
        break;
    case WL_OUTPUT_WATCH_TRAFFIC:
        if (self->traffic)
            wl_traffic_watch_arm(self->traffic);
        break;
    case WL_OUTPUT_REMEMBER:
        remember(self);
        break;
    }
}

/* Carries out all outputs, those included that came of carrying out others, and sets the timer. */
static gboolean
pump(WlSession *self)
{
    WlOutput *next;

    if (self->pumping)
        return G_SOURCE_CONTINUE;
    self->pumping = TRUE;
    while (!self->failure && (next = wl_engine_next_output(self->engine))) {
        g_autoptr(WlOutput) output = next;

        carry_out(self, output);
    }
    self->pumping = FALSE;
    self->events->settled(self, self->user_data);
    wl_timer_set(self->timer, wl_engine_get_deadline(self->engine));
    return G_SOURCE_CONTINUE;
}

/* ---- inputs -------------------------------------------------------------------------------- */

static gboolean
on_deadline(gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_time(self->engine, wl_clock_now());
    return pump(self);
}

static void
on_datagram(const WlIp *source, const guint8 *data, gsize length, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_datagram(self->engine, wl_clock_now(), source, data, length);
    pump(self);
}

static void
on_resolved(const char *name, const WlEndpoint *endpoints, gsize n, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_resolved(self->engine, wl_clock_now(), name, endpoints, n);
    pump(self);
}

static void
on_probe_answered(const WlKey *key, guint16 sequence, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_probe_answered(self->engine, wl_clock_now(), key, sequence);
    pump(self);
}

static void
on_traffic(gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_traffic_began(self->engine, wl_clock_now());
    pump(self);
}

static void
tell_addresses(WlSession *self)
{
    wl_local_addresses_tell(wl_monitor_get_addresses(self->monitor), &self->settings, self->engine,
                            wl_clock_now());
}

static void
tell_uplink(WlSession *self)
{
    const char *uplink = wl_monitor_get_uplink(self->monitor);
    g_autoptr(GArray) gateways = wl_monitor_dup_gateways(self->monitor);
    gboolean other = wl_local_servers_set_gateways(self->servers, gateways);

    if (other)
        wl_local_servers_tell(self->servers, self->engine, wl_clock_now());
    if (other || !g_str_equal(uplink, self->uplink))
        wl_engine_uplink_changed(self->engine, wl_clock_now());
    if (g_str_equal(uplink, self->uplink))
        return;
    g_free(self->uplink);
    self->uplink = g_strdup(uplink);
    self->events->uplink_changed(self, self->user_data);
}

static void
on_network_changed(WlMonitor *monitor, gpointer user_data)
{
    WlSession *self = user_data;

    tell_addresses(self);
    tell_uplink(self);
    pump(self);
}

/* NetworkManager takes one address for each family; the others are ours to set. */
static gboolean
is_ours(const WlSession *self, const WlPrefix *address)
{
    const GArray *addresses = self->config->addresses;
    const WlPrefix *first = wl_ip_config_first(addresses, address->ip.family);

    if (wl_prefix_equal(address, &self->link_local))
        return TRUE;
    for (guint i = 0; i < addresses->len; i++) {
        const WlPrefix *own = &g_array_index(addresses, WlPrefix, i);

        if (wl_prefix_equal(own, address))
            return own != first;
    }
    return FALSE;
}

/* `ip link set down`, a sysctl or NetworkManager took one of our addresses: facts need the
 * link-local one, and nobody else puts the others back. */
static void
on_link_address_lost(WlMonitor *monitor, const WlPrefix *address, gpointer user_data)
{
    WlSession *self = user_data;
    g_autofree char *text = wl_prefix_to_string(address);
    g_autoptr(GError) error = NULL;

    /* With the link itself all of them go. */
    if (!is_ours(self, address) || if_nametoindex(self->settings.interface) == 0)
        return;
    if (wl_link_add_address(self->link, address, &error))
        g_message("the address %s was removed by somebody and is back", text);
    else
        g_warning("the address %s was removed and cannot be put back: %s", text, error->message);
}

/* Set down and up again, or IPv6 was off for a while. */
static void
on_link_reset(WlMonitor *monitor, gpointer user_data)
{
    WlSession *self = user_data;
    g_autoptr(GError) error = NULL;

    if (!wl_monitor_restore_link(monitor, &error) ||
        (self->tunnel &&
         !wl_policy_routes_restore(self->tunnel, wl_link_get_ifindex(self->link), &error)))
        g_warning("%s", error->message);
    else
        g_message("somebody took addresses and routes from the link; they are back");
}

static gboolean recreate_link(WlSession *self, GError **error);

static void
on_link_gone(WlMonitor *monitor, gpointer user_data)
{
    WlSession *self = user_data;
    const char *name = self->settings.interface;
    gint64 now = wl_clock_now();
    g_autofree char *reason = NULL;
    g_autoptr(GError) error = NULL;

    if (self->key && (self->recreated == 0 || now - self->recreated > RECREATE_INTERVAL)) {
        self->recreated = now;
        if (recreate_link(self, &error)) {
            g_message("somebody deleted the link %s; it is made anew", name);
            return;
        }
        reason = g_strdup_printf("the link %s was deleted and cannot be made anew: %s", name,
                                 error->message);
    } else {
        reason = g_strdup_printf(
            "the link %s was deleted by somebody else; bring the profile up again", name);
    }
    fail(self, reason);
}

static void
on_link_failed(WlLink *link, const char *reason, gpointer user_data)
{
    WlSession *self = user_data;

    if (!self->key) /* else the monitor tells that it is gone, and it is made anew */
        fail(self, reason);
}

static const WlMonitorEvents monitor_events = {
    .changed = on_network_changed,
    .link_address_lost = on_link_address_lost,
    .link_gone = on_link_gone,
    .link_reset = on_link_reset,
};

/* ---- life ---------------------------------------------------------------------------------- */

static gboolean
add_further_addresses(WlSession *self, GError **error)
{
    const GArray *addresses = self->config->addresses;

    for (guint i = 0; i < addresses->len; i++) {
        const WlPrefix *address = &g_array_index(addresses, WlPrefix, i);

        if (is_ours(self, address) && !wl_link_add_address(self->link, address, error))
            return FALSE;
    }
    return TRUE;
}

/* What was known before the process was last stopped. Without it everything comes again, later. */
static void
recall(WlSession *self)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *memory = NULL;
    gsize length = 0;

    memory = wl_memory_load(self->settings.uuid, &length, &error);
    if (memory && !wl_engine_recall(self->engine, wl_clock_now(), memory, length, &error))
        wl_memory_forget(self->settings.uuid);
    if (error)
        g_message("%s", error->message);
}

static void
set_forwarding(WlSession *self)
{
    if (self->settings.forwarding || wl_engine_is_router(self->engine))
        wl_forwarding_start(&self->forwarding, self->settings.interface, self->settings.forwarding);
}

static void
take_down(WlSession *self)
{
    wl_forwarding_stop(&self->forwarding);
    if (self->engine)
        remember(self);
    g_clear_pointer(&self->timer, wl_timer_free);
    g_clear_pointer(&self->resolver, wl_resolver_free);
    g_clear_pointer(&self->monitor, wl_monitor_free);
    g_clear_pointer(&self->traffic, wl_traffic_watch_free);
    g_clear_pointer(&self->ping, wl_ping_free);
    g_clear_pointer(&self->socket, wl_fact_socket_free);
    g_clear_pointer(&self->engine, wl_engine_free);
    g_clear_pointer(&self->tunnel, wl_policy_routes_free);
    if (self->link) {
        g_signal_handlers_disconnect_by_data(self->link, self);
        wl_link_destroy(self->link);
    }
    g_clear_object(&self->link);
}

/* Without them everything else works, only later. */
static void
open_raw_sockets(WlSession *self)
{
    WlRawSockets *raw = &self->settings.raw;
    int ifindex = wl_link_get_ifindex(self->link);
    g_autoptr(GError) error = NULL;

    if (raw->icmp6 >= 0)
        self->ping =
            wl_ping_new(raw, &self->link_local.ip, ifindex, on_probe_answered, self, &error);
    if (error)
        g_warning("%s", error->message);
    g_clear_error(&error);
    if (raw->packet >= 0)
        self->traffic = wl_traffic_watch_new(wl_raw_sockets_steal(&raw->packet), ifindex,
                                             on_traffic, self, &error);
    if (error)
        g_warning("%s", error->message);
}

/* Down, a link loses its IPv6 addresses: up first. */
static gboolean
set_link_up(WlSession *self, GError **error)
{
    return wl_link_set_up(self->link, error) &&
           wl_link_add_address(self->link, &self->link_local, error) &&
           add_further_addresses(self, error);
}

static gboolean
set_up(WlSession *self, GError **error)
{
    int ifindex = wl_link_get_ifindex(self->link);
    WlKey own;

    wl_key_derive_public(&self->config->private_key, &own);
    wl_key_link_local(&own, &self->link_local.ip);
    self->link_local.length = 64;

    if (!set_link_up(self, error))
        return FALSE;
    if (self->settings.full_tunnel) {
        self->tunnel = wl_full_tunnel_open(self->config, self->settings.uuid,
                                           self->settings.kill_switch, self->link, error);
        if (!self->tunnel)
            return FALSE;
    }
    self->socket = wl_fact_socket_new(&self->link_local.ip, self->settings.fact_port, ifindex,
                                      on_datagram, self, error);
    if (!self->socket)
        return FALSE;
    self->monitor = wl_monitor_new(ifindex, &monitor_events, self, error);
    if (!self->monitor)
        return FALSE;
    g_free(self->uplink);
    self->uplink = g_strdup(wl_monitor_get_uplink(self->monitor));
    open_raw_sockets(self);
    self->timer = wl_timer_new(on_deadline, self, error);
    if (!self->timer)
        return FALSE;
    self->resolver = wl_resolver_new(on_resolved, self);
    self->engine = wl_engine_new(self->config, wl_clock_now(), random_bytes, NULL, error);
    if (!self->engine)
        return FALSE;
    recall(self);
    set_forwarding(self);
    return TRUE;
}

static void open_link(WlSession *self);

static gboolean
on_time_to_open(gpointer user_data)
{
    WlSession *self = user_data;

    self->open_id = 0;
    open_link(self);
    return G_SOURCE_REMOVE;
}

/* A wireguard-go whose service was killed takes a moment to end, and has the port until then. */
static void
open_failed(WlSession *self, const GError *error)
{
    take_down(self);
    if (g_error_matches(error, WL_LINK_ERROR, WL_LINK_ERROR_IN_USE) &&
        ++self->port_tries < PORT_TRIES)
        self->open_id = g_timeout_add(PORT_DELAY_MS, on_time_to_open, self);
    else
        fail(self, error->message);
}

/* The link and the engine have what they need of it; only one that is made anew will need it again,
 * and of userspace WireGuard the program ends with its link. */
static void
keep_key(WlSession *self)
{
    if (!self->key && g_str_equal(wl_link_get_backend(self->link), "kernel"))
        self->key = sodium_malloc(sizeof *self->key);
    if (self->key)
        *self->key = self->config->private_key;
    wl_key_wipe(&self->config->private_key);
}

static void
on_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLink) link = wl_link_open_finish(result, &error);
    WlSession *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the session is gone */
    g_clear_object(&self->opening);
    if (link) {
        self->link = g_steal_pointer(&link);
        g_signal_connect(self->link, "failed", G_CALLBACK(on_link_failed), self);
    }
    if (!self->link || !set_up(self, &error)) {
        open_failed(self, error);
        return;
    }
    keep_key(self);
    tell_addresses(self);
    tell_uplink(self);
    wl_local_servers_tell(self->servers, self->engine, wl_clock_now());
    wl_engine_connectivity(self->engine, wl_clock_now(), self->connectivity);
    pump(self);
    if (!self->failure)
        self->events->ready(self, self->user_data);
}

static WlLinkConfig
link_config(const WlSession *self, const WlKey *private_key)
{
    WlLinkConfig config = {
        .name = self->settings.interface,
        .uuid = self->settings.uuid,
        .private_key = private_key,
        .listen_port = self->config->listen_port,
        .mtu = self->settings.mtu,
        .fwmark = self->settings.full_tunnel ? wl_policy_routes_mark(self->settings.uuid) : 0,
    };

    return config;
}

static void
open_link(WlSession *self)
{
    WlLinkConfig config = link_config(self, &self->config->private_key);

    self->opening = g_cancellable_new();
    wl_link_open_async(&config, self->opening, on_opened, self);
}

/* Sockets, and the monitor with what NetworkManager gave the link, go on with the one that has its
 * index; what the monitor then sees come up, it gives back. */
static gboolean
recreate_link(WlSession *self, GError **error)
{
    WlLinkConfig config = link_config(self, self->key);
    int ifindex = wl_link_get_ifindex(self->link);
    WlLink *link;

    g_signal_handlers_disconnect_by_data(self->link, self);
    wl_link_destroy(self->link);
    link = wl_link_reopen(&config, ifindex, error);
    if (!link)
        return FALSE;
    g_object_unref(self->link);
    self->link = link;
    g_signal_connect(self->link, "failed", G_CALLBACK(on_link_failed), self);
    if (!set_link_up(self, error))
        return FALSE;
    set_forwarding(self);
    if (self->traffic)
        wl_traffic_watch_rebind(self->traffic);
    wl_engine_link_recreated(self->engine, wl_clock_now());
    pump(self);
    return TRUE;
}

static char **
copy_patterns(const char *const *patterns)
{
    return patterns ? g_strdupv((char **) patterns) : g_new0(char *, 1);
}

WlSession *
wl_session_new(WlEngineConfig *config, const WlSessionSettings *settings,
               const WlSessionEvents *events, gpointer user_data)
{
    WlSession *self = g_new0(WlSession, 1);
    g_autoptr(GError) error = NULL;

    self->claim = wl_claim_new(settings->uuid, &error);
    if (self->claim < 0)
        g_warning("%s", error->message);
    self->config = config;
    self->events = events;
    self->user_data = user_data;
    self->settings = *settings;
    self->settings.uuid = g_strdup(settings->uuid);
    self->settings.interface = g_strdup(settings->interface);
    self->settings.hide_interfaces = (const char *const *) copy_patterns(settings->hide_interfaces);
    self->settings.report_interfaces =
        (const char *const *) copy_patterns(settings->report_interfaces);
    self->servers = wl_local_servers_new();
    self->refused = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    /* The sweep may take a while, and Connect has to be answered. */
    self->open_id = g_idle_add(on_time_to_open, self);
    return self;
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
    wl_engine_config_free(self->config);
    sodium_free(self->key); /* wipes */
    g_hash_table_unref(self->refused);
    wl_raw_sockets_close(&self->settings.raw);
    if (self->claim >= 0)
        close(self->claim);
    g_free(self->uplink);
    wl_local_servers_free(self->servers);
    g_free(self->failure);
    g_free((char *) self->settings.uuid);
    g_free((char *) self->settings.interface);
    g_strfreev((char **) self->settings.hide_interfaces);
    g_strfreev((char **) self->settings.report_interfaces);
    g_free(self);
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
    read_device(self);
    pump(self);
}

guint32
wl_session_get_round_trip(WlSession *self, const WlKey *key)
{
    WlPeerView view;
    WlIp link_local;

    /* An echo to a peer without a session would only have WireGuard call for it. */
    if (!self->ping || !wl_engine_get_peer(self->engine, key, &view) || !view.healthy)
        return 0;
    wl_key_link_local(key, &link_local);
    wl_ping_probe(self->ping, &link_local);
    return wl_ping_get(self->ping, &link_local);
}

gboolean
wl_session_refresh(WlSession *self)
{
    gboolean done = wl_engine_refresh(self->engine, wl_clock_now());

    pump(self);
    return done;
}

gboolean
wl_session_forget_endpoint(WlSession *self, const WlKey *key, const WlEndpoint *endpoint,
                           GError **error)
{
    gboolean done = wl_engine_forget_endpoint(self->engine, wl_clock_now(), key, endpoint, error);

    pump(self);
    return done;
}

void
wl_session_set_connectivity(WlSession *self, WlConnectivity connectivity)
{
    self->connectivity = connectivity;
    if (!self->engine)
        return;
    wl_engine_connectivity(self->engine, wl_clock_now(), connectivity);
    pump(self);
}

void
wl_session_uplink_changed(WlSession *self)
{
    if (!self->engine)
        return;
    wl_engine_uplink_changed(self->engine, wl_clock_now());
    pump(self);
}

void
wl_session_resumed(WlSession *self)
{
    if (!self->engine)
        return;
    wl_engine_resumed(self->engine, wl_clock_now());
    pump(self);
}

void
wl_session_set_dns(WlSession *self, const GArray *servers)
{
    if (!wl_local_servers_set_dns(self->servers, servers) || !self->engine)
        return;
    wl_local_servers_tell(self->servers, self->engine, wl_clock_now());
    pump(self);
}
