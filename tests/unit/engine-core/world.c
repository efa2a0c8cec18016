/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include <string.h>

#include "wg-model.h"

#define SEC(n)     ((gint64) (n) *G_USEC_PER_SEC)
#define PORT       51820
#define LAN_DELAY  1000
#define UNREPLIED  SEC(30) /* as Linux's connection tracking has it for UDP */
#define REPLIED    SEC(120)
#define NEVER      G_MAXINT64
#define MAX_EVENTS 5000000

/* One flow through a NAT. */
typedef struct {
    WlEndpoint inside, remote;
    guint16 port; /* outside */
    gint64 last;
    gboolean replied;
} Flow;

struct _WorldNat {
    World *world;
    WlIp address;
    gint64 delay;
    GArray *flows; /* of Flow */
};

struct _WorldHost {
    World *world;
    char *name;
    WlKey private_key, public_key;
    WorldNat *nat;
    gboolean attached;
    WlPrefix address;
    GArray *tunnel; /* of WlIp: own tunnel addresses */
    WlEngine *engine;
    WgModel *device;
    guint initiations_before; /* of devices that are gone, and already counted */
    WorldCounters counters;
    GHashTable *states; /* WlKey* -> state */
    GHashTable *echoes; /* number -> forwards + 1 */
};

struct _World {
    gint64 now;
    GRand *random;
    GPtrArray *hosts, *nats;
    GSequence *packets; /* of Packet, by time */
    guint64 serial;
    guint echo;
};

/* A packet on its way in the public network or on a LAN. */
typedef struct {
    gint64 when;
    guint64 serial;
    WorldHost *to; /* decided when it arrives if NULL */
    WlEndpoint source, destination;
    WgMessage *message;
} Packet;

static guint drain(WorldHost *host);

/* ---- the network */

static void
packet_free(Packet *packet)
{
    if (packet->message)
        wg_message_free(packet->message);
    g_free(packet);
}

static int
packet_compare(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const Packet *x = a, *y = b;

    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return (x->serial > y->serial) - (x->serial < y->serial);
}

static gboolean
flow_lives(const World *self, const Flow *flow)
{
    return self->now - flow->last < (flow->replied ? REPLIED : UNREPLIED);
}

static gboolean
nat_port_taken(const WorldNat *nat, guint16 port, const WlEndpoint *inside,
               const WlEndpoint *remote)
{
    for (guint i = 0; i < nat->flows->len; i++) {
        const Flow *flow = &g_array_index(nat->flows, Flow, i);
        if (flow->port == port && flow_lives(nat->world, flow) &&
            wl_endpoint_equal(&flow->remote, remote) && !wl_endpoint_equal(&flow->inside, inside))
            return TRUE;
    }
    return FALSE;
}

/* The outside port of what leaves; opens the filter for answers. */
static guint16
nat_out(WorldNat *nat, const WlEndpoint *inside, const WlEndpoint *remote)
{
    Flow flow = {.inside = *inside, .remote = *remote, .port = inside->port};

    for (guint i = 0; i < nat->flows->len; i++) {
        Flow *known = &g_array_index(nat->flows, Flow, i);
        if (flow_lives(nat->world, known) && wl_endpoint_equal(&known->inside, inside) &&
            wl_endpoint_equal(&known->remote, remote)) {
            known->last = nat->world->now;
            return known->port;
        }
    }
    while (nat_port_taken(nat, flow.port, inside, remote))
        flow.port++;
    flow.last = nat->world->now;
    g_array_append_val(nat->flows, flow);
    return flow.port;
}

static gboolean
nat_in(WorldNat *nat, guint16 port, const WlEndpoint *remote, WlEndpoint *inside)
{
    for (guint i = 0; i < nat->flows->len; i++) {
        Flow *flow = &g_array_index(nat->flows, Flow, i);
        if (flow->port == port && flow_lives(nat->world, flow) &&
            wl_endpoint_equal(&flow->remote, remote)) {
            flow->last = nat->world->now;
            flow->replied = TRUE;
            *inside = flow->inside;
            return TRUE;
        }
    }
    return FALSE;
}

static WorldHost *
host_at(GPtrArray *hosts, const WorldNat *nat, const WlIp *ip)
{
    for (guint i = 0; i < hosts->len; i++) {
        WorldHost *host = hosts->pdata[i];
        if (host->attached && host->nat == nat && wl_ip_equal(&host->address.ip, ip))
            return host;
    }
    return NULL;
}

