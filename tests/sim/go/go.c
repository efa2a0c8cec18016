/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop of the model: ticks, chunks, inputs and outputs.
 */
#include "go/go-private.h"

#include "wl-datagram.h"
#include "wl-engine-config.h"

/* Delay from the tick to processing a chunk, and from there to sending. A daemon is never quite on
 * time, so that a deadline on a tick falls to this tick or to the next. */
#define LATE_MAX 3000
#define SEND_MAX 3000

/* ---- small things -------------------------------------------------------------------------- */

WlOutput *
go_emit(GoDaemon *self, WlOutputKind kind)
{
    WlOutput *output = g_new0(WlOutput, 1);

    output->kind = kind;
    g_queue_push_tail(&self->outputs, output);
    return output;
}

void
go_log(GoDaemon *self, const WlKey *about, const char *format, ...)
{
    g_autofree char *name = about ? go_dup_name(self, about) : g_strdup("this member");
    g_autofree char *text = NULL;
    WlOutput *output = go_emit(self, WL_OUTPUT_LOG);
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (about)
        output->key = *about;
    output->name = g_strdup_printf("%s %s", name, text);
}

guint
go_random(GoDaemon *self, guint n)
{
    guint32 bits;

    if (n < 2)
        return 0;
    self->random(self->random_data, (guint8 *) &bits, sizeof(bits));
    return bits % n;
}

/* A random UUID (RFC 9562, version 4). */
void
go_new_boot_id(GoDaemon *self)
{
    guint8 *bytes = self->boot_id.bytes;

    self->random(self->random_data, bytes, WL_BOOT_ID_SIZE);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
}

GoState *
go_state(const GoDaemon *self, const WlKey *key)
{
    return g_hash_table_lookup(self->states, key);
}

char *
go_dup_name(const GoDaemon *self, const WlKey *key)
{
    const WlPeerConfig *config = wl_engine_config_find(self->config, key);
    const GoState *state = go_state(self, key);

    if (config && config->name && *config->name)
        return g_strdup(config->name);
    if (state && state->name && *state->name)
        return g_strdup(state->name);
    return wl_key_equal(key, &self->key) ? g_strdup("self") : wl_key_to_string(key);
}

/* ---- life ---------------------------------------------------------------------------------- */

static GArray *
received_new(void)
{
    GArray *received = g_array_new(FALSE, FALSE, sizeof(GoReceived));

    g_array_set_clear_func(received, (GDestroyNotify) wl_fact_clear);
    return received;
}

static void
cut_chunk(GoDaemon *self)
{
    g_queue_push_tail(&self->chunks, g_steal_pointer(&self->collecting));
    self->collecting = received_new();
    go_resolve(self);
    go_emit(self, WL_OUTPUT_READ_DEVICE);
}

GoDaemon *
go_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random, gpointer user_data,
       GError **error)
{
    g_autoptr(GoDaemon) self = NULL;
    WlKey key;

    if (!wl_engine_config_check(config, &key, error))
        return NULL;
    self = g_new0(GoDaemon, 1);
    self->config = wl_engine_config_copy(config);
    self->key = key;
    self->random = random;
    self->random_data = user_data;
    self->signer = wl_signer_new(&config->private_key, random, user_data);
    g_queue_init(&self->outputs);
    g_queue_init(&self->chunks);
    self->started = self->last_chunk = now;
    self->next_tick = now + GO_CHUNK_PERIOD;
    self->collecting = received_new();
    self->local = g_array_new(FALSE, TRUE, sizeof(WlLocalAddress));
    self->resolved =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
    self->facts = go_facts_new();
    self->local_facts = go_facts_new();
    self->knowledge = go_knowledge_new();
    self->states =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, (GDestroyNotify) go_state_free);
    go_new_boot_id(self);
    cut_chunk(self);
    return g_steal_pointer(&self);
}

