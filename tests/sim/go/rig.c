/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test rig: one Go daemon, with its device, clock and peers simulated by the test. A failed
 * call ends the test.
 */
#include "go/rig.h"

#include "wl-datagram.h"
#include "wl-fact-codec.h"
#include "wl-link-local.h"

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    for (gsize i = 0; i < length; i++)
        buffer[i] = (guint8) g_rand_int(user_data);
}

static void
sent_free(gpointer data)
{
    RigSent *sent = data;

    g_array_unref(sent->facts);
    g_free(sent);
}

Rig *
rig_new(void)
{
    Rig *rig = g_new0(Rig, 1);

    rig->now = SEC(5000);
    rig->random = g_rand_new_with_seed(7);
    rig->device = wl_device_new();
    rig->device->listen_port = 51820;
    rig->sent = g_ptr_array_new_with_free_func(sent_free);
    rig->changes = g_ptr_array_new_with_free_func((GDestroyNotify) wl_peer_change_free);
    for (guint i = 0; i < RIG_MEMBERS; i++) {
        wl_key_generate(&rig->private_keys[i], random_bytes, rig->random);
        g_assert_true(wl_key_derive_public(&rig->private_keys[i], &rig->keys[i]));
        rig->signers[i] = wl_signer_new(&rig->private_keys[i], random_bytes, rig->random);
        random_bytes(rig->random, rig->boot_ids[i].bytes, WL_BOOT_ID_SIZE);
        rig->handshakes[i] = -1;
    }
    rig->device->public_key = rig->keys[0];
    return rig;
}

void
rig_free(Rig *rig)
{
    go_free(rig->daemon);
    g_rand_free(rig->random);
    wl_device_free(rig->device);
    for (guint i = 0; i < RIG_MEMBERS; i++)
        wl_signer_free(rig->signers[i]);
    g_ptr_array_unref(rig->sent);
    g_ptr_array_unref(rig->changes);
    g_free(rig);
}

/* ---- set-up -------------------------------------------------------------------------------- */

static void
add_prefixes(GArray *prefixes, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text ? text : "", ",", 0);

    for (guint i = 0; parts[i]; i++) {
        WlPrefix prefix;

        g_assert_true(wl_prefix_parse(parts[i], &prefix));
        g_array_append_val(prefixes, prefix);
    }
}

WlEngineConfig *
rig_config(Rig *rig, WlRole role)
{
    WlEngineConfig *config = wl_engine_config_new();

    config->private_key = rig->private_keys[0];
    config->listen_port = 51820;
    config->role = role;
    add_prefixes(config->addresses, "10.77.0.2/24");
    return config;
}

WlPeerConfig *
rig_configure(Rig *rig, WlEngineConfig *config, guint member, const char *endpoint,
              const char *allowed_ips)
{
    WlPeerConfig *peer = wl_peer_config_new(&rig->keys[member]);

    if (endpoint)
        g_ptr_array_add(peer->endpoints, g_strdup(endpoint));
    add_prefixes(peer->allowed_ips, allowed_ips);
    g_ptr_array_add(config->peers, peer);
    return peer;
}

WlEndpoint
rig_endpoint(const char *text)
{
    WlEndpoint endpoint = {0};

    if (text)
        g_assert_true(wl_endpoint_parse(text, &endpoint));
    return endpoint;
}

WlDevicePeer *
rig_device(Rig *rig, const WlKey *key, const char *endpoint, const char *allowed_ips)
{
    WlDevicePeer *peer = wl_device_peer_new(key);

    peer->endpoint = rig_endpoint(endpoint);
    add_prefixes(peer->allowed_ips, allowed_ips);
    g_ptr_array_add(rig->device->peers, peer);
    return peer;
}

void
rig_start(Rig *rig, WlEngineConfig *config)
{
    WlLocalAddress local = {.ifname = "eth0", .ifindex = 2, .announce = TRUE};
    g_autoptr(GError) error = NULL;

    g_assert_true(wl_prefix_parse("192.168.1.10/24", &local.address));
    rig->started = rig->now;
    rig->daemon = go_new(config, rig->now, random_bytes, rig->random, &error);
    g_assert_no_error(error);
    wl_engine_config_free(config);
    go_local_addresses(rig->daemon, rig->now, &local, 1);
    rig_drain(rig);
}

/* ---- its device and its network ------------------------------------------------------------ */

static void
take_prefixes(Rig *rig, const WlDevicePeer *owner)
{
    for (guint i = 0; i < rig->device->peers->len; i++) {
        WlDevicePeer *peer = rig->device->peers->pdata[i];

        for (guint n = peer->allowed_ips->len; peer != owner && n-- > 0;) {
            for (guint k = 0; k < owner->allowed_ips->len; k++) {
                if (wl_prefix_equal(&g_array_index(peer->allowed_ips, WlPrefix, n),
                                    &g_array_index(owner->allowed_ips, WlPrefix, k))) {
                    g_array_remove_index(peer->allowed_ips, n);
                    break;
                }
            }
        }
    }
}