/* What a packet needs from @nat, or from a public host, to the middle of the network. */
static gint64
delay_to(const World *self, const WlIp *address)
{
    for (guint i = 0; i < self->nats->len; i++) {
        const WorldNat *nat = self->nats->pdata[i];
        if (wl_ip_equal(&nat->address, address))
            return nat->delay;
    }
    return WORLD_DELAY;
}

void
world_nat_set_delay(WorldNat *self, gint64 delay)
{
    self->delay = delay;
}

static void
transmit(gpointer user_data, const WlEndpoint *to, WgMessage *message)
{
    WorldHost *host = user_data;
    World *self = host->world;
    Packet *packet = g_new0(Packet, 1);

    packet->message = message;
    packet->when =
        self->now + (host->nat ? host->nat->delay : WORLD_DELAY) + delay_to(self, &to->ip);
    packet->serial = self->serial++;
    packet->source.ip = host->address.ip;
    packet->source.port = PORT;
    packet->destination = *to;
    if (!host->attached) {
        packet_free(packet);
        return;
    }
    if (host->nat) {
        packet->to = host_at(self->hosts, host->nat, &to->ip);
        if (packet->to)
            packet->when = self->now + LAN_DELAY;
        if (!packet->to && wl_prefix_contains_ip(&host->address, &to->ip)) {
            packet_free(packet); /* nobody there */
            return;
        }
        if (!packet->to) {
            packet->source.port = nat_out(host->nat, &packet->source, to);
            packet->source.ip = host->nat->address;
        }
    }
    g_sequence_insert_sorted(self->packets, packet, packet_compare, NULL);
}

static void
arrive(World *self, Packet *packet)
{
    WorldHost *to = packet->to ? packet->to : host_at(self->hosts, NULL, &packet->destination.ip);

    for (guint i = 0; !to && i < self->nats->len; i++) {
        WorldNat *nat = self->nats->pdata[i];
        WlEndpoint inside;
        if (wl_ip_equal(&nat->address, &packet->destination.ip) &&
            nat_in(nat, packet->destination.port, &packet->source, &inside))
            to = host_at(self->hosts, nat, &inside.ip);
    }
    if (!to || !to->attached || !to->device)
        return;
    wg_model_set_time(to->device, self->now);
    wg_model_receive(to->device, &packet->source, g_steal_pointer(&packet->message));
    drain(to);
}

/* ---- hosts */

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    World *self = user_data;

    for (gsize i = 0; i < length; i++)
        buffer[i] = (guint8) g_rand_int(self->random);
}

static guint32
random_number(gpointer user_data)
{
    return g_rand_int(((WorldHost *) user_data)->world->random);
}

static gboolean
is_own_tunnel_address(const WorldHost *host, const WlIp *ip)
{
    for (guint i = 0; i < host->tunnel->len; i++) {
        if (wl_ip_equal(&g_array_index(host->tunnel, WlIp, i), ip))
            return TRUE;
    }
    return FALSE;
}

static void
deliver_echo(WorldHost *host, WgInner *inner)
{
    if (!is_own_tunnel_address(host, &inner->destination)) {
        inner->forwards++;
        if (inner->forwards > 8)
            wg_inner_free(inner);
        else
            wg_model_send(host->device, inner);
        return;
    }
    if (inner->reply) {
        g_hash_table_insert(host->echoes, GUINT_TO_POINTER(inner->echo),
                            GUINT_TO_POINTER(inner->forwards + 1));
        wg_inner_free(inner);
        return;
    }
    {
        WlIp source = inner->source;
        inner->source = inner->destination;
        inner->destination = source;
        inner->reply = TRUE;
        wg_model_send(host->device, inner);
    }
}

static void
deliver(gpointer user_data, WgInner *inner)
{
    WorldHost *host = user_data;
    WlIp own;

    if (!inner->facts) {
        deliver_echo(host, inner);
        return;
    }
    wl_key_link_local(&host->public_key, &own);
    if (wl_ip_equal(&own, &inner->destination)) {
        gsize length;
        const guint8 *data = g_bytes_get_data(inner->facts, &length);
        wl_engine_datagram(host->engine, host->world->now, &inner->source, data, length);
    }
    wg_inner_free(inner);
}

static void
carry_out_send(WorldHost *host, WlOutput *output)
{
    WgInner *inner = g_new0(WgInner, 1);

    host->counters.datagrams++;
    host->counters.bytes += (guint) g_bytes_get_size(output->bytes);
    g_assert_cmpuint(g_bytes_get_size(output->bytes), <=, 1210);
    wl_key_link_local(&host->public_key, &inner->source);
    inner->destination = output->destination;
    inner->facts = g_bytes_ref(output->bytes);
    wg_model_send(host->device, inner);
}

