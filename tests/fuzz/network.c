/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

#include <string.h>

#include "table-order.h"
#include "wl-fact-codec.h"

/* A run is short: what many steps do together is found by many runs, and the corpus keeps the
 * beginnings. */
#define MAX_STEPS 48
/* One input of so many runs twice, with other orders of the hash tables. */
#define REPEAT_EVERY 4

/* ---- the input */

uint8_t *
input_take(Input *input, gsize length, void *buffer)
{
    gsize have = MIN(length, input->left);

    memset(buffer, 0, length);
    if (have > 0)
        memcpy(buffer, input->data, have);
    input->data += have;
    input->left -= have;
    return buffer;
}

uint8_t
input_byte(Input *input)
{
    uint8_t byte;

    return *input_take(input, 1, &byte);
}

guint16
input_u16(Input *input)
{
    uint8_t bytes[2];

    input_take(input, sizeof(bytes), bytes);
    return (guint16) (bytes[0] << 8 | bytes[1]);
}

/* Addresses are seldom useful at random: most come from a table. */
static WlIp
take_ip(Input *input, gboolean v6)
{
    static const char *const usual[2][8] = {
        {"203.0.113.1", "198.51.100.7", "192.168.1.20", "192.168.1.10", "10.77.0.3", "10.77.0.2",
         "10.77.5.0", "100.64.0.9"},
        {"2001:db8::1", "2001:db8:1::7", "fd00:1::20", "fd00:1::10", "fd77::3", "fd77::2",
         "fd77:0:0:5::", "fe80::1"},
    };
    uint8_t which = input_byte(input);
    WlIp ip = {.family = v6 ? WL_FAMILY_V6 : WL_FAMILY_V4};

    if (which >= 0xc0) {
        input_take(input, v6 ? 16 : 4, ip.bytes);
        return ip;
    }
    ip = harness_ip(usual[v6 != 0][which & 7]);
    ip.bytes[v6 ? 15 : 3] ^= which >> 3 & 7;
    return ip;
}

WlEndpoint
input_endpoint(Input *input, gboolean v6)
{
    WlEndpoint endpoint = {.ip = take_ip(input, v6)};

    endpoint.port = (guint16) (51820 + (gint8) input_byte(input));
    if (endpoint.port == 51820 - 128)
        endpoint.port = 0;
    return endpoint;
}

WlPrefix
input_prefix(Input *input, gboolean v6)
{
    WlPrefix prefix = {.ip = take_ip(input, v6)};

    prefix.length = (guint8) (input_byte(input) % (v6 ? 129 : 33));
    return prefix;
}

/* ---- members and datagrams */

guint
network_number(const Network *network, const WlKey *key)
{
    guint i;

    for (i = 0; i < NETWORK_MEMBERS; i++) {
        if (wl_key_equal(&harness_member(network->harness, i)->key, key))
            break;
    }
    return i;
}

void
network_saw(Network *network, const WlKey *subject, const WlEndpoint *endpoint)
{
    NetworkSeen seen;

    memset(&seen, 0, sizeof(seen));
    seen.subject = *subject;
    seen.endpoint = *endpoint;
    for (guint i = 0; i < network->first_hand->len; i++) {
        const NetworkSeen *other = &g_array_index(network->first_hand, NetworkSeen, i);
        if (wl_key_equal(&other->subject, subject) && wl_endpoint_equal(&other->endpoint, endpoint))
            return;
    }
    if (wl_endpoint_is_set(endpoint))
        g_array_append_val(network->first_hand, seen);
}

void
network_heard(Network *network, const WlDevicePeer *peer)
{
    if (g_hash_table_contains(network->harness->handshakes, &peer->public_key))
        network_saw(network, &peer->public_key, &peer->endpoint);
}

static void
remember(Network *network, GBytes *bytes)
{
    GBytes **place = &network->recent[network->n_recent++ % NETWORK_RECENT];

    g_clear_pointer(place, g_bytes_unref);
    *place = g_bytes_ref(bytes);
}

void
network_send(Network *network, HarnessMember *from, guint16 ttl, const guint8 *inner, gsize length)
{
    Harness *harness = network->harness;
    const WlKey *to = &harness_member(harness, 0)->key;
    g_autoptr(GBytes) bytes = ttl ? wl_signer_sign_with_ack(from->signer, to, inner, length)
                                  : wl_signer_sign(from->signer, to, inner, length);
    WlDevicePeer *peer = wl_device_find(harness->device, &from->key);
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    if (peer) {
        peer->rx_bytes += size;
        network_heard(network, peer);
    }
    remember(network, bytes);
    wl_engine_datagram_received(harness->engine, harness->now, &from->link_local, data, size);
    harness_drain(harness);
}