static void
apply_change(Rig *rig, const WlPeerChange *change)
{
    WlDevicePeer *peer = wl_device_find(rig->device, &change->public_key);

    if (change->kind == WL_PEER_REMOVE) {
        g_assert_true(g_ptr_array_remove(rig->device->peers, peer));
        return;
    }
    g_assert_cmpint(change->kind, !=, WL_PEER_RECREATE);
    if (change->kind == WL_PEER_ADD) {
        g_assert_null(peer);
        peer = wl_device_peer_new(&change->public_key);
        g_ptr_array_add(rig->device->peers, peer);
    }
    g_assert_nonnull(peer);
    if (wl_endpoint_is_set(&change->endpoint))
        peer->endpoint = change->endpoint;
    if (!change->replace_allowed_ips)
        return;
    g_array_set_size(peer->allowed_ips, 0);
    g_array_append_vals(peer->allowed_ips, change->allowed_ips->data, change->allowed_ips->len);
    take_prefixes(rig, peer);
}

static void
answer_snapshot(Rig *rig)
{
    for (guint i = 0; i < RIG_MEMBERS; i++) {
        WlDevicePeer *peer = wl_device_find(rig->device, &rig->keys[i]);

        if (peer)
            peer->handshake_age = rig->handshakes[i] < 0 ? -1 : rig->now - rig->handshakes[i];
    }
    go_snapshot(rig->daemon, rig->now, rig->device);
}

static void
record(Rig *rig, const WlOutput *output)
{
    RigSent *sent = g_new0(RigSent, 1);
    WlKey sender;
    WlIp source;
    gsize length;
    const guint8 *data = g_bytes_get_data(output->bytes, &length);

    sent->when = rig->now;
    sent->to = output->key;
    sent->facts = wl_fact_array_new();
    wl_key_link_local(&rig->keys[0], &source);
    for (guint i = 0; i < RIG_MEMBERS; i++) {
        if (wl_key_equal(&output->key, &rig->keys[i]))
            g_assert_cmpint(wl_datagram_open(rig->signers[i], &source, data, length, &sender,
                                             sent->facts, NULL),
                            ==, WL_RECEIVE_ACCEPTED);
    }
    g_ptr_array_add(rig->sent, sent);
}

void
rig_drain(Rig *rig)
{
    WlOutput *output;

    while ((output = go_next_output(rig->daemon))) {
        switch (output->kind) {
        case WL_OUTPUT_SEND:
            record(rig, output);
            break;
        case WL_OUTPUT_CHANGE_PEER:
            apply_change(rig, output->change);
            g_ptr_array_add(rig->changes, g_steal_pointer(&output->change));
            break;
        case WL_OUTPUT_READ_DEVICE:
            answer_snapshot(rig);
            break;
        case WL_OUTPUT_RESOLVE: {
            WlEndpoint found = rig_endpoint("198.51.100.77:51820");

            rig->resolves++;
            go_resolved(rig->daemon, rig->now, output->name, &found, 1);
            break;
        }
        default:
            g_assert_cmpint(output->kind, ==, WL_OUTPUT_LOG);
            g_test_message("%.3f %s", (double) (rig->now - rig->started) / G_USEC_PER_SEC,
                           output->name);
            break;
        }
        wl_output_free(output);
    }
    g_assert_cmpint(go_get_deadline(rig->daemon), >, rig->now);
}

void
rig_clear(Rig *rig)
{
    g_ptr_array_set_size(rig->sent, 0);
    g_ptr_array_set_size(rig->changes, 0);
}

void
rig_run(Rig *rig, gint64 duration)
{
    gint64 end = rig->now + duration;

    while (go_get_deadline(rig->daemon) <= end) {
        rig->now = go_get_deadline(rig->daemon);
        go_time(rig->daemon, rig->now);
        rig_drain(rig);
    }
    rig->now = end;
}

void
rig_live(Rig *rig, gint64 duration, guint last)
{
    gint64 end = rig->now + duration;

    while (rig->now < end) {
        for (guint i = 1; i <= last; i++) {
            rig_handshake(rig, i);
            rig_receive_alive(rig, i);
        }
        rig_run(rig, MIN(SEC(20), end - rig->now));
    }
}

/* ---- the others ---------------------------------------------------------------------------- */

void
rig_handshake(Rig *rig, guint member)
{
    rig->handshakes[member] = rig->now;
}

