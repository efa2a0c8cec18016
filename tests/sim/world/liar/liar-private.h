/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/liar/liars.h"

#include "wl-fact.h"
#include "wl-signer.h"

#define LIAR_RECORDED 16

/** A datagram of facts that a liar sent, or received. */
typedef struct {
    SimHost *other; /* whom it went to, or came from */
    GBytes *bytes;  /* NULL: none */
} LiarRecord;

/** One member of a group. */
struct _SimLiar {
    SimLiars *group;
    SimHost *host;
    guint index; /* in the group */
    WlSigner *signer;
    LiarRecord sent[LIAR_RECORDED], received[LIAR_RECORDED]; /* rings */
    guint n_sent, n_received;
};

/** A strategy of a group, and where it is. */
typedef struct {
    SimTimer timer;
    SimLiars *group;
    const struct _LiarStrategy *strategy;
    guint step; /* how often it was run */
} LiarWork;

typedef struct _LiarStrategy {
    const char *name;
    gint64 interval; /* µs */
    /* Tells @to, a member that is not of the group, its lies of this step. */
    void (*lie)(const LiarWork *work, SimLiarHost *self, SimHost *to);
} LiarStrategy;

struct _SimLiars {
    SimWorld *world;
    GRand *random;
    GPtrArray *members; /* of SimLiarHost, owned */
    GPtrArray *works;   /* of LiarWork, owned */
};

/* Each table ends with an entry without a name. */
extern const LiarStrategy liar_claims[];   /* liar-claims.c: facts about others */
extern const LiarStrategy liar_protocol[]; /* liar-protocol.c: messages of the protocol */
extern const LiarStrategy liar_bytes[];    /* liar-bytes.c: datagrams */

/** From 0 to @bound - 1. */
guint liar_random(const SimLiarHost *self, guint bound);
gboolean liar_chance(const SimLiarHost *self, double probability);
/** A WlRandomFunc; @user_data is the group. */
void liar_random_bytes(gpointer user_data, guint8 *buffer, gsize length);
/** The @i-th piece of work is this liar's. */
gboolean liar_shares(const SimLiarHost *self, guint i);
/** A random member that is not of the group and not @but. NULL: there is none. */
SimHost *liar_pick(const SimLiarHost *self, const SimHost *but);
/** Facts to be sent, of WlFact; to be freed. */
GArray *liar_facts_new(void);
void liar_add_endpoint(GArray *facts, const SimHost *about, const WlEndpoint *endpoint, guint ttl);
void liar_add_prefix(GArray *facts, const SimHost *about, const WlPrefix *prefix, guint ttl);
/** Sends the facts in as few datagrams as possible, with the TTL mark if @marked; frees @facts. */
void liar_tell(SimLiarHost *self, SimHost *to, GArray *facts, gboolean marked);
/** Signs the bytes inside a group and sends them. */
void liar_send_inner(SimLiarHost *self, SimHost *to, const guint8 *inner, gsize length,
                     gboolean marked);
/** Sends a datagram as it is. */
void liar_send_bytes(SimLiarHost *self, SimHost *to, GBytes *bytes);