void
go_free(GoDaemon *self)
{
    if (!self)
        return;
    wl_engine_config_free(self->config);
    wl_signer_free(self->signer);
    g_queue_clear_full(&self->outputs, (GDestroyNotify) wl_output_free);
    g_queue_clear_full(&self->chunks, (GDestroyNotify) g_array_unref);
    g_array_unref(self->collecting);
    wl_device_free(self->device);
    g_array_unref(self->local);
    g_hash_table_unref(self->resolved);
    go_facts_free(self->facts);
    go_facts_free(self->local_facts);
    go_knowledge_free(self->knowledge);
    g_hash_table_unref(self->states);
    g_free(self);
}

/* ---- one chunk (docs/protocol.md 5.3) ------------------------------------------------------ */

static GoFacts *
unexpired(const GoDaemon *self)
{
    GoFacts *facts = go_facts_new();

    for (guint i = 0; i < self->facts->list->len; i++) {
        const WlFact *fact = self->facts->list->pdata[i];

        if (self->now < fact->expires)
            go_facts_merge(facts, fact);
    }
    return facts;
}

static void
add_received(GoDaemon *self, GoFacts *facts, const GArray *chunk)
{
    for (guint i = 0; i < chunk->len; i++) {
        const GoReceived *received = &g_array_index(chunk, GoReceived, i);
        const WlFact *fact = &received->fact;

        go_knowledge_received(self->knowledge, fact, &received->source);
        if (self->now > fact->expires)
            continue;
        if ((fact->attribute == WL_ATTRIBUTE_ENDPOINT_V4 ||
             fact->attribute == WL_ATTRIBUTE_ENDPOINT_V6) &&
            go_will_tunnel(self, &fact->value.endpoint.ip)) {
            go_log(self, &fact->subject, "is routed through the tunnel");
            continue;
        }
        if (go_accepts(self, fact, &received->source))
            go_facts_merge(facts, fact);
    }
}

static gboolean
lost_critical(const GoFacts *before, const GoFacts *after)
{
    for (guint i = 0; i < before->list->len; i++) {
        const WlFact *fact = before->list->pdata[i];

        switch (fact->attribute) {
        case WL_ATTRIBUTE_ALLOWED_V4:
        case WL_ATTRIBUTE_ALLOWED_V6:
        case WL_ATTRIBUTE_MEMBER:
        case WL_ATTRIBUTE_METADATA:
            if (!go_facts_has(after, fact))
                return TRUE;
            break;
        default:
            break;
        }
    }
    return FALSE;
}

static void
update_facts(GoDaemon *self, const GArray *chunk)
{
    g_autoptr(GoFacts) facts = unexpired(self);
    g_autoptr(GoFacts) local = go_collect(self);

    for (guint i = 0; i < local->list->len; i++)
        go_facts_merge(facts, local->list->pdata[i]);
    go_facts_prune(facts, self->local_facts, local);
    for (guint i = 0; i < self->device->peers->len; i++)
        go_knowledge_add_peer(self->knowledge,
                              &((WlDevicePeer *) self->device->peers->pdata[i])->public_key);
    add_received(self, facts, chunk);
    if (lost_critical(self->facts, facts)) {
        go_log(self, NULL, "lost critical facts");
        go_new_boot_id(self);
    }
    go_facts_free(self->facts);
    go_facts_free(self->local_facts);
    self->facts = g_steal_pointer(&facts);
    self->local_facts = g_steal_pointer(&local);
}

static WlDevice *
copy_device(const WlDevice *device)
{
    WlDevice *copy = wl_device_new();

    copy->public_key = device->public_key;
    copy->listen_port = device->listen_port;
    for (guint i = 0; i < device->peers->len; i++) {
        const WlDevicePeer *peer = device->peers->pdata[i];
        WlDevicePeer *twin = wl_device_peer_new(&peer->public_key);

        twin->endpoint = peer->endpoint;
        twin->handshake_age = peer->handshake_age;
        g_array_append_vals(twin->allowed_ips, peer->allowed_ips->data, peer->allowed_ips->len);
        g_ptr_array_add(copy->peers, twin);
    }
    return copy;
}

