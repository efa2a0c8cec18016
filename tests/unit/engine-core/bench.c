/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"

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
member_free(BenchMember *member)
{
    wl_signer_free(member->signer);
    g_free(member);
}

Bench *
bench_new(void)
{
    Bench *bench = g_new0(Bench, 1);

    bench->now = SEC(5000);
    bench->random = g_rand_new_with_seed(42);
    bench->device = wl_device_new();
    bench->handshakes = g_hash_table_new_full(wl_key_hash, wl_key_equal, g_free, g_free);
    bench->outputs = g_ptr_array_new_with_free_func((GDestroyNotify) wl_output_free);
    bench->members = g_ptr_array_new_with_free_func((GDestroyNotify) member_free);
    return bench;
}

void
bench_free(Bench *bench)
{
    wl_engine_free(bench->engine);
    wl_device_free(bench->device);
    g_hash_table_unref(bench->handshakes);
    g_ptr_array_unref(bench->outputs);
    g_ptr_array_unref(bench->members);
    g_rand_free(bench->random);
    g_free(bench);
}

BenchMember *
bench_member(Bench *bench, guint number)
{
    while (bench->members->len <= number) {
        BenchMember *member = g_new0(BenchMember, 1);

        member->bench = bench;
        wl_key_generate(&member->private_key, random_bytes, bench->random);
        g_assert_true(wl_key_derive_public(&member->private_key, &member->key));
        wl_key_link_local(&member->key, &member->link_local);
        member->signer = wl_signer_new(&member->private_key, random_bytes, bench->random);
        random_bytes(bench->random, member->boot_id.bytes, sizeof(member->boot_id.bytes));
        g_ptr_array_add(bench->members, member);
    }
    return bench->members->pdata[number];
}

WlIp
bench_ip(const char *text)
{
    WlIp ip;

    g_assert_true(wl_ip_parse(text, &ip));
    return ip;
}

WlPrefix
bench_prefix(const char *text)
{
    WlPrefix prefix;

    g_assert_true(wl_prefix_parse(text, &prefix));
    return prefix;
}

WlEndpoint
bench_endpoint(const char *text)
{
    WlEndpoint endpoint;

    g_assert_true(wl_endpoint_parse(text, &endpoint));
    return endpoint;
}

WlEngineConfig *
bench_config(Bench *bench, WlRole role)
{
    WlEngineConfig *config = wl_engine_config_new();
    WlPrefix address = bench_prefix("10.77.0.2/24");

    config->private_key = bench_member(bench, 0)->private_key;
    config->listen_port = 51820;
    config->role = role;
    g_array_append_val(config->addresses, address);
    return config;
}

WlPeerConfig *
bench_add(WlEngineConfig *config, const BenchMember *member, const char *endpoint,
          const char *allowed_ips)
{
    WlPeerConfig *peer = wl_peer_config_new(&member->key);

    if (endpoint)
        g_ptr_array_add(peer->endpoints, g_strdup(endpoint));
    if (allowed_ips) {
        g_auto(GStrv) parts = g_strsplit(allowed_ips, ",", 0);
        for (guint i = 0; parts[i]; i++) {
            WlPrefix prefix = bench_prefix(parts[i]);
            g_array_append_val(peer->allowed_ips, prefix);
        }
    }
    g_ptr_array_add(config->peers, peer);
    return peer;
}

void
bench_start(Bench *bench, WlEngineConfig *config)
{
    g_autoptr(GError) error = NULL;

    bench->engine = wl_engine_new(config, bench->now, random_bytes, bench->random, &error);
    g_assert_no_error(error);
    wl_engine_config_free(config);
    bench_drain(bench);
}

void
bench_change(Bench *bench, WlEngineConfig *config)
{
    g_autoptr(GError) error = NULL;

    bench_clear(bench);
    wl_engine_reload_profile(bench->engine, bench->now, config, &error);
    g_assert_no_error(error);
    wl_engine_config_free(config);
    bench_drain(bench);
}

void
bench_uplink(Bench *bench, const char *address)
{
    WlLocalAddress local = {.ifname = "eth0", .ifindex = 2, .announce = TRUE};

    if (address)
        local.address = bench_prefix(address);
    wl_engine_set_local_addresses(bench->engine, bench->now, &local, address ? 1 : 0);
    bench_drain(bench);
}