void
network_send_fact(Network *network, HarnessMember *from, const WlFact *fact)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();

    wl_fact_encode(fact, inner);
    network_send(network, from, input_byte(&network->input) & 1, inner->data, inner->len);
}

/* ---- the profile */

static void
set_hub(WlPeerConfig *hub, uint8_t peers, uint8_t more)
{
    static const WlTrust trusts[] = {WL_TRUST_UNSET, WL_TRUST_MEMBERSHIP, WL_TRUST_ENDPOINT,
                                     WL_TRUST_ALLOWED_IPS};
    WlPrefix any = harness_prefix("0.0.0.0/0");

    hub->trust = trusts[peers & 3];
    if (more & 4)
        g_array_append_val(hub->allowed_ips, any);
}

static void
set_desktop(WlPeerConfig *desktop, uint8_t peers, uint8_t more)
{
    desktop->trust = peers & 4 ? WL_TRUST_ALLOWED_IPS : WL_TRUST_UNSET;
    desktop->keepalive = more & 8 ? 25 : 0;
    desktop->has_preshared_key = more & 8;
    memset(&desktop->preshared_key, 7, sizeof(desktop->preshared_key));
    if (more & 16)
        g_ptr_array_add(desktop->endpoints, g_strdup(NETWORK_NAME));
}

WlEngineConfig *
network_profile(Network *network, uint8_t peers, uint8_t more)
{
    static const WlRole roles[] = {WL_ROLE_AUTOMATIC, WL_ROLE_LEAF, WL_ROLE_ROUTER,
                                   WL_ROLE_AUTOMATIC};
    Harness *harness = network->harness;
    WlEngineConfig *config = harness_config(harness, roles[peers >> 5 & 3]);
    WlPrefix v6 = harness_prefix("fd77::2/64"), wide = harness_prefix("10.77.0.0/16");
    WlPeerConfig *extra;

    g_array_append_val(config->addresses, v6);
    config->chatty = peers >> 7;
    if (more & 1)
        g_array_append_val(config->networks, wide);
    if (!(more & 2))
        set_hub(harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT,
                            "10.77.0.0/24,fd77::/64"),
                peers, more);
    set_desktop(harness_add(config, harness_member(harness, 2), NULL,
                            peers & 8 ? "10.77.0.3/32,10.77.8.0/24" : "10.77.0.3/32"),
                peers, more);
    if (peers & 16) {
        extra = harness_add(config, harness_member(harness, 3),
                            more & 32 ? "198.51.100.7:51820" : NULL, "10.77.0.4/32,fd77::4/128");
        extra->basic = more & 64;
        extra->fact_exchanger = more & 128;
    }
    if (more & 32)
        harness_add(config, harness_member(harness, 4), NULL, "10.77.0.5/32")->trust =
            WL_TRUST_UNTRUSTED;
    return config;
}

/* ---- a run */

static void
network_init(Network *network, const uint8_t *data, gsize size)
{
    uint8_t peers, more;

    *network = (Network){.input = {.data = data, .left = size}};
    network->harness = harness_new();
    network->first_hand = g_array_new(FALSE, FALSE, sizeof(NetworkSeen));
    network->started = network->harness->now;
    for (guint i = 0; i < NETWORK_MEMBERS; i++)
        harness_member(network->harness, i);
    peers = input_byte(&network->input);
    more = input_byte(&network->input);
    network->profile = network_profile(network, peers, more);
    harness_start(network->harness, wl_engine_config_copy(network->profile));
    network_set_uplink(network, 1);
}

static void
network_clear(Network *network)
{
    for (guint i = 0; i < NETWORK_RECENT; i++)
        g_clear_pointer(&network->recent[i], g_bytes_unref);
    wl_engine_config_free(network->profile);
    g_array_unref(network->first_hand);
    harness_free(network->harness);
}

/* Returns a digest of all outputs. */
static guint64
run(const uint8_t *data, gsize size, const NetworkAction *actions, guint n_actions)
{
    Network network;
    guint64 digest;

    network_init(&network, data, size);
    network_check(&network);
    for (guint i = 0; i < MAX_STEPS && network.input.left > 0; i++) {
        NetworkAction action = actions[input_byte(&network.input) % n_actions];
        uint8_t members = input_byte(&network.input);

        action(&network, harness_member(network.harness, 1 + members % (NETWORK_MEMBERS - 1)),
               harness_member(network.harness, (members >> 3) % NETWORK_MEMBERS));
        network_check(&network);
    }
    digest = network.digest;
    network_clear(&network);
    return digest;
}

void
network_run(const uint8_t *data, gsize size, const NetworkAction *actions, guint n_actions)
{
    guint64 digest;

    table_order_set(1);
    digest = run(data, size, actions, n_actions);
    if (size % REPEAT_EVERY != 0)
        return;
    table_order_set(2);
    g_assert_cmpuint(run(data, size, actions, n_actions), ==, digest);
}