static void
note_state(WorldHost *host, const WlKey *key)
{
    gpointer old = g_hash_table_lookup(host->states, key);
    WlPeerView view;
    gpointer state;

    g_assert_true(wl_engine_get_peer(host->engine, key, &view));
    state = GUINT_TO_POINTER((guint) view.state + 1);
    if (old && old != state)
        host->counters.state_changes++;
    g_hash_table_insert(host->states, wl_key_copy(key), state);
}

/* WORLD_DEBUG=1 in the environment tells what the engines do and say. */
static void
trace(const WorldHost *host, const WlOutput *output)
{
    static const char *const kinds[] = {"add", "update", "re-create", "remove"};
    g_autofree char *key = NULL;

    if (!g_getenv("WORLD_DEBUG"))
        return;
    key = wl_key_to_string(&output->key);
    for (guint i = 0; i < host->world->hosts->len; i++) {
        const WorldHost *other = host->world->hosts->pdata[i];
        if (wl_key_equal(&other->public_key, &output->key)) {
            g_free(key);
            key = g_strdup(other->name);
        }
    }
    g_printerr("# %9.3f %s: ", (double) host->world->now / 1e6, host->name);
    if (output->kind == WL_OUTPUT_LOG) {
        g_printerr("%s\n", output->name);
    } else if (output->kind == WL_OUTPUT_CHANGE_PEER) {
        g_autofree char *endpoint = wl_endpoint_to_string(&output->change->endpoint);
        g_printerr("%s %s, endpoint %s, %u allowed IPs\n", kinds[output->change->kind], key,
                   endpoint, output->change->allowed_ips->len);
    } else if (output->kind == WL_OUTPUT_SEND) {
        g_printerr("%" G_GSIZE_FORMAT " bytes to %s\n", g_bytes_get_size(output->bytes), key);
    } else {
        g_printerr("output %d about %s\n", (int) output->kind, key);
    }
}

static void
carry_out(WorldHost *host, WlOutput *output)
{
    trace(host, output);
    switch (output->kind) {
    case WL_OUTPUT_SEND:
        carry_out_send(host, output);
        break;
    case WL_OUTPUT_CHANGE_PEER:
        host->counters.recreations += wg_model_change(host->device, output->change);
        break;
    case WL_OUTPUT_WANT_SNAPSHOT: {
        g_autoptr(WlDevice) device = wg_model_read(host->device);
        wl_engine_snapshot(host->engine, host->world->now, device);
        break;
    }
    case WL_OUTPUT_PEER_CHANGED:
        note_state(host, &output->key);
        break;
    case WL_OUTPUT_LOG:
        host->counters.logs++;
        break;
    case WL_OUTPUT_RESOLVE:
    case WL_OUTPUT_ROUTES:
    case WL_OUTPUT_PEER_GONE:
    case WL_OUTPUT_PROBE:
    case WL_OUTPUT_WATCH_TRAFFIC:
    case WL_OUTPUT_REMEMBER:
        break;
    }
    wl_output_free(output);
}

/* Carries out everything the engine wants; the number of outputs. */
static guint
drain(WorldHost *host)
{
    WlOutput *output;
    guint n = 0;

    for (; host->engine && (output = wl_engine_next_output(host->engine)); n++)
        carry_out(host, output);
    return n;
}

World *
world_new(guint32 seed)
{
    World *self = g_new0(World, 1);

    self->now = SEC(1000);
    self->random = g_rand_new_with_seed(seed);
    self->hosts = g_ptr_array_new();
    self->nats = g_ptr_array_new();
    self->packets = g_sequence_new((GDestroyNotify) packet_free);
    return self;
}

static void
host_free(WorldHost *host)
{
    wl_engine_free(host->engine);
    wg_model_free(host->device);
    g_array_unref(host->tunnel);
    g_hash_table_unref(host->states);
    g_hash_table_unref(host->echoes);
    g_free(host->name);
    g_free(host);
}

void
world_free(World *self)
{
    g_sequence_free(self->packets);
    for (guint i = 0; i < self->hosts->len; i++)
        host_free(self->hosts->pdata[i]);
    for (guint i = 0; i < self->nats->len; i++) {
        WorldNat *nat = self->nats->pdata[i];
        g_array_unref(nat->flows);
        g_free(nat);
    }
    g_ptr_array_unref(self->hosts);
    g_ptr_array_unref(self->nats);
    g_rand_free(self->random);
    g_free(self);
}

