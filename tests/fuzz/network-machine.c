/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the machine and its user do: time, sessions, dumps of the device, uplinks, results of
 * requests, changes of the profile. */

#include <string.h>

#include "network.h"

/* After this number of wake-ups no more time passes: it bounds the cost of a run. */
#define MAX_WAKEUPS 400

void
act_time(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    uint8_t duration = input_byte(&network->input);

    if (network->wakeups > MAX_WAKEUPS)
        return;
    /* 1 ms to 8 s, or 1 to 127 s */
    harness_run(harness, duration & 0x80 ? SEC(duration & 0x7f) : MS(1) << (duration & 0xf) % 14);
}

void
act_handshake(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    uint8_t kind = input_byte(&network->input);
    WlDevicePeer *peer = wl_device_find(harness->device, &from->key);

    if (!peer)
        return;
    if (kind & 1)
        peer->endpoint = input_endpoint(&network->input, kind & 2);
    harness_handshake(harness, from, NULL);
    network_heard(network, peer);
    harness_snapshot(harness);
    harness_drain(harness);
    if (!(kind & 4))
        harness_alive(harness, from);
}

static void
change_device(Harness *harness, WlDevicePeer *peer, HarnessMember *about, uint8_t kind)
{
    static const guint ages[] = {0, 100, 170, 3600};
    gint64 *handshake;
    WlDevicePeer *foreign;
    WlKey key = about->key;

    switch (kind & 7) {
    case 0:
        peer->rx_bytes += 1000u << (kind >> 3);
        break;
    case 1:
        peer->tx_bytes += 1000u << (kind >> 3);
        break;
    case 2: /* another program made the peer again */
        peer->rx_bytes = peer->tx_bytes = 0;
        break;
    case 3: /* or removed it */
        g_hash_table_remove(harness->handshakes, &peer->public_key);
        g_ptr_array_remove(harness->device->peers, peer);
        break;
    case 4: /* or added one */
        key.bytes[0] ^= 0xff;
        if (wl_device_find(harness->device, &key))
            break;
        foreign = wl_device_peer_new(&key);
        foreign->handshake_age = -1;
        g_ptr_array_add(harness->device->peers, foreign);
        break;
    case 5:
        g_array_set_size(peer->allowed_ips, 0);
        break;
    case 6:
        handshake = g_new(gint64, 1);
        *handshake = harness->now - SEC(ages[kind >> 3 & 3]);
        g_hash_table_replace(harness->handshakes, wl_key_copy(&peer->public_key), handshake);
        break;
    default:
        harness->device->dropped += kind >> 3;
        break;
    }
}

void
act_dump(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    uint8_t kind = input_byte(&network->input);
    WlDevicePeer *peer = wl_device_find(harness->device, &from->key);

    if (peer)
        change_device(harness, peer, about, kind);
    peer = wl_device_find(harness->device, &from->key);
    if (peer)
        network_heard(network, peer);
    harness_snapshot(harness);
    harness_drain(harness);
}

static void
add_local(Network *network, const char *address, GArray *all)
{
    WlLocalAddress local = {.ifindex = 2 + all->len, .uplink = TRUE, .announce = TRUE};

    local.address = harness_prefix(address);
    g_snprintf(local.ifname, sizeof(local.ifname), "eth%u", all->len);
    g_array_append_val(all, local);
    network->local[network->n_local++] = local.address.ip;
}

static void
add_many_local(GArray *all)
{
    for (guint i = 0; i < 300; i++) {
        WlLocalAddress local = {.ifname = "kube-ipvs0", .ifindex = 9};

        local.address = harness_prefix("100.64.0.0/32");
        local.address.ip.bytes[2] = (guint8) (i >> 8);
        local.address.ip.bytes[3] = (guint8) i;
        g_array_append_val(all, local);
    }
}

void
network_set_uplink(Network *network, uint8_t which)
{
    static const char *const addresses[8][2] = {
        {NULL, NULL},
        {"192.168.1.10/24", NULL},
        {"192.168.1.10/24", "fd00:1::10/64"},
        {"203.0.113.9/24", NULL},
        {"10.77.0.9/16", NULL},
        {"2001:db8::9/64", NULL},
        {"192.168.1.10/24", "10.0.0.7/8"},
        {"192.168.1.11/24", NULL},
    };
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(WlLocalAddress));

    network->n_local = 0;
    for (guint i = 0; i < 2 && addresses[which & 7][i]; i++)
        add_local(network, addresses[which & 7][i], all);
    if (which & 64)
        add_many_local(all);
    wl_engine_set_local_addresses(network->harness->engine, network->harness->now,
                                  (const WlLocalAddress *) (gpointer) all->data, all->len);
    harness_drain(network->harness);
}

