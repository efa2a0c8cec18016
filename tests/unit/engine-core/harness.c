/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness.h"

#include <string.h>

#include "state/wl-engine-state.h"
#include "wl-boot-id.h"
#include "wl-datagram.h"
#include "wl-fact-codec.h"
#include "wl-group.h"
#include "wl-link-local.h"

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    for (gsize i = 0; i < length; i++)
        buffer[i] = (guint8) g_rand_int(user_data);
}

static void
member_free(HarnessMember *member)
{
    wl_signer_free(member->signer);
    g_free(member);
}

Harness *
harness_new(void)
{
    Harness *harness = g_new0(Harness, 1);

    harness->now = SEC(2); /* after boot: what never happened was not at 0 */
    harness->random = g_rand_new_with_seed(42);
    harness->device = wl_device_new();
    harness->handshakes = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, g_free);
    harness->outputs = g_ptr_array_new_with_free_func((GDestroyNotify) wl_output_free);
    harness->members = g_ptr_array_new_with_free_func((GDestroyNotify) member_free);
    return harness;
}

void
harness_free(Harness *harness)
{
    wl_engine_free(harness->engine);
    wl_device_free(harness->device);
    g_hash_table_unref(harness->handshakes);
    g_ptr_array_unref(harness->outputs);
    g_ptr_array_unref(harness->members);
    g_rand_free(harness->random);
    g_free(harness);
}

HarnessMember *
harness_member(Harness *harness, guint number)
{
    while (harness->members->len <= number) {
        HarnessMember *member = g_new0(HarnessMember, 1);

        member->harness = harness;
        wl_key_generate(&member->private_key, random_bytes, harness->random);
        g_assert_true(wl_key_derive_public(&member->private_key, &member->key));
        wl_key_link_local(&member->key, &member->link_local);
        member->signer = wl_signer_new(&member->private_key, random_bytes, harness->random);
        random_bytes(harness->random, member->boot_id.bytes, sizeof(member->boot_id.bytes));
        g_ptr_array_add(harness->members, member);
    }
    return harness->members->pdata[number];
}

WlIp
harness_ip(const char *text)
{
    WlIp ip;

    g_assert_true(wl_ip_parse(text, &ip));
    return ip;
}

WlPrefix
harness_prefix(const char *text)
{
    WlPrefix prefix;

    g_assert_true(wl_prefix_parse(text, &prefix));
    return prefix;
}

WlEndpoint
harness_endpoint(const char *text)
{
    WlEndpoint endpoint;

    g_assert_true(wl_endpoint_parse(text, &endpoint));
    return endpoint;
}

WlEngineConfig *
harness_config(Harness *harness, WlRole role)
{
    WlEngineConfig *config = wl_engine_config_new();
    WlPrefix address = harness_prefix("10.77.0.2/24");

    config->private_key = harness_member(harness, 0)->private_key;
    config->listen_port = 51820;
    config->role = role;
    g_array_append_val(config->addresses, address);
    return config;
}

WlPeerConfig *
harness_add(WlEngineConfig *config, const HarnessMember *member, const char *endpoint,
            const char *allowed_ips)
{
    WlPeerConfig *peer = wl_peer_config_new(&member->key);

    if (endpoint)
        g_ptr_array_add(peer->endpoints, g_strdup(endpoint));
    if (allowed_ips) {
        g_auto(GStrv) parts = g_strsplit(allowed_ips, ",", 0);
        for (guint i = 0; parts[i]; i++) {
            WlPrefix prefix = harness_prefix(parts[i]);
            g_array_append_val(peer->allowed_ips, prefix);
        }
    }
    g_ptr_array_add(config->peers, peer);
    return peer;
}

void
harness_start(Harness *harness, WlEngineConfig *config)
{
    g_autoptr(GError) error = NULL;

    harness->engine = wl_engine_new(config, harness->now, random_bytes, harness->random, &error);
    g_assert_no_error(error);
    wl_engine_config_free(config);
    harness_drain(harness);
}

void
harness_change(Harness *harness, WlEngineConfig *config)
{
    g_autoptr(GError) error = NULL;

    harness_clear(harness);
    wl_engine_reload_profile(harness->engine, harness->now, config, &error);
    g_assert_no_error(error);
    wl_engine_config_free(config);
    harness_drain(harness);
}

void
harness_uplink(Harness *harness, const char *address)
{
    WlLocalAddress local = {.ifname = "eth0", .ifindex = 2, .announce = TRUE};

    if (address)
        local.address = harness_prefix(address);
    wl_engine_set_local_addresses(harness->engine, harness->now, &local, address ? 1 : 0);
    harness_drain(harness);
}

