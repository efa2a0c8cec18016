/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A WlSession for load-test: a real engine over the fake link, without netlink, sockets or a state
 * file. The session owns both.
 */
#include "load-session.h"

#include <sodium.h>

#include "wl-clock.h"
#include "wl-link-fake.h"

struct _WlSession {
    WlEngineConfig *config;
    WlSessionSettings settings;
    const WlSessionObserver *observer; /* NULL: none */
    gpointer observer_data;
    WlLink *link;
    WlEngine *engine;
    WlTimer *timer;
    gboolean pumping;
    gint64 last_snapshot;
};

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}

static void
read_device(WlSession *self)
{
    g_autoptr(WlDevice) device = wl_link_read(self->link, NULL);

    self->last_snapshot = wl_clock_now();
    wl_engine_device_snapshot(self->engine, self->last_snapshot, device);
}

static void
pump(WlSession *self)
{
    WlOutput *next;

    if (self->pumping)
        return;
    self->pumping = TRUE;
    while ((next = wl_engine_next_output(self->engine))) {
        g_autoptr(WlOutput) output = next;

        if (output->kind == WL_OUTPUT_CHANGE_PEER)
            wl_link_apply(self->link, output->change, NULL);
        else if (output->kind == WL_OUTPUT_READ_DEVICE)
            read_device(self);
        else if (output->kind == WL_OUTPUT_PEER_CHANGED && self->observer)
            self->observer->peer_changed(self, &output->key, self->observer_data);
        else if (output->kind == WL_OUTPUT_PEER_REMOVED && self->observer)
            self->observer->peer_gone(self, &output->key, self->observer_data);
    }
    self->pumping = FALSE;
    if (self->observer)
        self->observer->settled(self, self->observer_data);
    wl_timer_set(self->timer, wl_engine_get_deadline(self->engine));
}

static gboolean
on_deadline(gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_advance_time(self->engine, wl_clock_now());
    pump(self);
    return G_SOURCE_CONTINUE;
}

static WlPrefix
prefix_of(const char *text)
{
    WlPrefix prefix;

    g_assert_true(wl_prefix_parse(text, &prefix));
    return prefix;
}

static void
add_peer(WlEngineConfig *config, guint number)
{
    g_autofree char *address = g_strdup_printf("10.77.%u.%u/32", number / 200, number % 200 + 10);
    WlPrefix prefix = prefix_of(address);
    WlKey private_key, key;
    WlPeerConfig *peer;

    wl_key_generate(&private_key, random_bytes, NULL);
    g_assert_true(wl_key_derive_public(&private_key, &key));
    peer = wl_peer_config_new(&key);
    peer->name = g_strdup_printf("peer-%u", number);
    peer->basic = TRUE; /* direct without facts */
    g_ptr_array_add(peer->endpoints, g_strdup_printf("198.51.100.%u:51820", number % 250 + 1));
    g_array_append_val(peer->allowed_ips, prefix);
    g_ptr_array_add(config->peers, peer);
}

static void
set_device_peer(WlSession *self, guint number, guint16 port)
{
    const WlPeerConfig *config = g_ptr_array_index(self->config->peers, number);
    g_autoptr(WlDevicePeer) peer = wl_device_peer_new(&config->public_key);

    g_assert_true(wl_endpoint_parse(g_ptr_array_index(config->endpoints, 0), &peer->endpoint));
    peer->endpoint.port = port;
    peer->handshake_age = G_USEC_PER_SEC;
    peer->rx_bytes = peer->tx_bytes = (guint64) wl_clock_now();
    wl_link_fake_set_peer(self->link, peer);
}

WlSession *
load_session_new(guint n_peers)
{
    WlSession *self = g_new0(WlSession, 1);
    WlLocalAddress uplink = {
        .address = prefix_of("192.0.2.7/24"), .ifname = "eth0", .ifindex = 2, .announce = TRUE};
    WlPrefix address = prefix_of("10.77.0.2/16");
    g_autoptr(GError) error = NULL;

    self->settings.uuid = "2f3b7d6c-0d0e-4f5a-9b77-0123456789ab";
    self->settings.interface = "nmwl-2f3b7d6c";
    self->settings.fact_port = 51821;
    self->config = wl_engine_config_new();
    wl_key_generate(&self->config->private_key, random_bytes, NULL);
    self->config->listen_port = 51820;
    g_array_append_val(self->config->addresses, address);
    for (guint i = 0; i < n_peers; i++)
        add_peer(self->config, i);

    WlLinkConfig link = {.name = self->settings.interface,
                         .uuid = self->settings.uuid,
                         .private_key = &self->config->private_key,
                         .listen_port = self->config->listen_port};

    self->link = wl_link_fake_new(&link);
    self->timer = wl_timer_new(on_deadline, self);
    self->engine = wl_engine_new(self->config, wl_clock_now(), random_bytes, NULL, &error);
    g_assert_no_error(error);
    pump(self);
    for (guint i = 0; i < n_peers; i++)
        set_device_peer(self, i, 51820);
    wl_engine_set_local_addresses(self->engine, wl_clock_now(), &uplink, 1);
    read_device(self);
    pump(self);
    return self;
}

void
load_session_free(WlSession *self)
{
    wl_timer_free(self->timer);
    wl_engine_free(self->engine);
    g_object_unref(self->link);
    wl_engine_config_free(self->config);
    g_free(self);
}

void
load_session_move(WlSession *self, guint number)
{
    static guint16 port = 1024;

    port = port == G_MAXUINT16 ? 1024 : port + 1;
    set_device_peer(self, number, port);
    read_device(self);
    pump(self);
}

/* ---- wl-session.h */

void
wl_session_observe(WlSession *self, const WlSessionObserver *observer, gpointer user_data)
{
    self->observer = observer;
    self->observer_data = user_data;
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

gboolean
wl_session_is_gateway(const WlSession *self)
{
    return FALSE;
}

const WlSessionSettings *
wl_session_get_settings(const WlSession *self)
{
    return &self->settings;
}

const WlMappingView *
wl_session_get_mapping(const WlSession *self, guint family)
{
    return NULL;
}

const WlEventList *
wl_session_get_events(const WlSession *self)
{
    static GPtrArray none;
    static const WlEventList empty = {&none};

    return &empty;
}

const char *
wl_session_get_uplink(const WlSession *self)
{
    return "eth0";
}

void
wl_session_refresh_counters(WlSession *self)
{
    if (wl_clock_now() - self->last_snapshot < G_USEC_PER_SEC)
        return;
    read_device(self);
    pump(self);
}

guint32
wl_session_get_round_trip(WlSession *self, const WlKey *key)
{
    return 0;
}

gboolean
wl_session_refresh(WlSession *self)
{
    gboolean done = wl_engine_refresh(self->engine, wl_clock_now());

    pump(self);
    return done;
}

gboolean
wl_session_use_router(WlSession *self, const WlKey *key, GError **error)
{
    gboolean done = wl_engine_use_router(self->engine, wl_clock_now(), key, error);

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