static void
apply_change(Bench *bench, const WlPeerChange *change)
{
    WlDevicePeer *peer = wl_device_find(bench->device, &change->public_key);

    if (change->kind == WL_PEER_RECREATE || change->kind == WL_PEER_REMOVE) {
        g_assert_nonnull(peer);
        g_ptr_array_remove(bench->device->peers, peer);
        g_hash_table_remove(bench->handshakes, &change->public_key);
        peer = NULL;
    }
    if (change->kind == WL_PEER_REMOVE)
        return;
    if (change->kind == WL_PEER_ADD)
        g_assert_null(peer);
    if (change->kind != WL_PEER_UPDATE) {
        peer = wl_device_peer_new(&change->public_key);
        peer->handshake_age = -1;
        g_ptr_array_add(bench->device->peers, peer);
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
bench_snapshot(Bench *bench)
{
    bench->snapshots++;
    for (guint i = 0; i < bench->device->peers->len; i++) {
        WlDevicePeer *peer = bench->device->peers->pdata[i];
        const gint64 *handshake = g_hash_table_lookup(bench->handshakes, &peer->public_key);
        peer->handshake_age = handshake ? bench->now - *handshake : -1;
    }
    wl_engine_device_snapshot(bench->engine, bench->now, bench->device);
}

/* As wl-way.c has it, for a member that decides nothing by itself. */
static void
answer_way(Bench *bench, const WlOutput *output)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    BenchMember *member = NULL;
    const guint8 *data;
    const WlPathMessage *way;
    gsize length;
    WlKey sender;

    for (guint i = 0; !member && i < bench->members->len; i++) {
        BenchMember *other = bench->members->pdata[i];
        if (wl_key_equal(&other->key, &output->key))
            member = other;
    }
    data = g_bytes_get_data(output->bytes, &length);
    if (!member || member->mute || !wl_boot_id_is_native(&member->boot_id) ||
        wl_datagram_open(member->signer, &bench_member(bench, 0)->link_local, data, length, &sender,
                         facts, NULL) != WL_RECEIVE_ACCEPTED ||
        facts->len != 1 || g_array_index(facts, WlFact, 0).attribute != WL_ATTRIBUTE_PATH)
        return;
    way = &g_array_index(facts, WlFact, 0).value.path;
    if (way->epoch > member->way.epoch) {
        member->way.epoch = way->epoch;
        member->way.flags = way->flags;
    } else if (way->probe == 0) {
        return;
    }
    member->way.version = WL_PATH_VERSION;
    member->way.ack = way->probe;
    bench_tell_way(bench, member, &member->way);
}

void
bench_drain(Bench *bench)
{
    WlOutput *output;

    while ((output = wl_engine_next_output(bench->engine))) {
        if (output->kind == WL_OUTPUT_CHANGE_PEER)
            apply_change(bench, output->change);
        else if (output->kind == WL_OUTPUT_READ_DEVICE && !bench->no_device)
            bench_snapshot(bench);
        else if (output->kind == WL_OUTPUT_RESOLVE_NEIGHBOR && !bench->nobody)
            wl_engine_neighbor_result(bench->engine, bench->now, &output->destination,
                                      output->ifindex, TRUE);
        else if (output->kind == WL_OUTPUT_SEND)
            g_assert_cmpuint(g_bytes_get_size(output->bytes), <=, 1210);
        g_ptr_array_add(bench->outputs, output);
        if (output->kind == WL_OUTPUT_SEND)
            answer_way(bench, output);
    }
    g_assert_cmpint(wl_engine_get_deadline(bench->engine), >, bench->now);
}

void
bench_clear(Bench *bench)
{
    g_ptr_array_set_size(bench->outputs, 0);
    bench->wakeups = bench->snapshots = 0;
}

void
bench_run(Bench *bench, gint64 duration)
{
    gint64 end = bench->now + duration;

    while (wl_engine_get_deadline(bench->engine) <= end) {
        bench->now = wl_engine_get_deadline(bench->engine);
        bench->wakeups++;
        wl_engine_advance_time(bench->engine, bench->now);
        bench_drain(bench);
    }
    bench->now = end;
}

void
bench_handshake(Bench *bench, const BenchMember *member, const char *endpoint)
{
    WlDevicePeer *peer = wl_device_find(bench->device, &member->key);
    gint64 *handshake = g_new(gint64, 1);

    g_assert_nonnull(peer);
    *handshake = bench->now;
    g_hash_table_replace(bench->handshakes, wl_key_copy(&member->key), handshake);
    if (endpoint)
        g_assert_true(wl_endpoint_parse(endpoint, &peer->endpoint));
    peer->rx_bytes += 148;
}

/* ---- datagrams */

static void
inject(Bench *bench, const BenchMember *member, const GByteArray *inner)
{
    g_autoptr(GBytes) bytes =
        wl_signer_sign(member->signer, &bench_member(bench, 0)->key, inner->data, inner->len);
    WlDevicePeer *peer = wl_device_find(bench->device, &member->key);
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);

    if (peer)
        peer->rx_bytes += length;
    wl_engine_datagram_received(bench->engine, bench->now, &member->link_local, data, length);
    bench_drain(bench);
}