gint64
world_now(const World *self)
{
    return self->now;
}

WorldNat *
world_add_nat(World *self, const char *address)
{
    WorldNat *nat = g_new0(WorldNat, 1);

    nat->world = self;
    g_assert_true(wl_ip_parse(address, &nat->address));
    nat->delay = WORLD_DELAY;
    nat->flows = g_array_new(FALSE, TRUE, sizeof(Flow));
    g_ptr_array_add(self->nats, nat);
    return nat;
}

WorldHost *
world_add_host(World *self, const char *name)
{
    WorldHost *host = g_new0(WorldHost, 1);

    host->world = self;
    host->name = g_strdup(name);
    wl_key_generate(&host->private_key, random_bytes, self);
    g_assert_true(wl_key_derive_public(&host->private_key, &host->public_key));
    host->tunnel = g_array_new(FALSE, TRUE, sizeof(WlIp));
    host->states = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, NULL);
    host->echoes = g_hash_table_new(NULL, NULL);
    g_ptr_array_add(self->hosts, host);
    return host;
}

const WlKey *
world_host_key(const WorldHost *self)
{
    return &self->public_key;
}

WlEngine *
world_host_engine(WorldHost *self)
{
    return self->engine;
}

static void
tell_addresses(WorldHost *host)
{
    WlLocalAddress local = {
        .address = host->address, .ifname = "eth0", .ifindex = 2, .announce = TRUE};

    if (!host->engine)
        return;
    wl_engine_local_addresses(host->engine, host->world->now, &local, host->attached ? 1 : 0);
    drain(host);
}

void
world_host_attach(WorldHost *self, WorldNat *nat, const char *address)
{
    g_assert_true(wl_prefix_parse(address, &self->address));
    self->nat = nat;
    self->attached = TRUE;
    tell_addresses(self);
}

void
world_host_detach(WorldHost *self)
{
    self->attached = FALSE;
    tell_addresses(self);
}

WlEngineConfig *
world_host_config(const WorldHost *self, WlRole role, const char *address)
{
    WlEngineConfig *config = wl_engine_config_new();
    WlPrefix prefix;

    config->private_key = self->private_key;
    config->listen_port = PORT;
    config->role = role;
    config->name = g_strdup(self->name);
    g_assert_true(wl_prefix_parse(address, &prefix));
    g_array_append_val(config->addresses, prefix);
    return config;
}

WlPeerConfig *
world_config_add(WlEngineConfig *config, const WorldHost *peer, const char *endpoint,
                 const char *allowed_ips)
{
    WlPeerConfig *entry = wl_peer_config_new(&peer->public_key);

    entry->name = g_strdup(peer->name);
    if (endpoint)
        g_ptr_array_add(entry->endpoints, g_strdup(endpoint));
    if (allowed_ips) {
        g_auto(GStrv) parts = g_strsplit(allowed_ips, ",", 0);
        for (guint i = 0; parts[i]; i++) {
            WlPrefix prefix;
            g_assert_true(wl_prefix_parse(parts[i], &prefix));
            g_array_append_val(entry->allowed_ips, prefix);
        }
    }
    g_ptr_array_add(config->peers, entry);
    return entry;
}

void
world_host_start(WorldHost *self, WlEngineConfig *config)
{
    static const WgCallbacks callbacks = {
        .transmit = transmit, .deliver = deliver, .random = random_number};
    g_autoptr(GError) error = NULL;

    g_assert_null(self->engine);
    g_array_set_size(self->tunnel, 0);
    for (guint i = 0; i < config->addresses->len; i++)
        g_array_append_val(self->tunnel, g_array_index(config->addresses, WlPrefix, i).ip);
    g_hash_table_remove_all(self->states);
    self->device = wg_model_new(&self->public_key, PORT, &callbacks, self);
    wg_model_set_time(self->device, self->world->now);
    self->engine = wl_engine_new(config, self->world->now, random_bytes, self->world, &error);
    g_assert_no_error(error);
    wl_engine_config_free(config);
    drain(self);
    tell_addresses(self);
}

void
world_host_stop(WorldHost *self)
{
    self->counters.initiations += wg_model_get_initiations(self->device) - self->initiations_before;
    self->initiations_before = 0;
    g_clear_pointer(&self->engine, wl_engine_free);
    g_clear_pointer(&self->device, wg_model_free);
}

WorldCounters
world_host_counters(WorldHost *self)
{
    WorldCounters counters = self->counters;

    if (self->device) {
        counters.initiations += wg_model_get_initiations(self->device) - self->initiations_before;
        self->initiations_before = wg_model_get_initiations(self->device);
    }
    memset(&self->counters, 0, sizeof(self->counters));
    return counters;
}

