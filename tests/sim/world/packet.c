/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets and messages. Both are reference-counted.
 */
#include "world/packet.h"

#include "wl-fact-codec.h"
#include "wl-fact.h"
#include "wl-group.h"

#define HANDSHAKE_SIZE 148
#define RESPONSE_SIZE  92
#define DATA_OVERHEAD  32

SimPacket *
sim_packet_new(SimPacketKind kind)
{
    SimPacket *self = g_new0(SimPacket, 1);

    self->references = 1;
    self->kind = kind;
    return self;
}

SimPacket *
sim_packet_ref(SimPacket *self)
{
    self->references++;
    return self;
}

void
sim_packet_unref(SimPacket *self)
{
    if (!self || --self->references > 0)
        return;
    g_clear_pointer(&self->facts, g_bytes_unref);
    sim_message_unref(self->message);
    g_free(self);
}

GArray *
sim_facts_decode(GBytes *bytes)
{
    GArray *facts = wl_fact_array_new();
    g_auto(WlFact) group = {0};
    gsize length, consumed;
    const guint8 *data = g_bytes_get_data(bytes, &length);

    if (wl_fact_decode(data, length, &group, &consumed) == WL_DECODE_OK &&
        group.attribute == WL_ATTRIBUTE_GROUP)
        wl_group_decode(group.value.group.inner, group.value.group.inner_length, facts);
    return facts;
}

SimPacket *
sim_packet_forwarded(const SimPacket *self)
{
    SimPacket *copy = g_memdup2(self, sizeof(*self));

    copy->references = 1;
    copy->forwards++;
    if (copy->facts)
        g_bytes_ref(copy->facts);
    if (copy->message)
        sim_message_ref(copy->message);
    return copy;
}

SimMessage *
sim_message_new(SimMessageKind kind)
{
    SimMessage *self = g_new0(SimMessage, 1);

    self->references = 1;
    self->kind = kind;
    return self;
}

SimMessage *
sim_message_ref(SimMessage *self)
{
    self->references++;
    return self;
}

void
sim_message_unref(SimMessage *self)
{
    if (!self || --self->references > 0)
        return;
    sim_packet_unref(self->packet);
    g_free(self);
}

gsize
sim_message_size(const SimMessage *self)
{
    if (self->kind == SIM_MESSAGE_INITIATION)
        return HANDSHAKE_SIZE;
    if (self->kind == SIM_MESSAGE_RESPONSE)
        return RESPONSE_SIZE;
    /* WireGuard pads packets to a multiple of 16 bytes. */
    return DATA_OVERHEAD + (self->packet ? (self->packet->size + 15) / 16 * 16 : 0);
}