void
bench_datagram(Bench *bench, const BenchMember *member, const GArray *facts)
{
    g_autoptr(WlGroup) group = wl_group_new();

    for (guint i = 0; i < facts->len; i++)
        wl_group_add(group, &g_array_index(facts, WlFact, i), bench->now);
    for (guint i = 0; i < wl_group_count(group); i++)
        inject(bench, member, wl_group_get(group, i));
}

static void
tell(Bench *bench, const BenchMember *from, WlFact *fact)
{
    g_autoptr(GArray) facts = wl_fact_array_new();

    g_array_append_vals(facts, fact, 1);
    bench_datagram(bench, from, facts);
}

void
bench_alive(Bench *bench, const BenchMember *member)
{
    WlFact fact;

    wl_fact_init_alive(&fact, &member->key, &member->boot_id, bench->now + SEC(255));
    tell(bench, member, &fact);
}

void
bench_make_ours(BenchMember *member)
{
    wl_boot_id_generate(&member->boot_id, random_bytes, member->bench->random);
}

void
bench_tell_way(Bench *bench, const BenchMember *member, const WlPathMessage *way)
{
    WlFact fact;

    wl_fact_init_path(&fact, &member->key, way);
    tell(bench, member, &fact);
}

void
bench_tell_endpoint(Bench *bench, const BenchMember *from, const BenchMember *about,
                    const char *endpoint, guint ttl)
{
    WlEndpoint value;
    WlFact fact;

    g_assert_true(wl_endpoint_parse(endpoint, &value));
    wl_fact_init_endpoint(&fact, &about->key, &value, bench->now + SEC(ttl));
    tell(bench, from, &fact);
}

void
bench_tell_allowed(Bench *bench, const BenchMember *from, const BenchMember *about,
                   const char *prefix, guint ttl)
{
    WlPrefix value = bench_prefix(prefix);
    WlFact fact;

    wl_fact_init_allowed(&fact, &about->key, &value, bench->now + SEC(ttl));
    tell(bench, from, &fact);
}

void
bench_tell_member(Bench *bench, const BenchMember *from, const BenchMember *about, const char *name,
                  guint ttl)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new(name, 0);
    WlFact fact;

    wl_fact_init_metadata(&fact, &about->key, metadata, bench->now + SEC(ttl));
    tell(bench, from, &fact);
}

WlVerdict
bench_verdict_allowed(Bench *bench, const BenchMember *from, const BenchMember *about,
                      const char *prefix)
{
    WlPrefix value = bench_prefix(prefix);
    WlFact fact;

    wl_fact_init_allowed(&fact, &about->key, &value, 0);
    return wl_engine_get_verdict(bench->engine, &fact, &from->key);
}

/* ---- what came out */