void
act_uplink(Network *network, HarnessMember *from, HarnessMember *about)
{
    network_set_uplink(network, input_byte(&network->input));
}

static void
name_resolved(Network *network, guint n)
{
    WlEndpoint endpoints[4];

    for (guint i = 0; i < n; i++) {
        endpoints[i] = input_endpoint(&network->input, i == 3);
        network_saw(network, &harness_member(network->harness, 2)->key, &endpoints[i]);
    }
    wl_engine_name_resolved(network->harness->engine, network->harness->now, NETWORK_NAME,
                            endpoints, n);
}

/* Replies to what the engine requested, and others that it did not. */
void
act_result(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    uint8_t kind = input_byte(&network->input);
    WlIp ip;

    switch (kind & 7) {
    case 0:
        name_resolved(network, kind >> 3 & 3);
        break;
    case 1:
        ip = input_endpoint(&network->input, kind & 8).ip;
        wl_engine_neighbor_result(harness->engine, harness->now, &ip, 2 + (kind >> 6), kind & 16);
        break;
    case 2:
        wl_engine_echo_reply(harness->engine, harness->now, &network->echo_key,
                             (guint16) (network->echo_sequence - (kind >> 3)));
        break;
    case 3:
        ip = input_endpoint(&network->input, kind & 8).ip;
        wl_engine_traffic_started(harness->engine, harness->now, kind & 16 ? NULL : &ip);
        break;
    case 4:
        wl_engine_send_failed(harness->engine, harness->now, &from->key);
        break;
    case 5:
        network->refused = TRUE;
        wl_engine_peer_change_failed(harness->engine, harness->now, &from->key);
        break;
    case 6:
        harness->no_neighbors = kind & 8;
        break;
    default:
        harness->no_device = kind & 8; /* dumps that never come */
        break;
    }
    harness_drain(harness);
}

void
act_event(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    uint8_t kind = input_byte(&network->input);
    WlEndpoint endpoint;

    switch (kind & 7) {
    case 0:
        wl_engine_resumed(harness->engine, harness->now);
        break;
    case 1:
        wl_engine_set_connectivity(harness->engine, harness->now, (kind >> 3) % 3);
        break;
    case 2:
        wl_engine_check_peers(harness->engine, harness->now);
        break;
    case 3:
        wl_engine_refresh(harness->engine, harness->now);
        break;
    case 4:
        wl_engine_uplink_changed(harness->engine, harness->now);
        break;
    case 5:
        g_ptr_array_set_size(harness->device->peers, 0);
        g_hash_table_remove_all(harness->handshakes);
        wl_engine_link_recreated(harness->engine, harness->now);
        break;
    case 6:
        endpoint = input_endpoint(&network->input, kind & 8);
        wl_engine_forget_endpoint(harness->engine, harness->now, &from->key, &endpoint, NULL);
        break;
    default:
        endpoint = input_endpoint(&network->input, kind & 8);
        wl_engine_set_protected_hosts(harness->engine, harness->now, &endpoint.ip, kind >> 4 & 1);
        break;
    }
    harness_drain(harness);
}

void
act_reload(Network *network, HarnessMember *from, HarnessMember *about)
{
    uint8_t peers = input_byte(&network->input), more = input_byte(&network->input);

    wl_engine_config_free(network->profile);
    network->profile = network_profile(network, peers, more);
    wl_engine_reload_profile(network->harness->engine, network->harness->now, network->profile,
                             NULL);
    harness_drain(network->harness);
}

/* Ends the service and starts it with the state that it saved. */
void
act_restart(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    g_autofree char *state = wl_engine_dup_state(harness->engine);

    network->restarts++;
    g_clear_pointer(&harness->engine, wl_engine_free);
    g_ptr_array_set_size(harness->device->peers, 0);
    g_hash_table_remove_all(harness->handshakes);
    harness_start(harness, wl_engine_config_copy(network->profile));
    g_assert_true(wl_engine_load_state(harness->engine, harness->now, state, strlen(state), NULL));
    harness_drain(harness);
    network_set_uplink(network, input_byte(&network->input));
}
