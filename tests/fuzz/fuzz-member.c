/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes an engine with correctly signed datagrams from members of its network while time passes.
 * An input is a sequence of steps; each starts with a byte that selects the action and one that
 * selects the sender and the subject. */

#include <string.h>

#include "fuzz.h"
#include "harness.h"
#include "state/wl-timing.h"

/* 0: the engine itself; 1: hub, trusted; 2: desktop; the others are not in the profile */
#define N_MEMBERS 8

typedef struct {
    Harness *harness;
    const uint8_t *data;
    size_t left;
} Input;

/* The next @length bytes; zeros when there are no more. */
static const uint8_t *
take(Input *input, gsize length, uint8_t *buffer)
{
    gsize have = MIN(length, input->left);

    memset(buffer, 0, length);
    if (have > 0)
        memcpy(buffer, input->data, have);
    input->data += have;
    input->left -= have;
    return buffer;
}

static uint8_t
take_byte(Input *input)
{
    uint8_t byte;

    return take(input, 1, &byte)[0];
}

static void
send_fact(Input *input, const HarnessMember *from, WlFact *fact)
{
    g_autoptr(GArray) facts = wl_fact_array_new();

    fact->expires = input->harness->now + SEC(1) * (take_byte(input) << 4);
    g_array_append_vals(facts, fact, 1);
    harness_datagram(input->harness, from, facts);
}

static void
send_endpoint(Input *input, const HarnessMember *from, const HarnessMember *about, gboolean v6)
{
    WlEndpoint endpoint = {.ip.family = v6 ? WL_FAMILY_V6 : WL_FAMILY_V4};
    uint8_t port[2];
    WlFact fact;

    take(input, v6 ? 16 : 4, endpoint.ip.bytes);
    take(input, sizeof(port), port);
    endpoint.port = (guint16) (port[0] << 8 | port[1]);
    wl_fact_init_endpoint(&fact, &about->key, &endpoint, 0);
    send_fact(input, from, &fact);
}

static void
send_allowed(Input *input, const HarnessMember *from, const HarnessMember *about, gboolean v6)
{
    WlPrefix prefix = {.ip.family = v6 ? WL_FAMILY_V6 : WL_FAMILY_V4};
    WlFact fact;

    take(input, v6 ? 16 : 4, prefix.ip.bytes);
    prefix.length = take_byte(input) % (v6 ? 129 : 33);
    wl_fact_init_allowed(&fact, &about->key, &prefix, 0);
    send_fact(input, from, &fact);
}

static void
send_member(Input *input, const HarnessMember *from, const HarnessMember *about)
{
    char name[256] = "";
    uint8_t length = take_byte(input);
    g_autoptr(WlMetadata) metadata = NULL;
    WlFact fact;

    take(input, length, (uint8_t *) name);
    metadata = wl_metadata_new(name, length & 1);
    wl_fact_init_metadata(&fact, &about->key, metadata, 0);
    send_fact(input, from, &fact);
}

static void
send_raw(Input *input, const HarnessMember *from)
{
    uint8_t inner[256];
    uint8_t length = take_byte(input);
    g_autoptr(GBytes) bytes = NULL;

    take(input, length, inner);
    bytes = wl_signer_sign(from->signer, &harness_member(input->harness, 0)->key, inner, length);
    wl_engine_datagram_received(input->harness->engine, input->harness->now, &from->link_local,
                                g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    harness_drain(input->harness);
}

static void
send_path(Input *input, HarnessMember *from)
{
    WlPathMessage path = {.version = WL_PATH_VERSION};
    uint8_t bytes[9];

    take(input, sizeof(bytes), bytes);
    path.flags = bytes[0];
    path.epoch =
        (guint32) bytes[1] << 24 | (guint32) bytes[2] << 16 | (guint32) bytes[3] << 8 | bytes[4];
    path.probe = (guint16) (bytes[5] << 8 | bytes[6]);
    path.ack = (guint16) (bytes[7] << 8 | bytes[8]);
    harness_make_native(from);
    harness_alive(input->harness, from);
    harness_advertise_path(input->harness, from, &path);
}

static void
pass_time(Input *input, const HarnessMember *other)
{
    Harness *harness = input->harness;
    uint8_t duration = take_byte(input);

    switch (duration >> 6) {
    case 0:
        harness_run(harness, MS(1) << (duration & 0xf));
        break; /* up to 33 s */
    case 1:
        harness_run(harness, SEC(duration & 0x3f));
        break;
    case 2:
        if (wl_device_find(harness->device, &other->key)) {
            harness_handshake(harness, other, NULL);
            harness_snapshot(harness);
            harness_drain(harness);
            harness_alive(harness, other);
        }
        break;
    default:
        harness_uplink(harness, duration & 1 ? "192.168.1.10/24" : NULL);
        break;
    }
}

static void
step(Input *input)
{
    uint8_t action = take_byte(input);
    uint8_t members = take_byte(input);
    HarnessMember *from = harness_member(input->harness, 1 + members % (N_MEMBERS - 1));
    HarnessMember *about = harness_member(input->harness, (members >> 3) % N_MEMBERS);

    switch (action % 9) {
    case 0:
        send_endpoint(input, from, about, FALSE);
        break;
    case 1:
        send_endpoint(input, from, about, TRUE);
        break;
    case 2:
        send_allowed(input, from, about, FALSE);
        break;
    case 3:
        send_allowed(input, from, about, TRUE);
        break;
    case 4:
        send_member(input, from, about);
        break;
    case 5:
        send_raw(input, from);
        break;
    case 6:
        send_path(input, from);
        break;
    case 7:
        harness_alive(input->harness, from);
        break;
    default:
        pass_time(input, from);
        break;
    }
}

/* Checks what no facts may change (docs/engine.md "Limits"). */
static void
check(Harness *harness)
{
    g_autoptr(GArray) routes = wl_engine_dup_routes(harness->engine);
    g_autoptr(GArray) networks = wl_engine_dup_networks(harness->engine);
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(harness->engine);
    WlIp own;

    g_assert_true(wl_ip_parse("10.77.0.2", &own));
    g_assert_nonnull(wl_device_find(harness->device, &harness_member(harness, 1)->key));
    g_assert_nonnull(wl_device_find(harness->device, &harness_member(harness, 2)->key));
    g_assert_cmpuint(harness->device->peers->len, <=, N_MEMBERS + 256);
    g_assert_cmpuint(facts->len, <=, WL_MAX_FACT_SOURCES);
    for (guint i = 0; i < routes->len; i++) {
        const WlPrefix *route = &g_array_index(routes, WlPrefix, i);
        gboolean inside = FALSE;

        for (guint j = 0; j < networks->len && !inside; j++)
            inside = wl_prefix_contains(&g_array_index(networks, WlPrefix, j), route);
        g_assert_true(inside);
    }
    for (guint i = 0; i < harness->device->peers->len; i++) {
        const WlDevicePeer *peer = harness->device->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const WlPrefix *allowed = &g_array_index(peer->allowed_ips, WlPrefix, j);

            /* never the own address itself; a network that contains it is permitted */
            g_assert_false(allowed->length == 32 && wl_prefix_contains_ip(allowed, &own));
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Harness) harness = harness_leaf_new();
    Input input = {.harness = harness, .data = data, .left = MIN(size, 4096)};

    harness_meet(harness, 1, HARNESS_HUB_ENDPOINT);
    for (guint i = 0; i < N_MEMBERS; i++)
        harness_member(harness, i);
    while (input.left > 0) {
        step(&input);
        check(harness);
        harness_clear(harness);
    }
    return 0;
}
