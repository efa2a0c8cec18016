/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What members send: facts of every kind, repetitions, damaged datagrams, path messages and
 * acks. */

#include <string.h>

#include "network.h"
#include "wl-boot-id.h"
#include "wl-fact-codec.h"
#include "wl-group.h"

static guint16
take_ttl(Network *network)
{
    static const guint16 usual[] = {255, 254, 0, 1, 5, 30, 131, 65535};

    return usual[input_byte(&network->input) & 7];
}

static void
send_endpoint(Network *network, HarnessMember *from, HarnessMember *about, gboolean v6)
{
    WlEndpoint endpoint = input_endpoint(&network->input, v6);
    WlFact fact;

    wl_fact_init_endpoint(&fact, &about->key, &endpoint, 0);
    fact.ttl = take_ttl(network);
    if (about == from)
        network_saw(network, &about->key, &fact.value.endpoint);
    network_send_fact(network, from, &fact);
}

void
act_endpoint_v4(Network *network, HarnessMember *from, HarnessMember *about)
{
    send_endpoint(network, from, about, FALSE);
}

void
act_endpoint_v6(Network *network, HarnessMember *from, HarnessMember *about)
{
    send_endpoint(network, from, about, TRUE);
}

static void
send_allowed(Network *network, HarnessMember *from, HarnessMember *about, gboolean v6)
{
    WlPrefix prefix = input_prefix(&network->input, v6);
    WlFact fact;

    wl_fact_init_allowed(&fact, &about->key, &prefix, 0);
    fact.ttl = take_ttl(network);
    network_send_fact(network, from, &fact);
}

void
act_allowed_v4(Network *network, HarnessMember *from, HarnessMember *about)
{
    send_allowed(network, from, about, FALSE);
}

void
act_allowed_v6(Network *network, HarnessMember *from, HarnessMember *about)
{
    send_allowed(network, from, about, TRUE);
}

void
act_member(Network *network, HarnessMember *from, HarnessMember *about)
{
    char name[64] = "";
    uint8_t length = input_byte(&network->input);
    g_autoptr(WlMetadata) metadata = NULL;
    WlFact fact;

    input_take(&network->input, length & 31, name);
    metadata = wl_metadata_new(name, (length >> 6) - 1 > 1 ? -1 : (length >> 6) - 1);
    wl_fact_init_metadata(&fact, &about->key, metadata, 0);
    fact.ttl = take_ttl(network);
    network_send_fact(network, from, &fact);
    wl_fact_clear(&fact);
}

/* The form of older daemons, and subjects that are no members of the run. */
void
act_unnamed_member(Network *network, HarnessMember *from, HarnessMember *about)
{
    WlFact fact = {.attribute = WL_ATTRIBUTE_MEMBER, .subject = about->key};

    if (input_byte(&network->input) & 1)
        input_take(&network->input, 2, fact.subject.bytes);
    fact.ttl = take_ttl(network);
    network_send_fact(network, from, &fact);
}

/* Up to 255 facts about one member in one datagram after the other: what fills tables. */
void
act_many(Network *network, HarnessMember *from, HarnessMember *about)
{
    g_autoptr(WlGroup) group = wl_group_new();
    uint8_t kind = input_byte(&network->input), n = input_byte(&network->input);
    WlEndpoint endpoint = input_endpoint(&network->input, FALSE);

    for (guint i = 0; i < n; i++) {
        WlPrefix prefix = {.ip = endpoint.ip, .length = 32};
        WlKey stranger = about->key;
        WlFact fact;

        endpoint.ip.bytes[2 + (kind >> 2 & 1)]++;
        stranger.bytes[31] ^= (guint8) i;
        if ((kind & 3) == 0)
            wl_fact_init_allowed(&fact, &about->key, &prefix, 0);
        else
            wl_fact_init_endpoint(&fact, kind & 1 ? &about->key : &stranger, &endpoint, 0);
        if ((kind & 3) == 2)
            fact.attribute = WL_ATTRIBUTE_MEMBER;
        fact.expires = network->harness->now + SEC(255);
        if (wl_key_equal(&fact.subject, &from->key) && (kind & 3) != 0)
            network_saw(network, &from->key, &endpoint);
        wl_group_add(group, &fact, network->harness->now);
    }
    for (guint i = 0; i < wl_group_count(group); i++) {
        const GByteArray *inner = wl_group_get(group, i);
        network_send(network, from, 0, inner->data, inner->len);
    }
}

