/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "harness.h"

/*
 * One engine, seven members with keys of their own, and the input that says what they and the
 * machine do. The targets `facts`, `paths` and `engine` differ in their list of actions. An input
 * is the profile (2 bytes) and a sequence of steps: the action, the members, and what the action
 * takes. Missing bytes are zero.
 */

#define NETWORK_MEMBERS 8 /* 0: the engine itself; 1: hub; 2: desktop; the others are strangers */
#define NETWORK_RECENT  8 /* datagrams that may be replayed */
#define NETWORK_NAME    "desktop.example:51820" /* of the desktop, if the profile has it */

typedef struct {
    const uint8_t *data;
    gsize left;
} Input;

/** The next @length bytes into @buffer, which is returned. */
uint8_t *input_take(Input *input, gsize length, void *buffer);
uint8_t input_byte(Input *input);
guint16 input_u16(Input *input);
WlEndpoint input_endpoint(Input *input, gboolean v6);
WlPrefix input_prefix(Input *input, gboolean v6);

typedef struct {
    Harness *harness;
    Input input;
    WlEngineConfig *profile; /* the current one */
    GBytes *recent[NETWORK_RECENT];
    guint n_recent;
    gboolean was_native[NETWORK_MEMBERS];  /* it said so at least once */
    WlEndpoint endpoints[NETWORK_MEMBERS]; /* in the device, as of the last output */
    guint64 acked[NETWORK_MEMBERS];        /* beginning of the nonce of the last datagram to it */
    guint16 echo_sequence;
    WlKey echo_key;
    WlIp local[4]; /* addresses of uplinks */
    guint n_local;
    GArray *first_hand; /* of NetworkSeen: what may be relayed */
    guint wakeups, restarts, steps;
    gboolean refused;                 /* the link refused a change: the engine tries again later */
    guint outputs[WL_OUTPUT_LOG + 1]; /* by kind, so far */
    guint64 work;                     /* of the engine at the last check */
    guint64 digest;                   /* of all outputs so far */
    gint64 started;
} Network;

/** The member @subject was seen at @endpoint, said so itself, or has it from the profile. */
typedef struct {
    WlKey subject;
    WlEndpoint endpoint;
} NetworkSeen;

/** One action of @from; @about is a member that it may concern, the engine itself included. */
typedef void (*NetworkAction)(Network *network, HarnessMember *from, HarnessMember *about);

/** Runs the input to its end and checks the engine after each step. The order of hash tables
 * changes no output. */
void network_run(const uint8_t *data, gsize size, const NetworkAction *actions, guint n_actions);

guint network_number(const Network *network, const WlKey *key); /* NETWORK_MEMBERS: none */
/** The profile that two bytes of the input select. */
WlEngineConfig *network_profile(Network *network, uint8_t peers, uint8_t more);
/** Sends the encoded facts @inner in a signed datagram with that outer TTL. */
void network_send(Network *network, HarnessMember *from, guint16 ttl, const guint8 *inner,
                  gsize length);
void network_send_fact(Network *network, HarnessMember *from, const WlFact *fact);
void network_saw(Network *network, const WlKey *subject, const WlEndpoint *endpoint);
/** Something arrived from @peer, so its session works at the endpoint that it has now. */
void network_heard(Network *network, const WlDevicePeer *peer);
void network_set_uplink(Network *network, uint8_t which);

/** What nothing that members send may change: fuzz targets abort otherwise. */
void network_check(Network *network);

/* facts */
void act_endpoint_v4(Network *network, HarnessMember *from, HarnessMember *about);
void act_endpoint_v6(Network *network, HarnessMember *from, HarnessMember *about);
void act_allowed_v4(Network *network, HarnessMember *from, HarnessMember *about);
void act_allowed_v6(Network *network, HarnessMember *from, HarnessMember *about);
void act_member(Network *network, HarnessMember *from, HarnessMember *about);
void act_unnamed_member(Network *network, HarnessMember *from, HarnessMember *about);
void act_many(Network *network, HarnessMember *from, HarnessMember *about);
void act_raw(Network *network, HarnessMember *from, HarnessMember *about);
void act_replay(Network *network, HarnessMember *from, HarnessMember *about);
void act_damage(Network *network, HarnessMember *from, HarnessMember *about);
void act_alive(Network *network, HarnessMember *from, HarnessMember *about);
/* messages of native members */
void act_path(Network *network, HarnessMember *from, HarnessMember *about);
void act_ack(Network *network, HarnessMember *from, HarnessMember *about);
void act_router(Network *network, HarnessMember *from, HarnessMember *about);
/* the machine */
void act_time(Network *network, HarnessMember *from, HarnessMember *about);
void act_handshake(Network *network, HarnessMember *from, HarnessMember *about);
void act_dump(Network *network, HarnessMember *from, HarnessMember *about);
void act_uplink(Network *network, HarnessMember *from, HarnessMember *about);
void act_result(Network *network, HarnessMember *from, HarnessMember *about);
void act_event(Network *network, HarnessMember *from, HarnessMember *about);
/* the profile */
void act_reload(Network *network, HarnessMember *from, HarnessMember *about);
void act_restart(Network *network, HarnessMember *from, HarnessMember *about);