static void
apply_change(Harness *harness, const WlPeerChange *change)
{
    WlDevicePeer *peer = wl_device_find(harness->device, &change->public_key);

    if (change->kind == WL_PEER_RECREATE || change->kind == WL_PEER_REMOVE) {
        g_assert_nonnull(peer);
        g_ptr_array_remove(harness->device->peers, peer);
        g_hash_table_remove(harness->handshakes, &change->public_key);
        peer = NULL;
    }
    if (change->kind == WL_PEER_REMOVE)
        return;
    if (change->kind == WL_PEER_ADD)
        g_assert_null(peer);
    if (change->kind != WL_PEER_UPDATE) {
        peer = wl_device_peer_new(&change->public_key);
        peer->handshake_age = -1;
        g_ptr_array_add(harness->device->peers, peer);
    }
    g_assert_nonnull(peer);
    if (wl_endpoint_is_set(&change->endpoint))
        peer->endpoint = change->endpoint;
    if (change->kind != WL_PEER_UPDATE || change->replace_settings)
        peer->keepalive = change->keepalive;
    if (change->kind != WL_PEER_UPDATE || change->replace_allowed_ips) {
        g_array_set_size(peer->allowed_ips, 0);
        g_array_append_vals(peer->allowed_ips, change->allowed_ips->data, change->allowed_ips->len);
    }
}

void
harness_snapshot(Harness *harness)
{
    harness->snapshots++;
    for (guint i = 0; i < harness->device->peers->len; i++) {
        WlDevicePeer *peer = harness->device->peers->pdata[i];
        const gint64 *handshake = g_hash_table_lookup(harness->handshakes, &peer->public_key);
        peer->handshake_age = handshake ? harness->now - *handshake : -1;
    }
    wl_engine_device_snapshot(harness->engine, harness->now, harness->device);
}

/* The path messages of a member that takes no decisions of its own. */
static void
answer_way(Harness *harness, const WlOutput *output)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    HarnessMember *member = NULL;
    const guint8 *data;
    const WlPathMessage *way;
    gsize length;
    WlKey sender;

    for (guint i = 0; !member && i < harness->members->len; i++) {
        HarnessMember *other = harness->members->pdata[i];
        if (wl_key_equal(&other->key, &output->key))
            member = other;
    }
    data = g_bytes_get_data(output->bytes, &length);
    if (!member || member->mute || !wl_boot_id_is_native(&member->boot_id) ||
        wl_datagram_open(member->signer, &harness_member(harness, 0)->link_local, data, length,
                         &sender, facts, NULL) != WL_RECEIVE_ACCEPTED ||
        facts->len != 1 || g_array_index(facts, WlFact, 0).attribute != WL_ATTRIBUTE_PATH)
        return;
    way = &g_array_index(facts, WlFact, 0).value.path;
    if (way->epoch > member->path.epoch) {
        member->path.epoch = way->epoch;
        member->path.flags = way->flags;
    } else if (way->probe == 0) {
        return;
    }
    member->path.version = WL_PATH_VERSION;
    member->path.ack = way->probe;
    harness_advertise_path(harness, member, &member->path);
}

/* No step asks to be woken for what it could have done itself. Only the check of a path that became
 * suspect after it waits for the next turn. */
static void
assert_woken_later(const WlEngine *engine, gint64 now)
{
    if (wl_timer_queue_first(engine->scheduler.timers) > now)
        return;
    for (guint i = 0; i < wl_peer_table_size(&engine->peers); i++) {
        const WlPeer *peer = wl_peer_table_get(&engine->peers, i);

        if (peer->turn.timer.place != 0 && peer->turn.timer.when <= now)
            g_assert_true(peer->roaming.suspect);
    }
}

void
harness_drain(Harness *harness)
{
    WlOutput *output;

    while ((output = wl_engine_next_output(harness->engine))) {
        if (output->kind == WL_OUTPUT_CHANGE_PEER)
            apply_change(harness, output->change);
        else if (output->kind == WL_OUTPUT_READ_DEVICE && !harness->no_device)
            harness_snapshot(harness);
        else if (output->kind == WL_OUTPUT_RESOLVE_NEIGHBOR && !harness->no_neighbors)
            wl_engine_neighbor_result(harness->engine, harness->now, &output->destination,
                                      output->ifindex, TRUE);
        else if (output->kind == WL_OUTPUT_SEND)
            g_assert_cmpuint(g_bytes_get_size(output->bytes), <=, 1210);
        g_ptr_array_add(harness->outputs, output);
        if (output->kind == WL_OUTPUT_SEND)
            answer_way(harness, output);
    }
    g_assert_cmpint(wl_engine_get_deadline(harness->engine), >, harness->now);
    assert_woken_later(harness->engine, harness->now);
}