GArray *
bench_sent(Bench *bench, const BenchMember *member)
{
    GArray *all = wl_fact_array_new();

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
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
        g_assert_cmpint(wl_datagram_open(member->signer, &bench_member(bench, 0)->link_local, data,
                                         length, &sender, facts, NULL),
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
was_sent(Bench *bench, const BenchMember *to, const WlFact *wanted)
{
    g_autoptr(GArray) facts = bench_sent(bench, to);

    for (guint i = 0; i < facts->len; i++) {
        if (wl_fact_identity_equal(&g_array_index(facts, WlFact, i), wanted))
            return TRUE;
    }
    return FALSE;
}

gboolean
bench_sent_endpoint(Bench *bench, const BenchMember *to, const WlKey *about, const char *endpoint)
{
    WlEndpoint value;
    WlFact fact;

    g_assert_true(wl_endpoint_parse(endpoint, &value));
    wl_fact_init_endpoint(&fact, about, &value, 0);
    return was_sent(bench, to, &fact);
}

gboolean
bench_sent_allowed(Bench *bench, const BenchMember *to, const WlKey *about, const char *prefix)
{
    WlPrefix value = bench_prefix(prefix);
    WlFact fact;

    wl_fact_init_allowed(&fact, about, &value, 0);
    return was_sent(bench, to, &fact);
}

guint
bench_count(Bench *bench, WlOutputKind kind)
{
    guint n = 0;

    for (guint i = 0; i < bench->outputs->len; i++)
        n += ((WlOutput *) bench->outputs->pdata[i])->kind == kind;
    return n;
}

guint
bench_changes(Bench *bench, const BenchMember *member, WlPeerChangeKind kind)
{
    guint n = 0;

    for (guint i = 0; i < bench->outputs->len; i++) {
        const WlOutput *output = bench->outputs->pdata[i];
        n += output->kind == WL_OUTPUT_CHANGE_PEER && output->change->kind == kind &&
             wl_key_equal(&output->key, &member->key);
    }
    return n;
}

gboolean
bench_has_allowed(Bench *bench, const BenchMember *member, const char *prefix)
{
    const WlDevicePeer *peer = wl_device_find(bench->device, &member->key);
    WlPrefix wanted = bench_prefix(prefix);

    for (guint i = 0; peer && i < peer->allowed_ips->len; i++) {
        if (wl_prefix_equal(&g_array_index(peer->allowed_ips, WlPrefix, i), &wanted))
            return TRUE;
    }
    return FALSE;
}

gboolean
bench_has_route(Bench *bench, const char *prefix)
{
    g_autoptr(GArray) routes = wl_engine_dup_routes(bench->engine);
    WlPrefix wanted = bench_prefix(prefix);

    for (guint i = 0; i < routes->len; i++) {
        if (wl_prefix_equal(&g_array_index(routes, WlPrefix, i), &wanted))
            return TRUE;
    }
    return FALSE;
}

const WlPeerView *
bench_view(Bench *bench, const BenchMember *member)
{
    g_assert_true(wl_engine_get_peer(bench->engine, &member->key, &bench->view));
    return &bench->view;
}

guint
bench_n_peers(Bench *bench)
{
    g_autoptr(GArray) peers = wl_engine_dup_peers(bench->engine);

    return peers->len;
}

Bench *
bench_leaf_new(void)
{
    Bench *bench = bench_new();
    WlEngineConfig *config = bench_config(bench, WL_ROLE_AUTOMATIC);

    bench_add(config, bench_member(bench, 1), BENCH_HUB_ENDPOINT, "10.77.0.0/24,fd77::/64");
    bench_add(config, bench_member(bench, 2), NULL, "10.77.0.3/32");
    bench_start(bench, config);
    return bench;
}

void
bench_meet(Bench *bench, guint number, const char *endpoint)
{
    bench_handshake(bench, bench_member(bench, number), endpoint);
    bench_alive(bench, bench_member(bench, number));
}

void
bench_live(Bench *bench, gint64 duration, guint first, guint last)
{
    for (gint64 i = 0; i < duration; i += SEC(25)) {
        for (guint j = first; j <= last; j++) {
            if (wl_device_find(bench->device, &bench_member(bench, j)->key))
                bench_meet(bench, j, NULL);
        }
        bench_run(bench, MIN(SEC(25), duration - i));
    }
}
