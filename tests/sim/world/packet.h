/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

/** Packets in the tunnel, and the WireGuard messages that carry them. Both are reference-counted
 * and immutable once sent, so that a network can deliver one twice. */

typedef enum {
    SIM_PACKET_FACTS, /* a datagram to the fact port */
    SIM_PACKET_ECHO,
    SIM_PACKET_REPLY,
    SIM_PACKET_STREAM, /* one of a numbered stream */
    SIM_PACKET_LOOP,   /* a message of WireGuard that its kernel routed into the tunnel */
} SimPacketKind;

typedef struct _SimMessage SimMessage;

typedef struct {
    guint references;
    SimPacketKind kind;
    WlIp source, destination;
    GBytes *facts;
    guint64 number;                        /* of an echo, a reply or a place in a stream */
    gpointer stream;                       /* the SimStream; not owned */
    gsize size;                            /* with its headers */
    guint forwards;                        /* number of hosts that forwarded it */
    SimMessage *message;                   /* of a loop; owned */
    guint16 source_port, destination_port; /* the same */
    guint loops;                           /* number of times that it entered the tunnel */
} SimPacket;

/** All fields except the kind are zero. */
SimPacket *sim_packet_new(SimPacketKind kind);
SimPacket *sim_packet_ref(SimPacket *self);
void sim_packet_unref(SimPacket *self);
/** The facts of a datagram, whose tag is not checked; of WlFact, to be freed. */
GArray *sim_facts_decode(GBytes *bytes);
/** A copy as it leaves a host that forwards it. */
SimPacket *sim_packet_forwarded(const SimPacket *self);

typedef enum {
    SIM_MESSAGE_INITIATION,
    SIM_MESSAGE_RESPONSE,
    SIM_MESSAGE_DATA, /* a keepalive if `packet` is NULL */
} SimMessageKind;

struct _SimMessage {
    guint references;
    SimMessageKind kind;
    WlKey sender, receiver; /* in reality encrypted, or an index */
    guint64 handshake;      /* initiation and response: its number */
    gint64 stamp;           /* initiation: wall clock of the sender */
    guint64 session;        /* response and data */
    guint64 counter;        /* data: against replays */
    SimPacket *packet;
};

SimMessage *sim_message_new(SimMessageKind kind);
SimMessage *sim_message_ref(SimMessage *self);
void sim_message_unref(SimMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimMessage, sim_message_unref)
/** Bytes on the wire below the UDP header. */
gsize sim_message_size(const SimMessage *self);
