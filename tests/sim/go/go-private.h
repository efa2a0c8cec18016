/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "go/go.h"

/* docs/protocol.md B, in microseconds. */
#define CLASSIC_SEC(n)             ((gint64) (n) *G_USEC_PER_SEC)
#define CLASSIC_FACT_TTL           CLASSIC_SEC(255)
#define CLASSIC_CHUNK_PERIOD       CLASSIC_SEC(5)
#define CLASSIC_ALIVE_PERIOD       CLASSIC_SEC(30)
#define CLASSIC_MAX_CHUNK          100
#define CLASSIC_FACT_MARGIN        (CLASSIC_FACT_TTL / 2 + CLASSIC_CHUNK_PERIOD)
#define CLASSIC_ALIVE_MARGIN       (CLASSIC_FACT_TTL - CLASSIC_ALIVE_PERIOD)
#define CLASSIC_HANDSHAKE_VALIDITY G_GINT64_CONSTANT(165334000)
#define CLASSIC_ENDPOINT_INTERVAL  CLASSIC_SEC(15)
#define CLASSIC_READY_LEFT         (CLASSIC_CHUNK_PERIOD / 2)
#define CLASSIC_RELIABLE_SINCE     (CLASSIC_FACT_TTL + CLASSIC_CHUNK_PERIOD)
#define CLASSIC_RELIABLE_LEFT      (CLASSIC_CHUNK_PERIOD * 3 / 2)
#define CLASSIC_DISCONTINUITY      (2 * CLASSIC_CHUNK_PERIOD)

/* ---- facts --------------------------------------------------------------------------------- */

/** Facts by identity (docs/protocol.md 5.1), in the order they came. */
typedef struct {
    GPtrArray *list;   /* of WlFact, owned */
    GHashTable *index; /* WlFact -> itself */
} ClassicFacts;

ClassicFacts *classic_facts_new(void);
void classic_facts_free(ClassicFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ClassicFacts, classic_facts_free)
/** Keeps the later expiry, the first on a tie; copies. */
void classic_facts_merge(ClassicFacts *self, const WlFact *fact);
/** Removes those that are in @before and not in @after. */
void classic_facts_prune(ClassicFacts *self, const ClassicFacts *before, const ClassicFacts *after);
gboolean classic_facts_has(const ClassicFacts *self, const WlFact *fact);
/** By subject: WlKey -> GPtrArray of WlFact; and the subjects in order, of WlKey. */
GHashTable *classic_facts_group(const ClassicFacts *self, GArray *subjects);

/* ---- what each peer knows ------------------------------------------------------------------ */

typedef struct _ClassicKnowledge ClassicKnowledge;

ClassicKnowledge *classic_knowledge_new(void);
void classic_knowledge_free(ClassicKnowledge *self);
/** From then on facts from @peer count. */
void classic_knowledge_add_peer(ClassicKnowledge *self, const WlKey *peer);
void classic_knowledge_received(ClassicKnowledge *self, const WlFact *fact, const WlKey *source);
void classic_knowledge_sent(ClassicKnowledge *self, const WlFact *fact, const WlKey *peer);
gboolean classic_knowledge_needs(const ClassicKnowledge *self, const WlFact *fact,
                                 const WlKey *peer, gint64 now, gint64 margin);
/** Until when @peer is alive; 0: it never said so. *boot_id may be NULL; FALSE if none is known. */
gboolean classic_knowledge_alive(const ClassicKnowledge *self, const WlKey *peer, gint64 *until,
                                 WlBootId *boot_id);
void classic_knowledge_force_ping(ClassicKnowledge *self, const WlKey *own, const WlKey *peer);

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
} ClassicState;

typedef struct {
    WlFact fact;
    WlKey source;
} ClassicReceived;

struct _Classic {
    WlEngineConfig *config;
    WlKey key;
    WlRandomFunc random;
    gpointer random_data;
    WlSigner *signer;
    GQueue outputs; /* of WlOutput */

    gint64 started;
    gint64 last_chunk;
    gint64 next_tick;
    gint64 now;         /* of the chunk being worked on */
    GArray *collecting; /* of ClassicReceived */
    GQueue chunks;      /* of GArray: cut, and waiting for a snapshot */
    gboolean primed;    /* what is done once at the start is done */

    WlDevice *device;     /* of the last snapshot; then with our own changes */
    GArray *local;        /* of WlLocalAddress */
    GHashTable *resolved; /* char* -> GArray of WlEndpoint */

    gboolean router;
    WlBootId boot_id;
    ClassicFacts *facts;
    ClassicFacts *local_facts;
    ClassicKnowledge *knowledge;
    GHashTable *states; /* WlKey -> ClassicState */
};

G_GNUC_PRINTF(3, 4)
void classic_log(Classic *self, const WlKey *about, const char *format, ...);
WlOutput *classic_emit(Classic *self, WlOutputKind kind);
/** From 0 to @n - 1. */
guint classic_random(Classic *self, guint n);
void classic_new_boot_id(Classic *self);
ClassicState *classic_state(const Classic *self, const WlKey *key);
/** To be freed with g_free(). */
char *classic_dup_name(const Classic *self, const WlKey *key);

/* local.c */
/** docs/protocol.md 5.2. */
ClassicFacts *classic_collect(Classic *self);
/** Asks for the names that classic_collect() needs. */
void classic_resolve(Classic *self);
/** docs/protocol.md 7.6. */
gboolean classic_will_tunnel(const Classic *self, const WlIp *ip);

/* trust.c */
WlTrust classic_configured_trust(const Classic *self, const WlKey *key);
/** Configured trust of the own key, UNTRUSTED if none. */
WlTrust classic_own_trust(const Classic *self);
gboolean classic_accepts(const Classic *self, const WlFact *fact, const WlKey *source);
gboolean classic_is_router_peer(const WlDevicePeer *peer);
void classic_detect_router(Classic *self, gboolean say);

/* send.c */
void classic_send(Classic *self, const WlDevice *device, gint64 now);

/* configure.c */
/** @before is the device as it was read. */
void classic_configure(Classic *self, const WlDevice *before);
gboolean classic_has_prefix(const GArray *prefixes, const WlPrefix *prefix);
WlPrefix classic_link_local(const WlKey *key);
/** Emits the change and carries it out on our view of the device. */
void classic_change(Classic *self, WlPeerChange *change);

/* apply.c */
void classic_apply(Classic *self, const WlDevicePeer *peer, gboolean add, const GPtrArray *facts,
                   gboolean allow_deconfigure);
void classic_state_update(Classic *self, const WlDevicePeer *peer, const GPtrArray *facts);
void classic_state_free(ClassicState *state);