void
harness_clear(Harness *harness)
{
    g_ptr_array_set_size(harness->outputs, 0);
    harness->wakeups = harness->snapshots = 0;
}

void
harness_run(Harness *harness, gint64 duration)
{
    gint64 end = harness->now + duration;

    while (wl_engine_get_deadline(harness->engine) <= end) {
        harness->now = wl_engine_get_deadline(harness->engine);
        harness->wakeups++;
        wl_engine_advance_time(harness->engine, harness->now);
        harness_drain(harness);
    }
    harness->now = end;
}

void
harness_handshake(Harness *harness, const HarnessMember *member, const char *endpoint)
{
    WlDevicePeer *peer = wl_device_find(harness->device, &member->key);
    gint64 *handshake = g_new(gint64, 1);

    g_assert_nonnull(peer);
    *handshake = harness->now;
    g_hash_table_replace(harness->handshakes, wl_key_copy(&member->key), handshake);
    if (endpoint)
        g_assert_true(wl_endpoint_parse(endpoint, &peer->endpoint));
    peer->rx_bytes += 148;
}

/* ---- datagrams */

static void
inject(Harness *harness, const HarnessMember *member, const GByteArray *inner)
{
    g_autoptr(GBytes) bytes =
        wl_signer_sign(member->signer, &harness_member(harness, 0)->key, inner->data, inner->len);
    WlDevicePeer *peer = wl_device_find(harness->device, &member->key);
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);

    if (peer)
        peer->rx_bytes += length;
    wl_engine_datagram_received(harness->engine, harness->now, &member->link_local, data, length);
    harness_drain(harness);
}

void
harness_datagram(Harness *harness, const HarnessMember *member, const GArray *facts)
{
    g_autoptr(WlGroup) group = wl_group_new();

    for (guint i = 0; i < facts->len; i++)
        wl_group_add(group, &g_array_index(facts, WlFact, i), harness->now);
    for (guint i = 0; i < wl_group_count(group); i++)
        inject(harness, member, wl_group_get(group, i));
}

static void
tell(Harness *harness, const HarnessMember *from, WlFact *fact)
{
    g_autoptr(GArray) facts = wl_fact_array_new();

    g_array_append_vals(facts, fact, 1);
    harness_datagram(harness, from, facts);
}

void
harness_alive(Harness *harness, const HarnessMember *member)
{
    WlFact fact;

    wl_fact_init_alive(&fact, &member->key, &member->boot_id, harness->now + SEC(255));
    tell(harness, member, &fact);
}

void
harness_make_native(HarnessMember *member)
{
    wl_boot_id_generate(&member->boot_id, random_bytes, member->harness->random);
}

void
harness_set_far(Harness *self, const HarnessMember *member)
{
    WlPeer *peer = wl_peer_table_find(&self->engine->peers, &member->key);

    peer->path.round_trip = (WlRoundTrip){.smoothed = MS(50), .variation = MS(10)};
}

void
harness_advertise_path(Harness *harness, const HarnessMember *member, const WlPathMessage *way)
{
    WlFact fact;

    wl_fact_init_path(&fact, &member->key, way);
    tell(harness, member, &fact);
}

void
harness_advertise_endpoint(Harness *harness, const HarnessMember *from, const HarnessMember *about,
                           const char *endpoint, guint ttl)
{
    WlEndpoint value;
    WlFact fact;

    g_assert_true(wl_endpoint_parse(endpoint, &value));
    wl_fact_init_endpoint(&fact, &about->key, &value, harness->now + SEC(ttl));
    tell(harness, from, &fact);
}

void
harness_advertise_allowed(Harness *harness, const HarnessMember *from, const HarnessMember *about,
                          const char *prefix, guint ttl)
{
    WlPrefix value = harness_prefix(prefix);
    WlFact fact;

    wl_fact_init_allowed(&fact, &about->key, &value, harness->now + SEC(ttl));
    tell(harness, from, &fact);
}

void
harness_advertise_member(Harness *harness, const HarnessMember *from, const HarnessMember *about,
                         const char *name, guint ttl)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new(name, 0);
    WlFact fact;

    wl_fact_init_metadata(&fact, &about->key, metadata, harness->now + SEC(ttl));
    tell(harness, from, &fact);
}

WlVerdict
harness_verdict_allowed(Harness *harness, const HarnessMember *from, const HarnessMember *about,
                        const char *prefix)
{
    WlPrefix value = harness_prefix(prefix);
    WlFact fact;

    wl_fact_init_allowed(&fact, &about->key, &value, 0);
    return wl_engine_get_verdict(harness->engine, &fact, &from->key);
}

/* ---- what came out */