/* ---- time */

static gint64
next_event(const World *self)
{
    GSequenceIter *first = g_sequence_get_begin_iter(self->packets);
    gint64 next = NEVER;

    if (!g_sequence_iter_is_end(first))
        next = ((Packet *) g_sequence_get(first))->when;
    for (guint i = 0; i < self->hosts->len; i++) {
        const WorldHost *host = self->hosts->pdata[i];
        if (host->engine)
            next = MIN(next, MIN(wl_engine_get_deadline(host->engine),
                                 wg_model_get_deadline(host->device)));
    }
    return next;
}

static void
run_host(WorldHost *host)
{
    World *self = host->world;

    if (!host->engine)
        return;
    wg_model_set_time(host->device, self->now);
    if (wg_model_get_deadline(host->device) <= self->now)
        wg_model_run(host->device);
    if (wl_engine_get_deadline(host->engine) > self->now) {
        drain(host);
        return;
    }
    drain(host);
    host->counters.wakeups++;
    wl_engine_time(host->engine, self->now);
    g_assert_cmpint(wl_engine_get_deadline(host->engine), >, self->now);
    host->counters.idle_wakeups += drain(host) == 0;
}

/* One step; FALSE if nothing happens until @limit. */
static gboolean
step(World *self, gint64 limit)
{
    gint64 next = next_event(self);
    GSequenceIter *first;

    if (next > limit) {
        self->now = limit;
        return FALSE;
    }
    self->now = MAX(self->now, next);
    first = g_sequence_get_begin_iter(self->packets);
    if (!g_sequence_iter_is_end(first) && ((Packet *) g_sequence_get(first))->when <= self->now) {
        Packet *packet = g_sequence_get(first);
        Packet copy = *packet;

        packet->message = NULL;
        g_sequence_remove(first);
        arrive(self, &copy);
        if (copy.message)
            wg_message_free(copy.message);
        return TRUE;
    }
    for (guint i = 0; i < self->hosts->len; i++)
        run_host(self->hosts->pdata[i]);
    return TRUE;
}

gint64
world_run_until(World *self, WorldFunc done, gpointer user_data, gint64 limit)
{
    gint64 start = self->now;

    for (guint i = 0; i < MAX_EVENTS; i++) {
        if (done && done(user_data))
            return self->now - start;
        if (!step(self, start + limit))
            return done && done(user_data) ? self->now - start : -1;
    }
    g_error("the world does not come to rest");
}

void
world_run(World *self, gint64 duration)
{
    world_run_until(self, NULL, NULL, duration);
}

/* ---- questions */

WlPeerState
world_host_state(WorldHost *self, const WorldHost *other)
{
    WlPeerView view;

    if (!self->engine || !wl_engine_get_peer(self->engine, &other->public_key, &view))
        return WL_PEER_OFFLINE;
    return view.state;
}

gboolean
world_is_direct(WorldHost *a, WorldHost *b)
{
    return world_host_state(a, b) >= WL_PEER_DIRECT && world_host_state(b, a) >= WL_PEER_DIRECT;
}

gboolean
world_has_endpoint(WorldHost *self, const WorldHost *other, const char *endpoint)
{
    WlEndpoint wanted;
    WlPeerView view;

    g_assert_true(wl_endpoint_parse(endpoint, &wanted));
    return self->engine && wl_engine_get_peer(self->engine, &other->public_key, &view) &&
           wl_endpoint_equal(&view.endpoint, &wanted);
}

typedef struct {
    WorldHost *host;
    guint echo;
} Echo;

static gboolean
echo_answered(gpointer user_data)
{
    const Echo *echo = user_data;

    return g_hash_table_contains(echo->host->echoes, GUINT_TO_POINTER(echo->echo));
}

int
world_ping(World *self, WorldHost *from, const char *address, gint64 limit)
{
    WgInner *inner = g_new0(WgInner, 1);
    Echo echo = {.host = from, .echo = ++self->echo};

    inner->source = g_array_index(from->tunnel, WlIp, 0);
    g_assert_true(wl_ip_parse(address, &inner->destination));
    inner->echo = echo.echo;
    wg_model_set_time(from->device, self->now);
    wg_model_send(from->device, inner);
    if (world_run_until(self, echo_answered, &echo, limit) < 0)
        return -1;
    return (int) GPOINTER_TO_UINT(g_hash_table_lookup(from->echoes, GUINT_TO_POINTER(echo.echo))) -
           1;
}