void
rig_receive(Rig *rig, guint from, const WlFact *fact, guint ttl)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    g_autoptr(GBytes) bytes = NULL;
    WlFact timed = *fact;
    WlIp source;

    timed.ttl = ttl;
    wl_fact_encode(&timed, inner);
    bytes = wl_signer_sign(rig->signers[from], &rig->keys[0], inner->data, inner->len);
    wl_key_link_local(&rig->keys[from], &source);
    go_datagram(rig->daemon, rig->now, &source, g_bytes_get_data(bytes, NULL),
                g_bytes_get_size(bytes));
    rig_drain(rig);
}

void
rig_receive_alive(Rig *rig, guint from)
{
    WlFact fact;

    wl_fact_init_alive(&fact, &rig->keys[from], &rig->boot_ids[from], 0);
    rig_receive(rig, from, &fact, 255);
    wl_fact_clear(&fact);
}

static WlFact
endpoint_fact(const WlKey *about, const char *endpoint)
{
    WlEndpoint value = rig_endpoint(endpoint);
    WlFact fact;

    wl_fact_init_endpoint(&fact, about, &value, 0);
    return fact;
}

static WlFact
allowed_fact(const WlKey *about, const char *text)
{
    WlPrefix prefix;
    WlFact fact;

    g_assert_true(wl_prefix_parse(text, &prefix));
    wl_fact_init_allowed(&fact, about, &prefix, 0);
    return fact;
}

void
rig_receive_endpoint(Rig *rig, guint from, const WlKey *about, const char *endpoint)
{
    WlFact fact = endpoint_fact(about, endpoint);

    rig_receive(rig, from, &fact, 255);
    wl_fact_clear(&fact);
}

void
rig_receive_allowed(Rig *rig, guint from, const WlKey *about, const char *prefix)
{
    WlFact fact = allowed_fact(about, prefix);

    rig_receive(rig, from, &fact, 255);
    wl_fact_clear(&fact);
}

void
rig_receive_member(Rig *rig, guint from, const WlKey *about, const char *name)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new(name, -1);
    WlFact fact;

    wl_fact_init_metadata(&fact, about, metadata, 0);
    rig_receive(rig, from, &fact, 255);
    wl_fact_clear(&fact);
}

void
rig_introduce(Rig *rig, guint from, guint about, const char *endpoint, const char *prefix)
{
    rig_receive_member(rig, from, &rig->keys[about], "learned");
    rig_receive_endpoint(rig, from, &rig->keys[about], endpoint);
    rig_receive_allowed(rig, from, &rig->keys[about], prefix);
}

/* ---- questions ----------------------------------------------------------------------------- */

gboolean
rig_holds(Rig *rig, const WlFact *fact)
{
    g_autoptr(GArray) facts = go_dup_facts(rig->daemon);

    for (guint i = 0; i < facts->len; i++) {
        if (wl_fact_identity_equal(&g_array_index(facts, WlFact, i), fact))
            return TRUE;
    }
    return FALSE;
}

gboolean
rig_holds_allowed(Rig *rig, const WlKey *about, const char *prefix)
{
    WlFact fact = allowed_fact(about, prefix);

    return rig_holds(rig, &fact);
}

gboolean
rig_holds_endpoint(Rig *rig, const WlKey *about, const char *endpoint)
{
    WlFact fact = endpoint_fact(about, endpoint);

    return rig_holds(rig, &fact);
}

gboolean
rig_has_allowed(Rig *rig, const WlKey *key, const char *text)
{
    const WlDevicePeer *peer = wl_device_find(rig->device, key);
    WlPrefix prefix;

    g_assert_true(wl_prefix_parse(text, &prefix));
    for (guint i = 0; peer && i < peer->allowed_ips->len; i++) {
        if (wl_prefix_equal(&g_array_index(peer->allowed_ips, WlPrefix, i), &prefix))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_fact(const RigSent *sent, guint8 attribute, const WlKey *about)
{
    for (guint i = 0; i < sent->facts->len; i++) {
        const WlFact *fact = &g_array_index(sent->facts, WlFact, i);

        if (fact->attribute == attribute && (!about || wl_key_equal(&fact->subject, about)))
            return TRUE;
    }
    return FALSE;
}

GArray *
rig_times(Rig *rig, guint member, guint8 attribute, const WlKey *about)
{
    GArray *times = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (guint i = 0; i < rig->sent->len; i++) {
        const RigSent *sent = rig->sent->pdata[i];

        if (wl_key_equal(&sent->to, &rig->keys[member]) && has_fact(sent, attribute, about))
            g_array_append_val(times, sent->when);
    }
    return times;
}

guint
rig_changes(Rig *rig, const WlKey *key, WlPeerChangeKind kind)
{
    guint n = 0;

    for (guint i = 0; i < rig->changes->len; i++) {
        const WlPeerChange *change = rig->changes->pdata[i];

        n += change->kind == kind && wl_key_equal(&change->public_key, key);
    }
    return n;
}