GArray *
harness_sent(Harness *harness, const HarnessMember *member)
{
    GArray *all = wl_fact_array_new();

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        g_autoptr(GArray) facts = wl_fact_array_new();
        const guint8 *data;
        gsize length;
        WlKey sender;

        if (output->kind != WL_OUTPUT_SEND || !wl_key_equal(&output->key, &member->key))
            continue;
        g_assert_true(wl_ip_equal(&output->destination, &member->link_local));
        data = g_bytes_get_data(output->bytes, &length);
        if (!wl_boot_id_is_native(&member->boot_id))
            g_assert_cmpint(data[1], ==, 0); /* outer TTL */
        g_assert_cmpint(wl_datagram_open(member->signer, &harness_member(harness, 0)->link_local,
                                         data, length, &sender, facts, NULL),
                        ==, WL_RECEIVE_ACCEPTED);
        for (guint j = 0; j < facts->len; j++) {
            WlFact copy;
            g_assert_cmpint(g_array_index(facts, WlFact, j).attribute, !=, WL_ATTRIBUTE_MEMBER);
            wl_fact_copy(&g_array_index(facts, WlFact, j), &copy);
            g_array_append_val(all, copy);
        }
    }
    return all;
}

static gboolean
was_sent(Harness *harness, const HarnessMember *to, const WlFact *wanted)
{
    g_autoptr(GArray) facts = harness_sent(harness, to);

    for (guint i = 0; i < facts->len; i++) {
        if (wl_fact_identity_equal(&g_array_index(facts, WlFact, i), wanted))
            return TRUE;
    }
    return FALSE;
}

gboolean
harness_sent_endpoint(Harness *harness, const HarnessMember *to, const WlKey *about,
                      const char *endpoint)
{
    WlEndpoint value;
    WlFact fact;

    g_assert_true(wl_endpoint_parse(endpoint, &value));
    wl_fact_init_endpoint(&fact, about, &value, 0);
    return was_sent(harness, to, &fact);
}

gboolean
harness_sent_allowed(Harness *harness, const HarnessMember *to, const WlKey *about,
                     const char *prefix)
{
    WlPrefix value = harness_prefix(prefix);
    WlFact fact;

    wl_fact_init_allowed(&fact, about, &value, 0);
    return was_sent(harness, to, &fact);
}

guint
harness_count(Harness *harness, WlOutputKind kind)
{
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++)
        n += ((WlOutput *) harness->outputs->pdata[i])->kind == kind;
    return n;
}

guint
harness_changes(Harness *harness, const HarnessMember *member, WlPeerChangeKind kind)
{
    guint n = 0;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_CHANGE_PEER && output->change->kind == kind &&
             wl_key_equal(&output->key, &member->key);
    }
    return n;
}

gboolean
harness_has_allowed(Harness *harness, const HarnessMember *member, const char *prefix)
{
    const WlDevicePeer *peer = wl_device_find(harness->device, &member->key);
    WlPrefix wanted = harness_prefix(prefix);

    for (guint i = 0; peer && i < peer->allowed_ips->len; i++) {
        if (wl_prefix_equal(&g_array_index(peer->allowed_ips, WlPrefix, i), &wanted))
            return TRUE;
    }
    return FALSE;
}

gboolean
harness_has_route(Harness *harness, const char *prefix)
{
    g_autoptr(GArray) routes = wl_engine_dup_routes(harness->engine);
    WlPrefix wanted = harness_prefix(prefix);

    for (guint i = 0; i < routes->len; i++) {
        if (wl_prefix_equal(&g_array_index(routes, WlPrefix, i), &wanted))
            return TRUE;
    }
    return FALSE;
}

const WlPeerView *
harness_view(Harness *harness, const HarnessMember *member)
{
    g_assert_true(wl_engine_get_peer(harness->engine, &member->key, &harness->view));
    return &harness->view;
}

guint
harness_n_peers(Harness *harness)
{
    g_autoptr(GArray) peers = wl_engine_dup_peers(harness->engine);

    return peers->len;
}

Harness *
harness_leaf_new(void)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24,fd77::/64");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    harness_start(harness, config);
    return harness;
}

void
harness_meet(Harness *harness, guint number, const char *endpoint)
{
    harness_handshake(harness, harness_member(harness, number), endpoint);
    harness_alive(harness, harness_member(harness, number));
}

void
harness_live(Harness *harness, gint64 duration, guint first, guint last)
{
    for (gint64 i = 0; i < duration; i += SEC(25)) {
        for (guint j = first; j <= last; j++) {
            if (wl_device_find(harness->device, &harness_member(harness, j)->key))
                harness_meet(harness, j, NULL);
        }
        harness_run(harness, MIN(SEC(25), duration - i));
    }
}