/* docs/protocol.md 10, what comes before the first chunk. */
static void
prime(GoDaemon *self)
{
    for (guint i = 0; i < self->device->peers->len; i++) {
        const WlDevicePeer *peer = self->device->peers->pdata[i];
        WlPrefix link_local = go_link_local(&peer->public_key);
        WlPeerChange *change;

        if (go_has_prefix(peer->allowed_ips, &link_local))
            continue;
        change = wl_peer_change_new(WL_PEER_UPDATE, &peer->public_key);
        change->replace_allowed_ips = TRUE;
        g_array_append_vals(change->allowed_ips, peer->allowed_ips->data, peer->allowed_ips->len);
        g_array_append_val(change->allowed_ips, link_local);
        go_change(self, change);
    }
    go_detect_router(self, FALSE);
}

static void
work(GoDaemon *self, gint64 now, const GArray *chunk)
{
    gboolean first = !self->primed;
    g_autoptr(WlDevice) before = NULL;
    gint64 then;

    if (now < self->last_chunk || now - self->last_chunk > GO_DISCONTINUITY) {
        go_log(self, NULL, "clock jump detected");
        go_new_boot_id(self);
    }
    self->last_chunk = now;
    self->now = now + go_random(self, LATE_MAX);
    then = self->now + 1 + go_random(self, SEND_MAX);
    if (first)
        prime(self);
    self->primed = TRUE;

    before = copy_device(self->device);
    go_detect_router(self, TRUE);
    update_facts(self, chunk);
    /* The daemon does both in parallel, so its first round is sent before it knows which members
     * are offline. */
    if (first || go_random(self, 2) == 0) {
        go_send(self, before, then);
        go_configure(self, before);
    } else {
        go_configure(self, before);
        go_send(self, self->device, then);
    }
}

/* ---- inputs -------------------------------------------------------------------------------- */

void
go_time(GoDaemon *self, gint64 now)
{
    if (now < self->next_tick)
        return;
    while (self->next_tick <= now)
        self->next_tick += GO_CHUNK_PERIOD;
    cut_chunk(self);
}

void
go_snapshot(GoDaemon *self, gint64 now, const WlDevice *device)
{
    g_autoptr(GArray) chunk = g_queue_pop_head(&self->chunks);

    if (!chunk)
        return;
    wl_device_free(self->device);
    self->device = copy_device(device);
    work(self, now, chunk);
}

void
go_datagram(GoDaemon *self, gint64 now, const WlIp *source, const guint8 *data, gsize length)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlReceiveResult result;
    WlKey sender;

    result = wl_datagram_open(self->signer, source, data, length, &sender, facts, NULL);
    if (result != WL_RECEIVE_ACCEPTED) {
        go_log(self, NULL, "drops a datagram: %s", wl_receive_result_label(result));
        return;
    }
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        GoReceived received = {.source = sender};

        wl_fact_copy(fact, &received.fact);
        received.fact.expires = now + GO_SEC(fact->ttl);
        g_array_append_val(self->collecting, received);
        if (self->collecting->len >= GO_MAX_CHUNK)
            cut_chunk(self);
    }
}

void
go_local_addresses(GoDaemon *self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    g_array_set_size(self->local, 0);
    if (n > 0)
        g_array_append_vals(self->local, addresses, n);
}

void
go_resolved(GoDaemon *self, gint64 now, const char *name, const WlEndpoint *endpoints, gsize n)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(WlEndpoint));

    if (n > 0)
        g_array_append_vals(found, endpoints, n);
    g_hash_table_insert(self->resolved, g_strdup(name), found);
}

/* The facts count as known nevertheless (docs/protocol.md 12.16). */
void
go_send_failed(GoDaemon *self, gint64 now, const WlKey *key)
{
    go_log(self, key, "sending failed");
}

/* ---- outputs ------------------------------------------------------------------------------- */

WlOutput *
go_next_output(GoDaemon *self)
{
    return g_queue_pop_head(&self->outputs);
}

gint64
go_get_deadline(const GoDaemon *self)
{
    return self->next_tick;
}
