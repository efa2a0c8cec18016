/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "go/go.h"

/* docs/protocol.md B, in microseconds. */
#define GO_SEC(n)             ((gint64) (n) *G_USEC_PER_SEC)
#define GO_FACT_TTL           GO_SEC(255)
#define GO_CHUNK_PERIOD       GO_SEC(5)
#define GO_ALIVE_PERIOD       GO_SEC(30)
#define GO_MAX_CHUNK          100
#define GO_FACT_MARGIN        (GO_FACT_TTL / 2 + GO_CHUNK_PERIOD)
#define GO_ALIVE_MARGIN       (GO_FACT_TTL - GO_ALIVE_PERIOD)
#define GO_HANDSHAKE_VALIDITY G_GINT64_CONSTANT(165334000)
#define GO_ENDPOINT_INTERVAL  GO_SEC(15)
#define GO_READY_LEFT         (GO_CHUNK_PERIOD / 2)
#define GO_RELIABLE_SINCE     (GO_FACT_TTL + GO_CHUNK_PERIOD)
#define GO_RELIABLE_LEFT      (GO_CHUNK_PERIOD * 3 / 2)
#define GO_DISCONTINUITY      (2 * GO_CHUNK_PERIOD)

/* ---- facts --------------------------------------------------------------------------------- */

/** Facts by identity (docs/protocol.md 5.1), in the order of their arrival. */
typedef struct {
    GPtrArray *list;   /* of WlFact, owned */
    GHashTable *index; /* WlFact -> itself */
} GoFacts;

GoFacts *go_facts_new(void);
void go_facts_free(GoFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoFacts, go_facts_free)
/** Keeps the later expiry, the first on a tie; copies. */
void go_facts_merge(GoFacts *self, const WlFact *fact);
/** Removes those that are in @before and not in @after. */
void go_facts_prune(GoFacts *self, const GoFacts *before, const GoFacts *after);
gboolean go_facts_has(const GoFacts *self, const WlFact *fact);
/** By subject: WlKey -> GPtrArray of WlFact; and the subjects in order, of WlKey. */
GHashTable *go_facts_group(const GoFacts *self, GArray *subjects);

/* ---- what each peer knows ------------------------------------------------------------------ */

typedef struct _GoKnowledge GoKnowledge;

GoKnowledge *go_knowledge_new(void);
void go_knowledge_free(GoKnowledge *self);
/** @peer was added to the device: facts that it advertises are recorded from now on. */
void go_knowledge_add_peer(GoKnowledge *self, const WlKey *peer);
void go_knowledge_received(GoKnowledge *self, const WlFact *fact, const WlKey *source);
void go_knowledge_sent(GoKnowledge *self, const WlFact *fact, const WlKey *peer);
gboolean go_knowledge_needs(const GoKnowledge *self, const WlFact *fact, const WlKey *peer,
                            gint64 now, gint64 margin);
/** Until when @peer is alive; 0: it never sent an Alive. FALSE if no boot id is known. */
gboolean go_knowledge_alive(const GoKnowledge *self, const WlKey *peer, gint64 *until,
                            WlBootId *boot_id);
void go_knowledge_force_ping(GoKnowledge *self, const WlKey *own, const WlKey *peer);

/* ---- the machine --------------------------------------------------------------------------- */

/** docs/protocol.md 7.1. */
typedef struct {
    gboolean healthy, alive;
    gboolean has_boot_id;
    WlBootId boot_id;
    gint64 alive_since, alive_until;
    GHashTable *tried; /* WlEndpoint -> gint64 */
    gboolean basic;    /* of its metadata */
    char *name;
} GoState;

typedef struct {
    WlFact fact;
    WlKey source;
} GoReceived;

struct _GoDaemon {
    WlEngineConfig *config;
    WlKey key;
    WlRandomFunc random;
    gpointer random_data;
    WlSigner *signer;
    GQueue outputs; /* of WlOutput */

    gint64 started;
    gint64 last_chunk;
    gint64 next_tick;
    gint64 now;         /* of the chunk being processed */
    GArray *collecting; /* of GoReceived */
    GQueue chunks;      /* of GArray: complete, awaiting a snapshot */
    gboolean primed;    /* the start is complete */

    WlDevice *device;     /* the last snapshot with the changes of this member applied */
    GArray *local;        /* of WlLocalAddress */
    GHashTable *resolved; /* char* -> GArray of WlEndpoint */

    gboolean router;
    WlBootId boot_id;
    GoFacts *facts;
    GoFacts *local_facts;
    GoKnowledge *knowledge;
    GHashTable *states; /* WlKey -> GoState */
};

G_GNUC_PRINTF(3, 4)
void go_log(GoDaemon *self, const WlKey *about, const char *format, ...);
WlOutput *go_emit(GoDaemon *self, WlOutputKind kind);
/** From 0 to @n - 1. */
guint go_random(GoDaemon *self, guint n);
void go_new_boot_id(GoDaemon *self);
GoState *go_state(const GoDaemon *self, const WlKey *key);
/** To be freed with g_free(). */
char *go_dup_name(const GoDaemon *self, const WlKey *key);

/* local.c */
/** docs/protocol.md 5.2. */
GoFacts *go_collect(GoDaemon *self);
/** Requests resolution of the names that go_collect() needs. */
void go_resolve(GoDaemon *self);
/** docs/protocol.md 7.6. */
gboolean go_will_tunnel(const GoDaemon *self, const WlIp *ip);

/* trust.c */
WlTrust go_configured_trust(const GoDaemon *self, const WlKey *key);
/** Configured trust of the own key, UNTRUSTED if none. */
WlTrust go_own_trust(const GoDaemon *self);
gboolean go_accepts(const GoDaemon *self, const WlFact *fact, const WlKey *source);
gboolean go_is_router_peer(const WlDevicePeer *peer);
void go_detect_router(GoDaemon *self, gboolean say);

/* send.c */
void go_send(GoDaemon *self, const WlDevice *device, gint64 now);

/* configure.c */
/** @before is the device as it was read. */
void go_configure(GoDaemon *self, const WlDevice *before);
gboolean go_has_prefix(const GArray *prefixes, const WlPrefix *prefix);
WlPrefix go_link_local(const WlKey *key);
/** Emits the change and applies it to our view of the device. */
void go_change(GoDaemon *self, WlPeerChange *change);

/* apply.c */
void go_apply(GoDaemon *self, const WlDevicePeer *peer, gboolean add, const GPtrArray *facts,
              gboolean allow_deconfigure);
void go_state_update(GoDaemon *self, const WlDevicePeer *peer, const GPtrArray *facts);
void go_state_free(GoState *state);