/* Bytes as they are, after the fact about @from that they may begin with. */
void
act_raw(Network *network, HarnessMember *from, HarnessMember *about)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    g_autoptr(GArray) facts = wl_fact_array_new();
    uint8_t bytes[64], length = input_byte(&network->input);

    if (length & 0x80) {
        const uint8_t head[] = {bytes[0] = input_byte(&network->input), 30};
        g_byte_array_append(inner, head, sizeof(head));
        g_byte_array_append(inner, about->key.bytes, sizeof(about->key.bytes));
    }
    input_take(&network->input, length & 63, bytes);
    g_byte_array_append(inner, bytes, length & 63);
    if (wl_group_decode(inner->data, inner->len, facts) == WL_DECODE_OK) {
        for (guint i = 0; i < facts->len; i++) {
            const WlFact *fact = &g_array_index(facts, WlFact, i);
            if ((fact->attribute | 0x20) == WL_ATTRIBUTE_ENDPOINT_V4 &&
                wl_key_equal(&fact->subject, &from->key))
                network_saw(network, &from->key, &fact->value.endpoint);
            if (fact->attribute == WL_ATTRIBUTE_ALIVE && wl_boot_id_is_native(&fact->value.boot_id))
                network->was_native[network_number(network, &from->key)] = TRUE;
        }
    }
    network_send(network, from, length >> 6 & 1, inner->data, inner->len);
}

/* One of the last datagrams, from its sender or from another member. */
void
act_replay(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    GBytes *bytes = network->recent[input_byte(&network->input) % NETWORK_RECENT];
    gsize size;
    const guint8 *data;

    if (!bytes)
        return;
    data = g_bytes_get_data(bytes, &size);
    wl_engine_datagram_received(harness->engine, harness->now, &from->link_local, data, size);
    harness_drain(harness);
}

/* One of the last datagrams, cut off or with another byte in it. */
void
act_damage(Network *network, HarnessMember *from, HarnessMember *about)
{
    Harness *harness = network->harness;
    GBytes *bytes = network->recent[input_byte(&network->input) % NETWORK_RECENT];
    guint16 at = input_u16(&network->input);
    uint8_t change = input_byte(&network->input);
    g_autofree guint8 *copy = NULL;
    gsize size;
    const guint8 *data;

    if (!bytes)
        return;
    data = g_bytes_get_data(bytes, &size);
    copy = g_memdup2(data, size);
    if (at & 0x8000)
        size = at % (size + 1);
    else
        copy[at % size] ^= change;
    wl_engine_datagram_received(harness->engine, harness->now, &from->link_local, copy, size);
    harness_drain(harness);
}

/* Its boot id: the one that it has, another, or one of the other kind. */
void
act_alive(Network *network, HarnessMember *from, HarnessMember *about)
{
    uint8_t kind = input_byte(&network->input);
    WlFact fact;

    switch (kind & 3) {
    case 1:
        memset(from->boot_id.bytes, kind, sizeof(from->boot_id.bytes));
        break;
    case 2:
    case 3:
        harness_make_native(from);
        network->was_native[network_number(network, &from->key)] = TRUE;
        break;
    default:
        break;
    }
    from->mute = kind & 4; /* it answers no path messages */
    wl_fact_init_alive(&fact, kind & 8 ? &about->key : &from->key, &from->boot_id, 0);
    fact.ttl = take_ttl(network);
    network_send_fact(network, from, &fact);
}

void
act_path(Network *network, HarnessMember *from, HarnessMember *about)
{
    WlPathMessage path = {.version = WL_PATH_VERSION, .flags = input_byte(&network->input)};
    WlFact fact;

    path.epoch = input_u16(&network->input);
    path.probe = input_byte(&network->input);
    path.ack = input_byte(&network->input);
    if (path.epoch & 0x8000)
        path.epoch |= 0xffff0000;
    wl_fact_init_path(&fact, path.flags & WL_PATH_PROBE_REQUEST ? &about->key : &from->key, &path);
    network_send_fact(network, from, &fact);
}

/* Of the last datagram to it, or of others that never were. */
void
act_ack(Network *network, HarnessMember *from, HarnessMember *about)
{
    guint64 nonces[4] = {network->acked[network_number(network, &from->key)]};
    uint8_t kind = input_byte(&network->input);
    WlFact fact;

    input_take(&network->input, 8 * (kind >> 2 & 3), nonces + 1);
    wl_fact_init_ack(&fact, kind & 2 ? &about->key : &from->key,
                     (const guint8 *) (nonces + (kind & 1)), 1 + (kind >> 2 & 1));
    network_send_fact(network, from, &fact);
}

/* By which router a member is reached (docs/protocol.md 19). */
void
act_router(Network *network, HarnessMember *from, HarnessMember *about)
{
    uint8_t kind = input_byte(&network->input);
    WlRouterMessage message = {.version = WL_ROUTER_VERSION, .flags = kind & 3};
    WlFact fact;

    message.epoch = input_byte(&network->input);
    if (kind & 4)
        message.epoch |= 0xffffff00;
    message.router = harness_member(network->harness, kind >> 3 & 7)->key;
    wl_fact_init_router(&fact, &about->key, &message);
    network_send_fact(network, from, &fact);
}
